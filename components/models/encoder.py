"""An encoder opened up: tokens, hidden states, attention and neurons of one text, and what changes when a part is switched off.

Everything is computed in float32 with eager attention, so that it can be compared with the library and with the formulas.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from torch import Tensor

from components.errors import ModelError
from components.models import adapters
from components.models.adapters import PreTrained
from components.models.files import ModelFiles, tensors
from components.models.lanes import alone
from components.models.loading import CacheKey
from components.models.model_inputs import max_length
from components.models.opened import Watched, open_up, watching
from components.models.results import Fill
from components.models.tasks import TASKS, ModelTask, own_task
from components.text.tokens import Aligner, TokenizedText

MAX_TOKENS = 512


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


class LoadedEncoder:
    """A Transformer for the learning pages: an encoder, or a decoder alone such as GPT-2. Safe to call from several threads.

    `bert` is the plain transformers module (a BertModel for BERT; an adapter's weights are merged into it): read its weights,
    never change them. `num_layers`, `num_heads`, `hidden_size`, `ffn_size`, `max_length` (tokens, at most 512), `has_pooler`,
    `task`: what the model's head does ("classification", "masked_lm", ...), None for a bare encoder; `labels`: of that head.
    `mask_token`: the token that hides a word, None where the model has none. `opened`: which of its parts can be switched off.
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
        self.num_layers = int(config.num_hidden_layers) * int(getattr(config, "inner_group_num", 1))  # ALBERT: layers within a group
        self.num_heads = int(config.num_attention_heads)
        self.hidden_size = int(config.hidden_size)
        self.ffn_size = int(getattr(config, "intermediate_size", 0))
        self.has_pooler = getattr(self.bert, "pooler", None) is not None
        self.max_length = min(MAX_TOKENS, max_length(config, tokenizer))
        self.labels = tuple(config.id2label[index] for index in range(config.num_labels)) if task == "classification" else ()
        self.aligner = Aligner(tokenizer, self.max_length)
        self.own_bytes, self.shares = memory
        self.temperature = temperature
        self.mask_token: str | None = tokenizer.mask_token
        self.opened = open_up(self.bert, self.num_layers, self.num_heads)

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
        the architecture has no such parts, the model no [MASK], or the text no tokens.
        """
        tokenized = self.tokenize(text, pair)
        if not len(tokenized):
            raise ModelError("models.no_tokens", id=self.id)
        layers = tuple(range(self.num_layers)) if attentions is True else tuple(sorted(set(attentions or ())))
        self._check(layers, masked_heads, ffn_layer, positions == "none")
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
        run = Watched(off, ffn_layer, positions == "none")
        with alone(len(tokenized)), watching(run):
            try:
                output = self._model(**inputs, output_hidden_states=True, output_attentions=bool(layers))
            except (ValueError, TypeError, IndexError, RuntimeError) as problem:
                raise ModelError("models.cannot_run", id=self.id) from problem
        base = run.base
        return EncoderRun(
            tokenized,
            base.last_hidden_state[0].numpy(),
            base.pooler_output[0].numpy() if self.has_pooler else None,
            torch.cat(base.hidden_states).numpy() if hidden_states else None,
            self._weights(base, layers, len(tokenized)) if layers else None,
            layers,
            run.ffn[0].numpy() if run.ffn is not None else None,
            self._probabilities(output),
            self._fills(output, ids),
        )

    def _weights(self, base: Any, layers: Sequence[int], tokens: int) -> np.ndarray:
        """(layers, heads, T, T). Some architectures give none, or those of some layers or of a window around each token alone."""
        layer_weights = getattr(base, "attentions", None) or ()
        shape = (1, self.num_heads, tokens, tokens)
        if len(layer_weights) != self.num_layers or any(weights is None or tuple(weights.shape) != shape for weights in layer_weights):
            raise ModelError("models.no_attentions", id=self.id)
        attentions: np.ndarray = np.asarray(torch.cat([layer_weights[layer] for layer in layers]))
        return attentions

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

    def _check(
        self, layers: Collection[int], masked_heads: Collection[tuple[int, int]], ffn_layer: int | None, without_positions: bool
    ) -> None:
        opened = self.opened
        lacking = (masked_heads and not opened.switches_heads) or (ffn_layer is not None and not opened.shows_neurons)
        if lacking or (without_positions and not opened.moves_positions):
            raise ModelError("models.not_bert_like", id=self.id)
        for layer in [*layers, *(layer for layer, _ in masked_heads), *([] if ffn_layer is None else [ffn_layer])]:
            if not 0 <= layer < self.num_layers:
                raise IndexError(f"there is no layer {layer}: the model has {self.num_layers}")
        for _, head in masked_heads:
            if not 0 <= head < self.num_heads:
                raise IndexError(f"there is no head {head}: each layer has {self.num_heads}")


def build(files: ModelFiles, task: ModelTask) -> LoadedEncoder:
    """The encoder of any model; with its head, where it has one whose answers can be watched."""
    own = own_task(files)
    head = own if own in ("classification", "next_sentence", "masked_lm") else None
    model = adapters.assemble(files, TASKS[head] if head else task, merged=True)
    if getattr(model.config, "is_encoder_decoder", False) or not hasattr(model.config, "num_attention_heads"):
        raise ModelError("models.not_an_encoder", id=files.id)
    left_out = head == "masked_lm" and getattr(getattr(model, model.base_model_prefix), "pooler", True) is None
    if left_out and files.backbone is None and any("pooler.dense" in name for name in tensors(files)):
        # transformers' masked-LM class leaves the pooler out; the encoder shows it where the files have it.
        getattr(model, model.base_model_prefix).pooler = adapters.whole(files, "AutoModel").pooler
    try:
        model.set_attn_implementation("eager")
    except ValueError as problem:
        raise ModelError("models.no_attentions", id=files.id) from problem
    model.config.use_cache = False  # a decoder would keep every layer's keys and values for a next word
    return LoadedEncoder(
        files.id, model, adapters.tokenizer(files), head, adapters.memory_of(files, model), float(files.settings.get("temperature", 1.0))
    )
