"""Answers within passages as ONNX: start and end logits of each token, windows over long passages, "no answer" where it leads by more than the kept
threshold. The program of the README reads by the rules of the app."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.evaluation.answer_tables import AnswerRow, answer_rows
from components.evaluation.answers import mark
from components.training.portable import Judged, Portable
from components.training.portable.question_program import program
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PortableQuestions(Portable):
    """What is counted of a window are its logits themselves, float32 (tokens, 2): an answer is known only once all windows of its passage are."""

    measure = "answer_f1"
    auto_class = "AutoModelForQuestionAnswering"
    outputs = ("start_logits", "end_logits")
    kept: Mapping[str, Any]

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        """`texts` are the question and the passage's characters of each window."""
        from components.training.question_reader import Reader

        assert settings.second is not None, "a question has a passage"
        self._reader, self._language = Reader(tokenizer, settings), settings.language
        self._reader.stride = int(self.kept["stride"])
        self._reader.max_answer_length = int(self.kept["max_answer_length"])
        self._threshold = float(self.kept["no_answer_threshold"])
        self._pairs = list(zip(rows[settings.second], rows[settings.text], strict=True))
        self._asked = [self._reader.windowed(question, passage) for question, passage in self._pairs]
        texts, ids, types, of = [], [], [], []
        for place, read in enumerate(self._asked):
            question, passage = self._pairs[place]
            spans = read.asked.context.spans
            for number, (low, high) in enumerate(read.windows):
                feature = read.feature(number)
                texts.append((question, passage[spans[low][0] : spans[high - 1][1]]))
                ids.append(tuple(feature["input_ids"]))
                types.append(tuple(feature["token_type_ids"]))
                of.append(place)
        self._ends = np.cumsum([0, *map(len, ids)])
        told = tuple(types) if "token_type_ids" in tokenizer.model_input_names else None
        at = tuple(tuple(range(len(one))) for one in ids)
        return Judged(tuple(texts), tuple(ids), at, rows[settings.label].to_numpy(dtype=object), told, tuple(of))

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return logits

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        """The mean F1 of the answers that are given."""
        marked = mark(self._said(answers), judged.wanted.tolist(), [passage for _, passage in self._pairs])
        return float(marked.judge(self._threshold).overlap.mean()) if marked else 0.0

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        given = [[self._place(row) for row in self._said(logits)] for logits in (exact, small)]
        return sum(one != other for one, other in zip(*given, strict=True))

    def _said(self, logits: np.ndarray) -> tuple[AnswerRow, ...]:
        """Each question's best span, from the logits of all windows, one after the other: (tokens of all, 2)."""
        windows = iter([logits[start:end].T for start, end in pairwise(self._ends)])
        readings = [self._reader.decoded(read, [next(windows) for _ in read.windows]) for read in self._asked]
        return answer_rows(self._pairs, readings, self._language)

    def _place(self, row: AnswerRow) -> tuple[int, int] | None:
        return (row.answer.start, row.answer.end) if row.answer and row.answer_at(self._threshold) else None

    def code(self, japanese: bool) -> str:
        return program(japanese)
