"""What a training reads: rows as numbers of tokens, alone and in batches."""

from typing import TYPE_CHECKING, TypedDict

if TYPE_CHECKING:
    import torch

    Tensors = dict[str, torch.Tensor]


class Feature(TypedDict, total=False):
    """A row. `input_ids`: its tokens, always there; `token_type_ids`: which of two texts each is of; `labels`: for each of them the one to
    guess; `label`: its class; `targets`: its numbers, one an output of the head; `row`: its position; `span`: first and
    last token of an answer, both 0 for none; `second`: where the second text begins."""

    input_ids: list[int]
    labels: list[int]
    token_type_ids: list[int]
    label: int
    targets: list[float]
    row: int
    span: list[int]
    second: int
