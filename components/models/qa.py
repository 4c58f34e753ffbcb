"""Questions answered by a span of a text, however long: windows, the best spans over all of them, and "no answer" as a candidate.

Devlin et al. 2019, "BERT", sections 4.2 and 4.3: a span's score is the sum of its start and end logits; the score of "no answer" is
that of [CLS], the smallest over all windows; "no answer" wins where it is above the best span by more than a threshold.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from components.errors import ModelError
from components.models.files import ModelFiles
from components.models.inference import TaskModel
from components.models.results import Answer
from components.models.tasks import ModelTask
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import AlignedText
from components.text.windows import MAX_CHARACTERS, Window, best_window, windows

DEFAULT_STRIDE = 128
DEFAULT_ANSWER_LENGTH = 30
# A question may take at most this many tokens, or half of the window: what is longer loses its end.
MAX_QUESTION = 64
MAX_QUESTION_CHARACTERS = 10_000
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
class TokenSpan:
    """Where an answer was found: its first and last token, the number of the window that scored it, and its score (logits)."""

    first: int
    last: int
    window: int
    score: float


@dataclass(frozen=True, eq=False)
class Asked:
    """A question on a context, cut into windows and not yet read. question_length: the question's tokens that go into every window."""

    question: AlignedText
    context: AlignedText
    question_length: int
    windows: tuple[Window, ...]

    @property
    def left_out(self) -> int:
        """Tokens of the question that are cut off."""
        return len(self.question) - self.question_length


@dataclass(frozen=True, eq=False)
class WindowLogits:
    """What the model says of one window of w tokens of context: start, end (w,) and "no answer"; divided by the temperature."""

    start: np.ndarray
    end: np.ndarray
    null: float


