"""Shells over one backbone: PEFT's own answers, the backbone untouched, and the same answers from eight threads as from one."""

import json
import shutil
import threading
from pathlib import Path

import numpy as np
import pytest
import torch
import transformers
from peft import LoraConfig, get_peft_model
from safetensors.torch import load_file, save_file

from components.models import ModelError, adapters, catalog, files, load
from components.models.cards import card
from components.models.loading import forget
from tests.unit.models import tiny

CASES = {
    "sentiment-en": ("classification", "BertForSequenceClassification", {"labels": ["negative", "positive"]}),
    "ner-en": ("ner", "BertForTokenClassification", {"labels": ["O", "B-PER", "I-PER", "B-ORG", "I-ORG"]}),
    "qa-en": ("qa", "BertForQuestionAnswering", {}),
    "mlm-en": ("masked_lm", "BertForMaskedLM", {}),
    "nsp-en": ("next_sentence", "BertForNextSentencePrediction", {}),
}
TEXTS = ["the cat sat on the [MASK]", "tim cook is the ceo of apple inc.", "was who? [MASK]"]


def make(root: Path, id: str, seed: int) -> transformers.PreTrainedModel:
    """models/<id>/ as PEFT saves it, with random LoRA weights and head, over `base`; returns PEFT's own model."""
    task, auto_class, more = CASES[id]
    torch.manual_seed(seed)
    config = transformers.AutoConfig.from_pretrained(root / "base", num_labels=len(more.get("labels", "ab")))
    model = getattr(transformers, auto_class).from_pretrained(root / "base", config=config, dtype=torch.float32)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if not name.startswith("bert.") or "pooler" in name:
                parameter.normal_(0, 0.5)
    peft = get_peft_model(model, LoraConfig(r=4, lora_alpha=8, target_modules=["query", "value", "intermediate.dense"])).eval()
    with torch.no_grad():
        for name, parameter in peft.named_parameters():
            if "lora_" in name:
                parameter.normal_(0, 0.3)
    folder = root / id
    peft.save_pretrained(folder)
    head = {
        name.removeprefix("base_model.model."): tensor.contiguous()
        for name, tensor in peft.state_dict().items()
        if "lora_" not in name and ("model.bert." not in name or "pooler" in name) and "decoder" not in name
    }
    save_file(head, folder / "head.safetensors")
    (folder / "settings.json").write_text(json.dumps({"task": task, "backbone": "base", "language": "en", **more}))
    (folder / "scores.json").write_text(json.dumps({"accuracy": 0.5, "seed": 1}))
    (folder / "README.md").write_text("card")
    return peft


@pytest.fixture(scope="module")
def bundled(tmp_path_factory):
    """A models folder of our own: a base and five adapters with heads over it; {id: PEFT's model}."""
    root = tmp_path_factory.mktemp("models")
    tiny.save(root / "base", "BertModel")
    peft = {id: make(root, id, seed) for seed, id in enumerate(CASES)}
    patch = pytest.MonkeyPatch()
    patch.setattr(files, "MODELS", root)
    yield root, peft
    patch.undo()
    forget()


def answers(id: str) -> list:
    model = load(id)
    match id.split("-")[0]:
        case "sentiment":
            return [prediction.scores["positive"] for prediction in model.predict(TEXTS)]
        case "ner":
            return [score for text in TEXTS for score in model.tag(text).scores]
        case "qa":
            return model.read(TEXTS[2], TEXTS[1]).start_scores.tolist()
        case "mlm":
            return [fill.score for text in (TEXTS[0], TEXTS[2]) for fill in model.fill(text)[0]]
    return model.predict([(TEXTS[0], TEXTS[1]), (TEXTS[1], TEXTS[2])]).tolist()


@pytest.mark.parametrize("id", CASES)
def test_logits_are_pefts_own(bundled, id):
    _, peft = bundled
    model = load(id)
    sequence = model.aligner.tokenize(*TEXTS[:2])
    inputs = {"input_ids": torch.tensor([sequence.ids]), "token_type_ids": torch.tensor([sequence.token_type_ids])}
    with torch.inference_mode():
        expected, ours = peft[id](**inputs).to_tuple(), model.model(**inputs).to_tuple()
    for theirs, mine in zip(expected, ours, strict=True):
        assert torch.allclose(theirs, mine, atol=1e-5)


@pytest.mark.parametrize("id", CASES)
def test_the_opened_encoder_has_the_adapter_merged_in(bundled, id):
    _, peft = bundled
    encoder = load(id, task="encoder")
    assert not any("lora" in name for name, _ in encoder.bert.named_parameters())
    ours = encoder.run(TEXTS[1], hidden_states=True)
    with torch.inference_mode():
        expected = peft[id](torch.tensor([ours.text.ids]), output_hidden_states=True).hidden_states
    assert np.abs(ours.hidden_states - torch.cat(expected).numpy()).max() < 1e-4


def test_the_backbones_tensors_are_shared_and_unchanged(bundled):
    root, _ = bundled
    original = load_file(root / "base" / "model.safetensors")
    for id in CASES:
        answers(id)
    base = adapters.backbone(files.find("base")).model
    for name, tensor in base.state_dict().items():
        assert torch.equal(tensor, original[name]), name
    pointers = {load(id).model.bert.embeddings.word_embeddings.weight.data_ptr() for id in CASES}
    assert pointers == {base.embeddings.word_embeddings.weight.data_ptr()}
    assert all(load(id).own_bytes < 40_000 for id in CASES)


