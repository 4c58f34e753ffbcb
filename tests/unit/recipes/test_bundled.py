"""What lies in models/ is complete, honest and small enough."""

import json

import pytest
from safetensors import safe_open

from components.messages import message
from components.models import behaviour
from components.models.files import MODELS
from recipes import behaviour as behaviour_tests
from recipes.behaviour import Verdict
from recipes.evaluate import FLOORS
from recipes.publish import CARDS
from recipes.sources import DATA

IDS = sorted(path.parent.name for path in MODELS.glob("*/settings.json"))
LIMIT = 150_000_000


def test_all_weights_together_are_within_the_limit():
    assert sum(path.stat().st_size for path in MODELS.rglob("*.safetensors")) <= LIMIT


def test_every_bundled_model_has_a_recipe_and_floors():
    assert set(IDS) <= set(FLOORS)
    assert set(IDS) <= set(CARDS)


@pytest.mark.parametrize("id", IDS)
def test_every_score_stands_in_both_cards(id):
    scores = json.loads((MODELS / id / "scores.json").read_text(encoding="utf-8"))
    rows = scores.pop("rows")
    assert set(FLOORS[id]) <= set(scores)
    assert set(rows) == set(scores)
    for name in ("README.md", "README.ja.md"):
        card = (MODELS / id / name).read_text(encoding="utf-8")
        for measure, value in scores.items():
            kind, _, test_set = measure.partition(" ")
            assert f"| {kind} | {test_set} | {rows[measure]} | {value:.3f} |" in card
            if value < FLOORS[id].get(measure, value):
                assert "(missed)" in card or "（未達）" in card
        for source in CARDS[id]["data"]:
            assert DATA[source].repository in card


@pytest.mark.parametrize("id", [id for id in IDS if behaviour_tests.tested(id)])
def test_the_behaviour_tests_stand_in_both_cards_as_they_were_counted(id):
    counted = behaviour.read(MODELS / id)
    assert [(one.kind, one.rows, one.floor) for one in counted] == [
        (one.kind, one.rows, one.floor)
        for one in behaviour_tests.results(id, [Verdict(case, "", True) for case in behaviour_tests.cases_of(id)])
    ], "asked with other cases or floors than today's: python -m recipes behaviour --publish"
    for language, name in (("en", "README.md"), ("ja", "README.ja.md")):
        card = (MODELS / id / name).read_text(encoding="utf-8")
        for one in counted:
            row = f"| {message(f'behaviour.kind_{one.kind}', language)} | {one.rows} | {one.rate:.3f} |"
            assert row in card
            if one.missed:
                assert f"{one.floor:.2f} " + ("(missed)" if language == "en" else "（未達）") in card[card.index(row) :].partition("\n")[0]


@pytest.mark.parametrize("id", IDS)
def test_weights_are_half_precision_safetensors_of_its_own(id):
    for path in (MODELS / id).glob("*.safetensors"):
        with safe_open(path, "pt") as file:
            assert {str(file.get_slice(name).get_dtype()) for name in file.keys()} == {"F16"}  # noqa: SIM118
            assert not any("word_embeddings" in name or "decoder.weight" in name for name in file.keys())  # noqa: SIM118
