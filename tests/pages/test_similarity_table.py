import csv

import numpy as np
import pytest
from streamlit.delta_generator import DeltaGenerator

from components.messages import CONTENT, message
from components.models import bundled, files, load
from components.vectors.store import STORE
from tests.pages.conftest import assert_well, drawn

ACROSS = bundled.ACROSS.id
MIXED = [
    "Our team won the football match two to one.",
    "私たちのチームはサッカーの試合に2対1で勝った。",
    "An earthquake destroyed many houses in the town.",
    "地震で町の多くの家が壊れた。",
    "She is boiling potatoes in the kitchen.",
    "彼女は台所でじゃがいもをゆでている。",
]


def embedded(open_page, language, rows=60):
    """The table half of the page with the first rows of the English sample made into vectors."""
    app = open_page("similarity", language, sim_mode="table")
    lines = (CONTENT / "samples" / "topics_en.csv").read_text(encoding="utf-8").splitlines(keepends=True)[: rows + 1]
    app.file_uploader(key="sim:file").upload("topics.csv", "".join(lines).encode(), "text/csv").run()
    app.button(key="sim:start").click().run()
    assert not app.exception and not app.error
    return app


def draw_tsne(app, language, monkeypatch):
    """The form takes its choice with the press of its button, which the second run of a page that is tested alone no longer sees."""
    monkeypatch.setattr(DeltaGenerator, "form_submit_button", lambda self, *_, **__: True)
    app.selectbox(key="sim_map").set_value("tsne")
    next(button for button in app.button if button.label == message("similarity.draw", language)).click().run()


@pytest.fixture(autouse=True)
def model_is_here():
    assert files.bundled_folder("embed-en")


def test_a_table_becomes_a_map_that_can_be_searched(open_page, language):
    app = embedded(open_page, language)
    assert len(app.get("plotly_chart")) == 1
    query = "a football match between two teams"
    app.text_input(key="sim:query").set_value(query).run()
    assert not app.exception and not app.error
    score, row = message("similarity.column_score", language), message("similarity.column_row", language)
    shown = next(
        frame.value for frame in app.dataframe if score in frame.value.columns and row in frame.value.columns and len(frame.value) == 10
    )
    texts = app.session_state["sim:source"].data.decode().splitlines()
    vectors = load("embed-en").encode([*shown["text"], query])
    np.testing.assert_allclose(shown[score], vectors[:-1] @ vectors[-1], atol=1e-4)
    assert list(shown[score]) == sorted(shown[score], reverse=True)
    assert all(text[:20] in texts[number] for text, number in zip(shown["text"], shown[row], strict=True))


def test_groups_near_duplicates_and_tsne_answer(open_page, language, monkeypatch):
    app = embedded(open_page, language)
    app.slider(key="sim_threshold").set_value(0.7).run()
    app.slider(key="sim_clusters").set_value(4).run()
    draw_tsne(app, language, monkeypatch)
    assert not app.exception and not app.error and app.session_state["sim_map"] == "tsne"
    groups = next(frame.value for frame in app.dataframe if message("similarity.column_typical", language) in frame.value.columns)
    assert groups[message("similarity.column_size", language)].sum() == 60


def test_a_map_whose_time_is_over_stands_as_it_is_and_says_so(open_page, monkeypatch):
    app = embedded(open_page, "en")
    asked = []
    monkeypatch.setattr("components.views.similarity.map.is_out_of_time", lambda: asked.append(1) or True)
    draw_tsne(app, "en", monkeypatch)
    assert_well(app)
    assert message("similarity.map_out_of_time", "en") in [one.value for one in app.warning]
    assert len(asked) == 2  # once within the drawing, which ended there, and once after it
    assert drawn(app, "similarity-embedding-map", field="x").size


def test_without_a_table_it_says_what_to_do(open_page, language):
    app = open_page("similarity", language, sim_mode="table")
    assert message("similarity.no_table", language) in [info.value for info in app.info]


def test_a_query_of_another_language_gets_a_sentence_and_no_rows(open_page, language):
    app = embedded(open_page, language)
    before = len(app.dataframe)
    app.text_input(key="sim:query").set_value("動物はどうやって冬を越すのか").run()
    assert not app.exception and not app.error and len(app.dataframe) == before
    assert any(message("similarity.take_bundled", language) in one.value for one in app.warning)
    app.button(key="sim:across-foreign_query").click().run()
    assert app.selectbox(key="sim_model").value == ACROSS and not app.exception and not app.error


