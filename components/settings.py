"""What the host of the app decides about models, read from the environment each time, so that a test or a restart-free change works."""

import os
import re
from pathlib import Path

MEGABYTE = 1_000_000


def home() -> Path:
    """The folder for what the app keeps: TRANSFORMER_LAB_HOME, else the platform's user data folder."""
    chosen = os.environ.get("TRANSFORMER_LAB_HOME")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("transformer-lab", appauthor=False))


def megabytes(name: str, default: int) -> int:
    """A host setting given in MB, as bytes. Raises ValueError when it is not a positive whole number."""
    text = os.environ.get(name, str(default))
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise ValueError(f"{name} must be a whole number of megabytes, found {text!r}")
    return int(text) * MEGABYTE


def max_model_bytes() -> int:
    """Largest model (its weights, in bytes) that may be fetched or loaded: TRANSFORMER_LAB_MAX_MODEL_MB, 1500 MB by default."""
    return megabytes("TRANSFORMER_LAB_MAX_MODEL_MB", 1500)


def cache_bytes() -> int:
    """How much the loaded models kept in memory may hold together: TRANSFORMER_LAB_MODEL_CACHE_MB, 2000 MB by default."""
    return megabytes("TRANSFORMER_LAB_MODEL_CACHE_MB", 2000)


def vector_bytes() -> int:
    """How much the vectors of all visitors' tables may hold together: TRANSFORMER_LAB_VECTORS_MB, 1000 MB by default."""
    return megabytes("TRANSFORMER_LAB_VECTORS_MB", 1000)


def local_models_allowed() -> bool:
    """May a visitor name a folder of this machine as a model? TRANSFORMER_LAB_LOCAL_MODELS=1 says yes; off otherwise.

    On a public machine it stays off: an id typed in a browser must not tell which folders the server has.
    """
    return os.environ.get("TRANSFORMER_LAB_LOCAL_MODELS", "") == "1"
