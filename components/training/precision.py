"""bfloat16 where the processor multiplies it in hardware; elsewhere it is slower than float32."""

import contextlib

from components.models.precision import faster_in_bfloat16


def uses_bfloat16(precision: str) -> bool:
    """What the setting "auto", "float32" or "bfloat16" means here."""
    return faster_in_bfloat16() if precision == "auto" else precision == "bfloat16"


def autocast(precision: str) -> contextlib.AbstractContextManager[object]:
    """A context in which matrix products run in bfloat16, or nothing."""
    import torch

    return torch.autocast("cpu", torch.bfloat16) if uses_bfloat16(precision) else contextlib.nullcontext()
