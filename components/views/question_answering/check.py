"""What is asked about the answer and the text it was taken from."""

from collections.abc import Sequence

from components.charts.numbers import per_cent
from components.ui.state.language import t
from components.ui.widgets.check import Question, choose

from .questions import Query
from .reading import ModelAnswer
from .said import is_silent

CLEAR = 0.05  # of the probability: how much less a wrong answer has
STRETCH = 3  # tokens of a piece of the text


def questions(query: Query | None, answers: Sequence[ModelAnswer]) -> list[Question | None]:
    if query is None or not answers or not answers[0].so_far or not answers[0].work.finished:
        return []
    return [_answer(query, answers[0]), _never(answers[0])]


def _answer(query: Query, answer: ModelAnswer) -> Question | None:
    """What the model says; "no answer" is a candidate as well."""
    reading, none = answer.reading, t("question_answering.none")
    silent = is_silent(reading, query.threshold(0))
    others = _stretches(answer)
    quoted = {"question": query.question}
    if silent:
        wrong, percent = [one.text for one in reading.candidates], per_cent(reading.no_answer_probability)
        return choose("question_answering-answer", none, [*wrong, *others], seed=query.context, quoted=quoted, values={"percent": percent})
    best = reading.candidates[0]
    wrong = [none, *(one.text for one in reading.candidates[1:] if one.score < best.score - CLEAR)]
    apart = [text for text in others if text not in best.text and best.text not in text]
    values = {"percent": per_cent(best.score)}
    return choose("question_answering-answer", best.text, [*wrong, *apart], seed=query.context, quoted=quoted, values=values)


def _never(answer: ModelAnswer) -> Question | None:
    """Which of some phrases can't be an answer: the one that isn't in the text."""
    right, stretches = t("questions.question_answering-phrase"), _stretches(answer)
    if not stretches or right.casefold() in answer.asked.context.text.casefold():
        return None
    return choose("question_answering-never", right, stretches, seed=answer.asked.context.text)


def _stretches(answer: ModelAnswer) -> list[str]:
    """Pieces of the text from its beginning, middle and end, each a few tokens long; [] of a text that is too short."""
    text, spans = answer.asked.context.text, answer.reading.spans
    if len(spans) < 3 * STRETCH:
        return []
    starts = (len(spans) // 5, len(spans) // 2, 4 * len(spans) // 5)
    return [text[spans[start][0] : spans[min(start + STRETCH, len(spans)) - 1][1]] for start in starts]
