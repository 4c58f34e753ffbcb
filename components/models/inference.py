"""What every task model shares: the assembled model, its tokenizer with places, and bounded batches through it."""

from collections.abc import Iterator, Sequence
from typing import Any

import torch
from torch import Tensor

from components.errors import ModelError
from components.models import adapters, model_inputs
from components.models.files import ModelFiles
from components.models.tasks import ModelTask
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import Aligner, TokenizedText

# Texts that are tokenised ahead of the model: bounds memory for a table of 200,000 rows, and lets lengths be sorted.
TEXTS_AHEAD = 256


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
        self.own_bytes, self.shares = adapters.memory_of(files, self.model)
        self._with_types = getattr(self.model.config, "type_vocab_size", 0) > 1

    def outputs(
        self, sequences: Sequence[TokenizedText], names: Sequence[str] = ("logits",), tokens: int = model_inputs.TOKENS_A_BATCH
    ) -> Iterator[tuple[list[int], dict[str, Tensor]]]:
        """(rows, {name: output (B, ...)}) batch by batch, outputs `names` of the model, in float32. Not in the order of the rows.

        Raises ModelError where the model cannot run on token ids, attention mask and token types alone.
        """
        for rows in model_inputs.batches(sequences, tokens):
            inputs = model_inputs.tensors([sequences[row] for row in rows], self.aligner.pad_id, self._with_types)
            with torch.inference_mode():
                try:
                    output = self.model(**inputs)
                except (ValueError, TypeError, IndexError, RuntimeError) as problem:
                    # A Hub model of an architecture that wants other inputs than BERT's.
                    raise ModelError("models.cannot_run", id=self.id) from problem
            yield rows, {name: output[name].float() for name in names}


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
