"""Models that are not BERT go through the same doors: their special tokens, positions and offsets are their own."""

import numpy as np
import pytest
import torch
import transformers
from tokenizers import ByteLevelBPETokenizer
from transformers import pipeline

from components.models import ModelError, load
from tests.unit.models import tiny

TAGS = ["O", "B-PER", "I-PER"]
TEXT = "Tim Cook is the CEO of Apple Inc. in Paris, naïve 東京 🙂."


@pytest.fixture(scope="module")
def roberta(tmp_path_factory):
    """A function (auto class) -> folder with a random RoBERTa and a byte-level BPE trained on a few lines."""
    root = tmp_path_factory.mktemp("roberta")
    trainer = ByteLevelBPETokenizer()
    trainer.train_from_iterator(
        [TEXT, "the cat sat on the mat"] * 20, vocab_size=330, special_tokens=["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    )
    trainer.save_model(str(root))

    def make(auto_class: str, **settings):
        folder = root / auto_class
        tokenizer = transformers.RobertaTokenizer.from_pretrained(root, model_max_length=512)
        tokenizer.save_pretrained(folder)
        torch.manual_seed(1)
        config = transformers.RobertaConfig(
            vocab_size=len(tokenizer), hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=32,
            max_position_embeddings=66, type_vocab_size=1, initializer_range=0.5, pad_token_id=1, **settings,
        )  # fmt: skip
        getattr(transformers, auto_class)(config).save_pretrained(folder)
        return folder

    return make


def test_entities_of_roberta(roberta):
    labels = {"id2label": dict(enumerate(TAGS)), "label2id": {tag: index for index, tag in enumerate(TAGS)}}
    folder = roberta("RobertaForTokenClassification", **labels)
    tagger = load(folder)
    assert tagger.max_length == 64
    theirs = pipeline("token-classification", model=str(folder), aggregation_strategy="first", device="cpu")
    expected = [(entity["entity_group"], entity["start"], entity["end"]) for entity in theirs(TEXT)]
    assert [(entity.label, entity.start, entity.end) for entity in tagger.predict([TEXT])[0]] == expected
    for entity in tagger.predict([TEXT * 20])[0]:
        assert (TEXT * 20)[entity.start : entity.end] == entity.text


def test_masks_and_answers_of_roberta(roberta):
    masked = load(roberta("RobertaForMaskedLM"))
    theirs = pipeline("fill-mask", model=str(roberta("RobertaForMaskedLM")), device="cpu")
    fills = masked.fill("the [MASK] sat on the mat")[0]
    assert [fill.id for fill in fills] == [one["token"] for one in theirs("the <mask> sat on the mat")]
    questions = load(roberta("RobertaForQuestionAnswering"))
    for answer in questions.read("who is the CEO?", TEXT * 10).candidates:
        assert (TEXT * 10)[answer.start : answer.end] == answer.text != ""


def test_the_opened_roberta_equals_the_library(roberta):
    folder = roberta("RobertaModel")
    encoder = load(folder, task="encoder")
    ours = encoder.run(TEXT, "the cat", attentions=True, hidden_states=True)
    model = transformers.AutoModel.from_pretrained(folder, attn_implementation="eager").eval()
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder)
    inputs = tokenizer(TEXT, "the cat", return_tensors="pt", truncation=True, max_length=64)
    assert list(ours.text.ids) == inputs["input_ids"][0].tolist()
    with torch.inference_mode():
        expected = model(**inputs, output_hidden_states=True, output_attentions=True)
    assert np.abs(ours.hidden_states - torch.cat(expected.hidden_states).numpy()).max() < 1e-5
    assert np.abs(ours.attentions - torch.cat(expected.attentions).numpy()).max() < 1e-6


def test_classes_of_distilbert(tmp_path):
    folder = tmp_path / "distilbert"
    tiny.english_tokenizer(folder)
    config = transformers.DistilBertConfig(
        vocab_size=len(tiny.unique(tiny.ENGLISH)), dim=16, n_heads=4, n_layers=2, hidden_dim=32, max_position_embeddings=64,
        id2label={0: "no", 1: "yes"}, label2id={"no": 0, "yes": 1}, initializer_range=0.5,
    )  # fmt: skip
    transformers.DistilBertForSequenceClassification(config).save_pretrained(folder)
    theirs = pipeline("text-classification", model=str(folder), top_k=None, device="cpu")(["the cat sat"])[0]
    ours = load(folder).predict(["the cat sat", "cat " * 200])
    assert ours[0].scores == pytest.approx({one["label"]: one["score"] for one in theirs}, abs=1e-5)
    assert ours[1].truncated


def test_models_that_are_no_encoders_are_told_apart(tmp_path):
    folder = tmp_path / "t5"
    tiny.english_tokenizer(folder)
    size = len(tiny.unique(tiny.ENGLISH))
    config = transformers.T5Config(vocab_size=size, d_model=16, d_kv=4, d_ff=32, num_layers=2, num_heads=4, decoder_start_token_id=0)
    transformers.T5Model(config).save_pretrained(folder)
    for task in ("encoder", "similarity"):
        with pytest.raises(ModelError) as caught:
            load(folder, task=task)
        assert caught.value.key == "models.not_an_encoder"


def test_electra_is_built_like_bert(tmp_path):
    folder = tmp_path / "electra"
    tiny.english_tokenizer(folder)
    size = len(tiny.unique(tiny.ENGLISH))
    config = transformers.ElectraConfig(
        vocab_size=size, embedding_size=8, hidden_size=16, num_hidden_layers=2, num_attention_heads=4, intermediate_size=32
    )
    transformers.ElectraModel(config).save_pretrained(folder)
    encoder = load(folder, task="encoder")
    plain, masked = encoder.run(TEXT, attentions=[1]), encoder.run(TEXT, masked_heads=[(0, 1)], ffn_layer=1)
    assert plain.attentions.shape == (1, 4, len(plain.text), len(plain.text)) and not encoder.has_pooler
    assert np.abs(plain.last_hidden_state - masked.last_hidden_state).max() > 1e-6 and masked.ffn_activations.shape[1] == 32
