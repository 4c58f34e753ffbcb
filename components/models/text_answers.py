"""Models that give one answer a text, of whatever kind: batch by batch, with those asked again in float32 that reduced precision could turn."""

from abc import abstractmethod
from collections.abc import Callable, Iterator, Sequence
from typing import Generic, TypeVar

import torch

from components.models.inference import TaskModel, checked_texts, chunks
from components.models.network import is_reduced
from components.text.tokens import TokenizedText

Given = TypeVar("Given")


class TextAnswers(TaskModel, Generic[Given]):
    """A task says what logits mean (`_answers`), and which rows reduced precision could turn (`_close`)."""

    def predict(self, texts: Sequence[str], progress: Callable[[int], None] | None = None) -> list[Given]:
        """One answer a text, in order. progress is called with the number of texts done since the last call."""
        listed = checked_texts(texts)
        by_row: list[Given | None] = [None] * len(listed)
        for rows, answers in self.stream(listed):
            for row, answer in zip(rows, answers, strict=True):
                by_row[row] = answer
            if progress:
                progress(len(rows))
        return [answer for answer in by_row if answer is not None]

    def stream(self, texts: Sequence[str]) -> Iterator[tuple[list[int], list[Given]]]:
        """(row numbers, their answers) batch by batch: stop reading, and what was done is done. Not in the order of the rows."""
        listed = checked_texts(texts)
        for chunk in chunks(len(listed)):
            sequences = [self.aligner.tokenize(listed[row]) for row in chunk]
            close: list[int] = []
            for rows, output in self.outputs(sequences):
                again = self._close(output["logits"]) if is_reduced() else []
                close += [rows[place] for place in again]
                kept = [place for place in range(len(rows)) if place not in again]
                yield self._answered(chunk, sequences, [rows[place] for place in kept], output["logits"][kept])
            near = [sequences[row] for row in close]
            for places, output in self.outputs(near, exact=True):
                yield self._answered(chunk, sequences, [close[place] for place in places], output["logits"])

    def _answered(
        self, chunk: range, sequences: list[TokenizedText], rows: list[int], logits: torch.Tensor
    ) -> tuple[list[int], list[Given]]:
        return [chunk[row] for row in rows], self._answers(logits, [sequences[row] for row in rows])

    @abstractmethod
    def _close(self, logits: torch.Tensor) -> list[int]:
        """Rows in which reduced precision could turn the answer."""

    @abstractmethod
    def _answers(self, logits: torch.Tensor, sequences: list[TokenizedText]) -> list[Given]:
        """The answers of logits (B, outputs)."""
