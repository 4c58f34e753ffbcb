"""What is said of the names in a text, by rule; the text in pieces."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.messages import message
from components.models import Entity
from components.ui.widgets.escaped import printable_lines
from components.ui.widgets.marked_text import pieces
from components.ui.widgets.verdict import plain
from components.views.entities.page import doubt, finding, in_order, kind_name


@pytest.fixture
def english(monkeypatch):
    monkeypatch.setattr("components.ui.state.language.language", lambda: "en")


def named(text: str, label: str, score: float, start: int = 0) -> Entity:
    return Entity(text, label, start, start + len(text), score)


def test_the_surest_name_is_named_with_its_kind_and_how_many_more_there_are(english):
    found = [named("Ann", "PER", 0.7), named("Rome", "LOC", 0.9)]
    assert plain(finding(found)) == message("entities.finding_more", "en", name="Rome", kind="a place", percent="90%", n=1)
    assert plain(finding(found[:1])) == message("entities.finding_one", "en", name="Ann", kind="a person", percent="70%")
    assert plain(finding([])) == message("entities.finding_none", "en")
    assert plain(finding([named("42", "DATE", 0.9)])) == message("entities.finding_one", "en", name="42", kind="DATE", percent="90%")
    assert "<b>" not in finding([named("<b>", "<b>", 0.9)])


def test_names_under_sixty_per_cent_are_doubted(english):
    sure, one, two = named("Ann", "PER", 0.6), named("Bo", "PER", 0.59), named("Cy", "PER", 0.3)
    assert doubt([sure]) is None and doubt([]) is None
    assert plain(doubt([sure, one])) == message("entities.doubt_one", "en", name="Bo", percent="59%")
    assert plain(doubt([one, sure, two])) == message("entities.doubt_more", "en", name="Cy", percent="30%", n=2, least="60%")


def test_types_stand_in_the_order_of_the_kinds_under_names_of_the_visitors_language(english):
    assert in_order(["LOC", "MISC", "ORG", "PER"]) == ["PER", "ORG", "LOC", "MISC"]
    assert [kind_name(label) for label in ("PER", "人名", "DATE")] == ["person", "person", "DATE"]


def test_in_japanese_the_eight_types_keep_their_own_names(monkeypatch):
    monkeypatch.setattr("components.ui.state.language.language", lambda: "ja")
    assert [kind_name(label) for label in ("その他の組織名", "ORG")] == ["その他の組織名", "組織名"]
    assert "その他の組織名です" in plain(finding([named("連合", "その他の組織名", 0.9)]))


@given(st.text(max_size=60), st.lists(st.integers(0, 60), max_size=8))
def test_the_pieces_are_the_whole_text(text, cuts):
    places = sorted({cut for cut in cuts if cut <= len(text)})
    entities = [Entity(text[a:b], "PER", a, b, 0.5) for a, b in zip(places[::2], places[1::2], strict=False)]
    made = pieces(text, entities, {"PER": 0})
    assert printable_lines("".join(piece[0] for piece in made)) == printable_lines(text) or "\r" in text or "\t" in text
    assert [piece[0] for piece in made if piece[1] == 0] == [printable_lines(entity.text) for entity in entities]
    assert all(piece[3] == 1 for piece in made if piece[1] == 0)
