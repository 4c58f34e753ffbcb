"""A model as answers are asked of it: packed where it is a BERT, in bfloat16 where its caller wants that, the library's own otherwise."""

import contextlib
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor

from components.models.packed import Packed, pack, with_encoder
from components.text.libraries import transformers


class Network:
    """`model`, any transformers model. Safe to call from several threads; whoever calls has a turn (`lanes`).

    first_only: the head reads the first token alone. own_bytes: of the weights that are not the model's own.
    """

    def __init__(self, model: Any, first_only: bool = False):
        self.model = model
        self._packed = pack(model, first_only)
        self._reduced: Any = None
        self._lock = threading.Lock()

    @property
    def own_bytes(self) -> int:
        return sum(_encoder(packed).own_bytes for packed in (self._packed, self._reduced) if packed is not None)

    @property
    def differentiable(self) -> Any:
        """The model as it is fastest for gradients of its inputs, in float32: called as the library's, by whoever has a turn."""
        return self.model if self._packed is None else self._packed

    def in_callers_precision(self, exact: bool = False) -> Callable[..., Any]:
        """What runs the model in the precision that is chosen where this is called (`precision.reduced_precision`; exact: in float32 anyway), in
        whatever thread it is called itself: keyword arguments as the library's model takes them."""
        reduced = is_reduced() and not exact
        if self._packed is None:
            return _run(self.model, reduced)
        return _run(self._in_bfloat16() if reduced else self._packed, False)

    def masked_logits(
        self, network: Callable[..., Any], inputs: Mapping[str, Tensor], rows: Sequence[int], positions: Sequence[int]
    ) -> Tensor:
        """A masked LM's logits (n, V) of n positions of rows, through `network` of `in_callers_precision`. The vocabulary's product is as much
        as the encoder's, so that it is made for these positions alone where the head is BERT's."""
        if self._packed is not None and type(self.model) is transformers.BertForMaskedLM:
            states = network(encoder_only=True, **inputs).last_hidden_state[list(rows), list(positions)]
            with torch.inference_mode():
                logits: Tensor = self.model.cls(states)
            return logits
        chosen: Tensor = network(**inputs)["logits"][list(rows), list(positions)]
        return chosen

    def _in_bfloat16(self) -> Any:
        with self._lock:
            if self._reduced is None:
                self._reduced = with_encoder(self._packed, _encoder(self._packed).in_bfloat16())
            return self._reduced


def is_reduced() -> bool:
    """Whether this thread asks in reduced precision."""
    return bool(torch.is_autocast_enabled("cpu"))


def _encoder(packed: Any) -> Packed:
    found: Packed = packed if isinstance(packed, Packed) else getattr(packed, packed.base_model_prefix)
    return found


def _run(model: Any, reduced: bool) -> Callable[..., Any]:
    def run(encoder_only: bool = False, **inputs: Any) -> Any:
        chosen = _encoder(model) if encoder_only else model
        # Of autocast, only the library's modules need any: a thread that helps has none of its own.
        cast = torch.autocast("cpu", torch.bfloat16) if reduced else torch.autocast("cpu", enabled=False)
        with torch.inference_mode(), cast if torch.is_autocast_enabled("cpu") != reduced else contextlib.nullcontext():
            return chosen(**inputs)

    return run
