"""The encoder of two languages against transformers and PEFT alone, each text by its own network."""

import json

import numpy as np
import pytest
import torch
import transformers
from peft import PeftModel
from safetensors.torch import load_file, save_file
from sentence_transformers import SentenceTransformer
from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer

from components.models import ModelError, bundled, files, load
from components.models.loading import _cache, _make_room, forget
from tests.unit.models import tiny

TEXTS = ["The cat sits on the mat.", "猫がマットの上に座っている。", "株価が大きく下がった。", "Share prices fell sharply.", "42", "犬。"]
JAPANESE = [False, True, True, False, False, True]
ID = bundled.ACROSS.id


@pytest.fixture(scope="module")
def encoder():
    return load(ID)


@pytest.fixture(scope="module")
def expected() -> np.ndarray:
    """Vectors of TEXTS, length 1: mean of the states of each text alone, and for Japanese the stored map over it."""
    own, other = (files.find(models.backbone).folder for models in (bundled.JAPANESE, bundled.ENGLISH))
    japanese = PeftModel.from_pretrained(transformers.AutoModel.from_pretrained(own, dtype=torch.float32), files.MODELS / ID).eval()
    english = transformers.AutoModel.from_pretrained(other, dtype=torch.float32).eval()
    head = {name: tensor.float() for name, tensor in load_file(files.MODELS / ID / "head.safetensors").items()}
    cut = {True: transformers.AutoTokenizer.from_pretrained(own), False: transformers.AutoTokenizer.from_pretrained(other)}
    vectors = []
    for text, is_japanese in zip(TEXTS, JAPANESE, strict=True):
        with torch.inference_mode():
            states = (japanese if is_japanese else english)(**cut[is_japanese](text, return_tensors="pt")).last_hidden_state[0]
        vector = states.mean(0)
        if is_japanese:
            vector = head["linear.weight"] @ vector + head["linear.bias"]
        vectors.append((vector / vector.norm()).numpy())
    return np.array(vectors)


def test_each_text_goes_to_its_language_and_all_lie_in_one_space(encoder, expected):
    assert encoder.reads_itself(TEXTS) == JAPANESE and encoder.dimension == 384
    assert np.abs(encoder.encode(TEXTS) - expected).max() < 1e-4
    backwards = encoder.encode(TEXTS[::-1])[::-1]
    assert np.abs(backwards - expected).max() < 1e-4
    trained = (encoder.own_pooling, encoder.num_layers)
    variants = encoder.encode_variants(TEXTS, (trained, ("mean", 3)))
    assert np.abs(variants[trained] - expected).max() < 1e-4
    assert np.abs(variants["mean", 3] - encoder.encode(TEXTS, pooling="mean", layer=3)).max() < 1e-4


def test_a_translation_is_nearer_than_anything_else(encoder):
    vectors = encoder.encode(TEXTS[:4])
    cosines = vectors @ vectors.T
    assert cosines[0, 1] > max(cosines[0, 2], cosines[3, 1]) and cosines[3, 2] > max(cosines[0, 2], cosines[3, 1])


def test_english_is_read_as_the_english_model_reads_it(encoder):
    english = [text for text, is_japanese in zip(TEXTS, JAPANESE, strict=True) if not is_japanese]
    other = load(bundled.ENGLISH.encoder)
    assert np.abs(encoder.encode(english) - other.encode(english)).max() < 1e-5
    assert encoder.token_counts(TEXTS)[[0, 3]].tolist() == other.token_counts(english)[:2].tolist()
    assert not encoder.has_pooler and encoder.max_length == min(encoder.max_length, other.max_length)


def test_wrong_use(encoder):
    with pytest.raises(TypeError):
        encoder.encode("one string")
    with pytest.raises(ModelError):
        encoder.encode(TEXTS, pooling="pooler")
    assert encoder.encode([]).shape == (0, 384)


def test_the_table_and_the_settings_name_the_same_languages():
    settings = json.loads((files.MODELS / ID / "settings.json").read_text(encoding="utf-8"))
    own, *others = bundled.ACROSS.languages
    assert settings["language"] == own and bundled.language_of(ID) == own and bundled.languages_of(ID) == bundled.ACROSS.languages
    assert settings["others"] == {language: bundled.models_for(language).encoder for language in others}
    assert bundled.languages_of("qa-ja") == ("ja",) and bundled.languages_of("x/y") == ()


@pytest.mark.parametrize(
    "others", [{"en": "someone/a-model"}, {"en": "run:abc"}, {"en": "embed-ja-en"}, {"en": ["embed-en"]}, {}, "embed-en", None]
)
def test_a_folder_can_name_no_model_but_a_bundled_backbone(tmp_path, others):
    """Nothing is fetched, and nothing names itself for ever."""
    folder = tmp_path / "model"
    folder.mkdir()
    for path in (files.MODELS / ID).glob("*"):
        (folder / path.name).write_bytes(path.read_bytes())
    settings = json.loads((folder / "settings.json").read_text(encoding="utf-8")) | {"others": others}
    (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert (caught.value.key, caught.value.values["file"]) == ("models.malformed", "settings.json")


@pytest.mark.parametrize(
    "head", [{"linear.weight": torch.zeros(3, 3)}, {"linear.weight": torch.zeros(384, 384), "linear.bias": torch.zeros(2)}]
)
def test_a_map_that_does_not_fit_is_an_error(tmp_path, head):
    folder = tmp_path / "model"
    folder.mkdir()
    for path in (files.MODELS / ID).glob("*"):
        (folder / path.name).write_bytes(path.read_bytes())
    save_file(head, folder / "head.safetensors")
    with pytest.raises(ModelError) as caught:
        load(folder)
    assert (caught.value.key, caught.value.values["file"]) == ("models.malformed", "head.safetensors")


def test_both_backbones_stay_in_memory_while_it_does(monkeypatch):
    forget()
    try:
        load(ID)
        monkeypatch.setenv("HIMOTOKU_MODEL_CACHE_MB", "1")
        newest = list(_cache)[-1]
        _make_room(newest)
        assert sum(key[0] == "backbone" for key in _cache) == 2
    finally:
        forget()


def test_a_dense_layer_after_the_pooling_counts_where_variants_are_compared(tmp_path):
    """A model of the Hub with one, as LaBSE and distiluse have it: the trained pooling of the last layer is the whole model's vector."""
    tiny.save(tmp_path / "base", "BertModel", "en")
    transformer = Transformer(str(tmp_path / "base"))
    width = transformer.get_embedding_dimension()
    torch.manual_seed(0)
    whole = SentenceTransformer(modules=[transformer, Pooling(width, "mean"), Dense(width, 5)], device="cpu")
    whole.save(str(tmp_path / "whole"))
    model = load(tmp_path / "whole", "similarity")
    texts = ["the cat", "a dog sits"]
    own = (model.own_pooling, model.num_layers)
    found = model.encode_variants(texts, (own, ("mean", 0)), normalize=False)
    assert found[own].shape == (2, 5) and found["mean", 0].shape == (2, width)
    assert np.abs(found[own] - whole.encode(texts)).max() < 1e-5
