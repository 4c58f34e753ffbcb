"""Training the used rows of an embedding alone, against training all of it by PyTorch's own Embedding."""

import copy

import torch
from torch import nn

from components.training.embeddings import UsedRows, put_back, train_used_rows


class Pooled(nn.Module):
    """Mean of the words' vectors, then a classifier: the smallest model with an input embedding."""

    def __init__(self, tied: bool = False):
        super().__init__()
        torch.manual_seed(0)
        self.words, self.classifier, self.tied = nn.Embedding(50, 8, padding_idx=0), nn.Linear(8, 3), tied

    def get_input_embeddings(self) -> nn.Module:
        return self.words

    def set_input_embeddings(self, module: nn.Module) -> None:
        self.words = module

    def get_output_embeddings(self) -> nn.Module | None:
        return self.classifier if self.tied else None

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.classifier(self.words(ids).mean(1))


IDS = torch.tensor([[7, 9, 9, 0], [3, 7, 41, 2]])
FEATURES = [{"input_ids": row.tolist()} for row in IDS]


def trained(model: Pooled, steps: int = 5) -> list[float]:
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.05, weight_decay=0.0)
    losses = []
    for _ in range(steps):
        loss = nn.functional.cross_entropy(model(IDS), torch.tensor([0, 2]))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    return losses


def test_the_training_is_that_of_the_whole_embedding():
    whole, model = Pooled(), Pooled()
    begun = copy.deepcopy(whole.words.weight.data)
    train_used_rows(model, FEATURES, padding=0)
    assert isinstance(model.words, UsedRows) and model.words.rows.shape == (6, 8)  # 0, 2, 3, 7, 9, 41
    assert trained(model) == trained(whole)
    put_back(model)
    assert torch.equal(model.words.weight, whole.words.weight)
    used = [2, 3, 7, 9, 41]
    assert not torch.isclose(model.words.weight[used], begun[used]).any(1).all()
    rest = [row for row in range(50) if row not in used]
    assert torch.equal(model.words.weight[rest], begun[rest])  # and so is the padding's
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_words_of_other_texts_keep_their_vectors_while_it_trains():
    model, plain = Pooled(), Pooled()
    train_used_rows(model, FEATURES, padding=0)
    others = torch.tensor([[11, 7, 30], [12, 13, 14]])
    assert torch.equal(model(others), plain(others))


def test_a_tied_embedding_stays_whole():
    model = Pooled(tied=True)
    train_used_rows(model, FEATURES, padding=0)
    assert type(model.words) is nn.Embedding
