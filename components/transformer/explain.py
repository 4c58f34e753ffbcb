"""The arithmetic behind one cell of `AttentionSteps`: the numbers that a page writes out, and the cells that they came
from.
"""

from dataclasses import dataclass

import numpy as np

from components.transformer.attention import AttentionSteps

STAGES = ("Q", "K", "V", "scores", "scaled", "masked", "weights", "output")


@dataclass(frozen=True)
class CellArithmetic:
    """How one cell was computed. `kind` says how the factors combine into `result`:

    - "dot" (Q, K, V, scores, output): sum of left[t] * right[t]; `products` are the summands. A projection's bias is the last of them: 1 * b.
    - "divide" (scaled): left[0] / right[0]; right[0] is sqrt(d_k), or 1 without scaling.
    - "mask" (masked): left[0] stays when `allowed`, else the result is -inf.
    - "softmax" (weights): left[t] are the row's exponentials exp(x_t - maximum), `result` is left[chosen] / total. A
    row with nothing allowed has total 0 and result 0.
    """

    stage: str
    row: int
    column: int
    kind: str
    left: tuple[float, ...]
    right: tuple[float, ...] = ()
    products: tuple[float, ...] = ()
    allowed: bool = True
    maximum: float = 0.0
    total: float = 0.0
    result: float = 0.0


@dataclass(frozen=True)
class Region:
    """Part of a matrix: one row, one column, one cell, or all of it (None = every row, or every column)."""

    row: int | None
    column: int | None


def explain_cell(steps: AttentionSteps, stage: str, row: int, column: int) -> CellArithmetic:
    """The terms of cell (row, column) of a stage. ValueError for an unknown stage, a stage without inputs (Q, K, V as
    typed) or a cell outside.
    """
    if stage not in STAGES:
        raise ValueError(f"unknown stage {stage!r}: expected one of {STAGES}")
    matrix = getattr(steps, stage)
    if not (0 <= row < matrix.shape[0] and 0 <= column < matrix.shape[1]):
        raise ValueError(f"cell ({row}, {column}) lies outside {stage}, which is {matrix.shape}")
    result = float(matrix[row, column])
    if stage == "scaled":
        divisor = float(np.sqrt(steps.d_k)) if steps.scale else 1.0
        return CellArithmetic(stage, row, column, "divide", (float(steps.scores[row, column]),), (divisor,), result=result)
    if stage == "masked":
        allowed = bool(steps.mask[row, column])
        return CellArithmetic(stage, row, column, "mask", (float(steps.scaled[row, column]),), allowed=allowed, result=result)
    if stage == "weights":
        return _softmax_cell(steps, row, column, result)
    left, right = _factors(steps, stage, row, column)
    return CellArithmetic(stage, row, column, "dot", _floats(left), _floats(right), _floats(left * right), result=result)


def _factors(steps: AttentionSteps, stage: str, row: int, column: int) -> tuple[np.ndarray, np.ndarray]:
    if stage == "scores":
        return steps.Q[row], steps.K[column]
    if stage == "output":
        return steps.weights[row], steps.V[:, column]
    source = steps.query_input if stage == "Q" else steps.key_value_input
    weight = getattr(steps, f"W_{stage}")
    if source is None or weight is None:
        raise ValueError(f"{stage} was given, not computed")
    bias = getattr(steps, f"b_{stage}")
    if bias is None:
        return source[row], weight[:, column]
    return np.append(source[row], 1.0), np.append(weight[:, column], bias[column])


def _floats(values: np.ndarray) -> tuple[float, ...]:
    return tuple(map(float, values))


def _softmax_cell(steps: AttentionSteps, row: int, column: int, result: float) -> CellArithmetic:
    scores = steps.masked[row]
    maximum = float(scores.max())
    exponentials = np.exp(scores - maximum) if np.isfinite(maximum) else np.zeros_like(scores)
    return CellArithmetic(
        "weights",
        row,
        column,
        "softmax",
        _floats(exponentials),
        allowed=bool(steps.mask[row, column]),
        maximum=maximum,
        total=float(exponentials.sum()),
        result=result,
    )


def cell_sources(stage: str, row: int, column: int) -> dict[str, Region]:
    """What a cell of `stage` was computed from, through every earlier matrix: name -> region, the cell itself included.

    Names: those of STAGES, and query_input, key_value_input, W_Q, W_K, W_V.
    """
    if stage not in STAGES:
        raise ValueError(f"unknown stage {stage!r}: expected one of {STAGES}")
    sources = {stage: Region(row, column)}
    if stage in ("Q", "K", "V"):
        source = "query_input" if stage == "Q" else "key_value_input"
        return sources | {source: Region(row, None), f"W_{stage}": Region(None, column)}
    whole_row = stage in ("weights", "output")  # softmax makes a weight depend on its whole row of scores
    for earlier in ("weights", "masked", "scaled", "scores"):
        if STAGES.index(earlier) < STAGES.index(stage):
            sources[earlier] = Region(row, None if whole_row else column)
    keys = Region(None, None) if whole_row else Region(column, None)
    sources |= {"Q": Region(row, None), "K": keys, "query_input": Region(row, None), "key_value_input": keys}
    sources |= {"W_Q": Region(None, None), "W_K": Region(None, None)}
    if stage == "output":
        sources |= {"V": Region(None, column), "W_V": Region(None, column), "key_value_input": Region(None, None)}
    return sources
