"""Where the files of a model lie: the one module that knows, by id and host settings alone.

| id | place |
|---|---|
| a bundled id with a `Published` line (`embed-en`) | its package; without it the same files from the Hub, at a pinned revision |
| another bundled id | `models/<id>/` of the repository |
| `run:<id>` | `<HIMOTOKU_HOME>/runs/<id>/model/` |
| a path (`/...`, `./...`, `~/...`, or a pathlib.Path) | that folder |
| anything else | a model of the Hugging Face Hub: cache first, then the network |

A script may name any folder. What a *visitor* typed goes through `typed_id` first, which refuses folders unless the
host allows them (HIMOTOKU_LOCAL_MODELS=1; off by default, so that a public machine does not show its disk).
"""

import hashlib
import json
import math
import os
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from components.errors import ModelError
from components.models import bundled, hub
from components.models.bundled import Published
from components.settings import home, local_models_allowed

ROOT = Path(__file__).resolve().parent.parent.parent
MODELS = ROOT / "models"

# Names from before the Hub had owners, as the chapter and many others write them.
FULL_NAMES = {
    "bert-base-uncased": "google-bert/bert-base-uncased",
    "bert-large-uncased-whole-word-masking-finetuned-squad": "google-bert/bert-large-uncased-whole-word-masking-finetuned-squad",
    "cl-tohoku/bert-base-japanese": "tohoku-nlp/bert-base-japanese",
    "cl-tohoku/bert-base-japanese-whole-word-masking": "tohoku-nlp/bert-base-japanese-whole-word-masking",
    "paraphrase-MiniLM-L6-v2": "sentence-transformers/paraphrase-MiniLM-L6-v2",
}

# Published as archives of pickled weights on their makers' own pages, not on the Hub.
NOT_ON_THE_HUB = ("kyoto-bert", "nict-bert")

MOST_LABELS = 100_000  # of a classifier; the largest public label sets have some tens of thousands
# What a model keeps a row for, under the names that configurations give it.
_TABLES = (("vocab_size",), ("max_position_embeddings", "n_positions", "n_ctx"), ("type_vocab_size",))

RUN_ID = re.compile(r"run:([A-Za-z0-9][A-Za-z0-9_-]{0,63})")
HUB_ID = re.compile(r"[A-Za-z0-9][\w.-]{0,95}(/[A-Za-z0-9][\w.-]{0,95})?", re.ASCII)


# Name, time of the last change in ns, and size of each file that a model is made from.
Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class ModelFiles:
    """The files of one model. `folder` has config.json and weights of a whole model, or settings.json with an adapter or a head that
    sits on the model `backbone` (an id)."""

    id: str
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)

    @property
    def backbone(self) -> str | None:
        return self.settings.get("backbone")

    @property
    def config(self) -> dict[str, Any]:
        """config.json as it stands, {} where there is none. Raises ModelError when it cannot be read."""
        return read_json(self.folder / "config.json", self.id)

    @property
    def gguf(self) -> str | None:
        """The name of the quantised file that holds weights and tokenizer of a published model."""
        published = bundled.published(self.id)
        return published.gguf if published else None

    def weights(self) -> list[Path]:
        return [self.folder / self.gguf] if self.gguf else sorted(self.folder.glob("*.safetensors"))

    def stamp(self) -> Stamp:
        """Changes when the weights or settings on disk change, so that a retrained run is not served from memory."""
        files = [*self.weights(), self.folder / "settings.json", self.folder / "config.json"]
        return tuple((path.name, path.stat().st_mtime_ns, path.stat().st_size) for path in files if path.exists())


def find(id: str | os.PathLike[str], progress: Callable[[str], None] | None = None) -> ModelFiles:
    """The files of model `id` (see the table above). Raises ModelError when they are not there or not usable."""
    name = os.fspath(id)
    if published := bundled.published(name):
        files = ModelFiles(name, published_folder(name, published, progress))
        if published.gguf:  # its hash was right: there is nothing that could be wrong with its contents
            return files
    elif name.startswith("run:"):
        files = _folder_files(name, run_folder(name), "models.run_missing")
    elif bundled.task_of(name) or is_bundled_folder(name):
        files = _folder_files(name, MODELS / name, "models.not_here")
    elif isinstance(id, Path) or is_path(name):
        files = _folder_files(name, Path(name).expanduser(), "models.no_folder")
    elif name in NOT_ON_THE_HUB:
        raise ModelError("models.not_on_hub", id=name)
    elif HUB_ID.fullmatch(name) and ".." not in name:
        # A copy under the old name may lie in the cache from before the model moved.
        files = ModelFiles(name, hub.cached(name) or hub.fetch(FULL_NAMES.get(name, name), progress=progress))
    else:
        raise ModelError("models.bad_id", id=name[:100])
    _check_weights(files)
    return files


