"""What a model answered: marked in the passage, how surely, beside what else was considered and "no answer"; said plainly where it is unsure."""

import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.models.cards import card
from components.text.language import flags
from components.ui.state.language import t
from components.ui.widgets.card import Card, CardMark
from components.ui.widgets.escaped import escaped_markdown, printable
from components.ui.widgets.figures import figure_foot
from components.ui.widgets.models import model_name, show_facts
from components.ui.widgets.verdict import doubt_place, plain, show_doubt, show_finding

from .passage import STYLE, passage_html, silence_html, tokens_html
from .reading import ModelAnswer
from .said import MARKED, doubts, finding, is_silent

WHOLE = 1_500  # characters up to which the text is shown whole
AROUND = 110  # characters on each side of an answer in a longer one


def show_answer(answer: ModelAnswer, threshold: float, number: int, alone: bool) -> None:
    """The finding with its doubt, the passage with the answer in it or why there is none, the tokens round it; what else there is to say."""
    reading, asked = answer.reading, answer.asked
    silent = is_silent(reading, threshold)
    name = "" if alone else model_name(card(answer.answerer.id), answer.answerer.id)
    show_finding(finding(reading, silent, answer.work.finished), of=name)
    against = doubts(reading, silent, threshold)
    with doubt_place(f"qa-answer-{number}"):
        show_doubt(against[0] if against else None)
    st.html(STYLE)
    spoken = plain(finding(reading, silent, answer.work.finished))
    _show_text(asked.context.text, answer, silent, spoken)
    if silent:
        st.html(silence_html(reading))
    else:
        st.html(tokens_html(reading))
    figure_foot(
        key=f"qa-answer-{number}",
        caption=_legend(answer, silent),
        data=lambda: candidates_table(answer),
        card=_card(answer, silent, spoken),
    )
    for one in against[1:]:
        st.caption(escaped_markdown(plain(one), 300))
    if said := _not_made_for(answer):
        st.warning("  \n".join(said), icon=":material/warning:")


def _legend(answer: ModelAnswer, silent: bool) -> str:
    if silent:
        return t("question_answering.legend_none")
    best = answer.reading.candidates[0]
    return t("question_answering.legend", start=f"{best.start:,}", end=f"{best.end:,}", least=f"{100 * MARKED:.0f}%")


def _card(answer: ModelAnswer, silent: bool, spoken: str) -> Card:
    """The sentence round the answer with the answer marked, as a picture to show."""
    text = answer.asked.context.text
    if silent:
        return Card(spoken, [answer.asked.question.text[:60]])
    best = answer.reading.candidates[0]
    before, after = text[max(0, best.start - 40) : best.start], text[best.end : best.end + 40]
    words = [word for word in (before.split() if " " in before else [before]) if word]
    return Card(spoken, [*words, best.text, *(after.split() if " " in after else [after])], marks=[CardMark(len(words), "ai")])


def show_no_answer(answer: ModelAnswer, threshold: float) -> None:
    """How far "no answer" is from its threshold."""
    reading = answer.reading
    values = {name: significant(value) for name, value in (("null", reading.null_score), ("best", reading.best_score))}
    values |= {"lead": significant(reading.lead), "threshold": significant(threshold), "own": significant(reading.threshold)}
    st.caption(t("question_answering.no_answer_scores", percent=_percent(reading.no_answer_probability), **values))


def candidates_table(answer: ModelAnswer) -> pd.DataFrame:
    """All answers with their places, scores and windows, and "no answer" as the last row."""
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
    return table


def show_candidates(answer: ModelAnswer) -> None:
    """The table, and what was read."""
    table = candidates_table(answer)
    names = list(table.columns)
    whole = [names[3], names[4], names[8]]
    settings = dict.fromkeys(names[5:8], st.column_config.NumberColumn(format="%.2f", width=85))
    settings |= {names[0]: st.column_config.TextColumn(width=40), names[1]: st.column_config.TextColumn(width=190)}
    settings |= dict.fromkeys(whole, st.column_config.NumberColumn(width=70))
    settings[names[2]] = st.column_config.ProgressColumn(format="percent", min_value=0, max_value=1, width=120)
    st.dataframe(table, hide_index=True, column_config=settings, placeholder="–")
    st.caption(_read_so_far(answer))


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


def _show_text(text: str, answer: ModelAnswer, silent: bool, spoken: str) -> None:
    """The whole text, or of a long one the paragraph of each marked answer, and the whole behind a fold."""
    candidates = answer.reading.candidates
    if len(text) <= WHOLE:
        st.html(passage_html(text, candidates, silent, spoken=spoken))
        return
    shown: list[tuple[int, int]] = []
    for rank, one in enumerate(candidates):
        if (rank and (silent or one.score < MARKED)) or any(low <= one.start and one.end <= high for low, high in shown):
            continue
        # The paragraph of the answer, or as much of it as fits.
        after = text.find("\n", one.end)
        low = max(one.start - AROUND, text.rfind("\n", 0, one.start) + 1, 0)
        high = min(one.end + AROUND, len(text) if after < 0 else after)
        shown.append((low, high))
        st.html(passage_html(text, candidates, silent, spoken=spoken, low=low, high=high))
        st.caption(t("question_answering.passage", low=f"{low:,}", high=f"{high:,}"))
    with st.expander(t("question_answering.whole_text", n=f"{len(text):,}")), st.container(height=320, border=False):
        st.html(passage_html(text, candidates, silent, spoken=spoken))


def _read_so_far(answer: ModelAnswer) -> str:
    """How much was read, in how many windows."""
    reading, work = answer.reading, answer.work
    values = {"tokens": f"{len(reading.tokens):,}", "n": f"{len(reading.windows):,}", "most": answer.answerer.max_length}
    if not work.finished:
        end, of = reading.windows[-1].characters[1], len(answer.asked.context.text)
        return t("question_answering.read_in_part", end=f"{end:,}", of=f"{of:,}", **values)
    return t("question_answering.read_in_one" if work.rows == 1 else "question_answering.read_in_windows", **values)


def show_about(answer: ModelAnswer) -> None:
    """What the model is weak at, and about it."""
    show_facts(answer.answerer.id)


def _percent(share: float) -> str:
    """No "100.0" for what is not certain, no "0.0" for what is possible."""
    if share > 0.9995:
        return ">99.9"
    return "<0.1" if share < 0.0005 else f"{100 * share:.1f}"
