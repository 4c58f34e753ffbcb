"""bfloat16 where the processor multiplies it in hardware; elsewhere it is slower than float32."""

import contextlib


def has_bfloat16() -> bool:
    """Whether this processor has AVX512-BF16 or AMX."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def uses_bfloat16(precision: str) -> bool:
    """What the setting "auto", "float32" or "bfloat16" means here."""
    return has_bfloat16() if precision == "auto" else precision == "bfloat16"


def autocast(precision: str):
    """A context in which matrix products run in bfloat16, or nothing."""
    import torch

    return torch.autocast("cpu", torch.bfloat16) if uses_bfloat16(precision) else contextlib.nullcontext()
