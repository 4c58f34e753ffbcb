"""What draws the Japanese encoder into the English one's space, against the same worked out otherwise; and a run that is killed."""

import numpy as np
import pytest
import torch
from torch import nn
from torch.nn import functional

from recipes import embed_ja_en, trainer
from recipes.embed_ja_en import POOL, Student, contrast, fit_map, retrieval
from recipes.translations import Translation


class Encoder(nn.Module):
    """Stands for a backbone: a state for each token id."""

    def __init__(self, width: int = 6):
        super().__init__()
        torch.manual_seed(3)
        self.table = nn.Embedding(50, width)

    def forward(self, input_ids, attention_mask):
        return type("Output", (), {"last_hidden_state": self.table(input_ids)})()


def test_a_vector_is_the_map_of_the_mean_of_the_states():
    student = Student(Encoder(), 6)
    rows = [[2, 7, 9, 3], [2, 11, 3]]
    for ids, vector in zip(rows, student(rows), strict=True):
        mean = student.encoder.table(torch.tensor(ids)).mean(0)
        assert torch.allclose(vector, functional.normalize(student.linear(mean), dim=0), atol=1e-5)
    assert torch.allclose(student.vectors(rows), student(rows), atol=1e-6)


def test_training_begins_with_the_nearest_linear_map(tmp_path):
    student, generator = Student(Encoder(), 6), np.random.default_rng(0)
    rows = [[2, *generator.integers(4, 50, 5).tolist(), 3] for _ in range(400)]
    truth, shift = torch.randn(6, 6), torch.randn(6)
    targets = student.vectors(rows, mapped=False) @ truth.T + shift
    fit_map(student, rows, targets, tmp_path / "map.pt")
    assert torch.allclose(student.linear.weight, truth, atol=0.05) and torch.allclose(student.linear.bias, shift, atol=0.05)
    other = Student(Encoder(), 6)
    fit_map(other, [], torch.empty(0), tmp_path / "map.pt")  # kept
    assert torch.equal(other.linear.weight, student.linear.weight)


def test_contrast_is_the_cross_entropy_over_all_but_what_is_as_good():
    torch.manual_seed(0)
    vectors, right, others = (functional.normalize(torch.randn(n, 5), dim=1) for n in (3, 3, 7))
    others[2] = right[1]  # the same English sentence drawn once more: no wrong answer for row 1
    losses = []
    for row in range(3):
        bank = [*right, *others]
        kept = [i for i, vector in enumerate(bank) if i == row or float(right[row] @ vector) <= embed_ja_en.TOO_NEAR]
        scores = torch.stack([embed_ja_en.SCALE * vectors[row] @ bank[i] for i in kept])
        losses.append(-scores.log_softmax(0)[kept.index(row)])
    assert contrast(vectors, right, others).item() == pytest.approx(torch.stack(losses).mean().item(), rel=1e-5)


def test_retrieval_asks_whole_pools_for_the_right_one():
    pairs = [Translation(f"ja {number}", f"en {number}", "kyoto_wiki") for number in range(2 * POOL + 300)]
    generator = np.random.default_rng(0)
    table = generator.normal(size=(len(pairs), 32)).astype(np.float32)
    table /= np.linalg.norm(table, axis=1, keepdims=True)

    def encode(texts):
        side, numbers = texts[0].split()[0], [int(text.split()[1]) for text in texts]
        wrong = np.array([number % 4 == 0 for number in numbers])
        return np.where((side == "ja") & wrong, -1, 1)[:, None] * table[numbers]

    share, asked = retrieval(encode, pairs)
    assert asked == 2 * POOL and abs(share - 0.75) < 0.03


def test_a_killed_training_goes_on_as_if_nothing_had_happened(tmp_path):
    targets = functional.normalize(torch.randn(60, 6, generator=torch.Generator().manual_seed(1)), dim=1)
    rows = [[2, 4 + number % 40, 5 + number % 7, 3] for number in range(60)]

    def run(checkpoint, **more):
        student = Student(Encoder(), 6)

        def loss_of(step):
            chosen = [(7 * step + i) % 60 for i in range(8)]
            others = targets[torch.randint(len(targets), (16,))]
            return {"contrast": contrast(student([rows[i] for i in chosen]), targets[chosen], others)}

        trainer.train(student, loss_of, checkpoint, learning_rate=0.01, steps=20, warmup=2, **more)
        return student

    run(tmp_path / "killed.pt", stop_after=9)
    whole, resumed = run(tmp_path / "whole.pt"), run(tmp_path / "killed.pt")
    assert all(torch.equal(a, b) for a, b in zip(whole.parameters(), resumed.parameters(), strict=True))
