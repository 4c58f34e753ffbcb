"""causal-ja: a decoder that goes on with Japanese text, from the backbone's weights under a causal mask.

The blocks are trained whole. The word embeddings stay the backbone's, frozen, and are the output's too (Press & Wolf 2017): only what lies
between is written. The head begins as mlm-ja's, which was trained over the same embeddings.
"""

import json
import math
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from torch.nn import functional
from transformers import BertConfig, BertLMHeadModel

from components.models import precision
from components.models.files import MODELS
from recipes import device, trainer
from recipes.causal_rows import CLS, SEP, Rows, prepare
from recipes.token_batches import Order, Resident

ID, BACKBONE, HEAD = "causal-ja", "backbone-ja", "mlm-ja"
SHARED = ("bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight")
PARTS = 2  # of a step on the CPU, each computed by one thread
PLACES = 512  # whose products with all words are in memory at once
WATCH_EVERY, WATCH_SHARE = 200, 16  # steps between two looks at the choosing rows, and one in how many is looked at
SEED = 0


@dataclass(frozen=True)
class Plan:
    """How much is trained: ``minutes`` of training, or ``steps`` where they are None; the rate falls to zero by the same measure."""

    batch_tokens: int
    learning_rate: float
    steps: int
    warmup: int
    minutes: float | None = None


PLANS = {
    "cpu": Plan(4096, 8e-4, 1_500, 50),  # 6M tokens, a quarter of a pass
    "cuda": Plan(32_768, 1e-3, 2_900, 150),  # four passes
}


