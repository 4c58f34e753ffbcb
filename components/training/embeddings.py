"""An embedding of which the rows that occur in the training texts are trained, and the others stay as they are.

A row that no text uses never gets a gradient, and yet costs its share of every optimizer step: on a few thousand rows of text, two thirds of
a small encoder's embedding and a seventh of a training's time. Apart from the weight decay of those rows the training is the same.
"""

from collections.abc import Sequence

import torch
from torch import nn
from torch.nn import functional

from components.training.features import Feature


class UsedRows(nn.Module):
    """In place of `embedding` (V, d): the rows of `ids` as a parameter (len(ids), d), the whole table frozen beside it for words that only
    other texts use."""

    def __init__(self, embedding: nn.Embedding, ids: torch.Tensor):
        super().__init__()
        self.embedding = embedding.requires_grad_(False)
        self.rows = nn.Parameter(embedding.weight.detach()[ids].clone())
        position = torch.full((embedding.num_embeddings,), -1)
        position[ids] = torch.arange(len(ids))
        self.register_buffer("ids", ids, persistent=False)
        self.register_buffer("position", position, persistent=False)
        padding = -1 if embedding.padding_idx is None else int(position[embedding.padding_idx])
        self.padding = padding if padding >= 0 else None  # its row gets no gradient, as in the embedding

    def forward(self, input_ids: torch.Tensor) -> torch.Tensor:
        position = self.position[input_ids]
        trained = functional.embedding(position.clamp(min=0), self.rows, self.padding)
        unused = position < 0
        return torch.where(unused.unsqueeze(-1), self.embedding(input_ids), trained) if unused.any() else trained

    def whole(self) -> nn.Embedding:
        """The embedding with the trained rows put back."""
        with torch.no_grad():
            self.embedding.weight[self.ids] = self.rows
        return self.embedding.requires_grad_(True)


def train_used_rows(model: nn.Module, features: Sequence[Feature], padding: int) -> None:
    """Puts a `UsedRows` in place of the input embedding of `model`, for the ids of `features`. Where the output is tied to the embedding
    every row is trained by every step, and it stays."""
    embedding = model.get_input_embeddings()
    if model.get_output_embeddings() is None and type(embedding) is nn.Embedding:
        used = {padding}.union(*(feature["input_ids"] for feature in features))
        model.set_input_embeddings(UsedRows(embedding, torch.tensor(sorted(used))))


def put_back(model: nn.Module) -> None:
    """Undoes `train_used_rows`; the trained rows stay trained."""
    embedding = model.get_input_embeddings()
    if isinstance(embedding, UsedRows):
        model.set_input_embeddings(embedding.whole())
