"""A question and its passage as the page of question answering reads them: the same windows, tokens and rules, for a model that is still trained."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from components.evaluation.answer_tables import AnswerRow
from components.models.qa import DEFAULT_ANSWER_LENGTH, Asked, QuestionAnswerer, SpanPrediction, WindowLogits
from components.models.results import Answer
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import AlignedText, Aligner, Span
from components.training.features import Feature
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LONGEST_ANSWER = 120  # tokens
KEPT_TEXTS = 4_000  # passages whose tokens are kept: each has several questions


@dataclass(frozen=True, eq=False)
class Read:
    """A question on a passage, in windows."""

    reader: "Reader"
    asked: Asked

    @property
    def windows(self) -> Sequence[Span]:
        return self.asked.windows

    @property
    def begin(self) -> int:
        """The place of a window's first token of the passage."""
        template = self.reader.aligner.double
        return len(template.prefix) + self.asked.question_length + len(template.middle)

    def feature(self, number: int) -> Feature:
        """The tokens of window `number`, as `Aligner.join` puts them together."""
        asked, template = self.asked, self.reader.aligner.double
        low, high = asked.windows[number]
        parts = (
            template.prefix,
            asked.question.ids[: asked.question_length],
            template.middle,
            asked.context.ids[low:high],
            template.suffix,
        )
        types = [kind for part, kind in zip(parts, template.types, strict=True) for _ in part]
        return {"input_ids": [id for part in parts for id in part], "token_type_ids": types}

    def span_in(self, number: int, start: int, end: int) -> Span:
        """The first and last place in window `number` of the tokens that hold the characters start to end of the passage; (0, 0), which is
        [CLS], where the window doesn't hold them all, or there is no answer."""
        low, high = self.asked.windows[number]
        spans = self.asked.context.spans
        tokens = [token for token in range(low, high) if spans[token][0] < end and spans[token][1] > start] if end > start else []
        if (
            not tokens
            or (spans[tokens[0]][0] > start and tokens[0] == low > 0)
            or (spans[tokens[-1]][1] < end and tokens[-1] == high - 1 < len(spans) - 1)
        ):
            return 0, 0
        return self.begin + tokens[0] - low, self.begin + tokens[-1] - low


class Reader(QuestionAnswerer):
    """Windows, and answers out of logits that somebody else computes."""

    def __init__(self, tokenizer: "PreTrainedTokenizerBase", settings: Settings):
        # No files yet: what `TaskModel` reads from them is set here.
        self.id = settings.backbone
        self.max_length = settings.max_length
        self.aligner = Aligner(tokenizer, settings.max_length)
        self.threshold, self.temperature = 0.0, 1.0
        self.max_answer_length = DEFAULT_ANSWER_LENGTH
        self.stride = settings.max_length // 4
        self._whole_words = not is_japanese_tokenizer(tokenizer)
        self._aligned: dict[str, AlignedText] = {}
        self._align = self.aligner.align
        self.aligner.align = self._remembered  # type: ignore[method-assign]

    def _remembered(self, text: str) -> AlignedText:
        if text not in self._aligned:
            if len(self._aligned) >= KEPT_TEXTS:
                self._aligned.clear()
            self._aligned[text] = self._align(text)
        return self._aligned[text]

    def windowed(self, question: str, context: str) -> Read:
        return Read(self, self.ask(question, context))

    def decoded(self, read: Read, logits: Sequence[np.ndarray]) -> SpanPrediction:
        """The answer from the logits (2, tokens) of each window."""
        scores = []
        for (low, high), values in zip(read.windows, logits, strict=True):
            context = slice(read.begin, read.begin + high - low)
            scores.append(WindowLogits(values[0, context], values[1, context], float(values[0, 0] + values[1, 0])))
        return self.decode(read.asked, scores, 1)

    @staticmethod
    def answer_of(passage: str, span: Span) -> AnswerRow:
        """A span as an answer that is given whatever the threshold."""
        start, end = span
        return AnswerRow(Answer(passage[start:end], start, end, 1.0), float("-inf"), 0.0)
