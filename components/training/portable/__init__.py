"""A trained model as ONNX, for programs without PyTorch: one module a task, each with a class of the shape of `Portable`.

What a task must provide to be taken along: a module here with such a class, and its line in `MODULES`. `judged` turns the rows that the run
was judged on into what the network reads and what would be right; `answers` turns logits into answers that can be counted; `score` says how
good they are, as a share of 1; `code` is the program for the README, which answers with onnxruntime and tokenizers alone. Everything else
(exporting, checking against PyTorch, making the int8 copy, the zip) is the same for all tasks and asks no task's name. A task without a line
here has no ONNX; `transformers_code` of `components.training.export` and the command line are asked separately.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Protocol

import numpy as np
import pandas as pd

from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

MODULES = {"classification": ("classification", "PortableClassification"), "domain_adaptation": ("domain_adaptation", "PortableMaskedLM")}


@dataclass(frozen=True, eq=False)
class Judged:
    """What the network is asked. texts, ids: n rows as words and as token ids. at: for each row the positions whose logits are wanted, None for
    a task with one answer a row. wanted: (answers,) what would be right, row by row."""

    texts: tuple[str, ...]
    ids: tuple[tuple[int, ...], ...]
    at: tuple[tuple[int, ...], ...] | None
    wanted: np.ndarray


class Portable(Protocol):
    """measure: name of the score, with a sentence `runs.<measure>`. auto_class: of transformers, loads the run's model folder."""

    measure: str
    auto_class: str

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        """`rows`: the judged rows, columns as in `settings`; `labels`: of the model's configuration, in the order of the logits."""

    def answers(self, logits: np.ndarray) -> np.ndarray:
        """(answers, classes or vocabulary) -> (answers,)."""

    def score(self, judged: Judged, answers: np.ndarray) -> float: ...

    def code(self, japanese: bool) -> str:
        """The program of the README. japanese: words come from MeCab first, by the function `words` that the README then defines."""


def has_onnx(task: str) -> bool:
    """Whether a run of `task` can be taken along as ONNX."""
    return task in MODULES


def portable(task: str) -> Portable:
    """How a run of `task` is taken along. Raises KeyError for a task without ONNX."""
    module, name = MODULES[task]
    made: Portable = getattr(import_module(f"{__name__}.{module}"), name)()
    return made
