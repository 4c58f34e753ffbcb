"""The behaviour tests themselves: the same cases every time, well formed, told to no model, and rightly counted."""

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from components.messages import LANGUAGES, catalogue
from components.models.behaviour import Behaviour, read, weakest, write
from components.models.results import Entity, Fill, Prediction
from recipes import behaviour, behaviour_cases
from recipes.behaviour_cases import FOLLOWS, LABELS, OTHER, Case, cases, rendered

RECIPES = Path(behaviour.__file__).parent
ALL = [(task, language) for task in behaviour.TASKS for language in LANGUAGES]


@pytest.mark.parametrize(("task", "language"), ALL)
def test_the_cases_are_always_the_same_and_each_comes_once(task, language):
    once = cases(task, language)
    behaviour_cases._cases.cache_clear()
    assert cases(task, language) == once
    assert len({(case.kind, case.given) for case in once}) == len(once)
    for kind in {case.kind for case in once}:
        assert sum(case.kind == kind for case in once) >= 30, kind
        for name in LANGUAGES:
            assert f"behaviour.kind_{kind}" in catalogue(name)


@pytest.mark.parametrize("task", behaviour.TASKS)
def test_every_floor_is_that_of_a_kind(task):
    for language in LANGUAGES:
        assert set(behaviour.FLOORS[task]) <= {case.kind for case in cases(task, language)}


@pytest.mark.parametrize("language", LANGUAGES)
def test_labels_are_well_formed_and_every_slot_is_filled(language):
    sentiment = cases("sentiment", language)
    labelled = [case for case in sentiment if case.wanted]
    assert {label for case in labelled for label in case.wanted} == set(LABELS)
    assert all(len(case.given) == 1 == len(case.wanted) for case in labelled)
    assert all(len(set(case.given)) == 2 for case in sentiment if not case.wanted)
    assert {label for case in cases("nsp", language) for label in case.wanted} == {FOLLOWS, OTHER}
    assert all(case.given[0].count("[MASK]") == 1 and case.wanted for case in cases("mlm", language))
    texts = [text for task in behaviour.TASKS for case in cases(task, language) for text in case.given]
    assert not [text for text in texts if re.search(r"[{}]", text)]


@pytest.mark.parametrize(("kind", "both"), [("negation", True), ("contrast", True), ("intensifiers", True), ("facts", False)])
@pytest.mark.parametrize("language", LANGUAGES)
def test_one_answer_for_everything_wins_no_kind_that_has_two_sides(language, kind, both):
    found = [case.wanted[0] for case in cases("sentiment", language) if case.kind == kind]
    assert (min(found.count("positive"), found.count("negative")) >= 0.4 * len(found)) == both


@pytest.mark.parametrize("language", LANGUAGES)
def test_spans_are_exact(language):
    fillers = behaviour_cases.tomllib.loads((behaviour_cases.SENTENCES / f"names_{language}.toml").read_text(encoding="utf-8"))["fillers"]
    names = {word for slot in behaviour_cases.ENTITIES[language] for word in fillers[slot]}
    for case in cases("ner", language):
        (text,) = case.given
        marked = [text[start:end] for start, end, _ in case.spans]
        assert {name.lower() for name in marked} <= {name.lower() for name in names}
        same = {{"small_letters": str.lower, "capitals": str.upper}.get(case.kind, str)(name) for name in names}
        assert sum(text.count(name) for name in same) == len(marked), text  # no name goes unmarked


def test_a_template_is_filled_with_different_words_in_a_fixed_way():
    fillers = {"who": ["ann", "bob"], "what": ["tea"]}
    found = rendered("{Who} gave {who2} {what}.", fillers, 9)
    assert {text for text, _ in found} == {"Ann gave bob tea.", "Bob gave ann tea."}
    for text, slots in found:
        assert [text[start:end].lower() in (*fillers["who"], "tea") for start, end, _ in slots] == [True] * 3
        assert [name for *_, name in slots] == ["who", "who", "what"]
    assert found == rendered("{Who} gave {who2} {what}.", fillers, 9)


def test_what_must_not_change_the_label_changes_the_text_as_it_says():
    import random

    drawn = random.Random(0)
    assert behaviour_cases.widened("サービス3点 OK!", drawn) == "ｻｰﾋﾞｽ３点\u3000ＯＫ！"
    for text in ("The people were friendly.", "Nobody answered the telephone."):
        typed = behaviour_cases.mistyped(text, drawn)
        assert typed != text
        assert abs(len(typed) - len(text)) <= 1
        assert "".join(behaviour_cases.spaced(text, drawn).split()) == "".join(text.split())
    assert behaviour_cases.mistyped("It is so.", drawn) == "It is so."


