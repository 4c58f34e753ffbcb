"""A trained model as ONNX, for programs without PyTorch: one module a task, each with a class of the shape of `Portable`.

What a task must provide to be taken along: a module here with such a class, and its line in `MODULES`. `judged` turns the rows that the run
was judged on into what the network reads and what would be right; `answers` turns logits into what is counted; `score` says how good that is, as a share of 1 (or by a measure of `NO_SHARES`); `changed` counts the answers that int8 turns; `code` is the program for the
README, which answers with onnxruntime and tokenizers alone. Everything else (exporting, checking against PyTorch, making the int8 copy, the
zip) is the same for all tasks and asks no task's name. A task without a line here has no ONNX; `usage_code` of `components.training.export`
and the command line are asked separately.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import pandas as pd

from components.training.settings import Settings

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

MODULES = {
    "classification": ("classification", "PortableClassification"),
    "several_labels": ("several_labels", "PortableSets"),
    "number": ("number", "PortableNumber"),
    "entities": ("entities", "PortableEntities"),
    "pair_classes": ("pair_classes", "PortablePairs"),
    "pairs": ("pairs", "PortableEncoder"),
    "questions": ("questions", "PortableQuestions"),
    "domain_adaptation": ("domain_adaptation", "PortableMaskedLM"),
}
NO_SHARES = ("spearman",)  # measures that are no share of 1


@dataclass(frozen=True, eq=False)
class Judged:
    """What the network is asked. texts, ids: what it reads, as words, or pairs of them, and as token ids. at: for each of `ids` the positions whose
    logits are wanted, None for a task with one answer each. wanted: (answers,) what would be right, in their order; (answers, labels) bool where an
    answer is several labels. types: token types of `ids`, None where the network is not told them. of: for each of `ids` the place of its judged
    row, ascending; None where each is one."""

    texts: tuple[str | tuple[str, str], ...]
    ids: tuple[tuple[int, ...], ...]
    at: tuple[tuple[int, ...], ...] | None
    wanted: np.ndarray
    types: tuple[tuple[int, ...], ...] | None = None
    of: tuple[int, ...] | None = None

    @property
    def rows(self) -> int:
        return len(self.ids) if self.of is None else len(set(self.of))


class Portable(Protocol):
    """measure: name of the score, with a message `take.<measure>`. auto_class: of transformers, loads the run's model folder. outputs: what ONNX takes
    of the network's output; several stand in the last axis of what is called logits here. kept: what the model's own settings.json says, set by
    `portable`."""

    measure: str
    auto_class: str
    outputs: tuple[str, ...] = ("logits",)
    kept: Mapping[str, Any]

    def whole(self, network: "PreTrainedModel", folder: Path) -> "nn.Module":
        """What is exported of the run's model `folder`: the network, or what holds it and goes on from its output."""
        return network

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        """`rows`: the judged rows, columns as in `settings`; `labels`: of the model's configuration, in the order of the logits."""

    def answers(self, logits: np.ndarray) -> np.ndarray:
        """(answers, classes or vocabulary) of one of `Judged.ids` -> (answers,), or whatever `score` and `changed` read of all of them."""

    def score(self, judged: Judged, answers: np.ndarray) -> float: ...

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        """How many answers of the one network are others than those of the other."""

    def code(self, japanese: bool) -> str:
        """The program of the README. japanese: words come from MeCab first, by the function `words` that the README then defines."""


def has_onnx(task: str) -> bool:
    """Whether a run of `task` can be taken along as ONNX."""
    return task in MODULES


def portable(task: str, kept: Mapping[str, Any]) -> Portable:
    """How a run of `task` is taken along. kept: of its model's settings.json. Raises KeyError for a task without ONNX."""
    module, name = MODULES[task]
    made: Portable = getattr(import_module(f"{__name__}.{module}"), name)()
    made.kept = kept
    return made
