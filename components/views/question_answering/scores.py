"""Where an answer may start and end: scores over the tokens, and the windows that a long text was cut into."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.charts.questions import WINDOWS_TRACE, span_scores_figure, windows_figure
from components.text.clip import clip
from components.ui.state.language import t
from components.ui.widgets.attribution import printable
from components.ui.widgets.figures import show_figure

from .reading import ModelAnswer

TOKENS = 48  # shown at once; half of it where two models stand side by side


def show_scores(answer: ModelAnswer, number: int, alone: bool) -> None:
    """The tokens' scores round the best answer or the place that was chosen and, for a text in several windows, the windows."""
    reading, shown = answer.reading, TOKENS if alone else TOKENS // 2
    key = f"qa_from_{number}:{answer.work.signature[-16:]}:{answer.work.done}:{shown}"
    last = len(reading.tokens) - shown
    figure = st.container()
    first = 0
    if last > 0:
        best = reading.places[0].first if reading.places else 0
        if key not in st.session_state:
            st.session_state[key] = min(max(best - shown // 2, 0), last)
        first = st.slider(t("question_answering.first_token"), 0, last, key=key)
    with figure:
        _show_tokens(answer, first, min(first + shown, len(reading.tokens)), number)
    if len(reading.windows) > 1:
        _show_windows(
            answer, number, lambda token: st.session_state.update({key: min(max(token - shown // 2, 0), last)}) if last > 0 else None
        )


def _show_tokens(answer: ModelAnswer, low: int, high: int, number: int) -> None:
    reading = answer.reading
    answer_span = next((span for span in reading.places if span.first < high and span.last >= low), None)
    names: dict[str, Any] = {"start_name": t("question_answering.start_score"), "end_name": t("question_answering.end_score")}
    starts, ends = int(reading.start_scores.argmax()), int(reading.end_scores.argmax())
    show_figure(
        span_scores_figure(
            [printable(token) for token in reading.tokens[low:high]],
            reading.start_scores[low:high],
            reading.end_scores[low:high],
            first=low,
            answer=(answer_span.first, answer_span.last) if answer_span else None,
            token_title=t("question_answering.token"),
            score_title=t("question_answering.score"),
            **names,
        ),
        key=f"qa-tokens-{number}",
        caption=t("question_answering.tokens_caption", first=f"{low:,}", last=f"{high - 1:,}", all=f"{len(reading.tokens):,}"),
        alt=t(
            "question_answering.tokens_alt",
            start=printable(reading.tokens[starts]), start_score=significant(float(reading.start_scores[starts])),
            end=printable(reading.tokens[ends]), end_score=significant(float(reading.end_scores[ends])),
        ),
        data=lambda: pd.DataFrame(
            {
                "token": reading.tokens,
                "start_character": [span[0] for span in reading.spans],
                "end_character": [span[1] for span in reading.spans],
                names["start_name"]: reading.start_scores,
                names["end_name"]: reading.end_scores,
            }
        ),
    )  # fmt: skip


def _show_windows(answer: ModelAnswer, number: int, look_at: Callable[[int], None]) -> None:
    reading = answer.reading
    best = [window.best_score if np.isfinite(window.best_score) else None for window in reading.windows]
    null = [window.null_score for window in reading.windows]
    marked = [
        (candidate.start, span.score, str(rank))
        for rank, (candidate, span) in enumerate(zip(reading.candidates, reading.places, strict=True), 1)
    ]

    def choose(trace: int, index: int) -> None:
        if trace == WINDOWS_TRACE:
            low, high = reading.windows[index].tokens
            look_at(low + int(reading.start_scores[low:high].argmax()))

    top = int(np.argmax([-np.inf if score is None else score for score in best]))
    show_figure(
        windows_figure(
            [window.characters for window in reading.windows], best, null, marked,
            best_name=t("question_answering.best_span"), null_name=t("question_answering.none_in_window"),
            answers_name=t("question_answering.answers_marked"), character_title=t("question_answering.character"),
            score_title=t("question_answering.score"),
        ),
        key=f"qa-windows-{number}",
        caption=t("question_answering.windows_caption", most=answer.answerer.max_length, shared=_shared(answer)),
        alt=t(
            "question_answering.windows_alt", n=len(best), best=top + 1,
            low=f"{reading.windows[top].characters[0]:,}", high=f"{reading.windows[top].characters[1]:,}",
        ),
        data=lambda: _windows_table(answer),
        on_point=choose,
    )  # fmt: skip
    with st.expander(t("question_answering.windows_listed", n=f"{len(best):,}")):
        st.dataframe(_windows_table(answer), hide_index=True)


def _windows_table(answer: ModelAnswer) -> pd.DataFrame:
    """One row a window: its tokens and characters, its best span's and "no answer"'s score, and which answers come from it."""
    reading = answer.reading
    rows = []
    for number, window in enumerate(reading.windows):
        from_here = [
            f"{rank}. {clip(printable(candidate.text), 60)}"
            for rank, (candidate, span) in enumerate(zip(reading.candidates, reading.places, strict=True), 1)
            if span.window == number
        ]
        rows.append(
            (
                number + 1,
                *window.characters,
                window.tokens[1] - window.tokens[0],
                round(window.best_score, 3),
                round(window.null_score, 3),
                "; ".join(from_here),
            )
        )
    columns = ("window", "start", "end", "tokens", "best", "null", "answer")
    return pd.DataFrame(rows, columns=[t(f"question_answering.column_{name}") for name in columns])


def _shared(answer: ModelAnswer) -> int:
    """Tokens that each window shares with the next."""
    first, second = answer.asked.windows[:2]
    return first[1] - second[0]
