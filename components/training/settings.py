"""What a training run is told: one frozen dataclass, checked when it is made, kept as JSON with the run."""

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from components.errors import TrainingError
from components.models.bundled import BY_LANGUAGE
from components.settings import number
from components.training.stored import from_stored

TASKS = (
    "classification",
    "several_labels",
    "number",
    "entities",
    "pairs",
    "pair_classes",
    "questions",
    "domain_adaptation",
)
# One vector of the whole text (or of two texts) is what their heads read.
WHOLE_TEXT = ("classification", "several_labels", "number", "pair_classes")
# Their texts are read to the end, in windows of `max_length` tokens, where others are cut.
WINDOWED = ("entities", "questions")
LANGUAGES = tuple(BY_LANGUAGE)
MAX_LENGTH, MAX_LENGTHS = 128, {"questions": 256}  # tokens, where nothing else is asked for
# What is trained, cheapest first. "top": the last two layers and the head.
TUNES = ("head", "top", "lora", "all")
MAX_PROBE = 300  # characters
PRECISIONS = ("auto", "float32", "bfloat16")
# A head learns from nothing and wants larger steps than weights that already know the language; a small encoder wants more than BERT-base's
# 2e-5 to 5e-5 (Devlin et al. 2019, A.3). The best of two or three tried on validation rows of Banking77's 20 intents, 400 to 600 rows to
# train on, 3 epochs, one seed: all 1e-4 / 2e-4 / 4e-4 gave accuracy 0.828 / 0.873 / 0.848 (sentence polarity 0.765 / 0.777 / 0.717),
# head 2e-3 / 5e-3 0.760 / 0.810, LoRA 5e-4 / 1e-3 / 2e-3 0.828 / 0.860 / 0.835, top layers 3e-4 / 1e-3 0.855 / 0.843.
# In Japanese, 200 rows of SIB-200, 12 epochs, one seed, 39 rows to judge on (few: a row is 0.026), macro F1 where logistic regression on the
# frozen means has 0.871: head 0.807, and with a pooler that starts at random top 0.688, LoRA 0.703, all 0.708, with one that starts by
# standardising top 0.825, LoRA 0.812 (all 0.861, but see `tuning.prepare`). `python -m benchmarks.plans` compares every plan.
LEARNING_RATES = {"head": 5e-3, "top": 3e-4, "lora": 1e-3, "all": 2e-4}
# A head alone reads the mean of the tokens, weighted so against [CLS] itself, and standardised by a sample of the rows (see `frozen`).
MEAN_WEIGHT = 100.0
SAMPLE_ROWS = 512
FEW_ROWS = 64  # where the sample is read for this alone
# No dropout: a few epochs over a few hundred rows leave it nothing to prevent, and it costs a tenth of the time. Accuracy over three seeds,
# 800 to 1,000 rows, 3 epochs, hidden dropout 0.1 / none: Banking77's 20 intents 0.917 / 0.919, SIB-200 Japanese 0.850 / 0.869, sentence
# polarity 0.774 / 0.775; attention dropout 0.1 beside hidden dropout 0.1: 0.917, 0.842, 0.782 (benchmarks/training.py
# --variants; decided on those judged rows, so the scores without it are a little kind).
DROPOUT = 0.0


MAX_HELD_OUT = 0.9  # of the rows, by test and validation together: what is left is learned from


