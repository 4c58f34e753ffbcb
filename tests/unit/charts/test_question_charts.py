"""Scores over tokens and windows as figures: every number is drawn where it belongs, and text can't become markup."""

import numpy as np

from components.charts.questions import WINDOWS_TRACE, span_scores_figure, windows_figure


def test_scores_stand_over_their_tokens_and_the_answer_is_shaded():
    start, end = np.array([1.0, 5.0, -2.0]), np.array([0.0, 4.0, 3.0])
    figure = span_scores_figure(
        ["<b>", "the", "the"], start, end, first=7, answer=(8, 9),
        start_name="S", end_name="E", token_title="t", score_title="s",
    )  # fmt: skip
    assert [list(trace.y) for trace in figure.data] == [start.tolist(), end.tolist()]
    assert list(figure.data[0].x) == ["7", "8", "9"]  # equal tokens stay apart
    assert figure.layout.xaxis.labelalias == {"7": "&lt;b&gt;", "8": "the", "9": "the"}
    assert (figure.layout.shapes[0].x0, figure.layout.shapes[0].x1) == (0.5, 2.5)


def test_windows_are_bars_over_their_characters():
    figure = windows_figure(
        [(0, 10), (6, 16)], [2.0, None], [5.0, 6.0], [(3, 2.0, "<1>")],
        best_name="B", null_name="N", answers_name="A", character_title="c", score_title="s",
    )  # fmt: skip
    best, null, windows, answers = figure.data
    assert list(best.x) == [0, 10, None, 6, 16, None] and list(best.y) == [2, 2, None, None, None, None]
    assert list(null.y) == [5, 5, None, 6, 6, None]
    assert figure.data[WINDOWS_TRACE] is windows and list(windows.x) == [5, 11]
    assert list(answers.text) == ["&lt;1&gt;"]
    assert figure.layout.yaxis.range[0] < 2 and figure.layout.yaxis.range[1] > 6
