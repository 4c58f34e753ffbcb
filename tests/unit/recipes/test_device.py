"""One choice of the device: what a GPU does otherwise gives what the CPU gives. (Here it is all computed on the CPU.)"""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch.nn import functional
from transformers import BertConfig, BertModel

from components.models.files import ROOT
from recipes import backbone_ja, device, finetune, lora
from recipes.finetune import Recipe, Row
from recipes.token_batches import Order, Resident, padded
from recipes.vocabulary_ja import save_tokenizer, spread, train_vocabulary

SMALL = {"hidden_size": 32, "num_attention_heads": 2, "intermediate_size": 64, "max_position_embeddings": 64}
STILL = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}


@pytest.fixture
def as_on_a_gpu(monkeypatch):
    """Every branch that a GPU takes, on this processor."""
    monkeypatch.setattr(device, "is_gpu", lambda: True)


def rows_of(count: int, seed: int = 0) -> list[Row]:
    random = np.random.default_rng(seed)
    lengths = random.integers(3, 30, count)
    return [Row([2, *random.integers(5, 30_000, n).tolist(), 3], [0] * (n + 2), int(random.integers(0, 2))) for n in lengths]


def classes(model, batch, targets) -> dict[str, torch.Tensor]:
    return {"classes": functional.cross_entropy(model(**batch).logits.float(), torch.tensor(targets))}


def test_a_gpu_that_is_not_there_is_said_in_a_sentence():
    command = [sys.executable, "-m", "recipes", "qa-ja", "--device", "cuda", "--data", ".", "--work", "."]
    if torch.cuda.is_available():
        pytest.skip("there is one")
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 2 and "torch sees no GPU here" in done.stderr and "Traceback" not in done.stderr


def test_rows_that_stay_on_the_device_are_the_padded_rows():
    rows = [row.ids for row in rows_of(50)]
    resident = Resident.of(rows)
    for chosen in ([3], [0, 49, 7], list(range(50))):
        ids, there = resident.batch(np.array(chosen), fill=9)
        expected = padded([rows[i] for i in chosen], 9)
        assert torch.equal(ids, expected) and ids.dtype == expected.dtype
        assert there.sum(1).tolist() == [len(rows[i]) for i in chosen]


def test_a_lora_merged_at_every_step_gives_peft_s_answers_and_gradients():
    model = finetune.build(Recipe("t", "classification", "ja", ["a", "b"], rank=4)).eval()
    torch.manual_seed(2)
    for name, parameter in model.named_parameters():
        if "lora_B" in name:
            parameter.data.normal_(std=0.05)
    batch = finetune.inputs(rows_of(6))

    def answer() -> tuple[torch.Tensor, dict[str, torch.Tensor]]:
        model.zero_grad()
        logits = model(**batch).logits
        logits.square().sum().backward()
        return logits.detach(), {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}

    expected, gradients = answer()
    found, merged = lora.merge_in_step(model) and answer()
    torch.testing.assert_close(found, expected, atol=1e-6, rtol=0)
    assert merged.keys() == gradients.keys() and sum("lora_A" in name for name in merged) == 36
    for name, gradient in gradients.items():
        torch.testing.assert_close(merged[name], gradient, atol=1e-4 * float(gradient.abs().max()), rtol=0)


def test_a_task_trained_as_on_a_gpu_lies_near_one_trained_as_on_a_cpu(tmp_path, monkeypatch):
    recipe = Recipe("t", "classification", "ja", ["a", "b"], rank=4, epochs=1, batch_tokens=200, dropout=0.0)
    rows = rows_of(30)
    trained = {}
    for gpu in (False, True):
        monkeypatch.setattr(device, "is_gpu", lambda gpu=gpu: gpu)
        model = finetune.fit(recipe, rows, classes, tmp_path / str(gpu))
        trained[gpu] = torch.stack([result.logits[place].float() for result, place in finetune.outputs(model, rows)])
        finetune.save(recipe, model, tmp_path / str(gpu) / "model")
    assert (trained[False].softmax(1) - trained[True].softmax(1)).abs().max() < 0.05
    assert trained[True].std() > 0


