"""Words for [MASK] against transformers' fill-mask pipeline, and hidden tokens found again."""

import subprocess
import sys

import pytest
import torch
from transformers import AutoModelForMaskedLM, AutoTokenizer, pipeline

from components.models import ModelError, load
from components.models.masked_lm import MAX_MASKS
from tests.unit.models import tiny


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tiny.save(tmp_path_factory.mktemp("mlm") / "en", "BertForMaskedLM")


def test_equals_the_librarys_pipeline(folder):
    theirs = pipeline("fill-mask", model=str(folder), device="cpu")
    model = load(folder)
    for text in ["the [MASK] sat on the mat", "tim [MASK] is [MASK] of apple", "[MASK]"]:
        expected = theirs(text, top_k=5)
        expected = expected if isinstance(expected[0], list) else [expected]
        ours = model.fill(text)
        assert len(ours) == text.count("[MASK]") == len(expected)
        for fills, wanted in zip(ours, expected, strict=True):
            assert [fill.id for fill in fills] == [one["token"] for one in wanted]
            assert [fill.score for fill in fills] == pytest.approx([one["score"] for one in wanted], abs=1e-5)


def test_tokens_come_without_marks(folder):
    fills = load(folder).fill("the [MASK]", top_k=80)[0]
    assert not any(fill.token.startswith("##") for fill in fills)
    assert any(fill.continues_word for fill in fills)
    assert fills == sorted(fills, key=lambda fill: -fill.score)


def test_every_mask_of_a_long_text_is_filled_from_its_surroundings(folder):
    model = load(folder)
    text = "[MASK] cat " + "sat on mat " * 100 + "[MASK] cook is " + "the ceo " * 60 + "[MASK]"
    ours = model.fill(text)
    assert len(ours) == 3
    tokens = model.aligner.align(text)
    masks = [place for place, id in enumerate(tokens.ids) if id == model.mask_id]
    library, tokenizer = AutoModelForMaskedLM.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    for mask, fills in zip(masks, ours, strict=True):
        low = max(0, min(mask - 31, len(tokens) - 62))
        ids = [tokenizer.cls_token_id, *tokens.ids[low : low + 62], tokenizer.sep_token_id]
        with torch.inference_mode():
            expected = library(torch.tensor([ids])).logits[0, 1 + mask - low].softmax(-1)
        assert fills[0].id == int(expected.argmax())


def test_what_is_predicted_for_hidden_tokens(folder):
    model = load(folder)
    text = model.tokenize("the cat sat on mat")
    library = AutoModelForMaskedLM.from_pretrained(folder).eval()
    versions = [{2: model.mask_id, 4: model.mask_id}, {2: text.ids[2]}, {}]
    first, second, third = model.predict_hidden(text, versions, top_k=3)
    ids = list(text.ids)
    ids[2] = ids[4] = model.mask_id
    with torch.inference_mode():
        expected = library(torch.tensor([ids])).logits[0].softmax(-1)
    assert [token.position for token in first] == [2, 4] and [token.token for token in first] == ["cat", "on"]
    for token in first:
        own = expected[token.position, text.ids[token.position]]
        assert token.probability == pytest.approx(float(own), abs=1e-6)
        assert token.rank == int((expected[token.position] > own).sum()) + 1
        assert len(token.fills) == 3 and token.fills[0].id == int(expected[token.position].argmax())
    assert [token.token for token in second] == ["cat"] and third == []


def test_japanese_masks(tmp_path):
    fills = load(tiny.save(tmp_path / "ja", "BertForMaskedLM", "ja")).fill("人工[MASK]は[MASK]です。", top_k=3)
    assert [len(one) for one in fills] == [3, 3]


def test_wrong_use(folder):
    with pytest.raises(TypeError):
        load(folder).fill(["a list"])
    with pytest.raises(ModelError) as caught:
        load(folder).fill("nothing hidden")
    assert caught.value.key == "models.nothing_masked"


@pytest.mark.parametrize("masks", [MAX_MASKS + 1, 560, 1_600])
def test_more_masks_than_are_filled_at_once_are_refused_in_a_sentence(folder, masks):
    with pytest.raises(ModelError) as caught:
        load(folder).fill("[MASK] " * masks)
    assert f"{masks:,}" in caught.value.in_language("en") and f"{MAX_MASKS}" in caught.value.in_language("ja")


def test_the_memory_of_many_masks_is_bounded():
    """As many masks as are taken, each in a window of its own, in a process whose peak is measured: torch's memory is not Python's."""
    code = f"""
from resource import RUSAGE_SELF, getrusage
from components.models import ModelError, load
model = load("mlm-ja")
model.fill("猫は[MASK]です。")
before = getrusage(RUSAGE_SELF).ru_maxrss
between = "これは二つのマスクのあいだに置かれた、少し長い文です。"
assert len(model.fill(("[MASK]" + between) * 12 + ("[MASK]" + between * 4) * {MAX_MASKS - 12})) == {MAX_MASKS}
for masks in (560, 1_600):
    try:
        model.fill("[MASK] " * masks)
    except ModelError:
        continue
    raise AssertionError(masks)
print((getrusage(RUSAGE_SELF).ru_maxrss - before) // 1024)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr[-2000:]
    assert int(done.stdout) < 300