def must_be_fetched(name: str) -> bool:
    """Would `find` ask the Hub for the model that a visitor names: is it a Hub id of which no copy is here?"""
    if bundled.task_of(name) or is_bundled_folder(name) or is_path(name) or not HUB_ID.fullmatch(name) or ".." in name:
        return False
    return name not in NOT_ON_THE_HUB and not hub.cached(name) and not hub.cached(FULL_NAMES.get(name, name))


def typed_id(text: str) -> str:
    """The id that a visitor typed, trimmed. Raises ModelError where it is no id, or is a folder and the host does not allow those."""
    name = text.strip()
    if is_path(name):
        if not local_models_allowed():
            raise ModelError("models.local_off")
        return name
    if RUN_ID.fullmatch(name) or (HUB_ID.fullmatch(name) and ".." not in name):
        return name
    raise ModelError("models.bad_id", id=name[:100])


def is_path(name: str) -> bool:
    """Is `name` written as a folder (`/a`, `./a`, `../a`, `~/a`, `C:\\a`) and not as a Hub id?"""
    return name.startswith(("/", "./", "../", "~", ".\\", "..\\")) or name in (".", "..") or bool(re.match(r"[A-Za-z]:[\\/]", name))


def run_folder(name: str) -> Path:
    """The model folder of "run:<id>". The id is letters, digits, `-` and `_` alone, so it cannot lead out of the runs' folder."""
    match = RUN_ID.fullmatch(name)
    if not match:
        raise ModelError("models.bad_id", id=name[:100])
    return home() / "runs" / match[1] / "model"


def is_bundled_folder(name: str) -> bool:
    """Is `name` a folder of models/ such as the Japanese backbone, which is no catalogue entry of its own?"""
    return bool(re.fullmatch(r"[a-z0-9][a-z0-9-]*", name)) and (MODELS / name / "config.json").exists()


def bundled_complete(id: str) -> bool:
    """Are the files of the bundled model `id` all here? A task model's folder counts once it has settings, weights, scores and a card."""
    folder = bundled_folder(id)
    if folder is None or bundled.published(id):
        return folder is not None
    if id in bundled.BY_BACKBONE:
        return is_bundled_folder(id)
    return all((folder / part).exists() for part in ("settings.json", "scores.json", "README.md")) and any(folder.glob("*.safetensors"))


def bundled_folder(id: str) -> Path | None:
    """Where the files of a bundled model lie on this machine, or would lie; None for a published one that isn't here."""
    published = bundled.published(id)
    return published_here(published) if published else MODELS / id


def backbone_here(language: str) -> str:
    """The backbone for `language`, where it is on this machine; else the English one."""
    backbone = bundled.models_for(language).backbone
    return backbone if bundled_complete(backbone) else bundled.ENGLISH.backbone


def published_folder(id: str, published: Published, progress: Callable[[str], None] | None = None) -> Path:
    """The folder of `published`, its weights checked against their sha256. Raises ModelError when they differ, or the package that alone has
    them isn't here."""
    here = published_here(published)
    if here is None and published.gguf:
        raise ModelError("models.no_package", package=published.distribution)
    folder = here or hub.fetch(published.hub_name, published.revision, progress)
    weights = folder / (published.gguf or "model.safetensors")
    stat = weights.stat()
    if sha256(weights, stat.st_size, stat.st_mtime_ns) != published.sha256:
        raise ModelError("models.damaged", id=id, file=weights.name)
    return folder


def published_here(published: Published) -> Path | None:
    """The folder of `published` on this machine: the package's, else the Hub client's copy of the pinned revision."""
    package = package_folder(published)
    # The Hub client takes a while to import, and is not needed where the package is.
    return package if package is not None or published.gguf else hub.cached(published.hub_name, published.revision)


