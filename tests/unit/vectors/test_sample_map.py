"""The shipped map of the sample: its vectors are the encoder's, neighbours are neighbours, and every kind of fall."""

import numpy as np
import pytest

from components.charts.topic_map import KINDS, LETTER, label_places, topic_map
from components.models import load
from components.models.bundled import models_for
from components.vectors.pairs import order_by_likeness
from components.vectors.sample_map import fall, sample_map


@pytest.mark.slow
@pytest.mark.parametrize("language", ["ja", "en"])
def test_its_vectors_are_those_of_the_bundled_encoder(language):
    held = sample_map(language)
    assert held.vectors.shape == (800, 384) and held.places.shape == (800, 2) and len(held.names) == 7
    rows = np.arange(0, 800, 40)
    truth = load(models_for(language).encoder, "similarity").encode([held.texts[row] for row in rows])
    assert np.abs(held.vectors[rows] - truth).max() < 2e-3


@pytest.mark.parametrize("language", ["ja", "en"])
def test_near_on_the_map_is_near_in_meaning(language):
    """Of each sentence's ten nearest on the plane far more are among its ten nearest by cosine than the one in eighty of chance."""
    held = sample_map(language)
    flat = np.argsort(np.linalg.norm(held.places[:, None] - held.places[None, :], axis=-1), axis=1)[:, 1:11]
    deep = np.argsort(-(held.vectors @ held.vectors.T), axis=1)[:, 1:11]
    kept = np.mean([len(set(one) & set(other)) / 10 for one, other in zip(flat, deep, strict=True)])
    assert kept > 0.3
    topics = np.array(held.topics)
    assert held.same == sum(topics[row] == topics[deep[row, 0]] for row in range(800))


def test_a_sentence_of_the_map_falls_back_onto_its_place():
    held = sample_map("en")
    spread = np.linalg.norm(held.places.max(axis=0) - held.places.min(axis=0))
    away = [np.linalg.norm(held.place(held.vectors[row]) - held.places[row]) / spread for row in (0, 100, 200)]
    assert np.median(away) < 0.05
    assert held.nearest(held.vectors[5])[0][0] == 5


@pytest.mark.parametrize(
    ("topics", "nearest", "kind", "count"),
    [
        ("aaaab", 0.6, "into", 4),
        ("aaabb", 0.6, "between", 3),
        ("abcde", 0.6, "between", 1),
        ("aaaaa", 0.3, "far", 5),
        ("aaaaa", 0.4, "into", 5),
    ],
)
def test_every_kind_of_fall(topics, nearest, kind, count):
    found = fall(list(topics), nearest, 0.4)
    assert (found.kind, found.topic, found.count) == (kind, "a", count)


def test_names_on_the_map_overlap_nowhere():
    for language in ("ja", "en"):
        held = sample_map(language)
        labels = [name.title() for name in held.names]
        places = label_places(held.places, held.topics, held.names, labels, (620, 400))
        pixels = (places - held.places.min(axis=0)) * np.array((620, 400)) / (held.places.max(axis=0) - held.places.min(axis=0))
        for one in range(7):
            for other in range(one):
                wide = LETTER * (len(labels[one]) + len(labels[other])) / 2
                assert abs(pixels[one, 0] - pixels[other, 0]) > wide or abs(pixels[one, 1] - pixels[other, 1]) > 16


def test_a_map_has_at_most_as_many_topics_as_there_are_kinds():
    names = [str(number) for number in range(len(KINDS) + 1)]
    with pytest.raises(ValueError, match="at most"):
        topic_map(np.zeros((len(names), 2)), names, names, names, names)


def test_like_rows_stand_together_and_missing_numbers_leave_the_order():
    cosines = np.array([[1, 0.1, 0.9, 0.0], [0.1, 1, 0.2, 0.8], [0.9, 0.2, 1, 0.1], [0.0, 0.8, 0.1, 1]])
    order = order_by_likeness(cosines).tolist()
    assert {tuple(sorted(order[:2])), tuple(sorted(order[2:]))} == {(0, 2), (1, 3)}
    cosines[0, 1] = cosines[1, 0] = np.nan
    assert order_by_likeness(cosines).tolist() == [0, 1, 2, 3] and order_by_likeness(np.eye(2)).tolist() == [0, 1]
