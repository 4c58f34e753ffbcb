"""The opened encoder against transformers' own BertModel, with weights changed by hand where a part is switched off."""

import copy
import threading

import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoModelForMaskedLM, AutoModelForSequenceClassification, AutoTokenizer

from components.models import ModelError, files, load
from tests.unit.models import tiny

TEXT, PAIR = "The cat sat on the mat.", "It was unbelievably tired, they say."


@pytest.fixture(scope="module")
def encoder():
    return load("embed-en", task="encoder")


@pytest.fixture(scope="module")
def library():
    folder = files.find("embed-en").folder
    model = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder)


def reference(library, text, pair=None, **inputs):
    model, tokenizer = library
    with torch.inference_mode():
        return model(
            **tokenizer(text, pair, truncation=True, max_length=512, return_tensors="pt"),
            output_attentions=True, output_hidden_states=True, **inputs,
        )  # fmt: skip


@pytest.mark.parametrize(("text", "pair"), [(TEXT, None), (TEXT, PAIR), ("", None), ("words " * 700, None), ("人工 e\u0301", "x")])
def test_equals_the_library(encoder, library, text, pair):
    ours = encoder.run(text, pair, attentions=True, hidden_states=True)
    theirs = reference(library, text, pair)
    assert list(ours.text.ids) == library[1](text, pair, truncation=True, max_length=512)["input_ids"]
    assert np.abs(ours.hidden_states - torch.cat(theirs.hidden_states).numpy()).max() < 1e-5
    assert np.abs(ours.attentions - torch.cat(theirs.attentions).numpy()).max() < 1e-6
    assert np.abs(ours.pooler_output - theirs.pooler_output[0].numpy()).max() < 1e-5
    assert np.abs(ours.attentions.sum(axis=-1) - 1).max() < 1e-5
    assert ours.last_hidden_state.dtype == np.float32


def test_words_and_places(encoder):
    tokenized = encoder.tokenize(TEXT, PAIR)
    assert tokenized.tokens[:4] == ("[CLS]", "the", "cat", "sat") and tokenized.left_out == (0, 0)
    assert "unbelievably" in tokenized.word_texts and len(tokenized.word_texts) == 15
    for place in range(len(tokenized)):
        sequence, word = tokenized.sequence[place], tokenized.words[place]
        assert (word is None) == tokenized.special[place] == (sequence is None)
        if sequence is not None:
            text = (TEXT, PAIR)[sequence]
            start, end = tokenized.spans[place]
            assert text[start:end].lower() == tokenized.tokens[place].removeprefix("##")
            assert text[start:end] in tokenized.word_texts[word]


def test_what_does_not_fit_is_said(encoder):
    tokenized = encoder.tokenize("word " * 600)
    assert len(tokenized) == 512 and tokenized.left_out == (90, 0)
    tokenized = encoder.tokenize("word " * 600, "pair " * 100)
    assert len(tokenized) == 512 and tokenized.left_out == (600 - 409, 0)
    tokenized = encoder.tokenize("word " * 600, "pair " * 600)
    assert len(tokenized) == 512 and tokenized.left_out == (600 - 254, 600 - 255)


def test_switched_off_heads_equal_zeroed_output_weights(encoder, library):
    off = [(0, 0), (0, 11), (5, 3)]
    model = copy.deepcopy(library[0])
    for layer, head in off:
        model.encoder.layer[layer].attention.output.dense.weight.data[:, head * 32 : (head + 1) * 32] = 0
    expected = reference((model, library[1]), TEXT)
    ours = encoder.run(TEXT, masked_heads=off, attentions=[5])
    assert np.abs(ours.last_hidden_state - expected.last_hidden_state[0].numpy()).max() < 1e-5
    assert np.abs(ours.attentions[0] - expected.attentions[5][0].numpy()).max() < 1e-6
    assert np.abs(ours.last_hidden_state - encoder.run(TEXT).last_hidden_state).max() > 1e-2


def test_without_positions_word_order_is_lost(encoder, library):
    model = copy.deepcopy(library[0])
    model.embeddings.position_embeddings.weight.data.zero_()
    expected = reference((model, library[1]), "cat sat on mat").last_hidden_state[0].numpy()
    ours = encoder.run("cat sat on mat", positions="none").last_hidden_state
    assert np.abs(ours - expected).max() < 1e-5
    swapped = encoder.run("mat sat on cat", positions="none").last_hidden_state
    # Self-attention is permutation-equivariant: the same vectors, in the new order.
    assert np.abs(swapped[[0, 4, 2, 3, 1, 5]] - ours).max() < 1e-4


def test_own_positions(encoder, library):
    places = [0, 4, 3, 2, 1, 5]
    ours = encoder.run("cat sat on mat", positions=places).last_hidden_state
    expected = reference(library, "cat sat on mat", position_ids=torch.tensor([places])).last_hidden_state[0].numpy()
    assert np.abs(ours - expected).max() < 1e-5
    with pytest.raises(ValueError, match="expected 6 positions"):
        encoder.run("cat sat on mat", positions=[0, 1])


def test_masked_tokens_equal_typed_masks(encoder):
    assert np.abs(
        encoder.run("the cat sat", mask_tokens=[2]).last_hidden_state - encoder.run("the [MASK] sat").last_hidden_state
    ).max() < 1e-6  # fmt: skip


