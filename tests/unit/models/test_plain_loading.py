"""What plain transformers and PEFT can load, and that the snippets then give the page's own numbers."""

import contextlib
import io
import json
from dataclasses import asdict

import numpy as np
import pytest

from components.models import bundled, catalog, files, load
from components.models.plain_loading import PlainLoading, plain_loading, whole_model
from components.ui.widgets.code import snippet_text, with_settings
from tests.unit.models import tiny

PLAIN = ("embed-en", "embed-ja", "embed-ja-en", "backbone-ja", "ner-ja")
TEXT = "東京で猫が眠る。 The cat sleeps."


def test_how_each_kind_of_model_is_loaded(monkeypatch):
    assert plain_loading("embed-en") == PlainLoading("embed-en")
    assert plain_loading("backbone-ja") == PlainLoading("models/backbone-ja")
    assert plain_loading("embed-ja") == PlainLoading("models/backbone-ja", "models/embed-ja")
    assert plain_loading("bert-base-uncased") == PlainLoading("google-bert/bert-base-uncased")
    assert plain_loading("owner/model") == PlainLoading("owner/model") and plain_loading("/srv/bert") == PlainLoading("/srv/bert")
    assert plain_loading("sentiment-en") == PlainLoading("embed-en", "models/sentiment-en")
    for id in ("run:mine", "kyoto-bert", "nict-bert"):
        assert plain_loading(id) is None
    assert whole_model("backbone-ja") == "models/backbone-ja" and whole_model("embed-ja") is None


def test_every_model_of_the_catalogue_has_an_answer():
    answers = {card.id: plain_loading(card.id) for card in catalog()}
    assert all(answers[id] for id in bundled.BUNDLED_IDS)
    assert not any("://" in plain.model for plain in answers.values() if plain)


@pytest.mark.parametrize("id", PLAIN)
@pytest.mark.parametrize(
    ("name", "more"), [("bert_attention", {"pair": None, "heads": []}), ("model_input", {"pair": None}), ("encoder_block", {"layer": 2})]
)
def test_the_snippets_load_it(id, name, more, monkeypatch):
    monkeypatch.chdir(files.ROOT)
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()):
        exec(with_settings(snippet_text(name), asdict(plain_loading(id)) | {"text": TEXT} | more), names)
    page = load(id, "encoder").run(TEXT, hidden_states=True, attentions=True)
    if name == "bert_attention":
        assert np.abs(names["attention"] - page.attentions).max() < 1e-5
    elif name == "model_input":
        assert np.abs(names["outputs"].last_hidden_state[0].numpy() - page.last_hidden_state).max() < 1e-4
    else:
        assert np.abs(names["output"][0].numpy() - page.hidden_states[3]).max() < 1e-4


def test_an_old_japanese_bert_is_read_with_the_dictionary_that_it_does_not_name(tmp_path):
    folder = tiny.save(tmp_path / "tohoku", "BertModel", "ja")
    settings = json.loads((folder / "tokenizer_config.json").read_text())
    settings.pop("mecab_kwargs", None)
    (folder / "tokenizer_config.json").write_text(json.dumps(settings | {"tokenizer_class": "BertJapaneseTokenizer"}))
    plain, names = plain_loading(str(folder)), {}
    assert plain is not None and plain.tokenizer_options
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(with_settings(snippet_text("model_input"), asdict(plain) | {"text": "公務員です", "pair": None}), names)
    assert names["inputs"]["input_ids"][0].tolist() == list(load(str(folder), "encoder").run("公務員です").text.ids)
    assert "'公務員'" in printed.getvalue()  # unidic-lite cuts it in two
