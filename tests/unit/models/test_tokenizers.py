"""Tokenizers on their own: found through the catalogue, the same tokens as the library's."""

import json
import subprocess
import sys

import pytest
from transformers import AutoTokenizer

from components.models import ModelError, cards, catalog, files
from components.models.tokenizers import at_hand, bundled_tokenizers, load_tokenizer
from tests.unit.models import tiny


def test_the_bundled_english_tokenizer_is_the_librarys():
    library = AutoTokenizer.from_pretrained(files.find("embed-en").folder)
    aligner = load_tokenizer("embed-en")
    for text in ("Hello, how are you?", "最悪の体験でした", "words " * 600):
        assert list(aligner.tokenize(text).ids) == library(text, truncation=True, max_length=512)["input_ids"]
    assert load_tokenizer("embed-en") is aligner


def test_each_bundled_tokenizer_is_listed_once_and_japanese_ones_are_told(tmp_path, monkeypatch):
    monkeypatch.setattr(cards, "LOOK_SECONDS", 0.0)
    assert bundled_tokenizers()[0].id == "embed-en" and not bundled_tokenizers()[0].japanese
    tiny.save(tmp_path / "backbone-xx", "BertModel", "ja")
    for id, backbone in (("mlm-en", "embed-en"), ("mlm-ja", "backbone-xx"), ("nsp-ja", "backbone-xx")):
        (tmp_path / id).mkdir()
        (tmp_path / id / "settings.json").write_text(json.dumps({"task": "masked_lm", "backbone": backbone}))
        (tmp_path / id / "scores.json").write_text("{}")
        (tmp_path / id / "README.md").write_text("card")
        (tmp_path / id / "head.safetensors").write_bytes((2).to_bytes(8, "little") + b"{}")
    monkeypatch.setattr(files, "MODELS", tmp_path)
    assert [(card.id, card.japanese) for card in bundled_tokenizers()] == [("embed-en", False), ("backbone-xx", True)]
    assert load_tokenizer("mlm-ja") is load_tokenizer("backbone-xx")
    assert load_tokenizer("mlm-ja").align("東京大学").tokens == ("東京", "大学")
    (tmp_path / "backbone-ja").mkdir()
    (tmp_path / "backbone-ja" / "config.json").write_text("{}")
    assert len(bundled_tokenizers()) == 2  # its weights are still being copied
    tiny.save(tmp_path / "backbone-ja", "BertModel", "ja")
    assert [card.id for card in bundled_tokenizers()] == ["embed-en", "backbone-xx", "backbone-ja"]


def test_the_list_of_tokenizers_is_not_read_again_while_nothing_changed(monkeypatch):
    cards = bundled_tokenizers()
    monkeypatch.setattr(files, "find", lambda *_: pytest.fail("files were read"))
    assert bundled_tokenizers() == cards and cards is not bundled_tokenizers()


def test_at_hand_is_what_needs_no_network(tmp_path, monkeypatch):
    from huggingface_hub import constants

    monkeypatch.setattr(constants, "HF_HUB_CACHE", str(tmp_path))
    cards = {card.id: card for card in catalog()}
    assert at_hand(cards["embed-en"])
    assert not at_hand(cards["bert-base-uncased"]) and not at_hand(cards["nict-bert"])
    repository = tmp_path / "models--google-bert--bert-base-uncased"
    tiny.save(repository / "snapshots" / "abc", "BertForMaskedLM")
    (repository / "refs").mkdir()
    (repository / "refs" / "main").write_text("abc")
    assert at_hand(cards["bert-base-uncased"])


def test_a_model_that_is_not_there_is_a_sentence():
    with pytest.raises(ModelError, match="not on the Hub"):
        load_tokenizer("kyoto-bert")


def test_importing_is_light():
    code = "import sys, components.models.tokenizers, components.models.masking; assert not {'torch', 'transformers'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
