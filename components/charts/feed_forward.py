"""Inside an encoder block: a step's vectors, and the neurons that each token switches on."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .lines import thinned
from .matrices import token_matrix

MAX_TOKENS = 128
MAX_DIMENSIONS = 384


def neuron_map(
    activation: np.ndarray,
    neurons: Sequence[int] | np.ndarray,
    tokens: Sequence[str],
    *,
    token_title: str,
    neuron_title: str,
    height: int = 420,
) -> go.Figure:
    """Tokens from top to bottom, the chosen neurons from left to right, named by their number.

    activation (n, d_ff) is signed and usually small below zero and large above (GELU), so the scale ends at its
    largest value.
    """
    chosen = np.asarray(neurons)
    return token_matrix(
        activation[:, chosen],
        tokens,
        [str(neuron) for neuron in chosen],
        row_title=token_title,
        column_title=neuron_title,
        signed=True,
        numbered_columns=False,
        height=height,
    )


def step_matrix(
    values: np.ndarray, tokens: Sequence[str], *, token_title: str, dimension_title: str, signed: bool = True, height: int = 420
) -> go.Figure:
    """One step of a block, values (n, width): tokens from top to bottom, dimensions from left to right, numbered from 1
    both.

    More than 128 tokens or 384 dimensions are thinned evenly, so that at most 0.3 MB is sent; the numbers stay the
    true ones. signed=False for weights from 0 to 1.
    """
    rows, columns = thinned(values.shape[0], MAX_TOKENS), thinned(values.shape[1], MAX_DIMENSIONS)
    return token_matrix(
        values[np.ix_(rows, columns)],
        [f"{row + 1} {tokens[row]}" for row in rows],
        [str(column + 1) for column in columns],
        row_title=token_title,
        column_title=dimension_title,
        signed=signed,
        numbered_rows=False,
        numbered_columns=False,
        column_ticks=9,  # numbers, which nobody reads one by one
        height=height,
    )
