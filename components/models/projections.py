"""One head's projections of a BERT, as matrices to compute attention with: Q = X W_Q + b_Q, and so on."""

from dataclasses import dataclass

import numpy as np

from components.errors import ModelError
from components.models.encoder import LoadedEncoder


@dataclass(frozen=True, eq=False)
class HeadProjections:
    """d: the model's width, w: the head's. W_Q, W_K, W_V (d, w) and b_Q, b_K, b_V (w,), float64."""

    W_Q: np.ndarray
    W_K: np.ndarray
    W_V: np.ndarray
    b_Q: np.ndarray
    b_K: np.ndarray
    b_V: np.ndarray


def head_projections(encoder: LoadedEncoder, layer: int, head: int) -> HeadProjections:
    """Those of block `layer` and head `head`, both counted from 0. What they are applied to is `hidden_states[layer]` of a run.

    Raises IndexError for a layer or head that is not there, ModelError where the architecture keeps its projections otherwise than BERT.
    """
    if not (0 <= layer < encoder.num_layers and 0 <= head < encoder.num_heads):
        raise IndexError(f"there is no head {head} in layer {layer}: the model has {encoder.num_layers} layers of {encoder.num_heads}")
    modules = dict(encoder.bert.named_modules())
    width = encoder.hidden_size // encoder.num_heads
    rows = slice(head * width, (head + 1) * width)
    found = {}
    for letter, name in (("Q", "query"), ("K", "key"), ("V", "value")):
        module = modules.get(f"encoder.layer.{layer}.attention.self.{name}")
        if module is None:
            raise ModelError("models.not_bert_like", id=encoder.id)
        found[f"W_{letter}"] = module.weight.detach().numpy()[rows].T.astype(np.float64)
        found[f"b_{letter}"] = module.bias.detach().numpy()[rows].astype(np.float64)
    return HeadProjections(**found)
