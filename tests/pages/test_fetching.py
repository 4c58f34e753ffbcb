"""An address alone fetches no model: the page asks first, and goes on meanwhile."""

import ast
import re
from pathlib import Path

import pytest

from components.errors import ModelError
from components.models import hub
from tests.pages.conftest import ROOT, assert_well, plain

NAMED = "some-one/large-model"
# Page, name in the address, and what else stands there so that the field is shown: every place that takes the name of a model.
PLACES = [
    ("classification", "cls_model", {}),
    ("classification", "cls_other", {}),
    ("bert_attention", "ba_model", {}),
    ("feed_forward", "ff_model", {}),
    ("vectors", "vec_model", {}),
    ("tokens", "tok_other", {}),
    ("tokens", "tok_model", {"tok_part": "input"}),
    ("masked_lm", "mlm_model", {}),
    ("masked_lm", "mlm_second", {}),
    ("masked_lm", "mlm_other", {}),
    ("masked_lm", "nsp_model", {"mlm_part": "next"}),
    ("masked_lm", "nsp_second", {"mlm_part": "next"}),
    ("entities", "ner_model", {}),
    ("entities", "ner_other", {}),
    ("question_answering", "qa_model", {}),
    ("question_answering", "qa_other", {}),
    ("similarity", "sim_model", {"sim_mode": "sentences"}),
    ("decoder", "dec_model", {"dec_part": "next"}),
]


@pytest.fixture
def asked(monkeypatch) -> list[str]:
    """What was asked of the Hub, which has nothing."""
    names: list[str] = []

    def fetch(repo: str, revision: str | None = None, progress: object = None) -> Path:
        names.append(repo)
        raise ModelError("models.unreachable", id=repo)

    monkeypatch.setattr(hub, "fetch", fetch)
    return names


def offer(app, key: str) -> bool:
    return f"{key}-fetch" in {button.key for button in app.button}


@pytest.mark.parametrize(("page", "key", "rest"), PLACES)
def test_a_link_to_a_model_asks_before_anything_is_fetched(open_page, asked, page, key, rest):
    app = open_page(page, "ja", **{key: NAMED}, **rest)
    assert asked == [] and offer(app, key)
    assert NAMED in plain("\n".join(one.value for one in app.markdown))
    app.run()  # the question stays, and still nothing is fetched
    assert_well(app)
    assert asked == [] and offer(app, key)
    app.button(key=f"{key}-fetch").click().run()
    assert set(asked) == {NAMED} and not offer(app, key)


@pytest.mark.parametrize(("page", "key", "rest"), [PLACES[0], PLACES[5], PLACES[9]])
def test_a_model_that_is_left_is_not_asked_for_again(open_page, asked, page, key, rest):
    app = open_page(page, "en", **{key: NAMED}, **rest)
    app.button(key=f"{key}-leave").click().run()
    assert_well(app)
    assert asked == [] and not offer(app, key) and key not in app.query_params
    app.run()
    assert asked == [] and not offer(app, key)


def test_what_the_visitor_types_or_chooses_themselves_needs_no_question(open_page, asked):
    app = open_page("tokens", "en")
    app.text_input(key="tok_other").set_value(NAMED).run()
    assert set(asked) == {NAMED} and not offer(app, "tok_other")


def test_a_model_of_the_catalogue_that_is_not_here_is_asked_about_as_well(open_page, asked):
    app = open_page("bert_attention", "en", ba_model="google-bert/bert-base-uncased")
    assert asked == [] and offer(app, "ba_model")


def test_another_choice_ends_the_question(open_page, asked):
    app = open_page("bert_attention", "en", ba_model=NAMED)
    app.selectbox(key="ba_model").set_value("embed-ja").run()
    assert_well(app)
    assert asked == [] and not offer(app, "ba_model") and "embed-ja" in app.query_params["ba_model"]


def test_no_address_names_a_model_to_train_on(open_page, asked):
    app = open_page("fine_tune", "en", tune_sample="intents-en", tune_backbone=NAMED)
    assert asked == [] and next(one for one in app.selectbox if one.key.startswith("tune:backbone")).value != NAMED


def test_every_field_that_takes_a_model_is_in_the_list():
    """Read from the sources: the keys given to the fields that take the name of a model."""
    fields = {"choose_task_model", "choose_encoder", "choose_models", "typed_model"}
    found: set[str] = set()
    for path in (ROOT / "components" / "views").rglob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call) and getattr(node.func, "id", "") in fields):
            values = [value for argument in [*call.args, *(word.value for word in call.keywords)] for value in ast.walk(argument)]
            names = [value.value for value in values if isinstance(value, ast.Constant) and isinstance(value.value, str)]
            found.update(name for name in names if re.fullmatch(r"[a-z]+_(model|other|second)", name))
    assert found == {key for _, key, _ in PLACES}
    callers = {path.name for path in (ROOT / "components").rglob("*.py") if "visitor_model(" in path.read_text(encoding="utf-8")}
    assert callers == {"runs.py", "models.py", "page.py", "plan.py"}  # each of them holds back what an address names
