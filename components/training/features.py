"""What a training reads: rows as numbers of tokens, alone and in batches."""

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]


class Feature(TypedDict, total=False):
    """A row. `input_ids`: its tokens, always there; `labels`: for each of them the one to guess; `label`: its class; `row`: its
    position."""

    input_ids: list[int]
    labels: list[int]
    label: int
    row: int
