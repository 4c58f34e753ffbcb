"""A cell chosen by menus and by clicks, in one matrix and in several."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.ui.widgets import cell_picker
from components.ui.widgets.cell_picker import Cell, ConfusionWords, commonest_mistake, confusion_picker


def page():
    import streamlit as st

    from components.ui.widgets.cell_picker import Axes, Cell, cell_picker

    def draw(cell, choose):
        st.text(f"drawn {cell.matrix} {cell.indices}")
        st.button("click", on_click=choose, args=(Cell(0, 2, "b"),))

    matrices = {"a": Axes(["1: x", "2: x"], ["1: y", "2: y"], "A"), "b": Axes(["1: z"], ["1: u", "2: v", "3: u"], "B")}
    cell = cell_picker(matrices, Cell(1, 0, "a"), draw, key="test", titles=("Matrix", "Row", "Column"))
    st.text(f"chosen {cell.matrix} {cell.indices}")


@pytest.fixture
def app():
    return AppTest.from_function(page, default_timeout=60).run()


def chosen(app) -> list[str]:
    assert not app.exception
    return [node.value for node in app.text]


def test_the_default_counts_until_one_is_chosen_by_menu(app):
    assert chosen(app) == ["drawn a (1, 0)", "chosen a (1, 0)"]
    # Two rows of the same name are told apart.
    app.selectbox(key="test:cell-row").set_value(0).run()
    assert chosen(app) == ["drawn a (0, 0)", "chosen a (0, 0)"]


def test_a_click_moves_the_menus_and_another_matrix_clips_the_cell(app):
    app.button[0].click().run()
    assert chosen(app) == ["drawn b (0, 2)", "chosen b (0, 2)"]
    assert [menu.value for menu in app.selectbox] == ["b", 0, 2]
    app.selectbox(key="test:cell-matrix").set_value("a").run()
    assert chosen(app) == ["drawn a (0, 1)", "chosen a (0, 1)"]


@pytest.mark.parametrize("stale", [(7, 0, "a"), (0, 0, "gone"), (0, 2, "a")])
def test_a_cell_that_is_no_more_gives_way_to_the_default(app, stale):
    app.session_state["test:cell"] = stale
    assert chosen(app.run()) == ["drawn a (1, 0)", "chosen a (1, 0)"]


def test_a_click_into_a_part_of_many_classes_means_the_class_itself(monkeypatch):
    """40 classes, of which the 30 with the most mistakes are drawn: the click's index counts drawn cells."""
    counts = np.eye(40, dtype=int) * 5
    counts[39, 38] = 9
    counts[20:38, 0] = 1
    drawn = {}
    monkeypatch.setattr(cell_picker, "show_figure", lambda figure, **options: drawn.update(options, figure=figure))
    state = {}
    monkeypatch.setattr(cell_picker.st, "session_state", state)
    monkeypatch.setattr(cell_picker.st, "columns", lambda n: [type("Place", (), {"selectbox": lambda *_, **__: None})()] * n)
    names = [f"class {n}" for n in range(40)]
    words = ConfusionWords("rows", "columns", "caption", "alt")
    assert confusion_picker(counts, names, names, words, key="t", default=commonest_mistake(counts)) == Cell(39, 38)
    # The last two classes are the last two drawn ones.
    drawn["on_point"](1, 29 * 30 + 28)
    assert state["t:cell"] == Cell(39, 38)
    drawn["on_point"](1, 29)
    assert state["t:cell"] == Cell(0, 39) and counts[state["t:cell"].indices] == 0
