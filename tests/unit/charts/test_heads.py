"""Heads as columns of the same rows."""

import numpy as np

from components.charts.heads import HeadColumn, bars_figure, heads_figure, row_height, squares_fit
from components.charts.theme import ROLES
from components.charts.words import Words

WORDS = Words(("猫", "は", "眠る"), (), 2)
HEADS = [HeadColumn("次の語", "1-8", "すぐ後ろ", np.eye(3)), HeadColumn("広く", "2-1", "薄く", np.full((3, 3), 1 / 3))]


def test_each_head_is_scaled_to_its_own_maximum_and_has_rows_to_choose():
    made = heads_figure(HEADS, WORDS, WORDS, per_line=2, width=600)
    assert [trace.type for trace in made.data] == ["heatmap", "bar", "heatmap", "bar"]
    assert [made.data[0].zmax, round(made.data[2].zmax, 3)] == [1, 0.333]
    assert len(made.data[1].y) == 3 and made.data[1].hovertext[0] == "猫 → 猫 1.00"
    framed = [shape for shape in made.layout.shapes if shape.line.color == ROLES["query"].light]
    assert [(shape.y0, shape.y1) for shape in framed] == [(1.5, 2.5)] * 2


def test_the_words_stand_once_in_each_line():
    made = heads_figure(HEADS, WORDS, WORDS, per_line=2, width=600)
    assert made.layout.yaxis.ticktext[0] == "猫" and not made.layout.yaxis2.ticktext
    assert made.layout.xaxis.domain[1] < made.layout.xaxis2.domain[0] and made.layout.yaxis.domain == made.layout.yaxis2.domain
    below = heads_figure(HEADS, WORDS, WORDS, per_line=1, width=300)
    assert below.layout.yaxis2.ticktext[0] == "猫" and below.layout.yaxis2.domain[1] < below.layout.yaxis.domain[0]


def test_bars_of_one_word_end_at_the_heads_own_maximum():
    made = bars_figure(HEADS, 2, WORDS, per_line=2, width=300)
    assert [list(trace.x) for trace in made.data] == [[0, 0, 1], [0.3333, 0.3333, 0.3333]]
    assert made.layout.xaxis.range == (0, 1) and round(made.layout.xaxis2.range[1], 3) == 0.333
    assert made.data[0].marker.color[2] == ROLES["ink"].light


def test_squares_give_way_before_their_cells_get_too_small():
    words = {count: Words(("は",) * count) for count in (13, 18, 40)}
    assert squares_fit(words[18], words[18], per_line=4, width=976) and not squares_fit(words[40], words[40], per_line=4, width=976)
    assert not squares_fit(words[18], words[18], per_line=2, width=358)
    assert row_height(3) == 24 and row_height(512) == 14
