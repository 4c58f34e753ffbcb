"""A task model: a LoRA (Hu et al. 2022) and a head over a frozen backbone, trained, and written as the app reads it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
import transformers
from peft import LoraConfig, get_peft_model, get_peft_model_state_dict, set_peft_model_state_dict
from safetensors.torch import load_file, save_file
from torch import nn

from components.models import files
from components.models.bundled import BY_LANGUAGE
from components.models.tasks import TASKS
from components.text.tokens import Aligner
from recipes import device, lora, trainer
from recipes.token_batches import Order, Resident, padded

LINEAR = r".*encoder\.layer\.\d+\.(attention\.self\.(query|key|value)|attention\.output\.dense|intermediate\.dense|output\.dense)"
IGNORED = -100


@dataclass(frozen=True)
class Row:
    """One training row: token ids with specials, token types, and what the task's loss wants (one value, or one a token)."""

    ids: list[int]
    types: list[int]
    target: Any


@dataclass(frozen=True)
class Recipe:
    """What all task models have in common. ``epochs`` may be a fraction; ``marks_capitals``, ``folds_width``: see ``Aligner``."""

    id: str
    task: str
    language: str
    labels: list[str] = field(default_factory=list)
    rank: int = 32
    learning_rate: float = 1e-3
    epochs: float = 3
    batch_tokens: int = 2048
    max_length: int = 128
    marks_capitals: bool = False
    folds_width: bool = False
    dropout: float = 0.1
    seed: int = 0

    @property
    def backbone(self) -> str:
        return BY_LANGUAGE[self.language].backbone


def aligner(recipe: Recipe) -> Aligner:
    """The app's own tokenisation of the recipe's backbone."""
    tokenizer = transformers.AutoTokenizer.from_pretrained(files.find(recipe.backbone).folder, local_files_only=True)
    return Aligner(tokenizer, recipe.max_length, recipe.marks_capitals, recipe.folds_width)


def build(recipe: Recipe) -> nn.Module:
    """The task's transformers class over the backbone, with LoRA in every linear layer; the head and the LoRA can be trained."""
    folder = files.find(recipe.backbone).folder
    torch.manual_seed(recipe.seed)
    config = transformers.AutoConfig.from_pretrained(folder)
    config.attention_probs_dropout_prob = 0.0  # dropout there shuts the fast attention kernel off
    config.hidden_dropout_prob = config.classifier_dropout = recipe.dropout
    if recipe.labels:
        config.id2label = dict(enumerate(recipe.labels))
        config.label2id = {label: number for number, label in enumerate(recipe.labels)}
    auto = getattr(transformers, "AutoModelForPreTraining" if recipe.task == "pretraining" else TASKS[recipe.task].auto_class)
    # on the CPU, for short texts the fused attention's backward pass is slower than attention written out
    attention = "eager" if recipe.max_length <= 192 and not device.is_gpu() else "sdpa"
    model = auto.from_pretrained(folder, config=config, dtype=torch.float32, attn_implementation=attention)
    model = get_peft_model(model, LoraConfig(r=recipe.rank, lora_alpha=2 * recipe.rank, lora_dropout=0.0, target_modules=LINEAR))
    if device.is_gpu():
        lora.merge_in_step(model)
    for name, parameter in model.named_parameters():
        if is_head(name):
            parameter.requires_grad_(True)
    return model


def restore(recipe: Recipe, folder: Path) -> nn.Module:
    """A model with the adapter and the head that ``save`` wrote into ``folder``, to be trained further. ``ValueError`` where names differ."""
    model = build(recipe)
    saved = load_file(folder / "adapter_model.safetensors")
    wrong = set_peft_model_state_dict(model, saved).unexpected_keys
    head = {f"base_model.model.{name}": tensor for name, tensor in load_file(folder / "head.safetensors").items()}
    wrong += model.load_state_dict(head, strict=False).unexpected_keys
    if wrong:
        raise ValueError(f"{folder} holds other tensors than {recipe.id}: {wrong[:3]}")
    return model


def is_head(name: str) -> bool:
    """Is this parameter outside the backbone's encoder: a classifier, a pooler, a masked-word head (its tied decoder left out)?"""
    name = name.removeprefix("base_model.model.")
    inside = name.startswith(("bert.", "embeddings.", "encoder.")) and "pooler." not in name
    return not inside and "lora_" not in name and "decoder." not in name


