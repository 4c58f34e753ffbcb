"""What a training reads: rows as numbers of tokens, alone and in batches."""

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]


class Feature(TypedDict, total=False):
    """A row. `input_ids`: its tokens, always there; `labels`: its class, or for each token the one to guess; `row`: its position."""

    input_ids: list[int]
    labels: int | list[int]
    row: int
