"""Questions answered by a span of a text, however long: windows, the best spans over all of them, and "no answer" as a candidate.

Devlin et al. 2019, "BERT", sections 4.2 and 4.3: a span's score is the sum of its start and end logits; the score of "no answer" is
that of [CLS], the smallest over all windows; "no answer" wins where it is above the best span by more than a threshold.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from components.models.errors import ModelError
from components.models.files import ModelFiles
from components.models.inference import TaskModel
from components.models.japanese import is_japanese_tokenizer
from components.models.results import Answer
from components.models.tasks import Task
from components.models.tokens import AlignedText
from components.models.windows import best_window, windows

DEFAULT_STRIDE = 128
DEFAULT_ANSWER_LENGTH = 30
MAX_CHARACTERS = 200_000
# A question may take at most this many tokens, or half of the window: what is longer loses its end.
MAX_QUESTION = 64
# Windows run at once between two reports of progress.
WINDOWS_A_STEP = 16
CANDIDATES_A_WINDOW = 20


@dataclass(frozen=True)
class WindowScore:
    """One window over the context: its tokens and characters (end exclusive), and its best span's and "no answer"'s score (logits)."""

    tokens: tuple[int, int]
    characters: tuple[int, int]
    best_score: float
    null_score: float


@dataclass(frozen=True)
class Reading:
    """All that was computed for one question. Scores are logits divided by the temperature.

    `tokens`, `spans`: of the context (n). `start_scores`, `end_scores`: float32 (n,), each from the window that sees most around the
    token. `null_score`: of "no answer", the least over all windows. `best_score`: of the best span (-inf where there is none).
    `no_answer_probability`: its share beside all allowed spans. `candidates`: best spans, not overlapping, whether or not "no
    answer" wins; `answers`: the same, or () where it does. `question_left_out`: tokens of the question that were cut off.
    """

    tokens: tuple[str, ...]
    spans: tuple[tuple[int, int], ...]
    start_scores: np.ndarray
    end_scores: np.ndarray
    windows: tuple[WindowScore, ...]
    null_score: float
    best_score: float
    threshold: float
    no_answer_probability: float
    candidates: tuple[Answer, ...]
    answers: tuple[Answer, ...]
    question_left_out: int


class QuestionAnswerer(TaskModel):
    """`threshold`: "no answer" wins where null_score - best_score is above it."""

    def __init__(self, found: ModelFiles, task: Task):
        super().__init__(found, task)
        self.threshold = float(self.settings.get("no_answer_threshold", 0.0))
        self.max_answer_length = int(self.settings.get("max_answer_length", DEFAULT_ANSWER_LENGTH))
        self.stride = int(self.settings.get("stride", DEFAULT_STRIDE))
        # An English answer is made of whole words. A Japanese morpheme can hold more than the answer.
        self._whole_words = not is_japanese_tokenizer(self.aligner.tokenizer)

    def answer(self, question: str, context: str, top_k: int = 3, progress: Callable[[int, int], None] | None = None) -> list[Answer]:
        """The best `top_k` spans that don't overlap, best first; [] when "no answer" wins. See `read`."""
        return list(self.read(question, context, top_k, progress).answers)

    def read(
        self,
        question: str,
        context: str,
        top_k: int = 3,
        progress: Callable[[int, int], None] | None = None,
        threshold: float | None = None,
    ) -> Reading:
        """`answer` with everything that led to it. progress is called with (windows done, windows in all).

        `score` of an answer is its probability beside every other allowed span of every window and "no answer": exp of its score
        over the sum of all. threshold: another one than the model's own. Raises TypeError for what is no str, ModelError for a
        question or context without a token, or a context of more than 200,000 characters.
        """
        for name, value in (("question", question), ("context", context)):
            if not isinstance(value, str):
                raise TypeError(f"{name} must be a string, found {type(value).__name__}")
        if len(context) > MAX_CHARACTERS:
            raise ModelError("models.context_too_long", found=len(context), limit=MAX_CHARACTERS)
        asked, given = self.aligner.align(question), self.aligner.align(context)
        if not len(asked):
            raise ModelError("models.no_question")
        if not len(given):
            raise ModelError("models.no_context")
        room = self.max_length - self.aligner.double.specials
        kept = min(len(asked), MAX_QUESTION, room // 2)
        size = room - kept
        parts = windows(len(given), size, min(self.stride, size // 2))
        start, end, null = self._scores(asked, given, kept, parts, progress)
        threshold = self.threshold if threshold is None else threshold
        return self._decode(given, parts, start, end, null, top_k, threshold, len(asked) - kept)

    def _scores(self, asked: AlignedText, given: AlignedText, kept: int, parts: list, progress) -> tuple[list, list, list]:
        """Start and end scores of each window's tokens, and each window's "no answer" score."""
        offset = len(self.aligner.double.prefix) + kept + len(self.aligner.double.middle)
        start: list[np.ndarray] = [np.empty(0)] * len(parts)
        end: list[np.ndarray] = [np.empty(0)] * len(parts)
        null = [0.0] * len(parts)
        for step in range(0, len(parts), WINDOWS_A_STEP):
            sequences = [self.aligner.join(asked, given, (0, kept), part) for part in parts[step : step + WINDOWS_A_STEP]]
            for rows, output in self.outputs(sequences, ("start_logits", "end_logits")):
                first, last = output["start_logits"].numpy() / self.temperature, output["end_logits"].numpy() / self.temperature
                for i, row in enumerate(rows):
                    window = step + row
                    width = parts[window][1] - parts[window][0]
                    start[window], end[window] = first[i, offset : offset + width], last[i, offset : offset + width]
                    null[window] = float(first[i, 0] + last[i, 0])
            if progress:
                progress(min(step + WINDOWS_A_STEP, len(parts)), len(parts))
        return start, end, null

    def _decode(self, given: AlignedText, parts, start, end, null, top_k: int, threshold: float, cut: int) -> Reading:
        home = best_window(len(given), parts)
        candidates: list[tuple[float, int, int]] = []
        scored = []
        total = null_score = min(null)
        for window, (low, high) in enumerate(parts):
            # Each start counts once, in the window that sees most around it.
            own = np.array([home[token] == window for token in range(low, high)])
            sums = _span_sums(start[window], end[window], own, self.max_answer_length)
            best = float(sums.max()) if np.isfinite(sums).any() else -np.inf
            scored.append(WindowScore((low, high), (given.spans[low][0], given.spans[high - 1][1]), best, null[window]))
            total = np.logaddexp(total, np.logaddexp.reduce(sums[np.isfinite(sums)])) if np.isfinite(best) else total
            flat = sums.ravel()
            count = min(CANDIDATES_A_WINDOW, int(np.isfinite(flat).sum()))
            for place in np.argpartition(-flat, count - 1)[:count] if count else []:
                first, length = divmod(int(place), sums.shape[1])
                candidates.append((float(flat[place]), low + first, low + first + length))
        candidates.sort(key=lambda candidate: -candidate[0])
        best_score = candidates[0][0] if candidates else -np.inf
        answers = self._answers(given, candidates, float(total), top_k)
        return Reading(
            given.tokens,
            given.spans,
            np.array([start[home[token]][token - parts[home[token]][0]] for token in range(len(given))], np.float32),
            np.array([end[home[token]][token - parts[home[token]][0]] for token in range(len(given))], np.float32),
            tuple(scored),
            null_score,
            best_score,
            threshold,
            float(np.exp(null_score - total)),
            answers,
            () if null_score - best_score > threshold else answers,
            cut,
        )

    def _answers(self, given: AlignedText, candidates: list[tuple[float, int, int]], total: float, top_k: int) -> tuple[Answer, ...]:
        found: list[Answer] = []
        for score, first, last in candidates:
            if len(found) >= top_k:
                break
            start, end = self._characters(given, first, last)
            if start < end and all(end <= other.start or start >= other.end for other in found):
                found.append(Answer(given.text[start:end], start, end, float(np.exp(score - total))))
        return tuple(found)

    def _characters(self, given: AlignedText, first: int, last: int) -> tuple[int, int]:
        if self._whole_words:
            while first > 0 and given.words[first - 1] == given.words[first]:
                first -= 1
            while last + 1 < len(given) and given.words[last + 1] == given.words[last]:
                last += 1
        return given.spans[first][0], given.spans[last][1]


def _span_sums(start: np.ndarray, end: np.ndarray, own: np.ndarray, longest: int) -> np.ndarray:
    """(n, longest): score of the span that starts at token i and is j + 1 tokens long; -inf where it isn't allowed."""
    n = len(start)
    sums = np.full((n, longest), -np.inf)
    for length in range(min(longest, n)):
        sums[: n - length, length] = start[: n - length].astype(np.float64) + end[length:]
    sums[~own] = -np.inf
    return sums


def build(found: ModelFiles, task: Task) -> QuestionAnswerer:
    return QuestionAnswerer(found, task)
