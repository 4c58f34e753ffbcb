"""Where a recipe computes: one choice for the whole process, ``--device``.

A step makes its tensors on the chosen device; what is written, and what the app's own code answers, is on the CPU. On the CPU nothing
here does anything, so that a training there gives what it gave.
"""

import contextlib

import torch

from components.models import precision

_chosen = torch.device("cpu")


def choose(name: str) -> None:
    """Compute on ``cpu`` or ``cuda`` from now on. ``ValueError`` where this machine has no such device."""
    global _chosen
    if name == "cuda" and not torch.cuda.is_available():
        raise ValueError("--device cuda: torch sees no GPU here; leave the option out to train on the CPU")
    _chosen = torch.device(name)


def chosen() -> torch.device:
    return _chosen


def is_gpu() -> bool:
    return _chosen.type != "cpu"


def there() -> contextlib.AbstractContextManager:
    """Within it ``torch.tensor``, ``zeros``, ``rand`` ... make their tensors on the chosen device."""
    return _chosen if is_gpu() else contextlib.nullcontext()


def reduced_precision() -> contextlib.AbstractContextManager:
    """bfloat16 for products of matrices: always on a GPU, on the CPU where it has instructions for it."""
    return torch.autocast(_chosen.type, dtype=torch.bfloat16) if is_gpu() else precision.reduced_precision()
