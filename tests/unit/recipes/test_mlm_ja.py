"""What mlm-ja is trained on, and what its loss asks for."""

from collections import Counter
from dataclasses import replace

import pytest
import torch
from torch.nn import functional

from recipes import finetune, mlm_ja
from recipes.corpus_ja import Document
from recipes.finetune import Row
from recipes.masking import entries_of
from recipes.vocabulary_ja import WordPieces, compounds


@pytest.fixture(scope="module")
def aligner():
    return finetune.aligner(mlm_ja.RECIPE)


def test_runs_of_nouns_are_found():
    assert compounds("人工知能の研究は機械学習で進み、東京で2020年に会議があった。") == [("人工", "知能"), ("機械", "学習")]


def test_each_word_of_a_widely_used_compound_is_hidden_once_a_use(aligner):
    once = Document("jaquad/a", ("人工衛星が飛ぶ。",))
    documents = [Document("jaquad/b", ("人工知能は新しい。",)), Document("chabsa/c", ("人工知能を売る。", "人工知能で動く。")), once]
    rows = mlm_ja.phrases(documents, WordPieces(list(aligner.tokenizer.get_vocab())))
    words = ["".join(aligner.tokenizer.convert_ids_to_tokens(row.ids)[1:-1]) for row in rows]
    assert Counter(words) == {"人工知能": 8}  # (1 + a document of one source) x (1 + a document of the other), for two words
    assert sorted(row.target for row in rows) == [1] * 4 + [2] * 4


def test_the_hidden_word_of_a_compound_alone_is_asked_for(aligner):
    model = finetune.build(mlm_ja.RECIPE).eval()
    ids = aligner.tokenizer.convert_tokens_to_ids(["[CLS]", "人工", "知能", "[SEP]"])
    rows = [Row(ids, [0] * 4, 2), Row(ids, [0] * 4, 1)]
    entries = entries_of(aligner.tokenizer)
    found = mlm_ja.masked_words(entries, torch.ones(len(entries.special)), model, finetune.inputs(rows), [2, 1])["mlm"]
    with torch.no_grad():
        logits = [model(input_ids=torch.tensor([[*ids[:at], entries.mask_id, *ids[at + 1 :]]])).logits[0, at] for at in (2, 1)]
    expected = functional.cross_entropy(torch.stack(logits), torch.tensor([ids[2], ids[1]]))
    assert found.item() == pytest.approx(expected.item(), rel=1e-4)


def test_a_blend_lies_between_before_and_after():
    model = finetune.build(replace(mlm_ja.RECIPE, rank=4)).eval()
    inner = model.get_base_model()
    head = {name: value.clone() for name, value in inner.state_dict().items() if name.startswith("cls.") and "decoder" not in name}
    layer = inner.bert.encoder.layer[0].output.dense
    before = layer.weight.detach().clone()
    torch.manual_seed(0)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data.add_(torch.randn_like(parameter) * 0.1)
    change = layer.get_delta_weight("default").clone()
    bias = inner.cls.predictions.bias.detach().clone()
    mlm_ja.blend(model, head, 0.25)
    torch.testing.assert_close(layer.get_delta_weight("default"), 0.25 * change)
    torch.testing.assert_close(layer.weight, before)
    torch.testing.assert_close(inner.cls.predictions.bias, 0.75 * head["cls.predictions.bias"] + 0.25 * bias)
