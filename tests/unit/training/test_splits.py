"""Splits keep classes and groups; baselines and judgements are checked against scikit-learn."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from components.training.baselines import majority_probabilities, tfidf_probabilities
from components.training.splits import joined_groups, split_rows


@settings(max_examples=150, deadline=5_000)
@given(st.lists(st.tuples(st.sampled_from("abcd"), st.integers(0, 12)), min_size=1, max_size=60), st.booleans(), st.integers(0, 3))
def test_every_row_is_in_one_part_and_no_group_in_two(rows, grouped, seed):
    labels, groups = zip(*rows, strict=True)
    split = split_rows(labels, groups if grouped else None, seed=seed)
    together = np.concatenate([split.train, split.validation, split.test])
    assert sorted(together.tolist()) == list(range(len(rows)))
    assert len(split.train) > 0
    if grouped:
        sides = [{groups[row] for row in part} for part in (split.train, split.validation, split.test)]
        assert not (sides[0] & sides[1] or sides[0] & sides[2] or sides[1] & sides[2])
    else:
        assert {labels[row] for row in split.train} == set(labels)
    assert [part.tolist() for part in vars(split).values()] == [
        part.tolist() for part in vars(split_rows(labels, groups if grouped else None, seed=seed)).values()
    ]


def test_shares_hold_by_class_and_single_rows_are_learned_from():
    labels = ["a"] * 700 + ["b"] * 100 + ["c"] * 2 + ["d"]
    split = split_rows(labels, seed=1)
    names = np.array(labels)
    assert [(names[split.test] == name).sum() for name in "abcd"] == [140, 20, 1, 0]
    assert [(names[split.validation] == name).sum() for name in "abcd"] == [70, 10, 0, 0]
    assert len(set(map(tuple, (split_rows(labels, seed=seed).test for seed in range(3))))) == 3


def test_shares_add_up_over_many_small_classes():
    split = split_rows([str(number // 5) for number in range(1_000)], validation=0.1)
    assert 190 <= len(split.test) <= 210 and 150 <= len(split.validation) <= 210


def test_shares_that_leave_nothing_are_an_error():
    with pytest.raises(ValueError, match="leave rows"):
        split_rows(["a", "b"], test=0.9, validation=0.1)


def test_groupings_are_joined():
    groups = joined_groups(["x", "x", "y", "z"], [1, 2, 2, 3])
    assert groups[0] == groups[1] == groups[2] != groups[3]
    assert joined_groups(None, None) is None


@pytest.mark.parametrize("language", ["en", "ja"])
def test_tfidf_learns_words(language):
    good, bad = ("great lovely fine", "awful broken poor") if language == "en" else ("素晴らしい 最高 です", "最悪 不良 です")
    texts = [f"{word} {n}" for n in range(20) for word in (good, bad)]
    labels = np.array([0, 1] * 20)
    probabilities = tfidf_probabilities(texts, labels, [good, bad, ""], 3, language)
    assert probabilities.argmax(axis=1)[:2].tolist() == [0, 1] and np.allclose(probabilities.sum(axis=1), 1)
    assert majority_probabilities(labels, 3, 2).tolist() == [[0.5, 0.5, 0.0]] * 2


def test_baselines_survive_texts_without_words_and_a_single_class():
    assert tfidf_probabilities(["!", "?"], np.array([0, 1]), ["..."], 2).tolist() == [[0.5, 0.5]]
    assert tfidf_probabilities(["a b"], np.array([1]), ["a"], 2).tolist() == [[0.0, 1.0]]
