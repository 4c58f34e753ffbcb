"""bfloat16 for long tables, where this machine multiplies it faster; what teaches or is compared stays in float32.

A processor's flag doesn't tell: with it, bfloat16 can be half as fast as float32, and without it 70 times slower. So both are measured once a
machine, and what came out is kept in the data folder.
"""

import contextlib
import json
import platform
import time
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

from components.settings import home

LONG_TABLE = 1_000  # rows from which speed counts more than the last thousandths
FASTER = 1.2  # from here on it pays: what is cast and added up round the products is not faster
# Rows, inputs and outputs of the products of a batch through the bundled models' blocks.
SHAPES = ((512, 384, 384), (512, 384, 1536), (512, 1536, 384))
ROUNDS = 5
HOPELESS = 3.0  # times as long as float32 at the first try: not tried again


@contextlib.contextmanager
def reduced_precision() -> Iterator[None]:
    """Models that are asked inside multiply in bfloat16 where that is faster here, in float32 elsewhere.

    About twice as fast for batches; probabilities change by some thousandths, cosines by less. Holds for what this thread asks for alone.
    """
    import torch

    with torch.autocast("cpu", dtype=torch.bfloat16, enabled=faster_in_bfloat16()):
        yield


@cache
def faster_in_bfloat16() -> bool:
    """Whether products in bfloat16 take less time than in float32 on this machine, which is measured where it is not known yet."""
    return bfloat16_gain() >= FASTER


def bfloat16_gain() -> float:
    """How many times as fast products in bfloat16 are as in float32, on one core: as measured once on this machine with this torch."""
    path, here = home() / "precision.json", _machine()
    with contextlib.suppress(OSError, ValueError, KeyError, TypeError):
        kept = json.loads(path.read_text(encoding="utf-8"))
        if kept["machine"] == here:
            return float(kept["gain"])
    gain = measured_gain()
    with contextlib.suppress(OSError):  # a folder that can't be written to: measured anew by the next process
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"machine": here, "gain": gain}), encoding="utf-8")
    return gain


def measured_gain() -> float:
    """Both precisions by turns over the products of one block, the shortest of some rounds each; some tens of ms."""
    import torch

    def products(dtype: torch.dtype) -> list[tuple[torch.Tensor, ...]]:
        return [(torch.ones(rows, inner, dtype=dtype), torch.ones(out, inner, dtype=dtype)) for rows, inner, out in SHAPES]

    def seconds(made: list[tuple[torch.Tensor, ...]]) -> float:
        start = time.thread_time()  # of this thread alone: what others compute meanwhile is not counted
        for state, weight in made:
            torch.nn.functional.linear(state, weight)
        return time.thread_time() - start

    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        with torch.inference_mode(), torch.autocast("cpu", enabled=False):
            exact, reduced = products(torch.float32), products(torch.bfloat16)
            small = [(state[:8], weight) for state, weight in exact], [(state[:8], weight) for state, weight in reduced]
            for made in small:
                seconds(made)  # the first makes the kernels
            if seconds(small[1]) > HOPELESS * max(seconds(small[0]), 1e-4):
                return round(seconds(small[0]) / seconds(small[1]), 2)
            rounds = [(seconds(exact), seconds(reduced)) for _ in range(ROUNDS)]
    finally:
        torch.set_num_threads(before)
    return round(min(first for first, _ in rounds) / max(min(second for _, second in rounds), 1e-9), 2)


def _machine() -> dict[str, Any]:
    import torch

    return {"processor": processor(), "torch": torch.__version__, "shapes": [list(shape) for shape in SHAPES]}


def processor() -> str:
    """The processor's name, with what tells two of one name apart where the system says it."""
    lines: list[str] = []
    with contextlib.suppress(OSError):
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    told = {name.strip(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    if "model name" not in told:
        return f"{platform.processor() or platform.machine()}"
    return f"{told['model name']}, family {told.get('cpu family', '?')}, model {told.get('model', '?')}"


def precision_for(rows: int) -> contextlib.AbstractContextManager[None]:
    """`reduced_precision` for a table of 1,000 rows or more, float32 for a shorter one."""
    return reduced_precision() if rows >= LONG_TABLE else contextlib.nullcontext()
