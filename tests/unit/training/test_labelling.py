"""Which text is asked next, which rows the score is of, and what a person reaches who answers."""

import time
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.labelling import bundled_intents, label, split
from components.training import labelling_desk
from components.training.labelling import HELD, RANDOM_EACH, SKIPPED, Answer, alike, drawn_order, held_back, is_due, margins, next_texts
from components.training.labelling_desk import Desk
from components.training.quick_head import QuickHead

WORDS = "river cloud paper stone engine garden letter window bridge candle market silver forest copper harbour tunnel"


def texts(count: int, seed: int = 0) -> list[str]:
    random = np.random.default_rng(seed)
    return [" ".join(random.choice(WORDS.split(), 6)) + f" {row}" for row in range(count)]


def two_groups(count: int) -> tuple[np.ndarray, np.ndarray]:
    """Vectors (count, 8) of two classes that overlap a little, and the classes."""
    random = np.random.default_rng(1)
    classes = random.integers(0, 2, count)
    return (random.standard_normal((count, 8)) + 1.6 * classes[:, None] * np.eye(8)[0]).astype(np.float32), classes


def answered(desk: Desk, classes: np.ndarray, count: int) -> list[Answer]:
    answers: list[Answer] = []
    while len(answers) < count:
        for one in desk.questions(answers, 10):
            answers.append(Answer(one.row, int(classes[one.row]), one.random, one.guess))
        desk.learn(answers, 2)
    return answers


def test_the_smallest_margin_comes_first_and_one_in_four_comes_in_the_drawn_order():
    words, order = texts(60), drawn_order(60, 3)
    probabilities = np.random.default_rng(2).dirichlet([1, 1, 1], 60)
    asked = next_texts(words, order, [], np.arange(60), probabilities, 20)
    assert [one.random for one in asked] == [number % RANDOM_EACH == 0 for number in range(1, 21)]
    chosen, drawn = ([one.row for one in asked if one.random is random] for random in (False, True))
    top = np.sort(probabilities, axis=1)
    expected = np.argsort(top[:, -1] - top[:, -2], kind="stable")
    assert chosen == [row for row in expected.tolist() if row not in drawn][: len(chosen)]
    assert drawn == [row for row in order.tolist() if row not in chosen][: len(drawn)]
    assert margins(np.ones((4, 1))).tolist() == [1, 1, 1, 1], "one class alone is no choice"


def test_without_a_model_all_come_as_they_are_drawn_and_none_twice_until_none_is_left():
    words, order = texts(30), drawn_order(30, 0)
    answers: list[Answer] = []
    for _ in range(12):
        answers += [
            Answer(one.row, SKIPPED if one.row % 5 else 0, one.random) for one in next_texts(words, order, answers, order[:0], None, 3)
        ]
    assert [answer.row for answer in answers] == order.tolist() and all(answer.random for answer in answers)
    assert next_texts(words, order, answers, order, np.ones((30, 2)) / 2, 5) == []


def test_nearly_the_same_text_is_not_asked_twice_in_a_row():
    words = [
        f"{text}{mark}"
        for text in ("please send me a new card soon", "when does the shop open today", *texts(20))
        for mark in ("", "!", " ")
    ]
    assert alike(words[0], words[1]) and not alike(words[0], words[3])
    order = np.arange(len(words))
    same = np.full((len(words), 2), 0.5)
    for probabilities in (None, same):
        asked = [one.row for one in next_texts(words, order, [], order, probabilities, 24)]
        assert not [one for one, other in pairwise(asked) if alike(words[one], words[other])]
        after = next_texts(words, order, [Answer(asked[0], 0)], order, probabilities, 1)[0].row
        assert not alike(words[asked[0]], words[after])
    only = ["the same text"] * 9
    assert len(next_texts(only, np.arange(9), [], np.arange(9), None, 9)) == 9, "where there is nothing else it is asked"


