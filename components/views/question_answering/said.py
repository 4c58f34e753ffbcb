"""What is said of an answer, by rule: the finding, its one doubt, and what else deserves a word."""

from typing import TYPE_CHECKING, Any

from components.charts.numbers import per_cent, significant
from components.ui.state.language import t
from components.ui.widgets.escaped import printable
from components.ui.widgets.verdict import said

if TYPE_CHECKING:
    from components.models.qa import SpanPrediction

SURE = 0.6  # the probability from which on an answer stands without "only"
MARKED = 0.05  # a candidate under it is never marked
CLOSE = 1.0  # logits between "no answer" and its threshold under which a small change would turn the answer


def is_silent(reading: "SpanPrediction", threshold: float) -> bool:
    """Whether "no answer" wins."""
    return reading.lead > threshold or not reading.candidates


def finding(reading: "SpanPrediction", silent: bool, finished: bool = True) -> str:
    """The answer or that there is none, as HTML; that there is no sure one where "no answer" wins with less than half of the probability.
    finished: the text was read to its end."""
    none = per_cent(reading.no_answer_probability)
    if silent and not finished:
        return said("question_answering.finding_none_so_far")
    if not reading.candidates:
        return said("question_answering.finding_none", percent=none)
    best = reading.candidates[0]
    quoted, percent = {"answer": printable(best.text)}, per_cent(best.score)
    if silent and reading.no_answer_probability >= 0.5:
        return said("question_answering.finding_none", percent=none)
    if silent:
        return said("question_answering.finding_none_sure", quoted=quoted, none=none, percent=percent)
    return said(
        "question_answering.finding_sure" if best.score >= SURE else "question_answering.finding_only", quoted=quoted, percent=percent
    )


def doubts(reading: "SpanPrediction", silent: bool, threshold: float) -> list[str]:
    """What speaks against the finding, the weightiest first, as HTML: little probability, a second candidate, a threshold nearly met."""
    found = []
    others = list(reading.candidates[1:])
    if not silent:
        best = reading.candidates[0]
        if best.score < SURE:
            rival = max(others, key=lambda one: one.score, default=None)
            shares: dict[str, Any] = {"percent": per_cent(best.score)}
            if rival is None or rival.score < reading.no_answer_probability:
                found.append(said("question_answering.unsure_none", share=per_cent(reading.no_answer_probability), **shares))
            else:
                found.append(
                    said("question_answering.unsure", quoted={"other": printable(rival.text)}, share=per_cent(rival.score), **shares)
                )
        elif others and others[0].score >= MARKED:
            found.append(said("question_answering.second", quoted={"other": printable(others[0].text)}, share=per_cent(others[0].score)))
    if reading.candidates and abs(reading.lead - threshold) < CLOSE:
        key = "question_answering.close_none" if silent else "question_answering.close_answer"
        found.append(said(key, distance=significant(abs(reading.lead - threshold))))
    return found


def nearest(reading: "SpanPrediction") -> str:
    """The words that came nearest where "no answer" won."""
    return t("question_answering.nearest", text=printable(reading.candidates[0].text)) if reading.candidates else ""