def package_folder(published: Published) -> Path | None:
    """The folder of files in a package of weights, found without running any of its code."""
    spec = find_spec(published.package)
    for location in (spec.submodule_search_locations or []) if spec else []:
        weights = Path(location) / (published.gguf or "model/model.safetensors")
        if weights.exists():
            return weights.parent
    return None


@lru_cache(maxsize=8)
def sha256(path: Path, size: int, mtime_ns: int) -> str:
    """Hex digest of the file. Size and time are part of the key: a file that changed is read again."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_json(path: Path, id: str) -> dict[str, Any]:
    """A JSON object from `path`; {} where the file is missing. Raises ModelError where it holds anything else."""
    if not path.exists():
        return {}
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, OSError) as problem:
        raise ModelError("models.malformed", id=id, file=path.name) from problem
    if not isinstance(content, dict):
        raise ModelError("models.malformed", id=id, file=path.name)
    return content


def tensors(files: ModelFiles) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of the model, from the files' headers alone. Raises ModelError for a damaged file."""
    shapes: dict[str, tuple[int, ...]] = {}
    for path in files.weights():
        shapes.update(_header(path, files.id, path.stat().st_mtime_ns))
    return shapes


@lru_cache(maxsize=64)
def _header(path: Path, id: str, mtime_ns: int) -> dict[str, tuple[int, ...]]:
    """The header of a safetensors file: 8 bytes of length, then JSON; its offsets must end where the file ends."""
    try:
        with path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > path.stat().st_size:
                raise ValueError("header longer than the file")
            header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        end = max((entry["data_offsets"][1] for entry in header.values()), default=0)
        if 8 + length + end != path.stat().st_size:
            raise ValueError("file ends too early or too late")
        return {name: tuple(entry["shape"]) for name, entry in header.items()}
    except (ValueError, KeyError, TypeError, AttributeError, OSError) as problem:
        raise ModelError("models.damaged", id=id, file=path.name) from problem


def _folder_files(name: str, folder: Path, missing: str) -> ModelFiles:
    if not folder.is_dir():
        raise ModelError(missing, id=name)
    return ModelFiles(name, folder, read_json(folder / "settings.json", name))


def _check_weights(files: ModelFiles) -> None:
    """Refuses what cannot load, before any heavy library is imported."""
    if not files.weights():
        pickled = any(files.folder.glob("*.bin")) or any(files.folder.glob("*.pt"))
        raise ModelError("models.pickle_only" if pickled else "models.no_weights", id=files.id)
    if files.backbone is None and not files.config:
        raise ModelError("models.malformed", id=files.id, file="config.json")
    hub.refuse_too_large(files.id, sum(path.stat().st_size for path in files.weights()))
    shapes = tensors(files)
    if files.backbone is None and _promises_more(files.config, shapes):
        raise ModelError("models.malformed", id=files.id, file="config.json")


def _promises_more(config: dict[str, Any], shapes: dict[str, tuple[int, ...]]) -> bool:
    """Does the configuration describe far more than the weights hold? Building that would fill the memory before it fails."""

    def number(*names: str, otherwise: float = 0) -> float:
        return next((config[name] for name in names if isinstance(config.get(name), int | float)), otherwise)

    elements = sum(math.prod(shape) for shape in shapes.values())
    # A width that is not said is the library's own for that kind of model: never as small as this.
    width = number("embedding_size", "hidden_size", "dim", "n_embd", "d_model", "emb_dim", otherwise=64)
    tables = [number(*names) * width for names in _TABLES]
    inner = number("intermediate_size", "hidden_dim", "n_inner", "ffn_dim") * number(
        "hidden_size", "dim", "n_embd", "d_model", otherwise=64
    )
    # A layer is at least one tensor, but ALBERT's share theirs.
    layers = 0 if config.get("model_type") == "albert" else number("num_hidden_layers", "n_layers", "n_layer", "num_layers")
    return max([*tables, inner, width]) > elements or layers > max(len(shapes), 100) or _most_labels(config) > MOST_LABELS


def _most_labels(config: object) -> float:
    """The most labels that a configuration or one within it names: two entries of a table are made for each, before any weight is read."""
    found, waiting = 0.0, [config]
    while waiting:
        part = waiting.pop()
        if isinstance(part, dict):
            count = part.get("num_labels")
            found = max([found, *([count] if isinstance(count, int | float) else [])])
            waiting.extend(part.values())
        elif isinstance(part, list):
            waiting.extend(part)
    return found
