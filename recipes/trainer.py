"""One training loop for every step: seeded, bounded by steps or by time, and resumable at the exact batch after a kill."""

import json
import os
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import nn

from recipes import device

WEIGHT_DECAY = 0.01


def train(
    model: nn.Module,
    loss_of: Callable[[int], dict[str, torch.Tensor]],
    checkpoint: Path,
    *,
    learning_rate: float,
    steps: int | None = None,
    seconds: float | None = None,
    warmup: int = 50,
    seed: int = 0,
    save_every: float = 240.0,
    faster: dict[str, float] | None = None,
    stop_after: int | None = None,
) -> dict[str, float]:
    """Train the parameters of ``model`` that require gradients by AdamW, with a linear warm-up and a linear decay to zero.

    ``loss_of(step)`` gives named losses for a step, which are summed; it must depend on the step alone, so that a resumed run sees the
    same batches. The random generator is seeded from ``seed`` and the step. The decay ends at ``steps`` steps, or at ``seconds`` of
    training time counted over all sittings. ``checkpoint`` is written whole, every ``save_every`` seconds and at the end; when it exists
    the run goes on from it, on the device that is chosen now. ``faster`` maps the beginning of a parameter's name to a factor on its learning rate.
    ``stop_after`` ends this sitting early at that step, as a kill would. Returns step, elapsed seconds and progress from 0 to 1.
    """
    if (steps is None) == (seconds is None):
        raise ValueError("give either steps or seconds")
    model.to(device.chosen())
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    optimiser = torch.optim.AdamW(_groups(trained, learning_rate, faster or {}), lr=learning_rate, betas=(0.9, 0.98), fused=True)
    step, elapsed = 0, 0.0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True, map_location=device.chosen())
        for name, parameter in trained.items():
            parameter.data.copy_(saved["parameters"][name])
        optimiser.load_state_dict(saved["optimiser"])
        step, elapsed = saved["step"], saved["elapsed"]
    peaks = [group["lr"] if step == 0 else group["peak"] for group in optimiser.param_groups]
    for group, peak in zip(optimiser.param_groups, peaks, strict=True):
        group["peak"] = peak

    def progress() -> float:
        return min(1.0, step / steps if steps else elapsed / seconds)

    def save() -> None:
        state = {
            "parameters": {n: p.data for n, p in trained.items()},
            "optimiser": optimiser.state_dict(),
            "step": step,
            "elapsed": elapsed,
        }
        torch.save(state, checkpoint.with_suffix(".tmp"))
        os.replace(checkpoint.with_suffix(".tmp"), checkpoint)

    checkpoint.parent.mkdir(parents=True, exist_ok=True)
    saved_at, logged = time.monotonic(), {}
    while progress() < 1 and (stop_after is None or step < stop_after):
        began = time.monotonic()
        torch.manual_seed(seed * 1_000_003 + step)
        for group in optimiser.param_groups:
            group["lr"] = group["peak"] * min(1.0, (step + 1) / warmup) * (1 - progress())
        with device.there():
            losses = loss_of(step)
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(trained.values(), 1.0)
        optimiser.step()
        optimiser.zero_grad(set_to_none=True)
        step += 1
        elapsed += time.monotonic() - began
        for name, value in losses.items():
            logged.setdefault(name, []).append(value.detach())  # read later: a GPU would wait for each
        if step % 50 == 0:
            means = {name: round(torch.stack(values).mean().item(), 4) for name, values in logged.items()}
            print(json.dumps({"step": step, "seconds": round(elapsed), "progress": round(progress(), 4), **means}), flush=True)
            logged = {}
        if time.monotonic() - saved_at > save_every:
            save()
            saved_at = time.monotonic()
    save()
    return {"step": step, "elapsed": elapsed, "progress": progress()}


def _groups(trained: dict[str, nn.Parameter], learning_rate: float, faster: dict[str, float]) -> list[dict]:
    """Parameter groups: no weight decay on vectors, a multiple of the learning rate where ``faster`` says so."""
    groups: dict[tuple[float, bool], list[nn.Parameter]] = {}
    for name, parameter in trained.items():
        factor = next((f for prefix, f in faster.items() if name.startswith(prefix)), 1.0)
        groups.setdefault((factor, parameter.dim() > 1), []).append(parameter)
    return [
        {"params": parameters, "lr": learning_rate * factor, "weight_decay": WEIGHT_DECAY if decays else 0.0}
        for (factor, decays), parameters in groups.items()
    ]
