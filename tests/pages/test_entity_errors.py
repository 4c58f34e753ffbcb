"""Entities that look wrong, on the page: fixed one by one, kept, taken back, and what the fixes bought on the same test rows."""

import json
import re
from html import escape

from components.messages import message
from components.training.relabelled import RELABELLED
from tests.pages.test_fine_tune_cheap import press, words
from tests.pages.test_runs import VISITOR, only, store, train, trained  # noqa: F401
from tests.unit.training.conftest import tiny  # noqa: F401
from tests.unit.training.test_entities import marked_rows
from tests.unit.training.test_entity_errors import spoilt

ODD = "<a the "


def test_entities_are_mended_one_by_one_and_the_next_run_says_what_it_bought(open_page, store, tiny, monkeypatch, language):  # noqa: F811
    monkeypatch.setattr("components.training.entity_errors.STRENGTH", 0.03)
    table, _ = spoilt(marked_rows(180))
    table["text"] = ODD + table["text"]
    table["label"] = [
        json.dumps([[start + len(ODD), end + len(ODD), name] for start, end, name in json.loads(cell)]) for cell in table["label"]
    ]
    first = trained(store, tiny, table, task="entities", epochs=1)
    app = open_page("fine_tune", language, visitor=VISITOR, run=first.id)
    press(app, "runs:check-labels")
    keys = [one.key.rsplit(":", 1)[1] for one in app.button if one.key and re.fullmatch(r"tune:labels:fix:\d+-\d+-\d+", one.key)]
    assert len(keys) >= 3
    places = [tuple(map(int, key.split("-"))) for key in keys]
    text = table["text"][places[0][0] - 1]
    start, end = places[0][1:]
    raw = "".join(node.proto.body for node in app.get("html"))
    assert f"{escape(text[:start])}<mark>{escape(text[start:end])}</mark>{escape(text[end:])}</span>" in raw

    press(app, f"tune:labels:fix:{keys[0]}")
    press(app, "tune:labels:keep-next")  # the first that is open: the second
    press(app, f"tune:labels:fix:{keys[2]}")
    counted = message("tune.labels_counts", language, changed=2, kept=1, open="@").split("@")[0]
    assert any(one.value.startswith(counted) for one in app.markdown)
    press(app, "tune:labels:undo")
    assert message("tune.fixed_entity_errors", language, n=1) in words(app)
    assert app.button(key=f"tune:labels:keep:{keys[1]}").label == message("tune.labels_back", language)

    press(app, "tune:labels:again")
    second = store.get(only(app.query_params["run"]), VISITOR)
    row = places[0][0]
    old, new = (json.loads(cell) for cell in (table["label"][row - 1], store.rows(second.id, VISITOR)["label"][row]))
    assert json.loads(second.data[RELABELLED][str(row)]) == old and list(second.data[RELABELLED]) == [str(row)]
    assert old != new and [one for one in old if one[1] <= start or end <= one[0]] == [
        one for one in new if one[1] <= start or end <= one[0]
    ]
    second = train(store, second)
    parts = [store.rows(run.id, VISITOR, "parts")["part"].to_dict() for run in (first, second)]
    assert parts[0] == parts[1]
    app.run()
    begun = message("runs.bought_measure", language, n=1, measure="@", rows="@", after="@", before="@", low="@", high="@").split("@")[0]
    assert begun in words(app)
