"""The figure of a training under way."""

import pytest

from components.charts.theme import NEUTRAL_COLOUR, THREAD_COLOUR
from components.charts.training import MOST_VALUES, TrainingWords, smoothed, training_figure

WORDS = TrainingWords("Loss", "learning", "validation", "Epoch", "now")


def figure(steps=60, checks=((20, 1.0), (40, 0.7)), **options):
    losses = [(step, 2 - step / 50) for step in range(1, 51)]
    return training_figure(losses, list(checks), steps=steps, epochs=3, words=WORDS, **options)


def test_steps_are_told_in_epochs_and_each_line_is_named_at_its_end():
    drawn = figure()
    losses, checks = drawn.data
    assert checks.x == (1.0, 2.0) and checks.y == (1.0, 0.7) and checks.text == ("1.00", "0.70")
    assert losses.x[-1] == pytest.approx(2.5) and (losses.line.color, checks.line.color) == (NEUTRAL_COLOUR, THREAD_COLOUR)
    ends = {note.text: (note.x, note.y) for note in drawn.layout.annotations}
    assert ends == {"learning": (losses.x[-1], losses.y[-1]), "validation": (2.0, 0.7)}
    assert {note.yshift for note in drawn.layout.annotations} == {0}
    near = training_figure([(step, 0.7) for step in range(1, 20)], [(20, 0.72)], steps=60, epochs=3, words=WORDS)
    assert sorted(note.yshift for note in near.layout.annotations) == [-10, 10]
    assert drawn.layout.yaxis.range[1] > max(losses.y) and list(drawn.layout.xaxis.tickvals) == [0, 1, 2, 3] and not drawn.layout.showlegend


def test_where_it_is_now_and_what_is_not_trained_after_a_stop():
    now = figure(now=50)
    assert [shape.type for shape in now.layout.shapes] == ["line"] and now.layout.shapes[0].x0 == pytest.approx(2.5)
    stopped = figure(now=50, stopped=True)
    hatched = stopped.layout.shapes[1]
    assert (hatched.type, hatched.x0, hatched.x1) == ("rect", pytest.approx(2.5), 3) and stopped.layout.shapes[0].line.dash == "solid"
    assert len(figure(steps=50, now=50, stopped=True).layout.shapes) == 1, "nothing lies beyond the end"


def test_before_the_first_check_and_with_many():
    assert len(figure(checks=()).data) == 1
    many = figure(checks=[(step, 1.0) for step in range(MOST_VALUES + 1)])
    assert "text" not in many.data[1].mode
    assert len(training_figure([], [], steps=0, epochs=20, words=WORDS).layout.xaxis.tickvals) <= 11


def test_single_batches_are_averaged_with_their_neighbours():
    assert smoothed([0.0, 3.0, 0.0], width=3) == [1.5, 1.0, 1.5]
    assert smoothed([2.0] * 20) == [2.0] * 20
