"""How much of a model is trained: the head, the top layers, LoRA adapters (Hu et al. 2022), or all of it."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from components.models.bundled import BY_BACKBONE
from components.training.backbones import has_pooler
from components.training.embeddings import put_back, train_used_rows
from components.training.frozen import freeze_encoder, put_encoder_back, start_pooler
from components.training.settings import WHOLE_TEXT
from components.training.tasks import TrainingTask

if TYPE_CHECKING:
    import torch
    from torch import nn
    from transformers import PreTrainedModel

TOP_LAYERS = 2
WEIGHT_DECAY = 0.01
LORA_RANK = 16
# Tokens up to which attention written out is faster than the fused kernel, forward and back in bfloat16 on two cores, batches of 16:
# 1.26 times at 20 tokens, 1.43 at 40, 1.27 at 128, 0.8 at 256; in float32 they are even.
SHORT = 128


def prepare(model: "PreTrainedModel", task: TrainingTask) -> "PreTrainedModel":
    """`model` with only what the setting names left trainable, to be made a plain model again by `merged`: for LoRA a PEFT model, for all
    weights one whose embedding holds apart the rows that the texts use, for the head of a classifier one that encodes every text once."""
    tune = task.settings.tune
    longest = max(len(feature["input_ids"]) for feature in task.train)
    model.set_attn_implementation("eager" if longest <= SHORT else "sdpa")
    if task.settings.encodes_once:
        freeze_encoder(model, task)
    elif task.settings.task in WHOLE_TEXT and _needs_pooler(task):
        start_pooler(model, task)
    if tune == "all":
        train_used_rows(model, task.train, task.tokenizer.pad_token_id)
    if tune == "lora":
        return _with_lora(model, task)
    if tune in ("head", "top"):
        layers = _layers(model)
        trained = layers[len(layers) - TOP_LAYERS :] if tune == "top" else []
        chosen = {id(parameter) for layer in trained for parameter in layer.parameters()}
        for name, parameter in model.named_parameters():
            parameter.requires_grad = id(parameter) in chosen or is_head(name, task)
    return model


def _needs_pooler(task: TrainingTask) -> bool:
    """Whether a pooler has to start by standardising, because the backbone was bundled without one. All weights of any other backbone
    learn without: under the pooler's large weights two small models with random weights learned nothing."""
    if has_pooler(task.settings.backbone):
        return False
    return task.settings.tune != "all" or task.settings.backbone in BY_BACKBONE


def is_head(name: str, task: TrainingTask) -> bool:
    return any(part in task.head for part in name.split("."))


def _layers(model: "nn.Module") -> "list[nn.Module]":
    """The encoder's blocks: the longest ModuleList of the model."""
    import torch

    lists = [list(module) for module in model.modules() if isinstance(module, torch.nn.ModuleList)]
    return max(lists, key=len, default=[])


def _with_lora(model: "PreTrainedModel", task: TrainingTask) -> "PreTrainedModel":
    from peft import LoraConfig, get_peft_model

    saved = [name for name, _ in model.named_modules() if name.split(".")[-1] in task.head]
    # Every matrix of the blocks: at equal size better than queries and values alone (Dettmers et al. 2023, section 4).
    inside = {id(module) for layer in _layers(model) for module in layer.modules()}
    targets = [name for name, module in model.named_modules() if id(module) in inside and type(module).__name__ == "Linear"]
    config = LoraConfig(r=LORA_RANK, lora_alpha=2 * LORA_RANK, lora_dropout=0.0, target_modules=targets, modules_to_save=saved or None)
    return get_peft_model(model, config)


def merged(model: "PreTrainedModel") -> "PreTrainedModel":
    """The plain transformers model, LoRA folded into its weights."""
    plain = model.merge_and_unload() if hasattr(model, "merge_and_unload") else model
    put_encoder_back(plain)
    put_back(plain)
    return plain


def optimizer_for(model: "nn.Module", task: TrainingTask) -> "torch.optim.Optimizer":
    """AdamW, its decay on matrices only, and larger steps for the head unless only the head is trained."""
    import torch

    rate = task.settings.learning_rate
    groups: dict[tuple[bool, bool], list[nn.Parameter]] = {}
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            groups.setdefault((is_head(name, task), parameter.ndim > 1), []).append(parameter)
    head_rate = rate if task.settings.tune == "head" else min(rate * task.head_rate, max(2e-3, rate))
    return torch.optim.AdamW(
        [
            {"params": parameters, "lr": head_rate if head else rate, "weight_decay": WEIGHT_DECAY if matrix else 0.0}
            for (head, matrix), parameters in groups.items()
        ],
        lr=rate,
        fused=True,
    )


def snapshot(model: "nn.Module", path: Path) -> None:
    """Write the trained weights, whole or not at all."""
    from safetensors.torch import save_file

    part = path.with_suffix(".part")
    save_file({name: parameter.detach().contiguous() for name, parameter in _trained(model)}, part)
    os.replace(part, path)


def restore(model: "nn.Module", path: Path) -> None:
    """Put back the weights of `snapshot`."""
    import torch
    from safetensors.torch import load_file

    saved = load_file(path)
    with torch.no_grad():
        for name, parameter in _trained(model):
            parameter.copy_(saved[name])


def _trained(model: "nn.Module") -> "list[tuple[str, nn.Parameter]]":
    return [(name, parameter) for name, parameter in model.named_parameters() if parameter.requires_grad]