def test_neurons_equal_the_blocks_formula(encoder, library):
    """FFN of block 2: GELU(x W1 + b1), x being the block's attention output (Devlin et al. 2019; Hendrycks & Gimpel 2016)."""
    ours = encoder.run(TEXT, ffn_layer=2, hidden_states=True)
    block = library[0].encoder.layer[2]
    with torch.inference_mode():
        x = block.attention(torch.tensor(ours.hidden_states[2:3]))[0]
        expected = torch.nn.functional.gelu(x @ block.intermediate.dense.weight.T + block.intermediate.dense.bias)
    assert ours.ffn_activations.shape == (len(ours.text), 1536)
    assert np.abs(ours.ffn_activations - expected[0].numpy()).max() < 1e-5


def test_threads_with_different_settings_do_not_meet(encoder):
    cases = [{}, {"masked_heads": [(1, 2)]}, {"positions": "none"}, {"masked_heads": [(layer, 0) for layer in range(6)]}]
    expected = [encoder.run(TEXT, **case).last_hidden_state for case in cases]
    wrong = []

    def work(number: int) -> None:
        for turn in range(12):
            which = (number + turn) % len(cases)
            if np.abs(encoder.run(TEXT, **cases[which]).last_hidden_state - expected[which]).max() > 1e-5:
                wrong.append(which)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_shared_backbone_is_left_alone(encoder):
    similarity = load("embed-en")
    before = similarity.encode([TEXT])
    encoder.run(TEXT, masked_heads=[(0, 0)], positions="none")
    assert np.array_equal(similarity.encode([TEXT]), before)
    assert similarity.model.config._attn_implementation == "sdpa" and encoder.config._attn_implementation == "eager"
    # The same tensors in memory, not a second copy of 90 MB.
    assert similarity.model.embeddings.word_embeddings.weight.data_ptr() == encoder.bert.embeddings.word_embeddings.weight.data_ptr()
    assert encoder.own_bytes == 0


def test_parts_that_are_not_there(encoder):
    for wrong in ({"attentions": [6]}, {"masked_heads": [(0, 12)]}, {"mask_tokens": [99]}, {"ffn_layer": -1}):
        with pytest.raises(IndexError):
            encoder.run(TEXT, **wrong)


def test_japanese_words_are_morphemes(tmp_path):
    folder = tiny.save(tmp_path / "ja", "BertModel", "ja")
    japanese = load(folder, task="encoder")
    ours = japanese.run("㍿東京大学です。", hidden_states=True)
    assert ours.text.word_texts == ("㍿", "㍿", "東京", "大学", "です", "。")
    model, tokenizer = AutoModel.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        expected = model(**tokenizer("㍿東京大学です。", return_tensors="pt"), output_hidden_states=True)
    assert np.abs(ours.hidden_states - torch.cat(expected.hidden_states).numpy()).max() < 1e-5


def test_a_pooler_that_the_files_lack_is_absent(tmp_path):
    folder = tiny.save(tmp_path / "bare", "BertForMaskedLM")
    bare = load(folder, task="encoder")
    assert not bare.has_pooler and bare.run(TEXT).pooler_output is None
    with pytest.raises(ModelError) as caught:
        load(folder, task="similarity").encode([TEXT], pooling="pooler")
    assert caught.value.key == "models.no_pooler"


def test_heads_answers_can_be_watched(tmp_path):
    folder = tiny.save(
        tmp_path / "classes", "BertForSequenceClassification", labels=["negative", "positive"], settings={"temperature": 2.0}
    )
    classifier = load(folder, task="encoder")
    model, tokenizer = AutoModelForSequenceClassification.from_pretrained(folder).eval(), AutoTokenizer.from_pretrained(folder)
    with torch.inference_mode():
        expected = model(**tokenizer(TEXT, return_tensors="pt")).logits[0]
    expected = (expected / 2).softmax(-1)
    probabilities = classifier.run(TEXT).probabilities
    assert list(probabilities) == ["negative", "positive"]
    assert np.allclose(list(probabilities.values()), expected, atol=1e-6)
    assert probabilities == pytest.approx(load(folder).predict([TEXT])[0].scores, abs=1e-6)
    assert classifier.run(TEXT, masked_heads=[(1, 0)]).probabilities != probabilities

    folder = tiny.save(tmp_path / "mlm", "BertForMaskedLM")
    model = AutoModelForMaskedLM.from_pretrained(folder).eval()
    ours = load(folder, task="encoder").run("the [MASK] sat on [MASK]")
    with torch.inference_mode():
        logits = model(**tokenizer("the [MASK] sat on [MASK]", return_tensors="pt")).logits[0].softmax(-1)
    assert [len(fills) for fills in ours.fills] == [5, 5]
    for place, fills in zip((2, 5), ours.fills, strict=True):
        assert fills[0].id == int(logits[place].argmax())
        assert fills[0].score == pytest.approx(float(logits[place].max()), abs=1e-6)


@pytest.mark.parametrize(("first", "second"), [(600, 600), (601, 600), (600, 601), (600, 3), (3, 600), (254, 255), (255, 254), (256, 254)])
def test_pairs_are_cut_as_the_library_cuts_them(encoder, library, first, second):
    text, pair = "word " * first, "pair " * second
    assert list(encoder.tokenize(text, pair).ids) == library[1](text, pair, truncation=True, max_length=512)["input_ids"]
