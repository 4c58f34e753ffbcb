"""A LoRA that is added into the weights at every step: on a GPU one product of matrices a layer in place of three, and none of what PEFT keeps.

``W + s B A`` is made anew from A and B each time, so their gradients are PEFT's; parameters, names and files stay PEFT's too.
"""

import types

import torch
from peft.tuners.lora import Linear
from torch import nn
from torch.nn import functional


def merge_in_step(model: nn.Module) -> nn.Module:
    """Let every LoRA layer of ``model`` multiply by its merged weights. ``ValueError`` for dropout inside a LoRA, which cannot be merged."""
    for module in model.modules():
        if isinstance(module, Linear):
            (name,) = module.active_adapters
            if isinstance(module.lora_dropout[name], nn.Dropout) and module.lora_dropout[name].p:
                raise ValueError("dropout inside a LoRA")
            module.forward = types.MethodType(_forward, module)
    return model


def _forward(layer: Linear, x: torch.Tensor) -> torch.Tensor:
    (name,) = layer.active_adapters
    change = layer.scaling[name] * (layer.lora_B[name].weight @ layer.lora_A[name].weight)  # (out, in)
    return functional.linear(x, layer.base_layer.weight + change, layer.base_layer.bias)