def sentences(path: Path) -> str:
    """A file's text without what is written between its words and lines, so that a sentence is found however it is laid out."""
    return re.sub(r"\s+", " ", path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_of_a_test_stands_in_a_recipe(language):
    own = {*behaviour_cases.SENTENCES.iterdir(), Path(behaviour_cases.__file__), Path(behaviour.__file__)}
    others = [path for path in RECIPES.rglob("*") if path.suffix in (".py", ".toml", ".txt") and path not in own]
    assert len(others) > 20
    texts = {text for task in behaviour.TASKS for case in cases(task, language) for text in case.given if len(text) > 12}
    written = " ".join(sentences(path) for path in others)
    assert not [text for text in texts if text.strip() in written]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_made_opinion_of_a_recipe_is_one_of_a_test(language):
    """Sentences that a recipe makes from templates stand in no file: the two sets are compared as they are rendered."""
    made = pytest.importorskip("recipes.sentiment_templates", reason="no recipe makes sentences").sentences(language)
    own = {text.strip() for case in cases("sentiment", language) for text in case.given}
    assert not own & {row.text.strip() for row in made}


@dataclass
class Fake:
    """Answers everything in one way."""

    answer: object

    def predict(self, asked):
        if isinstance(self.answer, float):
            return np.full(len(asked), self.answer)
        return [self.answer for _ in asked]

    def fill(self, text, top_k):
        return [self.answer[:top_k]]


def shares(id, answer):
    return {one.kind: one.rate for one in behaviour.results(id, behaviour.verdicts(id, Fake(answer)))}


def test_a_model_that_always_says_one_label_is_right_where_that_label_is():
    of = shares("sentiment-ja", Prediction("negative", 1.0, {}))
    assert of["complaints"] == of["spaces"] == of["names_swapped"] == 1
    assert of["facts"] == 0
    assert of["contrast"] == 0.5
    assert shares("sentiment-ja", Prediction("neutral", 1.0, {}))["facts"] == 1


def test_a_model_that_always_says_no_loses_what_follows():
    assert shares("nsp-en", 0.1) == {"related": 0, "unrelated": 1}
    assert shares("nsp-en", 0.9) == {"related": 1, "unrelated": 0}


def test_an_entity_counts_only_to_the_character_and_alone(monkeypatch):
    case = Case("emoji", ("Ann Lee🎉 is in Rome",), spans=((0, 7, "PER"), (16, 20, "LOC")))
    monkeypatch.setattr(behaviour, "cases", lambda *_: [case])
    person, place = Entity("Ann Lee", "PER", 0, 7, 1.0), Entity("Rome", "LOC", 16, 20, 1.0)
    assert shares("ner-en", [person, place]) == {"emoji": 1}
    assert shares("ner-en", [person]) == {"emoji": 0}
    assert shares("ner-en", [Entity("Ann Lee🎉", "PER", 0, 8, 1.0), place]) == {"emoji": 0}
    assert shares("ner-en", [person, place, Entity("is", "ORG", 9, 11, 1.0)]) == {"emoji": 0}


def test_a_blank_is_filled_by_a_whole_word_among_the_first_five(monkeypatch):
    monkeypatch.setattr(behaviour, "cases", lambda *_: [Case("blanks", ("Tea is [MASK].",), ("hot", "warm"))])
    words = [Fill(word, 0.1, 0) for word in ("a", "b", "c", "d")]
    assert shares("mlm-en", [*words, Fill("warm", 0.1, 0)]) == {"blanks": 1}
    assert shares("mlm-en", [*words, Fill("warm", 0.1, 0, continues_word=True)]) == {"blanks": 0}
    assert shares("mlm-en", [*words, Fill("e", 0.1, 0), Fill("hot", 0.1, 0)]) == {"blanks": 0}


def test_results_are_kept_and_the_weakest_told(tmp_path):
    found = [
        Behaviour("facts", 10, 40, 0.85),
        Behaviour("contrast", 30, 40, 0.85),
        Behaviour("plain", 1, 40),
        Behaviour("spaces", 40, 40, 0.95),
    ]
    write(tmp_path, found)
    assert list(read(tmp_path)) == found
    assert read(tmp_path / "elsewhere") == ()
    assert [one.kind for one in weakest(found)] == ["facts", "contrast"]
    assert [one.kind for one in weakest(found[2:])] == ["plain"]
    assert weakest(found[3:]) == []
    assert behaviour.line("mlm-ja", found[0]).endswith("0.250  0.14-0.40  0.85 missed")