def test_eight_threads_get_the_answers_of_one(bundled):
    expected = {id: answers(id) for id in CASES}
    wrong = []

    def work(number: int) -> None:
        for turn in range(10):
            id = list(CASES)[(number + turn) % len(CASES)]
            if not np.allclose(answers(id), expected[id], atol=1e-5):
                wrong.append(id)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_the_catalogue_lists_them(bundled):
    listed = [entry.id for entry in catalog() if entry.bundled]
    assert listed == ["embed-en", "mlm-en", "nsp-en", "sentiment-en", "ner-en", "qa-en"]
    entry = card("qa-en")
    assert entry.task == "qa" and entry.scores == {"accuracy": 0.5, "seed": 1} and entry.location == "models/qa-en"
    # The backbone's weights (counted by torch), the adapter's, and the head's 16 x 2 + 2.
    base = adapters.backbone(files.find("base")).model
    adapter = load_file(bundled[0] / "qa-en" / "adapter_model.safetensors")
    assert entry.parameters == sum(p.numel() for p in base.parameters()) + sum(t.numel() for t in adapter.values()) + 34


def test_sentence_vectors_over_a_japanese_backbone(tmp_path, monkeypatch):
    """An adapter of the bare encoder: mean of PEFT's own hidden states, the same under threads (MeCab is not safe there)."""
    tiny.save(tmp_path / "base-ja", "BertModel", "ja")
    torch.manual_seed(1)
    peft = get_peft_model(transformers.AutoModel.from_pretrained(tmp_path / "base-ja"), LoraConfig(r=2, target_modules=["query"])).eval()
    with torch.no_grad():
        for name, parameter in peft.named_parameters():
            if "lora_" in name:
                parameter.normal_(0, 0.5)
    peft.save_pretrained(tmp_path / "embed-ja")
    (tmp_path / "embed-ja/settings.json").write_text(json.dumps({"task": "similarity", "backbone": "base-ja", "max_length": 32}))
    monkeypatch.setattr(files, "MODELS", tmp_path)
    model = load("embed-ja")
    assert model.max_length == 32
    texts = ["東京大学です。", "人工知能の処理", "㍿ｶﾞﾝﾊﾞﾙ", "公務員は大阪"]
    tokenizer = transformers.AutoTokenizer.from_pretrained(tmp_path / "base-ja")
    with torch.inference_mode():
        expected = [peft(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0).numpy() for text in texts]
    assert np.abs(model.encode(texts, normalize=False) - np.array(expected)).max() < 1e-5
    wrong = []

    def work() -> None:
        for _ in range(30):
            if np.abs(model.encode(texts, normalize=False) - np.array(expected)).max() > 1e-5:
                wrong.append(1)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_heads_that_peft_keeps_with_the_adapter(tmp_path, monkeypatch):
    """PEFT's modules_to_save: the head lies in adapter_model.safetensors and there is no head.safetensors."""
    tiny.save(tmp_path / "base", "BertModel")
    model = transformers.AutoModelForSequenceClassification.from_pretrained(tmp_path / "base", num_labels=2)
    peft = get_peft_model(model, LoraConfig(r=2, target_modules=["query"], modules_to_save=["classifier"])).eval()
    torch.nn.init.normal_(peft.get_base_model().classifier.modules_to_save["default"].weight)
    peft.save_pretrained(tmp_path / "sentiment-en")
    settings = {"task": "classification", "backbone": "base", "labels": ["negative", "positive"]}
    (tmp_path / "sentiment-en/settings.json").write_text(json.dumps(settings))
    monkeypatch.setattr(files, "MODELS", tmp_path)
    ours = load("sentiment-en")
    with torch.inference_mode():
        expected = peft(torch.tensor([ours.aligner.tokenize(TEXTS[1]).ids])).logits[0].softmax(-1)
    assert list(ours.predict([TEXTS[1]])[0].scores.values()) == pytest.approx(expected.tolist(), abs=1e-5)


@pytest.mark.parametrize(
    ("name", "change", "key"),
    [
        ("head.safetensors", lambda path: path.unlink(), "models.malformed"),
        ("head.safetensors", lambda path: path.write_bytes(path.read_bytes()[:-9]), "models.damaged"),
        ("adapter_model.safetensors", lambda path: path.write_bytes(path.read_bytes()[:200]), "models.damaged"),
        ("adapter_model.safetensors", lambda path: save_file({"other": torch.zeros(1)}, path), "models.malformed"),
        ("adapter_config.json", lambda path: path.write_text("{"), "models.malformed"),
        ("settings.json", lambda path: path.write_text("[]"), "models.malformed"),
    ],
)
def test_damaged_files_are_named(bundled, monkeypatch, tmp_path, name, change, key):
    root, _ = bundled
    shutil.copytree(root / "base", tmp_path / "base")
    shutil.copytree(root / "sentiment-en", tmp_path / "sentiment-en")
    monkeypatch.setattr(files, "MODELS", tmp_path)
    change(tmp_path / "sentiment-en" / name)
    with pytest.raises(ModelError) as caught:
        load("sentiment-en")
    assert caught.value.key == key
