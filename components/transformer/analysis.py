"""What a real model's attention weights show. NumPy alone.

Weights are (layers, heads, n, n) or end in (n, n): row = the token that attends, column = the token attended to; rows
sum to one.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.transformer.entropy import entropy


def rollout(weights: np.ndarray) -> np.ndarray:
    """Attention rollout (Abnar & Zuidema 2020, section 3): how much each input token reaches each position of each
    layer.

    weights (layers, heads, n, n). Heads are averaged, the residual connection is counted as half (0.5 A + 0.5 I),
    rows are made to sum to one, and the layers are multiplied from the first up. Returns (layers, n, n): row =
    position of that layer, column = input token; rows sum to one.
    """
    averaged = weights.mean(axis=1)  # (layers, n, n)
    mixed = 0.5 * averaged + 0.5 * np.eye(averaged.shape[-1])
    mixed = mixed / mixed.sum(axis=-1, keepdims=True)
    reached = [mixed[0]]
    for layer in mixed[1:]:
        reached.append(layer @ reached[-1])
    return np.stack(reached)


@dataclass(frozen=True, eq=False)
class HeadStatistics:
    """One number a head, (layers, heads) each, averaged over the tokens that attend (padding left out by the caller)."""

    entropy: np.ndarray  # nats, 0 (one token gets all) to log(n) (all alike)
    distance: np.ndarray  # tokens: mean of |i - j| weighted by attention (Vig & Belinkov 2019)
    to_specials: np.ndarray  # 0..1: the share that goes to [CLS] and [SEP] (Clark et al. 2019, section 3.2)


def head_statistics(weights: np.ndarray, is_special: Sequence[bool] | None = None) -> HeadStatistics:
    """weights (layers, heads, n, n); is_special (n,) marks [CLS] and [SEP], none by default."""
    n = weights.shape[-1]
    positions = np.arange(n)
    distances = np.abs(positions[:, None] - positions)
    special = np.zeros(n) if is_special is None else np.asarray(is_special, dtype=float)
    return HeadStatistics(
        entropy=entropy(weights).mean(axis=-1),
        distance=np.einsum("lhij,ij->lh", weights, distances) / n,
        to_specials=(weights @ special).mean(axis=-1),
    )


def clearest_head(weights: np.ndarray, is_special: Sequence[bool], among: Sequence[tuple[int, int]] | None = None) -> tuple[int, int]:
    """(layer, head) of the head in which the tokens of the text look most clearly at one other token of the text: the
    largest mean over them of the strongest weight to a token that is neither special nor itself.

    weights (layers, heads, n, n). among: the heads that are asked, all by default. Without two tokens of the text, the first head.
    """
    words = np.flatnonzero(~np.asarray(is_special, dtype=bool))
    if len(words) < 2:
        return 0, 0
    strongest = np.empty(weights.shape[:2])
    for layer, heads in enumerate(weights):
        between = heads[:, words][:, :, words]  # (heads, words, words), a copy
        between[:, np.arange(len(words)), np.arange(len(words))] = 0
        strongest[layer] = between.max(axis=-1).mean(axis=-1)
    if among:
        asked = np.zeros(strongest.shape, dtype=bool)
        asked[tuple(np.transpose(among))] = True
        strongest[~asked] = -1
    number, head = np.unravel_index(int(strongest.argmax()), strongest.shape)
    return int(number), int(head)


def is_causal(weights: np.ndarray) -> bool:
    """Whether no token attends to a later one in any head, as in a decoder: everything above the diagonal is exactly 0.

    weights (layers, heads, n, n). False for a single token, which tells nothing.
    """
    n = weights.shape[-1]
    above = np.triu(np.ones((n, n), dtype=bool), 1)
    return n > 1 and not any(layer[:, above].any() for layer in weights)


def highest_entropy(n: int, causal: bool) -> float:
    """Nats: the mean entropy of n rows that share their weight equally. In a causal model row i has i + 1 tokens to share among."""
    return float(np.log(np.arange(1, n + 1)).mean()) if causal else float(np.log(n))


def merge_words(weights: np.ndarray, word_ids: Sequence[int]) -> np.ndarray:
    """Tokens -> words (Clark et al. 2019, section 4.1): weights TO the tokens of a word are summed, weights FROM them
    averaged; rows still sum to one.

    weights (..., n, n); word_ids (n,): the number of each token's word, rising from 0 without gaps, since a word's
    tokens stand together. A special token is a word of its own. Returns (..., words, words). ValueError where
    word_ids doesn't fit.
    """
    ids = np.asarray(word_ids)
    if ids.shape != (weights.shape[-1],):
        raise ValueError(f"{len(ids)} word ids for {weights.shape[-1]} tokens")
    if ids[0] != 0 or not np.isin(np.diff(ids), (0, 1)).all():
        raise ValueError("word ids must rise from 0 without gaps")
    starts = np.flatnonzero(np.diff(ids, prepend=-1))
    lengths = np.diff(starts, append=len(ids)).astype(weights.dtype)
    to_words = np.add.reduceat(weights, starts, axis=-1)  # (..., n, words)
    return np.asarray(np.add.reduceat(to_words, starts, axis=-2) / lengths[:, None])  # (..., words, words)


def select_heads(weights: np.ndarray, heads: Sequence[tuple[int, int]]) -> np.ndarray:
    """(n, n): the mean over the chosen (layer, head) pairs. ValueError without any."""
    if not heads:
        raise ValueError("choose at least one head")
    return np.asarray(np.mean([weights[layer, head] for layer, head in heads], axis=0))


def from_tokens(matrix: np.ndarray, tokens: Sequence[int]) -> np.ndarray:
    """(n,): the attention that the chosen tokens give, summed; sums to their number. matrix (n, n). ValueError without
    any.
    """
    if not len(tokens):
        raise ValueError("choose at least one token")
    return np.asarray(matrix[list(tokens)].sum(axis=0))


@dataclass(frozen=True, eq=False)
class SubMatrix:
    """A part of an attention matrix: values (rows, columns) and which tokens they belong to."""

    values: np.ndarray
    rows: np.ndarray  # indices of the tokens that attend
    columns: np.ndarray  # indices of the tokens attended to


def between_segments(matrix: np.ndarray, segments: Sequence[int] | np.ndarray, from_segment: int, to_segment: int) -> SubMatrix:
    """From the tokens of one segment to those of another: 0 = sentence A, 1 = sentence B (token type ids). matrix (n,
    n).

    The weights are as the model gave them: they sum to less than one, the rest went to the other segment. ValueError
    for a segment without tokens.
    """
    ids = np.asarray(segments)
    rows, columns = np.flatnonzero(ids == from_segment), np.flatnonzero(ids == to_segment)
    if not (len(rows) and len(columns)):
        raise ValueError(f"no token in segment {from_segment if not len(rows) else to_segment}")
    return SubMatrix(matrix[np.ix_(rows, columns)], rows, columns)


def without_specials(matrix: np.ndarray, is_special: Sequence[bool] | np.ndarray, renormalize: bool = False) -> SubMatrix:
    """The matrix (n, n) without the rows and columns of special tokens.

    By default the weights stay as the model gave them, so that rows sum to less than one, often far less: much
    attention goes to [SEP] and [CLS] (Clark et al. 2019, section 3.2), and hiding them must not make weak links look
    strong. With `renormalize` each row is divided by its sum: the share among the words. A row that gave everything
    to specials is then zero.
    """
    words = np.flatnonzero(~np.asarray(is_special, dtype=bool))
    part = SubMatrix(matrix[np.ix_(words, words)], words, words)
    return shares(part) if renormalize else part


def shares(part: SubMatrix) -> SubMatrix:
    """The part with each row divided by its sum: the shares among what is shown. A row of zeros stays zero."""
    total = part.values.sum(axis=-1, keepdims=True)
    return SubMatrix(np.divide(part.values, total, out=np.zeros_like(part.values), where=total > 0), part.rows, part.columns)


def part_of(
    matrix: np.ndarray, is_special: Sequence[bool], segments: Sequence[int], *, hide: bool, renormalize: bool, direction: str = "all"
) -> SubMatrix:
    """The rows and columns of a matrix (n, n) that stay when special tokens are hidden and one direction between two texts is chosen.

    direction: "all", or two letters of "ab": "ba" is from the tokens of the second text to those of the first. ValueError for a text
    without tokens.
    """
    special = np.asarray(is_special, dtype=bool)
    if direction == "all":
        return without_specials(matrix, special & hide, renormalize)
    start, end = ("ab".index(letter) for letter in direction)
    part = between_segments(matrix, np.where(special & hide, -1, segments), start, end)
    return shares(part) if renormalize else part


@dataclass(frozen=True, eq=False)
class Links:
    """The strongest links of a matrix, strongest first, and how many of them and how much weight was left out."""

    rows: np.ndarray  # (count,) index of the row
    columns: np.ndarray
    weights: np.ndarray
    left_out: int  # nonzero links not in the list
    share: float  # of all weight, the part that the list holds, 0..1


def strongest_links(matrix: np.ndarray, most: int = 150, least: float = 0.0) -> Links:
    """At most `most` cells of a matrix (rows, columns) with a weight over `least`, strongest first: what can be drawn as
    arcs.
    """
    flat = matrix.ravel()
    candidates = np.flatnonzero(flat > least)
    order = candidates[np.argsort(-flat[candidates], kind="stable")][:most]
    rows, columns = np.unravel_index(order, matrix.shape)
    total = float(flat.sum())
    share = float(flat[order].sum()) / total if total > 0 else 0.0
    return Links(rows, columns, flat[order], int((flat > 0).sum()) - len(order), share)


def thumbnail(matrix: np.ndarray, size: int) -> np.ndarray:
    """(..., m, m) with m <= size from (..., n, n): each cell is the largest weight of its block, so that a strong link
    stays visible. Small matrices come back as they are."""
    n = matrix.shape[-1]
    if n <= size:
        return matrix
    starts = np.linspace(0, n, size, endpoint=False).astype(int)
    return np.maximum.reduceat(np.maximum.reduceat(matrix, starts, axis=-2), starts, axis=-1)
