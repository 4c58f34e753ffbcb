from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from recipes import entities, polarity, questions
from recipes.entities import Tagged
from recipes.polarity import Opinion
from recipes.questions import Question
from recipes.splits import Shingles, part, sampled


def test_shares_are_met_and_never_move():
    names = [f"article {number}" for number in range(20_000)]
    found = Counter(part(name, 0.1, 0.05) for name in names)
    assert abs(found["report"] / 20_000 - 0.1) < 0.01
    assert abs(found["choose"] / 20_000 - 0.05) < 0.01
    assert [part(name) for name in names[:100]] == [part(name) for name in names[:100][::-1]][::-1]


def test_a_larger_share_keeps_what_a_smaller_one_held_out():
    names = [f"article {number}" for number in range(2000)]
    small = {name for name in names if part(name, 0.1) == "report"}
    assert small < {name for name in names if part(name, 0.2) == "report"}


def test_a_sample_is_independent_of_the_parts():
    names = [f"article {number}" for number in range(20_000)]
    held = [name for name in names if part(name, 0.3) == "report"]
    assert abs(sum(sampled(name, 0.4) for name in held) / len(held) - 0.4) < 0.02
    assert all(sampled(name, 1.0) for name in names)


@given(st.text(min_size=40, max_size=60), st.text(max_size=20), st.text(max_size=20))
def test_a_text_inside_another_is_seen_whatever_stands_round_it(text, before, after):
    guard = Shingles([text])
    if len("".join(text.lower().split())) >= 30:
        assert guard.touches(before + text + after)


def test_spaces_and_capitals_hide_nothing_and_short_texts_are_compared_whole():
    guard = Shingles(["The quick brown fox jumps over the lazy dog", "Short."])
    assert guard.touches("say: the  QUICK brown fox jumps over the lazy cat")
    assert not guard.touches("The quick brown cat jumps over the lazy dog")
    assert guard.touches("short.")
    assert not guard.touches("Short. And more")
    assert not guard.touches("")


def words(number: int) -> str:
    return " ".join(f"w{number}x{i * i + number * 7}" for i in range(12))


def groups(parts, name) -> set:
    return {getattr(row, name) for row in parts}


def test_opinions_of_a_document_stay_together_and_near_duplicates_go():
    rows = [Opinion(words(1000 * d + i), i % 2, "chabsa", f"d{d}") for d in range(60) for i in range(4)]
    reported = [Opinion(words(7), 1, "m_absa", "x"), Opinion("and " + words(1000) + " too", 0, "m_absa", "y")]
    parts = polarity._split(rows, reported, {"chabsa": (0.1, 0.05)})
    kinds = [groups(parts[name], "document") for name in ("train", "choose", "report")]
    assert all(kinds)
    assert not (kinds[0] & kinds[1] or kinds[0] & kinds[2] or kinds[1] & kinds[2])
    assert words(1000) not in {row.text for name in ("train", "choose") for row in parts[name]}


def test_a_set_holds_out_what_its_shares_say_and_another_a_twentieth_to_choose_by():
    rows = [Opinion(words(d), 1, source, f"d{d}") for source in ("chabsa", "goemotions") for d in range(3000)]
    rows = [Opinion(f"{row.source} {row.text}", row.label, row.source, row.document) for row in rows]
    parts = polarity._split(rows, [], {"chabsa": (0.1, 0.3)})
    held = {
        (name, source): sum(row.source == source for row in parts[name]) / 3000 for name in parts for source in ("chabsa", "goemotions")
    }
    assert held["report", "chabsa"] == pytest.approx(0.1, abs=0.03) and held["choose", "chabsa"] == pytest.approx(0.3, abs=0.04)
    assert held["report", "goemotions"] == 0 and held["choose", "goemotions"] == pytest.approx(0.05, abs=0.02)


def test_entities_of_an_article_stay_together():
    rows = [Tagged(words(1000 * d + i), (), "wikigold", f"a{d}") for d in range(60) for i in range(4)]
    parts = entities._split(rows, {"wikigold": 0.2}, {"wikigold": 0.1})
    kinds = [groups(parts[name], "document") for name in ("train", "choose", "report")]
    assert all(kinds)
    assert sum(map(len, kinds)) == 60


def test_paragraphs_near_a_reported_one_do_not_train():
    near = words(5) + " end"
    parts = {
        "train": [Question("q", near, ((0, "w5"),), "s", "a"), Question("q", words(9), ((0, "w9"),), "s", "a")],
        "choose": [],
        "report": [Question("q", "begin " + words(5), ((0, "begin"),), "s", "b")],
    }
    assert [row.context for row in questions._guarded(parts)["train"]] == [words(9)]


def test_unanswerable_questions_stay_in_their_article_and_have_no_answer_there():
    rows = [
        Question("who?", f"paragraph {p} of {a} names {a}{p} and Bob", ((0, f"{a}{p}" if p else "Bob"),), "s", a)
        for a in ("x", "y")
        for p in range(3)
    ]
    made = questions.unanswerable(rows, 1.0)
    assert made
    for row in made:
        assert row.answers == ()
        assert f"of {row.article} " in row.context
    assert len(made) == 4, "Bob stands in every paragraph, so his questions are left out"
