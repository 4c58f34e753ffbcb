"""What the host of the app decides, read from the environment each time, so that a test or a restart-free change works.

Until version 0.2.0 the app had another name. Settings, data folder and cookie of that name go on working, and the log says so.
"""

import logging
import os
import re
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
MEGABYTE = 1_000_000
PREFIX, OLD_PREFIX = "HIMOTOKU_", "TRANSFORMER_LAB_"
FOLDER, OLD_FOLDER = "himotoku", "transformer-lab"

log = logging.getLogger("himotoku")


@cache
def version() -> str:
    """This version, from the one place that tells it: pyproject.toml."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def variable(name: str) -> str:
    """The environment variable that holds the setting `name`: HIMOTOKU_<name>, or its name of old where that alone is set."""
    new, old = PREFIX + name, OLD_PREFIX + name
    if new in os.environ or old not in os.environ:
        return new
    note_old_name(old, new)
    return old


@cache  # one line in the log for each name and process: some settings are read several times a second
def note_old_name(old: str, new: str) -> None:
    """Says in the log that something still has the app's old name."""
    log.warning("%s is a name of old; it goes on working, the name is now %s", old, new)


def home() -> Path:
    """The folder for what the app keeps: HIMOTOKU_HOME, else the platform's user data folder."""
    chosen = os.environ.get(variable("HOME"))
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    new, old = (Path(platformdirs.user_data_dir(name, appauthor=False)) for name in (FOLDER, OLD_FOLDER))
    if new.exists() or not old.exists():
        return new
    note_old_name(str(old), str(new))
    return old


def number(name: str, default: int) -> int:
    """The setting `name`. Raises ValueError when it is not a whole number above 0."""
    text = os.environ.get(variable(name), str(default))
    if not re.fullmatch(r"[1-9]\d{0,8}", text):
        raise ValueError(f"{variable(name)} must be a whole number above 0, found {text!r}")
    return int(text)


def megabytes(name: str, default: int) -> int:
    """The setting `name`, given in MB, as bytes. Raises ValueError when it is not a whole number above 0."""
    return number(name, default) * MEGABYTE


def wrong_settings() -> list[str]:
    """A sentence for every setting that can't be used, for the host to read when the server starts."""
    checks = (
        max_model_bytes, cache_bytes, hub_cache_bytes, vector_bytes, visitor_upload_bytes, upload_bytes, most_seconds,
        hosts, frame_ancestors
    )  # fmt: skip
    found = []
    for check in checks:
        try:
            check()
        except ValueError as problem:
            found.append(str(problem))
    return found


def max_model_bytes() -> int:
    """Largest model (its weights, in bytes) that may be fetched or loaded: HIMOTOKU_MAX_MODEL_MB, 1500 MB by default."""
    return megabytes("MAX_MODEL_MB", 1500)


def hub_cache_bytes() -> int:
    """How much disk the models fetched from the Hub may hold together: HIMOTOKU_HUB_CACHE_MB, 10000 MB by default."""
    return megabytes("HUB_CACHE_MB", 10_000)


def hub_models() -> frozenset[str]:
    """The models ("owner/name") for which the host's own Hub token is used: HIMOTOKU_HUB_MODELS, with commas between; none by default."""
    return frozenset(name for name in re.split(r"[,\s]+", os.environ.get(variable("HUB_MODELS"), "")) if name)


def cache_bytes() -> int:
    """How much the loaded models kept in memory may hold together: HIMOTOKU_MODEL_CACHE_MB, 2000 MB by default."""
    return megabytes("MODEL_CACHE_MB", 2000)


def vector_bytes() -> int:
    """How much the vectors of all visitors' tables may hold together: HIMOTOKU_VECTORS_MB, 1000 MB by default."""
    return megabytes("VECTORS_MB", 1000)


def visitor_upload_bytes() -> int:
    """How much one visitor's uploaded files may hold together: HIMOTOKU_VISITOR_UPLOADS_MB, 500 MB by default."""
    return megabytes("VISITOR_UPLOADS_MB", 500)


def upload_bytes() -> int:
    """How much the uploaded files of all visitors may hold together: HIMOTOKU_UPLOADS_MB, 2000 MB by default."""
    return megabytes("UPLOADS_MB", 2000)


def most_seconds() -> int:
    """How long what one visitor asked for may be computed at a stretch: HIMOTOKU_MAX_SECONDS, 900 by default."""
    return number("MAX_SECONDS", 900)


def loads_ahead() -> bool:
    """Are a language's models loaded before anybody asks for them? HIMOTOKU_LOAD_AHEAD=0 says no; on otherwise."""
    return os.environ.get(variable("LOAD_AHEAD"), "") != "0"


def local_models_allowed() -> bool:
    """May a visitor name a folder of this machine as a model? HIMOTOKU_LOCAL_MODELS=1 says yes; off otherwise.

    On a public machine it stays off: an id typed in a browser must not tell which folders the server has.
    """
    return os.environ.get(variable("LOCAL_MODELS"), "") == "1"


def metrics_asked_for() -> bool:
    """Are the numbers of the server's inside public? HIMOTOKU_METRICS=1 says yes; off otherwise."""
    return os.environ.get(variable("METRICS"), "") == "1"


def hosts() -> frozenset[str]:
    """The names that the app answers to, in small letters: HIMOTOKU_HOSTS with commas between; none where it isn't set. Raises ValueError for
    what is no name."""
    names = frozenset(name.lower() for name in re.split(r"[,\s]+", os.environ.get(variable("HOSTS"), "")) if name)
    wrong = sorted(
        name for name in names if not re.fullmatch(r"[a-z0-9_.:-]+", name) or (re.search(r":\d+$", name) and name.count(":") == 1)
    )
    if wrong:
        raise ValueError(f"{variable('HOSTS')} must be names like himotoku.example.org, without port, found {wrong[0]!r}")
    return names


def frame_ancestors() -> str:
    """Which sites may show the app in a frame, as Content-Security-Policy writes them: HIMOTOKU_FRAME_ANCESTORS, else this site alone, on a
    Hugging Face Space also the Hub. Raises ValueError for what would end the policy or add to it."""
    default = "'self' https://huggingface.co https://*.hf.space" if os.environ.get("SPACE_ID") else "'self'"
    sites = os.environ.get(variable("FRAME_ANCESTORS"), default)
    if not re.fullmatch(r"[A-Za-z0-9:/.*'_ -]+", sites):
        raise ValueError(f"{variable('FRAME_ANCESTORS')} must be sites like https://school.example.jp with blanks between, found {sites!r}")
    return sites
