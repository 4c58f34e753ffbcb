"""What a model answered: marked in the text, how surely, beside what else was considered and "no answer"; said plainly where it is unsure."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.models import Answer
from components.models.results import UNSURE
from components.text.language import flags
from components.ui.state.language import t
from components.ui.widgets.attribution import printable
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.highlight import Mark, highlighted
from components.ui.widgets.models import facts

from .reading import ModelAnswer

CLOSE = 1.0  # logits between "no answer" and its threshold under which a small change would turn the answer
WHOLE = 1_500  # characters up to which the text is shown whole
AROUND = 110  # characters on each side of an answer in a longer one


def show_answer(answer: ModelAnswer, threshold: float) -> None:
    """The answer and its place, or "no answer"; the text with all candidates marked; how sure that is."""
    reading, asked = answer.reading, answer.asked
    silent = reading.lead > threshold or not reading.candidates
    _say(answer, silent)
    doubts = [*_how_sure(answer, silent, threshold), *_not_made_for(answer)]
    if doubts:
        st.warning("  \n".join(doubts), icon=":material/warning:")
    _show_text(asked.context.text, reading.candidates, silent)
    values = {name: significant(value) for name, value in (("null", reading.null_score), ("best", reading.best_score))}
    values |= {"lead": significant(reading.lead), "threshold": significant(threshold), "own": significant(reading.threshold)}
    st.caption(t("question_answering.no_answer_scores", percent=_percent(reading.no_answer_probability), **values))


def show_candidates(answer: ModelAnswer) -> None:
    """All answers with their places, scores and windows, and "no answer"; what was read."""
    reading = answer.reading
    names = [t(f"question_answering.column_{name}") for name in ("rank", "answer", "probability", "start", "end")]
    names += [t(f"question_answering.column_{name}") for name in ("start_score", "end_score", "score", "window")]
    rows = []
    for number, (candidate, span) in enumerate(zip(reading.candidates, reading.places, strict=True), 1):
        start = float(reading.start_scores[span.first])
        rows.append(
            (
                str(number),
                printable(candidate.text),
                candidate.score,
                candidate.start,
                candidate.end,
                start,
                span.score - start,
                span.score,
                span.window + 1,
            )
        )
    none = ("–", t("question_answering.none"), reading.no_answer_probability, None, None, None, None, reading.null_score, None)
    table = pd.DataFrame([*rows, none], columns=names)
    whole = [names[3], names[4], names[8]]
    table[whole] = table[whole].astype("Int64")
    settings = dict.fromkeys(names[5:8], st.column_config.NumberColumn(format="%.2f", width=85))
    settings |= {names[0]: st.column_config.TextColumn(width=40), names[1]: st.column_config.TextColumn(width=190)}
    settings |= dict.fromkeys(whole, st.column_config.NumberColumn(width=70))
    settings[names[2]] = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=120)
    st.dataframe(table, hide_index=True, column_config=settings, placeholder="–")
    st.caption(" ".join(said for said in (_read_so_far(answer), facts(answer.answerer.id)) if said))


def _not_made_for(answer: ModelAnswer) -> list[str]:
    """What about the text and the question the model wasn't made for, or didn't read."""
    asked, answerer = answer.asked, answer.answerer
    said = [t(key) for key in flags(asked.context.text, answerer.language)]
    said += [t(f"question_answering.question_{key.removeprefix('models.flag_')}") for key in flags(asked.question.text, answerer.language)]
    if asked.left_out:
        lost = escaped_markdown(printable(asked.question.text[asked.question.spans[asked.question_length][0] :]), 80)
        said.append(t("question_answering.question_cut", n=asked.left_out, kept=asked.question_length, lost=lost))
    unknown = answerer.aligner.tokenizer.unk_token_id
    for name, aligned in (("question", asked.question), ("text", asked.context)):
        count = sum(id == unknown for id in aligned.ids)
        if count:
            said.append(t(f"question_answering.unknown_{name}", n=f"{count:,}", all=f"{len(aligned):,}"))
    return said


def _say(answer: ModelAnswer, silent: bool) -> None:
    if silent:
        key = "question_answering.said_none" if answer.work.finished else "question_answering.said_none_in_part"
        st.markdown(t(key, model=escaped_markdown(answer.answerer.id)))
        return
    best = answer.reading.candidates[0]
    st.markdown(
        t(
            "question_answering.said",
            answer=escaped_markdown(printable(best.text)),
            start=f"{best.start:,}",
            end=f"{best.end:,}",
            percent=_percent(best.score),
            model=escaped_markdown(answer.answerer.id),
        )
    )


def _how_sure(answer: ModelAnswer, silent: bool, threshold: float) -> list[str]:
    """Where the answer has little probability, and where a slightly other threshold would turn it."""
    reading = answer.reading
    said = []
    if not silent and reading.candidates[0].score < UNSURE:
        others = [(t("question_answering.none"), reading.no_answer_probability)]
        others += [
            (t("question_answering.quoted", text=escaped_markdown(printable(candidate.text), 40)), candidate.score)
            for candidate in reading.candidates[1:]
        ]
        other, share = max(others, key=lambda pair: pair[1])
        percent = _percent(reading.candidates[0].score)
        said.append(t("question_answering.unsure", percent=percent, other=other, share=_percent(share)))
    if abs(reading.lead - threshold) < CLOSE:
        key = "question_answering.close_none" if silent else "question_answering.close_answer"
        said.append(t(key, distance=significant(abs(reading.lead - threshold))))
    return said


def _show_text(text: str, candidates: Sequence[Answer], silent: bool) -> None:
    marks = [
        Mark(
            candidate.start,
            candidate.end,
            str(rank),
            QUERY_COLOUR if rank == 1 and not silent else KEY_COLOUR,
            f"{rank} · {_percent(candidate.score)}%",
        )
        for rank, candidate in enumerate(candidates, 1)
    ]
    if len(text) <= WHOLE:
        highlighted(text, marks)
        return
    shown: list[tuple[int, int]] = []
    for mark in marks:
        if any(low <= mark.start and mark.end <= high for low, high in shown):
            continue
        # The paragraph of the answer, or as much of it as fits.
        after = text.find("\n", mark.end)
        low = max(mark.start - AROUND, text.rfind("\n", 0, mark.start) + 1, 0)
        high = min(mark.end + AROUND, len(text) if after < 0 else after)
        shown.append((low, high))
        _show_passage(text, low, high, marks)
    with st.expander(t("question_answering.whole_text", n=f"{len(text):,}")):
        highlighted(text, marks, height=320)


def _show_passage(text: str, low: int, high: int, marks: Sequence[Mark]) -> None:
    """Characters low..high with the marks inside."""
    before, after = "… " if low else "", " …" if high < len(text) else ""
    shift = len(before) - low
    inside = [
        Mark(mark.start + shift, mark.end + shift, mark.name, mark.colour, mark.tooltip)
        for mark in marks
        if low <= mark.start and mark.end <= high
    ]
    st.caption(t("question_answering.passage", low=f"{low:,}", high=f"{high:,}"))
    highlighted(before + text[low:high] + after, inside)


def _read_so_far(answer: ModelAnswer) -> str:
    """How much was read, in how many windows."""
    reading, work = answer.reading, answer.work
    values = {"tokens": f"{len(reading.tokens):,}", "n": f"{len(reading.windows):,}", "most": answer.answerer.max_length}
    if not work.finished:
        end, of = reading.windows[-1].characters[1], len(answer.asked.context.text)
        return t("question_answering.read_in_part", end=f"{end:,}", of=f"{of:,}", **values)
    return t("question_answering.read_in_one" if work.rows == 1 else "question_answering.read_in_windows", **values)


def _percent(share: float) -> str:
    """No "100.0" for what is not certain, no "0.0" for what is possible."""
    if share > 0.9995:
        return ">99.9"
    return "<0.1" if share < 0.0005 else f"{100 * share:.1f}"
