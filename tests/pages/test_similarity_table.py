import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.models.files import minilm_package
from components.ui.views.similarity_table import sample_table


def embedded(open_page, language, rows=60):
    """The table half of the page with the first rows of the sample made into vectors."""
    app = open_page("similarity", language, sim_mode="table")
    lines = sample_table().read_text(encoding="utf-8").splitlines(keepends=True)[: rows + 1]
    app.file_uploader(key="sim:file").upload("topics.csv", "".join(lines).encode(), "text/csv").run()
    app.button(key="sim:start").click().run()
    assert not app.exception and not app.error
    return app


@pytest.fixture(autouse=True)
def model_is_here():
    assert minilm_package()


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


def test_groups_near_duplicates_and_tsne_answer(open_page, language):
    app = embedded(open_page, language)
    app.slider(key="sim_threshold").set_value(0.7).run()
    app.slider(key="sim_clusters").set_value(4).run()
    app.selectbox(key="sim_map").set_value("tsne").run()
    assert not app.exception and not app.error
    groups = next(frame.value for frame in app.dataframe if message("similarity.column_typical", language) in frame.value.columns)
    assert groups[message("similarity.column_size", language)].sum() == 60


def test_without_a_table_it_says_what_to_do(open_page, language):
    app = open_page("similarity", language, sim_mode="table")
    assert message("similarity.no_table", language) in [info.value for info in app.info]