@dataclass(frozen=True)
class Settings:
    """`text`, `label`, `second`, `start`, `group`: columns. `second`: the other text of a pair, or the question about a passage; `start`: where an
    answer begins in its passage, where the table says so. `backbone`: a model id, by default the bundled one of `language`. `learning_rate`: by default
    that of `tune`.

    `max_length`: tokens, specials counted; 0: what is usual for the task. `validation`, `test`: shares of the rows; `train_share`: part of the training rows used (for a
    learning curve). `patience`: evaluations without a better validation score before it stops early. `probe`: a text with [MASK] to ask
    before and after a domain adaptation. `checkpoint_seconds`: the most work a kill can lose. `precision` "auto": bfloat16 autocast where
    the processor multiplies it in hardware. Raises TrainingError for a value that cannot be.
    """

    text: str = "text"
    label: str | None = "label"
    group: str | None = None
    second: str | None = None
    start: str | None = None
    language: str = "en"
    task: str = "classification"
    backbone: str = ""
    tune: str = "all"
    epochs: int = 3
    learning_rate: float = 0.0
    batch_size: int = 16
    max_length: int = 0
    seed: int = 0
    precision: str = "auto"
    hidden_dropout: float = DROPOUT
    attention_dropout: float = DROPOUT
    patience: int = 3
    validation: float = 0.1
    test: float = 0.2
    train_share: float = 1.0
    mask_share: float = 0.15
    probe: str = ""
    checkpoint_seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.max_length == 0:
            object.__setattr__(self, "max_length", MAX_LENGTHS.get(self.task, MAX_LENGTH))
        for name, allowed in (("language", LANGUAGES), ("task", TASKS), ("tune", TUNES), ("precision", PRECISIONS)):
            if getattr(self, name) not in allowed:
                raise TrainingError("training.setting-choice", name=name, found=getattr(self, name), expected=", ".join(allowed))
        for name, low, high in (
            ("epochs", 1, 100), ("batch_size", 1, 256), ("max_length", 8, 512), ("seed", 0, 2**31 - 1), ("patience", 1, 100),
            ("learning_rate", 0, 0.1), ("validation", 0, 0.5), ("test", 0.01, 0.5), ("train_share", 0.01, 1), ("hidden_dropout", 0, 0.9),
            ("attention_dropout", 0, 0.9), ("mask_share", 0.01, 0.9), ("checkpoint_seconds", 0, 3600),
        ):  # fmt: skip
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
                raise TrainingError("training.setting-range", name=name, found=value, low=low, high=high)
        if self.test + self.validation > MAX_HELD_OUT:
            raise TrainingError("training.setting-shares", test=self.test, validation=self.validation, most=MAX_HELD_OUT)
        if len(self.probe) > MAX_PROBE:
            raise TrainingError("training.probe-too-long", found=len(self.probe), limit=MAX_PROBE)
        object.__setattr__(self, "backbone", self.backbone or BY_LANGUAGE[self.language].backbone)
        object.__setattr__(self, "learning_rate", float(self.learning_rate) or LEARNING_RATES[self.tune])

    @property
    def columns(self) -> tuple[str, ...]:
        """All that are named, each once."""
        return tuple(dict.fromkeys(name for name in (self.text, self.second, self.label, self.start, self.group) if name))

    @property
    def encodes_once(self) -> bool:
        """Whether the encoder stays as it is, so that it reads every text once and not in every epoch."""
        return self.tune == "head" and self.task in ("classification", "several_labels", "number")

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Settings":
        return from_stored(cls, values)

    def to_json(self) -> dict[str, Any]:
        return dataclasses.asdict(self)


@dataclass(frozen=True)
class Limits:
    """What the host allows a visitor, shown on the page. Sizes in bytes, ages in days."""

    runs: int = 20
    waiting: int = 3
    bytes: int = 3_000_000_000
    days: int = 30
    worker_bytes: int = 6_000_000_000
    idle_seconds: int = 900
    queue: int = 60  # runs that wait, of all visitors together
    network_waiting: int = 40  # of them from one address of the network: a class may share one
    minutes: int = 180  # of one training; then it stops and keeps the best so far

    @classmethod
    def from_environment(cls) -> "Limits":
        """HIMOTOKU_MAX_RUNS, _MAX_WAITING, _MAX_RUN_MB, _RUN_DAYS, _WORKER_MB, _WORKER_IDLE_SECONDS,
        _MAX_QUEUE, _MAX_WAITING_PER_ADDRESS, _MAX_TRAINING_MINUTES. Raises ValueError for
        anything but whole numbers above 0.
        """

        return cls(
            runs=number("MAX_RUNS", cls.runs),
            waiting=number("MAX_WAITING", cls.waiting),
            bytes=number("MAX_RUN_MB", cls.bytes // 10**6) * 10**6,
            days=number("RUN_DAYS", cls.days),
            worker_bytes=number("WORKER_MB", cls.worker_bytes // 10**6) * 10**6,
            idle_seconds=number("WORKER_IDLE_SECONDS", cls.idle_seconds),
            queue=number("MAX_QUEUE", cls.queue),
            network_waiting=number("MAX_WAITING_PER_ADDRESS", cls.network_waiting),
            minutes=number("MAX_TRAINING_MINUTES", cls.minutes),
        )


def suggested_epochs(rows: int, batch_size: int = 16) -> int:
    """Epochs for `rows` rows: 3, and more on little data, where the number of steps decides (Mosbach et al. 2021, section 6): at least 150."""
    return min(max(-(-150 * batch_size // max(rows, 1)), 3), 20)