class TiedCrossEntropy(torch.autograd.Function):
    """The mean cross-entropy of ``states`` (N, d) through a frozen table (V, d) and a bias (V), for targets (N).

    Gradients are made along with the loss, some places at a time: N x V logits are never in memory at once, and softmax is computed once.
    """

    @staticmethod
    def forward(ctx: Any, states: torch.Tensor, table: torch.Tensor, bias: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        work, offsets = states.to(table.dtype), bias.to(table.dtype)
        of_states, of_bias = torch.empty_like(work), torch.zeros_like(bias, dtype=torch.float32)
        total = torch.zeros((), device=states.device)
        for start in range(0, len(work), PLACES):
            here, wanted = work[start : start + PLACES], targets[start : start + PLACES, None]
            logs = torch.addmm(offsets, here, table.T).log_softmax(1)
            total -= logs.gather(1, wanted).sum(dtype=torch.float32)
            change = logs.exp_().scatter_add_(1, wanted, torch.full_like(wanted, -1, dtype=table.dtype))
            of_bias += change.sum(0)
            of_states[start : start + PLACES] = change @ table
        ctx.save_for_backward(of_states.to(states.dtype) / len(work), of_bias / len(work))
        return total / len(work)

    @staticmethod
    def backward(ctx: Any, *gradients: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        of_states, of_bias = ctx.saved_tensors
        return of_states * gradients[0], None, of_bias * gradients[0], None


def start(backbone: Path = MODELS / BACKBONE, head: Path | None = MODELS / HEAD / "head.safetensors") -> BertLMHeadModel:
    """The decoder before its training, float32. The word embeddings, which are the output's too, are frozen."""
    config = BertConfig.from_pretrained(backbone)
    config.is_decoder, config.bos_token_id, config.eos_token_id = True, CLS, SEP
    torch.manual_seed(SEED)
    model = BertLMHeadModel(config)
    state = {f"bert.{name}": tensor for name, tensor in load_file(backbone / "model.safetensors").items() if "pooler" not in name}
    state |= load_file(head) if head else {}
    wrong = model.load_state_dict(state, strict=False).unexpected_keys
    if wrong:
        raise ValueError(f"{backbone} or {head} holds other tensors than a causal model: {wrong[:3]}")
    model.float().tie_weights()
    model.get_input_embeddings().weight.requires_grad_(False)
    return model


def states_of(model: BertLMHeadModel, ids: torch.Tensor) -> torch.Tensor:
    """What the word embeddings are multiplied with (B, n, d). Rows are filled up at the right, where a causal mask hides it: no other is needed."""
    return model.cls.predictions.transform(model.bert(input_ids=ids, use_cache=False).last_hidden_state)


class Computed(torch.autograd.Function):
    """A loss whose gradients by ``parameters`` are known already."""

    @staticmethod
    def forward(ctx: Any, loss: torch.Tensor, gradients: list[torch.Tensor], *parameters: torch.Tensor) -> torch.Tensor:
        ctx.gradients = gradients
        return loss.clone()

    @staticmethod
    def backward(ctx: Any, *outer: torch.Tensor) -> tuple[torch.Tensor | None, ...]:
        return None, None, *(gradient * outer[0] for gradient in ctx.gradients)


class NextToken:
    """``loss(step)``: the next token at every place of a batch.

    On the CPU a step is two halves, a thread each, which meet once a step: two threads that share every product wait for each other at each.
    """

    def __init__(self, model: BertLMHeadModel, home: Path, batch_tokens: int):
        self.model = model.to(device.chosen()).train()
        rows = Rows.load(home, "train")
        self.rows = Resident(rows.ids, rows.bounds)
        self.order = Order(np.diff(rows.bounds), batch_tokens, SEED)
        self.watched = Rows.load(home, "choose")
        reduced = device.is_gpu() or precision.faster_in_bfloat16()
        self.table = model.get_input_embeddings().weight.detach().to(torch.bfloat16 if reduced else torch.float32)
        self.trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.threads = ThreadPoolExecutor(PARTS, initializer=torch.set_num_threads, initargs=(1,))

    def loss(self, step: int) -> dict[str, torch.Tensor]:
        if step % WATCH_EVERY == 0:
            self.watch(step)
        rows = self.order[step]
        if device.is_gpu() or len(rows) < PARTS:
            return {"next": self.of(rows)[0]}
        found = list(self.threads.map(self.gradients, [rows[part::PARTS] for part in range(PARTS)]))
        total = sum(count for _, _, count in found)
        mean = torch.stack([loss * count for loss, _, count in found]).sum() / total
        weighted = ([gradient * (count / total) for gradient in gradients] for _, gradients, count in found)
        return {"next": Computed.apply(mean, [sum(parts) for parts in zip(*weighted, strict=True)], *self.trained)}

    def gradients(self, rows: np.ndarray) -> tuple[torch.Tensor, tuple[torch.Tensor, ...], int]:
        loss, count = self.of(rows)
        return loss.detach(), torch.autograd.grad(loss, self.trained), count

    def of(self, rows: np.ndarray) -> tuple[torch.Tensor, int]:
        """The mean loss of some rows, and of how many tokens it is."""
        ids, there = self.rows.batch(rows)
        with device.reduced_precision():
            states = states_of(self.model, ids[:, :-1])
        wanted = there[:, 1:]
        targets = ids[:, 1:][wanted]
        return TiedCrossEntropy.apply(states[wanted].float(), self.table, self.model.cls.predictions.bias, targets), len(targets)

    def watch(self, step: int) -> None:
        """Prints the perplexity of some rows of the choosing documents."""
        chosen = np.arange(0, len(self.watched), WATCH_SHARE)
        logs = np.concatenate([log_probabilities(self.model, self.watched[int(number)]) for number in chosen])
        print(json.dumps({"step": step, "choose_perplexity": round(math.exp(-logs.mean()), 1), "tokens": len(logs)}), flush=True)


@torch.no_grad()
def log_probabilities(model: BertLMHeadModel, row: np.ndarray) -> np.ndarray:
    """The natural logarithm of the probability of each id of a row after its first (n - 1,)."""
    ids = torch.from_numpy(row.astype(np.int64))[None].to(model.device)
    with device.reduced_precision():
        states = states_of(model, ids[:, :-1])
        logits = functional.linear(states, model.get_input_embeddings().weight, model.cls.predictions.bias)
    logs = -functional.cross_entropy(logits[0].float(), ids[0, 1:], reduction="none")
    return logs.cpu().double().numpy()


def save(model: BertLMHeadModel, folder: Path, **facts: Any) -> None:
    """What the backbone does not have, float16, with ``config.json`` and ``settings.json``."""
    folder.mkdir(parents=True, exist_ok=True)
    own = {name: tensor.detach().half().cpu().clone() for name, tensor in model.state_dict().items() if name not in SHARED}
    save_file(own, folder / "model.safetensors", metadata={"format": "pt"})
    config = BertConfig.from_dict(model.config.to_dict())
    config.architectures, config.dtype = ["BertLMHeadModel"], torch.float16
    config.save_pretrained(folder)
    settings = {"task": "causal_lm", "backbone": BACKBONE, "language": "ja", "max_length": config.max_position_embeddings}
    (folder / "settings.json").write_text(json.dumps(settings, indent=2) + "\n", encoding="utf-8")
    (folder.parent / "trained.json").write_text(json.dumps(facts, indent=2) + "\n", encoding="utf-8")


def load(folder: Path, backbone: Path = MODELS / BACKBONE) -> BertLMHeadModel:
    """The model that ``save`` wrote, over the backbone's word embeddings, float32."""
    model = start(backbone, None)
    missing, unexpected = model.load_state_dict(load_file(folder / "model.safetensors"), strict=False)
    if set(missing) != set(SHARED) or unexpected:
        raise ValueError(f"{folder} holds other tensors than a causal model over {backbone}: {sorted({*missing, *unexpected})[:3]}")
    return model.eval()


def make(data: Path, work: Path, plan: Plan | None = None, minutes: float | None = None) -> Path:
    """Prepare, then train by ``plan``, by default that of the chosen device; ``minutes`` in place of its steps. A killed run goes on."""
    home = prepare(data, work)
    plan = plan or PLANS[device.chosen().type]
    plan = replace(plan, minutes=minutes) if minutes else plan
    task = NextToken(start(), home, plan.batch_tokens)
    bound = {"seconds": 60 * plan.minutes} if plan.minutes else {"steps": plan.steps}
    done = trainer.train(
        task.model,
        task.loss,
        home / "checkpoint.pt",
        learning_rate=plan.learning_rate,
        warmup=plan.warmup,
        seed=SEED,
        save_every=180,
        **bound,
    )
    lengths, steps = np.diff(Rows.load(home, "train").bounds), int(done["step"])
    read = sum(int((lengths[task.order[step]] - 1).sum()) for step in range(steps))
    save(task.model, home / "model", steps=steps, batch_tokens=plan.batch_tokens, tokens=read, seconds=round(done["elapsed"]), seed=SEED)
    return home / "model"
