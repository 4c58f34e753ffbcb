"""Hooks in a model's modules: what is seen and switched off during one run, without touching a weight.

Found by the names of the modules, so that they fit many architectures; a part that an architecture lacks is simply not there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

# W_O, where the heads of a block are joined: how its module's name ends.
OUTPUT_PROJECTIONS = (
    "attention.output.dense",  # BERT, RoBERTa, ELECTRA, DeBERTa
    "attention.out_lin",  # DistilBERT
    "attention.dense",  # ALBERT, GPT-NeoX
    "attn.c_proj",  # GPT-2
    "attention.attn.o",  # MPNet
    "attn.Wo",  # ModernBERT
    "attn.out_proj",  # GPT-J
    "attn.attention.out_proj",  # GPT-Neo
    "self_attn.out_proj",  # OPT
    "self_attn.o_proj",  # LLaMA and its kin
)
FEED_FORWARD = ("intermediate",)  # BERT, RoBERTa, ELECTRA, DeBERTa
POSITIONS = ("position_embeddings", "wpe")


@dataclass
class Watched:
    """What the hooks do and see during one run; each thread has its own. Layers count from 0."""

    masked_heads: dict[int, list[int]]
    keep_ffn: int | None
    without_positions: bool
    base: Any = None  # the output of the model below its head
    ffn: Tensor | None = None
    attention_layer: int = 0  # blocks whose attention has run: ALBERT runs the same modules for all of them
    ffn_layer: int = 0


@dataclass(frozen=True)
class Opened:
    """Which parts of a model can be reached."""

    switches_heads: bool
    shows_neurons: bool
    moves_positions: bool


_current: ContextVar[Watched | None] = ContextVar("encoder run", default=None)


@contextmanager
def watching(run: Watched) -> Iterator[None]:
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


def open_up(base: nn.Module, layers: int, heads: int) -> Opened:
    """Hooks `base`, a model of `layers` blocks without its head. The hooks do nothing outside `watching`, and read the run of their own
    thread, so that runs don't see each other's settings."""
    config: Any = base.config
    # ALBERT has fewer modules than layers: those of a group share them.
    blocks = getattr(config, "num_hidden_groups", layers) * getattr(config, "inner_group_num", 1)
    joins = _named(base, OUTPUT_PROJECTIONS)
    neurons = _named(base, FEED_FORWARD)
    # DeBERTa's attention knows distances beside these: dropping them would not make it blind to order.
    absolute = [module for module in _named(base, POSITIONS) if isinstance(module, nn.Embedding)]
    positions = [] if getattr(config, "relative_attention", False) else absolute
    switches = len(joins) == blocks
    shows = len(neurons) == layers
    base.register_forward_hook(_keep_base)
    for module in joins if switches else []:
        module.register_forward_pre_hook(_switch_heads(heads))
    for module in neurons if shows else []:
        module.register_forward_hook(_keep_neurons)
    for module in positions:
        module.register_forward_hook(_drop_positions)
    return Opened(switches, shows, bool(positions))


def _named(base: nn.Module, ends: tuple[str, ...]) -> list[nn.Module]:
    return [module for name, module in base.named_modules() if any(f".{name}".endswith(f".{end}") for end in ends)]


def _keep_base(_module: nn.Module, _args: Any, output: Any) -> None:
    run = _current.get()
    if run is not None:
        run.base = output


def _switch_heads(heads: int) -> Callable[[nn.Module, tuple[Any, ...]], tuple[Any, ...] | None]:
    def before(_module: nn.Module, args: tuple[Any, ...]) -> tuple[Any, ...] | None:
        run = _current.get()
        if run is None:
            return None
        off = run.masked_heads.get(run.attention_layer, [])
        run.attention_layer += 1
        if not off:
            return None
        joined = args[0].clone()  # (..., heads * width): the heads' outputs side by side
        width = joined.shape[-1] // heads
        for head in off:
            joined[..., head * width : (head + 1) * width] = 0
        return (joined, *args[1:])

    return before


def _keep_neurons(_module: nn.Module, _args: Any, output: Tensor) -> None:
    run = _current.get()
    if run is not None:
        if run.keep_ffn == run.ffn_layer:
            run.ffn = output
        run.ffn_layer += 1


def _drop_positions(_module: nn.Module, _args: Any, output: Tensor) -> Tensor | None:
    run = _current.get()
    return torch.zeros_like(output) if run is not None and run.without_positions else None