def test_the_last_random_rows_with_a_model_are_held_back():
    cold = [Answer(row, row % 2, random=True) for row in range(10)]
    warm = [Answer(row, SKIPPED if row % 9 == 0 else row % 2, random=row % 4 == 0, guess=0) for row in range(10, 230)]
    held = held_back([*cold, *warm])
    assert len(held) == HELD and all(one.random and one.guess is not None and one.given != SKIPPED for one in held)
    drawn = [one for one in warm if one.random and one.labelled]
    assert held == drawn[-HELD:]
    many = [Answer(row, row % 2, random=row % 4 == 0, guess=0) for row in range(800)]
    assert len(held_back(many)) == 100, "an eighth of many labels"


def test_the_model_learns_every_ten_labels_and_less_often_when_there_are_many():
    assert [labels for labels in range(1, 31) if is_due(labels, 10 * ((labels - 1) // 10))] == [10, 20, 30]
    assert not is_due(1_040, 1_000) and is_due(1_050, 1_000) and is_due(980, 1_000) is False and is_due(950, 1_000)


def test_the_score_is_of_rows_that_the_model_has_not_learned_from(monkeypatch):
    vectors, classes = two_groups(400)
    desk, learned = Desk(texts(400), seed=5), []
    desk.read(vectors[desk.order])
    fit = QuickHead.fit.__func__
    monkeypatch.setattr(
        labelling_desk.QuickHead, "fit", classmethod(lambda cls, features, *rest: (learned.append(features), fit(cls, features, *rest))[1])
    )
    answers = answered(desk, classes, 150)
    held = held_back(answers)
    seen = {row.tobytes() for row in learned[-1]}
    assert len(held) == HELD and not [one for one in held if vectors[one.row].tobytes() in seen]
    assert len(seen) == 150 - HELD
    head = fit(
        QuickHead, vectors[[one.row for one in answers if one not in held]], classes[[one.row for one in answers if one not in held]], 2
    )
    right = head.probabilities(vectors[[one.row for one in held]]).argmax(axis=1) == classes[[one.row for one in held]]
    assert (desk.score.right, desk.score.rows) == (int(right.sum()), HELD)
    assert desk.score.interval.low < right.mean() < desk.score.interval.high
    rows, probabilities = desk.predictions(answers, 2)
    assert len(learned[-1]) == 150, "what is used in the end has learned from all"
    assert sorted(rows.tolist()) == list(range(400)) and probabilities.shape == (400, 2)


def test_texts_that_are_not_read_yet_come_at_random_and_are_learned_from_when_they_are():
    vectors, classes = two_groups(300)
    desk = Desk(texts(300), seed=1)
    answers = [Answer(row, int(classes[row]), True) for row in desk.order[:20].tolist()]
    assert not desk.is_due(answers, 2), "no vector, no model"
    assert all(one.random and one.guess is None for one in desk.questions(answers, 8))
    desk.read(vectors[desk.order[:12]])
    assert desk.is_due(answers, 2)
    desk.learn(answers, 2)
    assert desk.has_model and desk.score is None
    desk.read(vectors[desk.order[12:60]])
    asked = desk.questions(answers, 8)
    known = set(desk.order[:60].tolist())
    assert {one.row for one in asked if not one.random} <= known and [one.random for one in asked].count(False) == 6
    assert all(0.5 <= one.confidence <= 1 for one in asked if one.guess is not None)
    assert desk.is_due(answers, 3), "a new class is learned at once"


def test_one_class_alone_is_no_model():
    vectors, _ = two_groups(40)
    desk = Desk(texts(40), seed=1)
    desk.read(vectors[desk.order])
    answers = [Answer(row, 1, True) for row in desk.order[:12].tolist()]
    desk.learn(answers, 2)
    assert not desk.has_model and desk.predictions(answers, 2) is None and not desk.is_due(answers, 2)


@pytest.mark.slow
def test_a_person_who_knows_the_classes_reaches_085_with_200_labels():
    """A small part of `python -m benchmarks.labelling`: the first 500 rows of 20 intents, 150 kept aside, three seeds."""
    intents = bundled_intents(500)
    begin, reached = time.process_time(), []
    for seed in range(3):
        *_, last = label(*split(intents, seed, judged=150), 200, seed, every=100)
        reached.append(last.accuracy)
        assert last.scored == HELD and abs(last.shown - last.accuracy) < 0.25
    assert np.mean(reached) >= 0.85
    assert (time.process_time() - begin) / 3 < 30, "200 labels cost some seconds"
