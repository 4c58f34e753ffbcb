"""The head alone: what it reads, against the formula; that a text is encoded once; and that the model stays a plain one."""

import copy

import pytest
import torch
from transformers import AutoModelForSequenceClassification, BertConfig, DistilBertConfig, ElectraConfig, RobertaConfig

from components.training.backbones import has_pooler
from components.training.frozen import FrozenEncoder, add_mean_block, freeze_encoder, put_encoder_back, standardise
from components.training.settings import Settings
from components.training.tasks.classification import Classification
from components.training.tuning import merged, prepare

SIZES = {"vocab_size": 60, "hidden_size": 32, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 64}
CONFIGS = {
    "bert": BertConfig(**SIZES),
    "roberta": RobertaConfig(**SIZES),
    "electra": ElectraConfig(**SIZES, embedding_size=16),
    "distilbert": DistilBertConfig(vocab_size=60, dim=32, n_layers=2, n_heads=2, hidden_dim=64),
}
IDS = torch.tensor([[2, 11, 12, 13, 14, 3], [2, 21, 22, 3, 0, 0]])
MASK = (IDS != 0).long()


def model_of(kind: str):
    torch.manual_seed(0)
    return AutoModelForSequenceClassification.from_config(copy.deepcopy(CONFIGS[kind])).eval()


@pytest.mark.parametrize("kind", ["bert", "roberta", "electra"])
@pytest.mark.parametrize("attention", ["eager", "sdpa"])
def test_a_saved_model_of_one_block_more_gives_the_mean_of_all_tokens(tmp_path, kind, attention):
    model = model_of(kind)
    add_mean_block(model)
    model.save_pretrained(tmp_path)
    loaded = AutoModelForSequenceClassification.from_pretrained(tmp_path, attn_implementation=attention).eval()
    assert loaded.config.num_hidden_layers == 3
    with torch.no_grad():
        states = loaded(IDS, attention_mask=MASK, output_hidden_states=True).hidden_states
    weights = MASK[..., None].float()
    mean = (states[-2] * weights).sum(1) / weights.sum(1)
    expected = torch.nn.functional.layer_norm(mean, (32,))
    assert (states[-1][:, 0] - expected).abs().max() < 0.1
    assert torch.nn.functional.cosine_similarity(states[-1][:, 0], expected).min() > 0.999


def test_another_architecture_keeps_its_blocks():
    model = model_of("distilbert")
    add_mean_block(model)
    assert model.config.n_layers == 2 == len(model.distilbert.transformer.layer)


def test_standardised_vectors_have_mean_0_and_deviation_1():
    vectors = torch.randn(200, 8) * torch.tensor([1, 2, 3, 0.1, 5, 1, 1, 0]) + 7
    dense = torch.nn.Linear(8, 8)
    standardise(dense, vectors.numpy())
    out = dense(vectors)
    assert out.mean(0).abs().max() < 1e-3
    assert torch.allclose(out[:, :7].std(0, correction=0), torch.ones(7), atol=1e-3) and out[:, 7].abs().max() < 1e-3


@pytest.mark.parametrize("kind", list(CONFIGS))
def test_the_kept_vectors_give_what_the_whole_model_gives(kind):
    model = model_of(kind)
    add_mean_block(model)
    whole = model(input_ids=IDS, attention_mask=MASK).logits
    frozen = FrozenEncoder(model.base_model, "float32")
    setattr(model, model.base_model_prefix, frozen)
    model.train()
    asked = []
    frozen.encoder.register_forward_hook(lambda *_: asked.append(1))
    for _ in range(2):
        assert torch.allclose(model.eval()(input_ids=IDS, attention_mask=MASK).logits, whole, atol=1e-5)
        assert torch.allclose(model(input_ids=IDS[1:, :4], attention_mask=MASK[1:, :4]).logits, whole[1:], atol=1e-5)
    assert len(asked) == 1
    put_encoder_back(model)
    assert torch.allclose(model(input_ids=IDS, attention_mask=MASK).logits, whole, atol=1e-5)


def test_a_text_that_was_first_judged_can_be_learned_from(tiny, reviews):
    task = Classification(Settings(backbone=tiny, tune="head", precision="float32"), reviews.assign(row=range(len(reviews))))
    model = task.load_model()
    freeze_encoder(model, task)
    task.validate(model)
    rows = task.parts.validation[:4]
    batch = task.collate([task.features[row] | {"label": int(task.classes[row])} for row in rows])
    model(**batch).loss.backward()
    assert model.bert.encoder.pooler.dense.weight.grad.abs().sum() > 0
    assert all(parameter.grad is None for parameter in model.bert.encoder.encoder.parameters())


@pytest.mark.parametrize("tune", ["top", "lora"])
def test_a_pooler_that_the_backbone_lacks_starts_by_standardising(tiny, reviews, tune):
    task = Classification(Settings(backbone=tiny, tune=tune, precision="float32"), reviews.assign(row=range(len(reviews))))
    model = merged(prepare(task.load_model(), task)).eval()
    with torch.no_grad():
        read = model.base_model(**task.collate([{"input_ids": row["input_ids"]} for row in task.train])).pooler_output
    given = torch.atanh(read)
    assert (given.mean(0).abs() < 0.5).all() and ((given.std(0) > 0.5) & (given.std(0) < 2)).all()


def test_a_trained_pooler_is_kept():
    assert has_pooler("embed-en") and not has_pooler("backbone-ja")
