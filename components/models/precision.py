"""bfloat16 for long tables, where the processor multiplies it in hardware; what teaches or is compared stays in float32."""

import contextlib
from collections.abc import Iterator

LONG_TABLE = 1_000  # rows from which speed counts more than the last thousandths


@contextlib.contextmanager
def reduced_precision() -> Iterator[None]:
    """Models that are asked inside compute in bfloat16 where AVX512-BF16 or AMX is there, in float32 elsewhere (it would be slower).

    Two to three times as fast for batches; probabilities change by some thousandths, cosines by less. Holds for this thread alone.
    """
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=faster_in_bfloat16()):
        yield


def faster_in_bfloat16() -> bool:
    """Whether this processor multiplies bfloat16 in hardware."""
    import torch

    return bool(torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported())


def precision_for(rows: int) -> contextlib.AbstractContextManager[None]:
    """`reduced_precision` for a table of 1,000 rows or more, float32 for a shorter one."""
    return reduced_precision() if rows >= LONG_TABLE else contextlib.nullcontext()