def fit(
    recipe: Recipe,
    rows: list[Row],
    loss: Callable[[nn.Module, dict[str, torch.Tensor], list[Any]], dict[str, torch.Tensor]],
    work: Path,
    model: nn.Module | None = None,
    stage: str = "checkpoint",
) -> nn.Module:
    """Train on the rows, a new model or a further stage of ``model``; a killed run goes on from ``work/<id>/<stage>.pt``."""
    model = (model or build(recipe)).train()
    order = Order([len(row.ids) for row in rows], recipe.batch_tokens, recipe.seed)
    steps = round(recipe.epochs * len(order))
    print(f"{recipe.id} {stage}: {len(rows)} rows, {len(order)} steps an epoch, {steps} steps", flush=True)

    ids, types = Resident.of([row.ids for row in rows]), Resident.of([row.types for row in rows])

    def loss_of(step: int) -> dict[str, torch.Tensor]:
        chosen = order[step]
        tokens, there = ids.batch(chosen)
        batch = {"input_ids": tokens, "attention_mask": there.long(), "token_type_ids": types.batch(chosen)[0]}
        with device.reduced_precision():
            return loss(model, batch, [rows[i].target for i in chosen])

    checkpoint, warmup = work / recipe.id / f"{stage}.pt", max(1, steps // 20)
    trainer.train(model, loss_of, checkpoint, learning_rate=recipe.learning_rate, steps=steps, seed=recipe.seed, warmup=warmup)
    return model.eval()


def inputs(rows: list[Row]) -> dict[str, torch.Tensor]:
    ids = padded([row.ids for row in rows], 0)
    return {
        "input_ids": ids,
        "attention_mask": padded([[1] * len(row.ids) for row in rows], 0),
        "token_type_ids": padded([row.types for row in rows], 0),
    }


@torch.no_grad()
def outputs(model: nn.Module, rows: list[Row], tokens: int = 8192) -> list[Any]:
    """The model's raw output for each row, padding cut off, in the order of the rows (float32)."""
    found: list[Any] = [None] * len(rows)
    by_length = sorted(range(len(rows)), key=lambda i: len(rows[i].ids))
    while by_length:
        size = max(1, tokens // len(rows[by_length[-1]].ids))
        batch, by_length = by_length[-size:], by_length[:-size]
        with device.there(), device.reduced_precision():
            result = model(**inputs([rows[i] for i in batch]))
        if device.is_gpu():
            result = type(result)(**{name: value.cpu() for name, value in result.items()})
        for place, i in enumerate(batch):
            found[i] = result, place
    return found


def save(recipe: Recipe, model: nn.Module, folder: Path, heads: tuple[str, ...] = ("",), **settings: Any) -> None:
    """The adapter in PEFT's own format, the head and ``settings.json``, as models/README.md describes; float16.

    ``heads``: which parts of the head go into the file, by what their names contain.
    """
    folder.mkdir(parents=True, exist_ok=True)
    adapter = {
        name: tensor.half().cpu().contiguous()
        for name, tensor in get_peft_model_state_dict(model, save_embedding_layers=False).items()
        if "lora_" in name
    }
    save_file(adapter, folder / "adapter_model.safetensors", metadata={"format": "pt"})
    config = model.peft_config["default"]
    config.inference_mode, config.base_model_name_or_path = True, recipe.backbone
    config.save_pretrained(folder)
    head = {
        name.removeprefix("base_model.model."): parameter.detach().half().cpu().contiguous()
        for name, parameter in model.named_parameters()
        if is_head(name) and any(part in name for part in heads)
    }
    if head:
        save_file(head, folder / "head.safetensors", metadata={"format": "pt"})
    facts = {"task": recipe.task, "backbone": recipe.backbone, "language": recipe.language, "max_length": recipe.max_length}
    if recipe.labels:
        facts["labels"] = recipe.labels
    facts |= {name: True for name in ("marks_capitals", "folds_width") if getattr(recipe, name)}
    facts |= settings
    (folder / "settings.json").write_text(json.dumps(facts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
