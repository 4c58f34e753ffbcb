"""Drawn maskings against the collator of transformers, and against the binomial distribution that they must follow."""

import numpy as np
import pytest
from transformers import DataCollatorForLanguageModeling

from components.models.masking import MASKED, NOT_CHOSEN, RANDOM, UNCHANGED, draw_maskings
from components.models.tokenizers import load_tokenizer

TEXT = "The unbelievably loud orchestra played Tchaikovsky all night."


@pytest.fixture(scope="module")
def aligner():
    return load_tokenizer("embed-en")


def draw(aligner, text=TEXT, **settings):
    values = {"rate": 0.15, "masked": 0.8, "random": 0.1, "draws": 8_000, "seed": 3}
    tokenizer = aligner.tokenizer
    return draw_maskings(
        aligner.tokenize(text), mask_id=aligner.mask_id, vocabulary=len(tokenizer), special_ids=tokenizer.all_special_ids, **values | settings
    )  # fmt: skip


def test_frequencies_are_those_of_the_library_collator(aligner):
    ours = draw(aligner)
    tokenizer, ids = aligner.tokenizer, list(aligner.tokenize(TEXT).ids)
    collator = DataCollatorForLanguageModeling(tokenizer, mlm_probability=0.15, mask_replace_prob=0.8, random_replace_prob=0.1, seed=1)
    batch = collator([{"input_ids": ids}] * 8_000)
    inputs, labels = batch["input_ids"].numpy(), batch["labels"].numpy()
    chosen = labels != -100
    theirs = np.stack(
        [chosen & (inputs == aligner.mask_id), chosen & (inputs != aligner.mask_id) & (inputs != labels), chosen & (inputs == labels)]
    )
    # two samples of 8,000: five standard errors of their difference
    allowed = 5 * np.sqrt(2 * 0.15 * 0.85 / 8_000)
    assert np.abs(ours.shares - theirs.mean(axis=1)).max() < allowed
    assert np.abs(ours.split - theirs.sum(axis=(1, 2)) / chosen.sum()).max() < 0.02
    assert ours.shares[:, [0, -1]].sum() == 0  # [CLS] and [SEP]


def test_what_the_model_reads_is_what_the_action_says(aligner):
    maskings, ids = draw(aligner), np.array(aligner.tokenize(TEXT).ids)
    assert (maskings.ids[maskings.action == MASKED] == aligner.mask_id).all()
    for kind in (NOT_CHOSEN, UNCHANGED):
        assert (maskings.ids == ids)[maskings.action == kind].all()
    replaced = maskings.ids[maskings.action == RANDOM]
    assert len(set(replaced.tolist())) > 0.9 * len(replaced) and replaced.max() < len(aligner.tokenizer)


def test_none_chosen_as_often_as_the_binomial_says(aligner):
    maskings = draw(aligner)
    n = int(maskings.eligible.sum())
    assert maskings.chosen_counts.mean() == pytest.approx(0.15 * n, rel=0.05)
    assert (maskings.chosen_counts == 0).mean() == pytest.approx(0.85**n, abs=0.02)


def test_whole_words_are_chosen_together(aligner):
    text = aligner.tokenize(TEXT)
    pieces = [place for place, word in enumerate(text.words) if word is not None and text.words.count(word) > 1]
    assert len(pieces) > 2
    maskings = draw(aligner, whole_words=True)
    chosen = maskings.action != NOT_CHOSEN
    for word in {text.words[place] for place in pieces}:
        together = chosen[:, [place for place, of in enumerate(text.words) if of == word]]
        assert (together.all(axis=1) == together.any(axis=1)).all() and together.any()
    assert chosen[:, pieces].mean() == pytest.approx(0.15, abs=0.01)


def test_typed_special_tokens_are_left_alone_and_ends_of_the_scale_hold(aligner):
    maskings = draw(aligner, text="a [MASK] b", rate=1.0, masked=0.0, random=0.0)
    assert maskings.action.tolist()[0] == [NOT_CHOSEN, UNCHANGED, NOT_CHOSEN, UNCHANGED, NOT_CHOSEN]
    nothing = draw(aligner, rate=0.0)
    assert (nothing.action == NOT_CHOSEN).all() and np.isnan(nothing.split).all()
    with pytest.raises(ValueError, match=r"rate 1\.2"):
        draw(aligner, rate=1.2)
    with pytest.raises(ValueError, match=r"random 0\.3"):
        draw(aligner, random=0.3)


def test_a_seed_fixes_the_draws(aligner):
    assert (draw(aligner).ids == draw(aligner).ids).all() and (draw(aligner).ids != draw(aligner, seed=4).ids).any()
