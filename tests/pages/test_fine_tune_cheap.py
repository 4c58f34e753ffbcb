"""Round a fine-tuning: what needs none, labels that look wrong and what mending them bought, and the frozen encoder kept as a model."""

import re

from components.messages import message
from components.training.relabelled import RELABELLED
from tests.pages.conftest import assert_well
from tests.pages.test_runs import VISITOR, html, only, store, train, trained  # noqa: F401
from tests.unit.training.conftest import reviews, tiny  # noqa: F401


def words(app) -> str:
    return re.sub(r"<[^>]+>", "", html(app))


def whole(key: str, language: str) -> str:
    """A message as a pattern, anything in the place of its values."""
    marks = {
        name: "\ue000" for name in ("n", "rows", "right", "method", "train", "tuned", "frozen", "points", "low", "high", "after", "before")
    }
    return (
        ".+".join(map(re.escape, message(key, language, **(marks | {"rows": "2", "n": "1"})).strip().split("\ue000")))
        .replace("2", ".+")
        .replace("1", ".+")
    )


def button(app, key: str):
    return app.button(key=key)


def press(app, key: str) -> None:
    button(app, key).click().run()
    assert_well(app)


def test_labels_are_mended_from_a_runs_page_and_the_next_run_says_what_it_bought(open_page, store, tiny, reviews, language):  # noqa: F811
    table = reviews.copy()
    wrong = table.index[::15]
    table.loc[wrong, "label"] = table.loc[wrong, "label"].map({"good": "bad", "bad": "good"})
    first = trained(store, tiny, table)
    app = open_page("fine_tune", language, visitor=VISITOR, run=first.id)
    assert re.search("|".join(whole(f"runs.cheap_{name}", language) for name in ("enough", "worse", "paid")), words(app))
    press(app, "runs:check-labels")
    assert only(app.query_params["from"]) == first.id
    rows = [one.key.rsplit(":", 1)[1] for one in app.button if one.key and re.fullmatch(r"tune:labels:fix:\d+", one.key)]
    assert len(rows) >= 3 and table.loc[int(rows[0]) - 1, "text"] in words(app)
    assert f'tabindex="0">{table.loc[int(rows[0]) - 1, "text"]}<' in html(app)

    press(app, f"tune:labels:fix:{rows[0]}")
    press(app, "tune:labels:keep-next")  # the first that is open: the second
    press(app, f"tune:labels:fix:{rows[2]}")
    counted = message("tune.labels_counts", language, changed=2, kept=1, open="@").split("@")[0]
    assert any(one.value.startswith(counted) for one in app.markdown)
    assert message("tune.fixed_label_errors", language, n=2) in words(app)
    press(app, "tune:labels:undo")
    assert message("tune.fixed_label_errors", language, n=1) in words(app)
    assert button(app, f"tune:labels:keep:{rows[1]}").label == message("tune.labels_back", language)

    press(app, "tune:cheap")
    assert re.search(whole("tune.cheap_finding", language), words(app)) and re.search(whole("tune.cheap_same_rows", language), words(app))

    press(app, "tune:labels:again")
    second = store.get(only(app.query_params["run"]), VISITOR)
    given = table.loc[int(rows[0]) - 1, "label"]
    assert second.data[RELABELLED] == {rows[0]: given} and store.rows(second.id, VISITOR)["label"][int(rows[0])] != given
    second = train(store, second)
    parts = [store.rows(run.id, VISITOR, "parts")["part"].to_dict() for run in (first, second)]
    assert parts[0] == parts[1]
    app.run()
    assert_well(app)
    assert re.search(whole("runs.bought", language), words(app))

    press(app, "runs:keep")
    kept = train(store, store.get(only(app.query_params["run"]), VISITOR))
    assert kept.data[RELABELLED] == second.data[RELABELLED] and kept.data["from"] == second.id
    app.run()
    assert_well(app)
    assert message("runs.kept_is", language) in [one.value for one in app.markdown]
    assert kept.result.judgement.right == second.result.baselines["frozen"].right


def test_what_needs_no_tuning_is_kept_before_the_start(open_page, store, tiny, reviews):  # noqa: F811
    first = trained(store, tiny, reviews, epochs=1)
    app = open_page("fine_tune", "en", visitor=VISITOR, **{"from": first.id})
    press(app, "tune:cheap")
    press(app, "tune:keep")
    kept = train(store, store.get(only(app.query_params["run"]), VISITOR))
    assert kept.id != first.id and kept.data["purpose"] == "frozen" and kept.data["digest"] == first.data["digest"]
    assert kept.result.judgement.right == first.result.baselines["frozen"].right
    assert kept.result.test_rows == first.result.test_rows