@pytest.fixture
def home(tmp_path, monkeypatch):
    """What ``backbone_ja.prepare`` leaves, of 200 chunks of random tokens, with a teacher of three random layers."""
    texts = ["人工知能の研究が進んだ。", "京都の寺は古い。"]
    vocabulary = train_vocabulary(spread((str(i), [text]) for i, text in enumerate(texts)), size=200, alphabet=100)
    torch.manual_seed(0)
    student = BertConfig(vocab_size=len(vocabulary), num_hidden_layers=2, **SMALL, **STILL)
    BertModel(student, add_pooling_layer=False).save_pretrained(tmp_path / "start")
    save_tokenizer(vocabulary, tmp_path / "start")
    teacher = BertModel(BertConfig(vocab_size=50, num_hidden_layers=3, pad_token_id=1, **SMALL, **STILL), add_pooling_layer=False).eval()
    monkeypatch.setattr(backbone_ja, "load_teacher", lambda work: (teacher, None))
    random, arrays, bounds = np.random.default_rng(0), {"student": [], "align": [], "teacher": []}, [(0, 0)]
    for _ in range(200):
        own, taught = random.integers(4, 40), random.integers(5, 50)
        arrays["student"].append(random.integers(5, len(vocabulary), own).astype(np.uint16))
        arrays["align"].append(np.sort(random.integers(0, taught, own)).astype(np.uint16))
        arrays["teacher"].append(random.integers(3, 50, taught).astype(np.int32))
        bounds.append((bounds[-1][0] + own, bounds[-1][1] + taught))
    for name, rows in arrays.items():
        np.save(tmp_path / f"{name}.npy", np.concatenate(rows))
    np.save(tmp_path / "bounds.npy", np.array(bounds))
    return tmp_path


def test_a_teacher_asked_once_teaches_what_one_asked_at_every_step_does(home):
    plan = replace(backbone_ja.PLANS["cpu"], batch_tokens=256, teach_every=1)
    each, once = backbone_ja.Distillation(home, home, plan), backbone_ja.Distillation(home, home, replace(plan, once=True))
    for rows in Order(each.chunks.lengths["student"], 300).batches:
        (vectors, under), (kept, kept_under) = each.teacher.lesson(rows), once.teacher.lesson(rows)
        torch.testing.assert_close(kept, vectors, atol=2e-2, rtol=0)
        _, there = each.chunks.rows["student"].places(rows)
        torch.testing.assert_close(kept_under[there], under[there], atol=4e-2, rtol=0)
    assert each.loss(0).keys() == once.loss(0).keys() == {"mlm", "sentence", "token"}


def test_the_teacher_s_state_under_a_token_is_that_of_the_piece_it_ends_in(home):
    """Worked out chunk by chunk, without batches."""
    plan = replace(backbone_ja.PLANS["cpu"], batch_tokens=256)
    teacher = backbone_ja.Distillation(home, home, plan).teacher
    bounds = np.load(home / "bounds.npy")
    arrays = {name: np.load(home / f"{name}.npy") for name in ("align", "teacher")}
    rows = np.array([4, 150, 9])
    vectors, under = teacher.lesson(rows)
    for place, row in enumerate(rows):
        (a, b), (c, d) = bounds[row : row + 2, 0], bounds[row : row + 2, 1]
        with torch.no_grad():
            (states,) = teacher.model(input_ids=torch.tensor(arrays["teacher"][None, c:d].astype(np.int64))).last_hidden_state
        torch.testing.assert_close(vectors[place], states.mean(0), atol=2e-2, rtol=0)
        expected = states[torch.tensor(arrays["align"][a:b].astype(np.int64))] - teacher.centre
        torch.testing.assert_close(under[place, : b - a], expected, atol=4e-2, rtol=0)


def test_the_backbone_is_made_as_on_a_gpu(home, tmp_path, monkeypatch, as_on_a_gpu):
    """A whole making on prepared tokens, killed after three steps and gone on with."""
    work = tmp_path / "work"
    work.mkdir()
    (work / "backbone-ja").symlink_to(home)
    (home / "ready").touch()
    plan = replace(backbone_ja.PLANS["cuda"], batch_tokens=512, steps=6, warmup=2)
    train = backbone_ja.trainer.train
    monkeypatch.setattr(backbone_ja.trainer, "train", lambda *args, **options: train(*args, **options, stop_after=3))
    backbone_ja.make(tmp_path, work, plan)
    monkeypatch.setattr(backbone_ja.trainer, "train", train)
    halfway = torch.load(home / "checkpoint.pt", weights_only=True)["step"]
    made = BertModel.from_pretrained(backbone_ja.make(tmp_path, work, plan))
    assert halfway == 3 and torch.load(home / "checkpoint.pt", weights_only=True)["step"] == 6
    assert all(torch.isfinite(parameter).all() for parameter in made.parameters())
    assert (home / "model/vocab.txt").exists() and (home / "head.safetensors").exists()
