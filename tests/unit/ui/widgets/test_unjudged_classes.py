"""A class of which no row was judged: no scores, no row in the confusion matrix."""

import json

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from components.evaluation.judgements import judge
from components.messages import message


def page(called: bool) -> None:
    import numpy as np
    import streamlit as st

    from components.evaluation.judgements import judge
    from components.ui.widgets.evaluation import show_classes, show_confusion
    from components.ui.widgets.judged_rows import JudgedRows

    true = np.array([0, 0, 2, 2])
    predicted = np.array([0, 1, 2, 2]) if called else true
    judgement = judge(true, np.eye(3)[predicted], ["a", "rest", "c"])
    texts = ["one", "two", "three", "four"]
    judged = JudgedRows(judgement, texts, [1, 2, 3, 4], true, predicted, np.full(4, 0.9), [""] * 4)
    opened = show_confusion(judged, key="x", label_name=str)
    show_classes(judgement, label_name=str)
    st.text(opened.text if opened else "")


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("called", [True, False])
def test_it_has_no_row_and_a_column_only_where_it_was_called(language, called):
    app = AppTest.from_function(page, args=(called,), default_timeout=60)
    app.query_params["lang"] = language
    app.session_state["lang"] = language
    app.run()
    assert not app.exception
    table = app.dataframe[0].value.set_index(message("evaluation.label", language))
    assert table.loc["rest"].tolist() == [message("evaluation.no_rows", language)] * 3 + [0]
    assert "(" in table.loc["a"].iloc[0]
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    (written,) = (trace["text"] for trace in spec["data"] if trace.get("mode") == "text")
    assert written == (["1", "1", "0", "0", "0", "2"] if called else ["2", "0", "0", "2"])
    assert any(message("evaluation.unjudged", language, labels="rest") in one.value for one in app.markdown)
    menus = {box.label: box.options for box in app.selectbox if box.key.startswith("x:cell")}
    assert menus[message("evaluation.label", language)] == ["a", "c"]
    assert app.text[-1].value == ("two" if called else "one"), "the menus' numbers are those of the classes"


def test_classes_without_rows_are_named():
    judged = judge(np.array([0, 2]), np.eye(3)[[0, 1]], ["a", "b", "c"])
    assert judged.unjudged == ("b",) and judged.right == 1