def test_a_mixed_table_is_searched_in_either_language(open_page, language):
    app = open_page("similarity", language, sim_mode="table")
    app.file_uploader(key="sim:file").upload("mixed.csv", ("text\n" + "\n".join(MIXED)).encode(), "text/csv").run()
    assert app.selectbox(key="sim_model").value == ACROSS and not app.warning
    app.button(key="sim:start").click().run()
    score, row = message("similarity.column_score", language), message("similarity.column_row", language)
    vectors = load(ACROSS).encode(MIXED)
    for query, expected in (("a football match", {1, 2}), ("地震で建物が壊れた", {3, 4})):
        app.text_input(key="sim:query").set_value(query).run()
        assert not app.exception and not app.error
        shown = next(frame.value for frame in app.dataframe if list(frame.value.columns)[:2] == [score, row])
        assert set(shown[row][:2]) == expected, "the sentence and its translation, whatever the query's language"
        cosines = vectors @ load(ACROSS).encode([query])[0]
        np.testing.assert_allclose(shown[score], np.sort(cosines)[::-1], atol=1e-4)
    app.slider(key="sim_clusters").set_value(3).run()
    app.number_input(key="sim_row").set_value(5).run()
    assert not app.exception and not app.error
    listed = [frame.value for frame in app.dataframe if row in frame.value.columns and len(frame.value) == len(MIXED) - 1]
    assert listed and listed[-1][row].tolist()[0] == 6


def test_rows_of_another_language_are_counted(open_page):
    app = open_page("similarity", "en", sim_mode="table", sim_model="embed-en")
    data = "text\nThe cat sits on the mat.\nA dog runs in the park.\n猫がマットの上に座っている。\n"
    app.file_uploader(key="sim:file").upload("mixed.csv", data.encode(), "text/csv").run()
    assert any(one.value.startswith("1 of the first 3 rows") for one in app.warning)


def test_memory_is_stated_and_vectors_that_made_room_are_made_again(open_page, language, monkeypatch):
    app = open_page("similarity", language, sim_mode="table")
    rows = [f"sentence number {number} about the weather" for number in range(1_000)]
    app.file_uploader(key="sim:file").upload("rows.txt", "\n".join(rows).encode(), "text/plain").run()
    assert any("1,000" in one.value and "1.54 MB" in one.value and "1,000 MB" in one.value for one in app.caption)

    app = embedded(open_page, language)
    _, held = app.session_state["sim:held"]
    assert STORE.used >= 60 * 384 * 4
    held.drop()
    app.run()
    assert message("similarity.memory_dropped", language) in [one.value for one in app.warning]
    app.button(key="sim:start").click().run()
    assert not app.exception and not app.error and len(app.get("plotly_chart")) == 1

    # No room: one sentence, and the table stays.
    monkeypatch.setattr(STORE, "_most", lambda: 1_000)
    app = open_page("similarity", language, sim_mode="table")
    app.file_uploader(key="sim:file").upload("rows.txt", b"one sentence\nanother sentence\nand a third one", "text/plain").run()
    app.button(key="sim:start").click().run()
    assert not app.exception and [one.value for one in app.error] == [message("models.vectors_too_large", language, wanted="0", most="0")]
    assert app.button(key="sim:start")


def test_equal_rows_are_one_group_and_the_pair_worth_seeing_is_in_the_list(open_page, language):
    app = open_page("similarity", language, sim_mode="table")
    rows = ["just the same remark again"] * 50 + [
        "The train to the coast was late.",
        "The train to the coast was very late.",
        "Cheese is made of milk.",
    ]
    app.file_uploader(key="sim:file").upload("rows.csv", ("text\n" + "\n".join(rows)).encode(), "text/csv").run()
    app.button(key="sim:start").click().run()
    assert not app.exception and not app.error
    said = [one.value for one in app.markdown]
    assert message("similarity.equal_rows", language, n="50", groups="1") in said
    assert message("similarity.duplicates_found", language, n="1", threshold=0.9) in said
    pairs = next(frame.value for frame in app.dataframe if message("similarity.column_row_second", language) in frame.value.columns)
    assert pairs[message("similarity.column_row_first", language)].tolist() == [51]


@pytest.mark.parametrize("method", ["pca2", "pca3"])
def test_a_rows_neighbours_are_those_of_its_vector(open_page, language, method):
    app = embedded(open_page, language)
    app.selectbox(key="sim_map").set_value(method).run()
    app.number_input(key="sim_row").set_value(7).run()
    assert not app.exception and not app.error
    texts = [row["text"] for row in csv.DictReader((CONTENT / "samples" / "topics_en.csv").open(encoding="utf-8"))][:60]
    vectors = load("embed-en").encode(texts)
    cosines = vectors @ vectors[6]
    expected = [row + 1 for row in np.argsort(-cosines) if row != 6][:10]
    number = message("similarity.column_row", language)
    listed = next(frame.value for frame in app.dataframe if number in frame.value.columns and len(frame.value) == 10)
    assert listed[number].tolist() == expected
