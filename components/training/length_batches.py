"""Batches of texts of like length, in an order that the seed and the epoch alone decide, so that a resumed run sees the same ones."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from components.training.features import Feature

if TYPE_CHECKING:
    import torch

MEGABATCH = 32  # batches sorted together: little padding, and still another order each epoch


class LengthBatches:
    """A sampler for torch's DataLoader. Rows of an epoch are shuffled, sorted by length within groups of 32 batches, and the batches
    shuffled.
    """

    def __init__(self, lengths: Sequence[int] | np.ndarray, batch_size: int, seed: int):
        self.lengths = np.asarray(lengths)
        self.batch_size, self.seed, self.epoch = batch_size, seed, 0

    def __len__(self) -> int:
        return len(self.lengths)

    def __iter__(self) -> Iterator[int]:
        return iter(self.order(self.epoch).tolist())

    def order(self, epoch: int) -> np.ndarray:
        """Row positions (n,) in the order of epoch `epoch`; a batch is `batch_size` in a row, the last one may be short."""
        random = np.random.default_rng([self.seed, epoch])
        rows = random.permutation(len(self.lengths))
        size = MEGABATCH * self.batch_size
        groups = [rows[start : start + size] for start in range(0, len(rows), size)]
        ordered = np.concatenate([group[np.argsort(-self.lengths[group], kind="stable")] for group in groups])
        full = len(ordered) // self.batch_size
        batches = ordered[: full * self.batch_size].reshape(full, self.batch_size)
        return np.concatenate([batches[random.permutation(full)].ravel(), ordered[full * self.batch_size :]])

    def padded_tokens(self, epoch: int = 0) -> int:
        """Tokens of an epoch with the padding of each batch."""
        lengths = self.lengths[self.order(epoch)]
        return sum(
            int(part.max()) * len(part) for part in (lengths[i : i + self.batch_size] for i in range(0, len(lengths), self.batch_size))
        )


def pad(features: Sequence[Feature], name: Literal["input_ids", "labels", "token_type_ids"], value: int) -> "torch.Tensor":
    """The lists features[i][name] as one int64 tensor (n, longest), filled up with `value`."""
    import torch

    rows: list[list[int]] = [list(feature[name]) for feature in features]
    longest = max(map(len, rows))
    return torch.tensor([row + [value] * (longest - len(row)) for row in rows])


def by_length(features: Sequence[Feature], batch_size: int) -> Iterator[np.ndarray]:
    """Positions of `features` in batches of like length, the longest first: for evaluation, where order doesn't matter."""
    order = np.argsort([-len(feature["input_ids"]) for feature in features], kind="stable")
    for start in range(0, len(order), batch_size):
        yield order[start : start + batch_size]