@dataclass(frozen=True)
class SpanPrediction:
    """All that was computed for one question. Scores are logits divided by the temperature.

    `tokens`, `spans`: of the context (n). `start_scores`, `end_scores`: float32 (n,), each from the window that sees most around the
    token. `null_score`: of "no answer", the least over all windows. `best_score`: of the best span (-inf where there is none).
    `no_answer_probability`: its share beside all allowed spans. `candidates`: best spans, not overlapping, whether or not "no
    answer" wins, and their `places`; `answers`: the same, or () where it does. `question_left_out`: tokens of the question that were
    cut off.
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
    places: tuple[TokenSpan, ...]
    answers: tuple[Answer, ...]
    question_left_out: int

    @property
    def lead(self) -> float:
        """By how much "no answer" is above the best span; it wins where this is above the threshold."""
        return self.null_score - self.best_score


class QuestionAnswerer(TaskModel):
    """`threshold`: "no answer" wins where null_score - best_score is above it."""

    def __init__(self, files: ModelFiles, task: ModelTask):
        super().__init__(files, task)
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
    ) -> SpanPrediction:
        """`answer` with everything that led to it. progress is called with (windows done, windows in all).

        `score` of an answer is its probability beside every other allowed span of every window and "no answer": exp of its score
        over the sum of all. threshold: another one than the model's own. Raises TypeError for what is no str, ModelError for a
        question or context without a token, a question of more than 10,000 characters, or a context of more than 200,000.
        """
        asked = self.ask(question, context)
        scores: list[WindowLogits] = []
        while len(scores) < len(asked.windows):
            scores += self.score(asked, range(len(scores), min(len(scores) + WINDOWS_A_STEP, len(asked.windows))))
            if progress:
                progress(len(scores), len(asked.windows))
        return self.decode(asked, scores, top_k, threshold)

    def read_all(
        self, pairs: Sequence[tuple[str, str]], top_k: int = 1, progress: Callable[[int, int], None] | None = None
    ) -> list[SpanPrediction | ModelError]:
        """`read` of many (question, context), their windows together in batches. A pair that can't be read gives its ModelError.

        progress is called with (windows done, windows in all) after each batch.
        """
        asked: list[Asked | ModelError] = []
        for question, context in pairs:
            try:
                asked.append(self.ask(question, context))
            except ModelError as problem:
                asked.append(problem)
        jobs = [(pair, window) for pair in asked if isinstance(pair, Asked) for window in pair.windows]
        scores = iter(self._logits(jobs, progress))
        return [self.decode(pair, [next(scores) for _ in pair.windows], top_k) if isinstance(pair, Asked) else pair for pair in asked]

    def ask(self, question: str, context: str) -> Asked:
        """The tokens of both, and the windows. Raises TypeError and ModelError as `read` does."""
        for name, value in (("question", question), ("context", context)):
            if not isinstance(value, str):
                raise TypeError(f"{name} must be a string, found {type(value).__name__}")
        if len(context) > MAX_CHARACTERS:
            raise ModelError("models.context_too_long", found=len(context), limit=MAX_CHARACTERS)
        if len(question) > MAX_QUESTION_CHARACTERS:
            raise ModelError("models.question_too_long", found=len(question), limit=MAX_QUESTION_CHARACTERS)
        question_tokens, context_tokens = self.aligner.align(question), self.aligner.align(context)
        if not len(question_tokens):
            raise ModelError("models.no_question")
        if not len(context_tokens):
            raise ModelError("models.no_context")
        room = self.max_length - self.aligner.double.specials
        question_length = min(len(question_tokens), MAX_QUESTION, room // 2)
        size = room - question_length
        return Asked(
            question_tokens, context_tokens, question_length, tuple(windows(len(context_tokens), size, min(self.stride, size // 2)))
        )

    def score(self, asked: Asked, numbers: Sequence[int]) -> list[WindowLogits]:
        """The scores of the windows of these numbers."""
        return self._logits([(asked, asked.windows[number]) for number in numbers])

    def _logits(self, jobs: Sequence[tuple[Asked, Window]], progress: Callable[[int, int], None] | None = None) -> list[WindowLogits]:
        sequences = [self.aligner.join(asked.question, asked.context, (0, asked.question_length), window) for asked, window in jobs]
        logits: list[WindowLogits] = [WindowLogits(np.empty(0), np.empty(0), 0.0)] * len(jobs)
        done = 0
        for rows, output in self.outputs(sequences, ("start_logits", "end_logits")):
            first, last = output["start_logits"].numpy() / self.temperature, output["end_logits"].numpy() / self.temperature
            for i, row in enumerate(rows):
                asked, (low, high) = jobs[row]
                begin = len(self.aligner.double.prefix) + asked.question_length + len(self.aligner.double.middle)
                context = slice(begin, begin + high - low)
                logits[row] = WindowLogits(first[i, context].copy(), last[i, context].copy(), float(first[i, 0] + last[i, 0]))
            done += len(rows)
            if progress:
                progress(done, len(jobs))
        return logits

    def decode(self, asked: Asked, scores: Sequence[WindowLogits], top_k: int = 3, threshold: float | None = None) -> SpanPrediction:
        """The best spans of the first len(scores) windows: what is left out where reading was stopped is not in the SpanPrediction.

        Raises ValueError for no windows at all.
        """
        if not scores:
            raise ValueError("no window was read")
        threshold = self.threshold if threshold is None else threshold
        context, parts = asked.context, asked.windows[: len(scores)]
        count = parts[-1][1]
        home = best_window(count, parts)
        candidates: list[TokenSpan] = []
        scored = []
        total = null_score = min(logits.null for logits in scores)
        for window, ((low, high), logits) in enumerate(zip(parts, scores, strict=True)):
            # Each start counts once, in the window that sees most around it.
            own = np.array([home[token] == window for token in range(low, high)])
            sums = _span_sums(logits.start, logits.end, own, self.max_answer_length)
            best = float(sums.max()) if np.isfinite(sums).any() else -np.inf
            scored.append(WindowScore((low, high), (context.spans[low][0], context.spans[high - 1][1]), best, logits.null))
            total = np.logaddexp(total, np.logaddexp.reduce(sums[np.isfinite(sums)])) if np.isfinite(best) else total
            flat = sums.ravel()
            most = min(CANDIDATES_A_WINDOW, int(np.isfinite(flat).sum()))
            for cell in np.argpartition(-flat, most - 1)[:most] if most else []:
                first, length = divmod(int(cell), sums.shape[1])
                candidates.append(TokenSpan(low + first, low + first + length, window, float(flat[cell])))
        candidates.sort(key=lambda candidate: -candidate.score)
        best_score = candidates[0].score if candidates else -np.inf
        answers, places = self._answers(context, candidates, float(total), top_k)
        at = [(scores[window], token - parts[window][0]) for token, window in enumerate(home)]
        return SpanPrediction(
            context.tokens[:count],
            context.spans[:count],
            np.array([logits.start[token] for logits, token in at], np.float32),
            np.array([logits.end[token] for logits, token in at], np.float32),
            tuple(scored),
            null_score,
            best_score,
            threshold,
            float(np.exp(null_score - total)),
            answers,
            places,
            () if null_score - best_score > threshold else answers,
            asked.left_out,
        )

    def _answers(
        self, context: AlignedText, candidates: Sequence[TokenSpan], total: float, top_k: int
    ) -> tuple[tuple[Answer, ...], tuple[TokenSpan, ...]]:
        answers: list[Answer] = []
        spans: list[TokenSpan] = []
        for span in candidates:
            if len(answers) >= top_k:
                break
            start, end = self._characters(context, span.first, span.last)
            if start < end and all(end <= other.start or start >= other.end for other in answers):
                answers.append(Answer(context.text[start:end], start, end, float(np.exp(span.score - total))))
                spans.append(span)
        return tuple(answers), tuple(spans)

    def _characters(self, context: AlignedText, first: int, last: int) -> tuple[int, int]:
        if self._whole_words:
            while first > 0 and context.words[first - 1] == context.words[first]:
                first -= 1
            while last + 1 < len(context) and context.words[last + 1] == context.words[last]:
                last += 1
        return context.spans[first][0], context.spans[last][1]


def _span_sums(start: np.ndarray, end: np.ndarray, own: np.ndarray, longest: int) -> np.ndarray:
    """(n, longest): score of the span that starts at token i and is j + 1 tokens long; -inf where it isn't allowed."""
    n = len(start)
    sums = np.full((n, longest), -np.inf)
    for length in range(min(longest, n)):
        sums[: n - length, length] = start[: n - length].astype(np.float64) + end[length:]
    sums[~own] = -np.inf
    return sums


def build(files: ModelFiles, task: ModelTask) -> QuestionAnswerer:
    return QuestionAnswerer(files, task)
