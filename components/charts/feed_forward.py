"""Neurons of a feed-forward network: which of them each token switches on."""

from collections.abc import Sequence

import numpy as np
import plotly.graph_objects as go

from .matrices import token_matrix


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
