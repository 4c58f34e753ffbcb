"""An encoder opened up: tokens, hidden states, attention and neurons of one text, and what changes when a part is switched off.

Everything is computed in float32 with eager attention, so that it can be compared with the library and with the formulas.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from components.errors import ModelError
from components.models import adapters
from components.models.adapters import PreTrained
from components.models.files import ModelFiles, tensors
from components.models.loading import CacheKey
from components.models.model_inputs import max_length
from components.models.results import Fill
from components.models.tasks import TASKS, ModelTask, own_task
from components.text.tokens import Aligner, TokenizedText

MAX_TOKENS = 512
BUILT_LIKE_BERT = ("bert", "roberta", "xlm-roberta", "camembert", "electra")


@dataclass(frozen=True)
class EncoderRun:
    """What one run of the model over a text gives, float32 numpy arrays. T tokens, d hidden, h heads, L blocks.

    last_hidden_state (T, d); pooler_output (d,) or None where the model has no pooler; hidden_states (L + 1, T, d), the embeddings'
    output first; attentions (number of layers asked for, h, T, T), rows are queries and sum to 1, of the layers in `attention_layers`;
    ffn_activations (T, d_ff), after the activation function, of the layer asked for. Arrays that were not asked for are None.
    `probabilities`: label -> probability, for a model fine-tuned to classify texts or to tell next sentences. `fills`: for a masked
    language model, the five likeliest tokens of each [MASK], in order.
    """

    text: TokenizedText
    last_hidden_state: np.ndarray
    pooler_output: np.ndarray | None = None
    hidden_states: np.ndarray | None = None
    attentions: np.ndarray | None = None
    attention_layers: tuple[int, ...] = ()
    ffn_activations: np.ndarray | None = None
    probabilities: dict[str, float] = field(default_factory=dict)
    fills: tuple[tuple[Fill, ...], ...] = ()


@dataclass
class _Hooked:
    """What the hooks do and see during one run; each thread has its own."""

    masked_heads: dict[int, list[int]]
    keep_attention: frozenset[int]
    keep_ffn: int | None
    without_positions: bool
    attentions: dict[int, Tensor] = field(default_factory=dict)
    ffn: Tensor | None = None


_current: ContextVar[_Hooked | None] = ContextVar("encoder run", default=None)


class LoadedEncoder:
    """A BERT-like encoder for the learning pages. Safe to call from several threads.

    `bert` is the plain transformers module (a BertModel for BERT; an adapter's weights are merged into it): read its weights,
    never change them. `num_layers`, `num_heads`, `hidden_size`, `ffn_size`, `max_length` (tokens, at most 512), `has_pooler`,
    `task`: what the model's head does ("classification", "masked_lm", ...), None for a bare encoder; `labels`: of that head.
    """

    def __init__(
        self, id: str, model: PreTrained, tokenizer: Any, task: str | None, memory: tuple[int, CacheKey | None], temperature: float = 1.0
    ):
        self.id = id
        self.task = task
        self._model = model
        self.bert: PreTrained = model if task is None else getattr(model, model.base_model_prefix)
        config = model.config
        self.config = config
        self.num_layers = int(config.num_hidden_layers)
        self.num_heads = int(config.num_attention_heads)
        self.hidden_size = int(config.hidden_size)
        self.ffn_size = int(getattr(config, "intermediate_size", 0))
        self.has_pooler = getattr(self.bert, "pooler", None) is not None
        self.max_length = min(MAX_TOKENS, max_length(config, tokenizer))
        self.labels = tuple(config.id2label[index] for index in range(config.num_labels)) if task == "classification" else ()
        self.aligner = Aligner(tokenizer, self.max_length)
        self.own_bytes, self.shares = memory
        self.temperature = temperature
        self._layers = _blocks(self.bert)
        if self._layers is not None:
            _hook(self.bert, self._layers)

    def tokenize(self, text: str, pair: str | None = None) -> TokenizedText:
        """`text` (and `pair`) as the model reads it; `left_out` says how many tokens did not fit into `max_length`."""
        return self.aligner.tokenize(text, pair)

    @torch.inference_mode()
    def run(
        self,
        text: str,
        pair: str | None = None,
        *,
        attentions: bool | Collection[int] = False,
        hidden_states: bool = False,
        masked_heads: Collection[tuple[int, int]] = (),
        mask_tokens: Collection[int] = (),
        positions: str | Sequence[int] = "learned",
        ffn_layer: int | None = None,
    ) -> EncoderRun:
        """Runs the model over one text or a pair.

        attentions: True for all layers, or the layers wanted (0 is the first block). masked_heads: (layer, head) pairs whose output
        is multiplied by 0, as if their columns of W_O were not there (Michel et al. 2019, "Are Sixteen Heads Really Better than One?",
        section 2.3). mask_tokens: tokens (0 is [CLS]) that are replaced by [MASK]. positions: "learned", "none" (position embeddings
        of zero), or one position for each token. ffn_layer: the block whose feed-forward activations are wanted.
        Raises IndexError for a layer, head or token that is not there, ValueError for positions of another length, ModelError where
        the architecture has no such parts or the model no [MASK].
        """
        tokenized = self.tokenize(text, pair)
        layers = range(self.num_layers) if attentions is True else sorted(set(attentions or ()))
        self._check(layers, masked_heads, ffn_layer)
        ids = torch.tensor([self._with_masks(tokenized, mask_tokens)])
        inputs: dict[str, Any] = {"input_ids": ids, "attention_mask": torch.ones_like(ids)}
        if getattr(self.config, "type_vocab_size", 0) > 1:
            inputs["token_type_ids"] = torch.tensor([tokenized.token_type_ids])
        if not isinstance(positions, str):
            inputs["position_ids"] = torch.tensor([self._position_ids(positions, len(tokenized))])
        elif positions not in ("learned", "none"):
            raise ValueError(f'positions must be "learned", "none" or a list of numbers, found {positions!r}')
        off: dict[int, list[int]] = {}
        for layer, head in masked_heads:
            off.setdefault(layer, []).append(head)
        run = _Hooked(off, frozenset(layers), ffn_layer, positions == "none")
        with _during(run):
            output = self._model(**inputs, output_hidden_states=True)
        return self._collect(tokenized, output, run, tuple(layers), hidden_states, ids)

    def _collect(
        self, tokenized: TokenizedText, output: Any, run: _Hooked, layers: tuple[int, ...], hidden_states: bool, ids: Tensor
    ) -> EncoderRun:
        states = output.hidden_states
        pooled = None
        if self.has_pooler:
            pooled = self.bert.pooler(states[-1])[0].numpy() if self.task else output.pooler_output[0].numpy()
        return EncoderRun(
            tokenized,
            states[-1][0].numpy(),
            pooled,
            torch.cat(states).numpy() if hidden_states else None,
            torch.cat([run.attentions[layer] for layer in layers]).numpy() if layers else None,
            layers,
            run.ffn[0].numpy() if run.ffn is not None else None,
            self._probabilities(output),
            self._fills(output, ids),
        )

    def _probabilities(self, output: Any) -> dict[str, float]:
        if self.task == "classification":
            return dict(zip(self.labels, self._calibrated(output.logits[0]).tolist(), strict=True))
        if self.task == "next_sentence":
            return dict(zip(("is_next", "not_next"), self._calibrated(output.logits[0]).tolist(), strict=True))
        return {}

    def _fills(self, output: Any, ids: Tensor) -> tuple[tuple[Fill, ...], ...]:
        if self.task != "masked_lm":
            return ()
        from components.models.masked_lm import best_tokens

        rows = output.logits[0][ids[0] == self.aligner.mask_id]
        return tuple(tuple(best_tokens(self._calibrated(row), self.aligner.tokenizer, 5)) for row in rows)

    def _calibrated(self, logits: Tensor) -> Tensor:
        """The same probabilities as the task's own module gives."""
        return (logits / self.temperature).softmax(-1)

    def _with_masks(self, tokenized: TokenizedText, tokens: Collection[int]) -> list[int]:
        ids, mask_id = list(tokenized.ids), self.aligner.mask_id
        if not tokens:
            return ids
        if mask_id is None:
            raise ModelError("models.no_mask", id=self.id)
        for token in tokens:
            if not 0 <= token < len(ids):
                raise IndexError(f"there is no token {token}: the text has {len(ids)}")
            ids[token] = mask_id
        return ids

    def _position_ids(self, positions: Sequence[int], count: int) -> list[int]:
        wanted = [int(position) for position in positions]
        if len(wanted) != count or not all(0 <= position < self.config.max_position_embeddings for position in wanted):
            raise ValueError(f"expected {count} positions from 0 to {self.config.max_position_embeddings - 1}, found {wanted[:10]}")
        return wanted

    def _check(self, layers: Collection[int], masked_heads: Collection[tuple[int, int]], ffn_layer: int | None) -> None:
        if self._layers is None and (layers or masked_heads or ffn_layer is not None):
            raise ModelError("models.not_bert_like", id=self.id)
        for layer in [*layers, *(layer for layer, _ in masked_heads), *([] if ffn_layer is None else [ffn_layer])]:
            if not 0 <= layer < self.num_layers:
                raise IndexError(f"there is no layer {layer}: the model has {self.num_layers}")
        for _, head in masked_heads:
            if not 0 <= head < self.num_heads:
                raise IndexError(f"there is no head {head}: each layer has {self.num_heads}")


@contextmanager
def _during(run: _Hooked) -> Iterator[None]:
    token = _current.set(run)
    try:
        yield
    finally:
        _current.reset(token)


def _blocks(bert: PreTrained) -> Sequence[Any] | None:
    """The encoder blocks of BERT and of models made of the same modules, else None."""
    return bert.encoder.layer if bert.config.model_type in BUILT_LIKE_BERT else None


def _hook(bert: PreTrained, layers: Sequence[Any]) -> None:
    """Hooks that do nothing outside a run. They read the run of their own thread, so that runs don't see each other's settings."""

    def attention(index: int) -> Callable[..., tuple[Tensor, ...] | None]:
        def after(_module: nn.Module, _args: Any, output: tuple[Tensor, ...]) -> tuple[Tensor, ...] | None:
            run = _current.get()
            if run is None:
                return None
            context, weights = output[0], output[1]
            if index in run.keep_attention:
                run.attentions[index] = weights
            if index not in run.masked_heads:
                return None
            width = context.shape[-1] // weights.shape[1]
            context = context.clone()
            for head in run.masked_heads[index]:
                context[..., head * width : (head + 1) * width] = 0
            return (context, *output[1:])

        return after

    def feed_forward(index: int) -> Callable[..., None]:
        def after(_module: nn.Module, _args: Any, output: Tensor) -> None:
            run = _current.get()
            if run is not None and run.keep_ffn == index:
                run.ffn = output

        return after

    def positions(_module: nn.Module, _args: Any, output: Tensor) -> Tensor | None:
        run = _current.get()
        return torch.zeros_like(output) if run is not None and run.without_positions else None

    bert.embeddings.position_embeddings.register_forward_hook(positions)
    for index, block in enumerate(layers):
        block.attention.self.register_forward_hook(attention(index))
        block.intermediate.register_forward_hook(feed_forward(index))


def build(files: ModelFiles, task: ModelTask) -> LoadedEncoder:
    """The encoder of any model; with its head, where it has one whose answers can be watched."""
    own = own_task(files)
    head = own if own in ("classification", "next_sentence", "masked_lm") else None
    model = adapters.assemble(files, TASKS[head] if head else task, merged=True)
    if getattr(model.config, "is_encoder_decoder", False) or not hasattr(model.config, "num_attention_heads"):
        raise ModelError("models.not_an_encoder", id=files.id)
    if head == "masked_lm" and files.backbone is None and any("pooler.dense" in name for name in tensors(files)):
        # transformers' masked-LM class leaves the pooler out; the encoder shows it where the files have it.
        getattr(model, model.base_model_prefix).pooler = adapters.whole(files, "AutoModel").pooler
    model.set_attn_implementation("eager")
    return LoadedEncoder(
        files.id, model, adapters.tokenizer(files), head, adapters.memory_of(files, model), float(files.settings.get("temperature", 1.0))
    )
