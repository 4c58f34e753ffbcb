"""What home shows is what the models give."""

import json

import numpy as np
import pytest

from components.models import load
from components.models.bundled import models_for
from components.text.word_grouping import group_words
from components.views.overview.reading import EXAMPLES, FILE, HEADS, MOST, OTHERS, SHOWN_NUMBERS, Reading, example, read


@pytest.mark.slow
@pytest.mark.parametrize("language", EXAMPLES)
def test_the_file_holds_what_the_models_give_today(language):
    """Words and numbers of tokens to the letter; rounded numbers may differ by one in the last place from one processor to another."""
    kept, now = example(language), read(EXAMPLES[language][0])
    assert set(json.loads(FILE.read_text(encoding="utf-8"))) == set(EXAMPLES)
    for name in ("text", "labels", "special", "tokens", "ids", "start", "layer", "head", "width"):
        assert getattr(kept, name) == getattr(now, name), name
    for name in ("weights", "vectors"):
        assert np.abs(np.array(getattr(kept, name)) - np.array(getattr(now, name))).max() <= 1, name
    for one, other in zip(kept.neurons, now.neurons, strict=True):
        assert [number for number, _ in one] == [number for number, _ in other]
        assert max(abs(a - b) for (_, a), (_, b) in zip(one, other, strict=True)) <= 1
    assert [kept.near[0], kept.far[0]] == [now.near[0], now.far[0]]
    assert abs(kept.near[1] - now.near[1]) <= 1 and abs(kept.far[1] - now.far[1]) <= 1


@pytest.mark.slow
@pytest.mark.parametrize("text", ["昨日、妹が新しい自転車を買った。", "My sister bought a new bicycle yesterday."])
def test_a_reading_is_the_encoder_s_own(text):
    reading = read(text)
    language = "ja" if "妹" in text else "en"
    layer, head = HEADS[language]
    encoder = load(models_for(language).encoder, "encoder")
    run = encoder.run(text, attentions=True, hidden_states=True, ffn_layer=encoder.num_layers - 1)
    units = group_words(run.text, True, language == "ja")
    rows = np.array(reading.weights)
    assert rows.shape == (len(reading.labels),) * 2 and np.abs(rows.sum(axis=1) - 1000).max() <= len(rows)
    # From a word of one token to a word of one token the weight is the head's own.
    single = [place for place, tokens in enumerate(units.tokens) if len(tokens) == 1]
    for one in single:
        for other in single:
            value = run.attentions[layer - 1, head - 1, units.tokens[one][0], units.tokens[other][0]]
            assert abs(rows[one, other] - 1000 * value) <= 0.51
    place = single[1]
    assert reading.vectors[place] == [round(100 * float(value)) for value in run.hidden_states[0][units.tokens[place][0], :SHOWN_NUMBERS]]
    active = run.ffn_activations[units.tokens[place][0]]
    assert [number for number, _ in reading.neurons[place]] == sorted(range(len(active)), key=lambda n: -active[n])[:5]
    vectors = load(models_for(language).encoder, "similarity").encode([text, *OTHERS[language]])
    cosines = dict(zip(OTHERS[language], vectors[1:] @ vectors[0], strict=True))
    assert reading.near[0] == max(cosines, key=cosines.get) and reading.far[0] == min(cosines, key=cosines.get)
    assert reading.near[1] == round(100 * float(cosines[reading.near[0]]))


@pytest.mark.slow
def test_the_first_word_is_that_with_the_strongest_thread_to_another():
    reading = read("The dog ran home because it was hungry.")
    words = [place for place, special in enumerate(reading.special) if not special]
    strongest = {place: max(reading.weights[place][other] for other in words if other != place) for place in words}
    assert reading.start == max(strongest, key=strongest.get)


@pytest.mark.slow
def test_one_word_has_a_reading():
    reading = read("犬")
    assert isinstance(reading, Reading) and reading.labels[reading.start] == "犬"


def test_the_examples_are_sentences_that_home_takes():
    assert all(len(text) <= MOST and word in text for text, word in EXAMPLES.values())
    assert all(len(example(language).labels) == len(example(language).weights) for language in EXAMPLES)
