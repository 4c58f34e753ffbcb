"""What every task model shares: the assembled model, its tokenizer with places, and bounded batches through it."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import torch
from torch import Tensor

from components.errors import ModelError
from components.models import adapters, model_inputs
from components.models.files import ModelFiles
from components.models.lanes import LANES, in_lanes
from components.models.network import Network
from components.models.tasks import ModelTask
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import Aligner, TokenizedText

Output = TypeVar("Output")
# Texts that are tokenised ahead of the model: bounds memory for a table of 200,000 rows, and lets lengths be sorted.
TEXTS_AHEAD = 512
# Heads over BERT's pooler, which reads the first token's state alone.
READ_THE_FIRST = ("classification", "several_labels", "number", "next_sentence", "pair_classes")


class TaskModel:
    """Base of the task classes. `id`; `language` ("en", "ja" or None where nothing tells); `max_length` in tokens."""

    def __init__(self, files: ModelFiles, task: ModelTask, model: torch.nn.Module | None = None):
        self.id = files.id
        self.settings = files.settings
        self.model: Any = model if model is not None else adapters.assemble(files, task)
        tokenizer = adapters.tokenizer(files)
        self.max_length = model_inputs.max_length(self.model.config, tokenizer, self.settings.get("max_length"))
        self.aligner = Aligner(
            tokenizer, self.max_length, bool(self.settings.get("marks_capitals")), bool(self.settings.get("folds_width"))
        )
        self.temperature = float(self.settings.get("temperature", 1.0))
        self.language: str | None = self.settings.get("language") or ("ja" if is_japanese_tokenizer(tokenizer) else None)
        self.network = Network(self.model, task.name in READ_THE_FIRST)
        self._model_bytes, self.shares = adapters.memory_of(files, self.model)
        self._with_types = getattr(self.model.config, "type_vocab_size", 0) > 1

    @property
    def own_bytes(self) -> int:
        """Of the tensors that no other model shares: what the cache counts."""
        return self._model_bytes + self.network.own_bytes

    def outputs(
        self,
        sequences: Sequence[TokenizedText],
        names: Sequence[str] = ("logits",),
        tokens: int = model_inputs.TOKENS_A_BATCH,
        exact: bool = False,
    ) -> Iterator[tuple[list[int], dict[str, Tensor]]]:
        """(rows, {name: output (B, ...)}) batch by batch, outputs `names` of the model, in float32. Not in the order of the rows.

        exact: computed in float32 too, whatever the caller chose. Raises ModelError where the model cannot run on token ids, attention mask and token types alone.
        """
        network = self.network.in_callers_precision(exact)

        def compute(rows: list[int]) -> dict[str, Tensor]:
            output = network(**self._inputs(sequences, rows))
            return {name: output[name].float() for name in names}

        yield from self._in_batches(sequences, compute, tokens)

    def masked_logits(self, sequences: Sequence[TokenizedText], at: Sequence[Sequence[int]], tokens: int) -> Iterator[tuple[int, Tensor]]:
        """(row, logits (n, V) of the n positions `at[row]`), float32, for a masked LM. Not in the order of the rows. Raises ModelError."""
        network = self.network.in_callers_precision()

        def compute(rows: list[int]) -> Tensor:
            places = [(place, position) for place, row in enumerate(rows) for position in at[row]]
            inputs = self._inputs(sequences, rows)
            return self.network.masked_logits(network, inputs, *zip(*places, strict=True)).float()

        for rows, logits in self._in_batches(sequences, compute, tokens):
            yield from zip(rows, logits.split([len(at[row]) for row in rows]), strict=True)

    def _in_batches(
        self, sequences: Sequence[TokenizedText], compute: Callable[[list[int]], Output], tokens: int
    ) -> Iterator[tuple[list[int], Output]]:
        batches = list(model_inputs.batches(sequences, tokens, LANES))
        if not batches:
            return
        try:
            yield from in_lanes(batches, compute, len(batches[0]) * len(sequences[batches[0][0]]))
        except (ValueError, TypeError, IndexError, RuntimeError) as problem:
            # A Hub model of an architecture that wants other inputs than BERT's.
            raise ModelError("models.cannot_run", id=self.id) from problem

    def _inputs(self, sequences: Sequence[TokenizedText], rows: Sequence[int]) -> dict[str, Tensor]:
        return model_inputs.tensors([sequences[row] for row in rows], self.aligner.pad_id, self._with_types)


def chunks(count: int, size: int = TEXTS_AHEAD) -> Iterator[range]:
    for start in range(0, count, size):
        yield range(start, min(start + size, count))


def groups(sizes: Sequence[int], most: int, total: int) -> Iterator[range]:
    """Consecutive rows, at most `most` of them and together at most `total` in size, or one row alone: bounds the memory of a step."""
    start = taken = 0
    for row, size in enumerate(sizes):
        if row > start and (row - start == most or taken + size > total):
            yield range(start, row)
            start, taken = row, 0
        taken += size
    if start < len(sizes):
        yield range(start, len(sizes))


def checked_texts(texts: Sequence[str], name: str = "texts") -> list[str]:
    """`texts` as a list. Raises TypeError for a bare str or anything in it that isn't one."""
    if isinstance(texts, str):
        raise TypeError(f"{name} must be a list of strings, not one string")
    listed = list(texts)
    wrong = next((text for text in listed if not isinstance(text, str)), None)
    if wrong is not None:
        raise TypeError(f"{name} must be strings, found {type(wrong).__name__}")
    return listed
