"""BERT's encoder from scratch, for reading and for stepping through (Devlin et al. 2019, section 3; Vaswani et al. 2017,
section 3.1).

Embeddings, then blocks of self-attention and feed-forward, each with a residual connection and LayerNorm *after* the
sum ("post-LN", as in the original Transformer). It takes the weights of any `transformers.BertModel` and gives the
same hidden states. For inference: dropout is left out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from functools import partial
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

Record = Callable[[str, Tensor], None]

ACTIVATIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "gelu": F.gelu,
    "gelu_new": partial(F.gelu, approximate="tanh"),
    "gelu_pytorch_tanh": partial(F.gelu, approximate="tanh"),
    "relu": F.relu,
    "silu": F.silu,
}


@dataclass(frozen=True)
class EncoderConfig:
    """The names of `transformers.BertConfig`; the start values are those of BERT-Base uncased."""

    vocab_size: int = 30_522
    hidden_size: int = 768
    num_hidden_layers: int = 12
    num_attention_heads: int = 12
    intermediate_size: int = 3_072
    max_position_embeddings: int = 512
    type_vocab_size: int = 2
    hidden_act: str = "gelu"
    layer_norm_eps: float = 1e-12

    def __post_init__(self) -> None:
        if self.hidden_size % self.num_attention_heads:
            raise ValueError(f"hidden_size {self.hidden_size} can't be divided into {self.num_attention_heads} heads")
        if self.hidden_act not in ACTIVATIONS:
            raise ValueError(f"unknown activation {self.hidden_act!r}: expected one of {sorted(ACTIVATIONS)}")

    @classmethod
    def from_mapping(cls, config: Mapping[str, Any]) -> "EncoderConfig":
        """From a model's config.json or `config.to_dict()`. ValueError for what this encoder is not: another
        architecture (RoBERTa numbers its positions differently under the same names), relative positions, a decoder's
        causal mask."""
        for name, expected in (("model_type", "bert"), ("position_embedding_type", "absolute"), ("is_decoder", False)):
            if config.get(name, expected) != expected:
                raise ValueError(f"{name} is {config[name]!r}: expected {expected!r}")
        return cls(**{field.name: config[field.name] for field in fields(cls) if field.name in config})


class Embeddings(nn.Module):
    """Token + position + segment, then LayerNorm."""

    def __init__(self, config: EncoderConfig):
        super().__init__()
        self.word = nn.Embedding(config.vocab_size, config.hidden_size)
        self.position = nn.Embedding(config.max_position_embeddings, config.hidden_size)
        self.token_type = nn.Embedding(config.type_vocab_size, config.hidden_size)
        self.norm = nn.LayerNorm(config.hidden_size, eps=config.layer_norm_eps)

    def forward(self, input_ids: Tensor, token_type_ids: Tensor, use_positions: bool = True) -> Tensor:
        x: Tensor = self.word(input_ids) + self.token_type(token_type_ids)  # (B, n, d)
        if use_positions:
            x = x + self.position.weight[: input_ids.shape[1]]  # (n, d), the same for every sample
        x = self.norm(x)  # (B, n, d)
        return x


class Block(nn.Module):
    """One encoder layer. `record(name, tensor)` is called with every intermediate, under the names of
    `components.transformer.tracing.FORMULAS`.
    """

    def __init__(self, config: EncoderConfig):
        super().__init__()
        d, d_ff = config.hidden_size, config.intermediate_size
        self.num_heads = config.num_attention_heads
        self.d_k = d // config.num_attention_heads
        self.W_Q, self.W_K, self.W_V, self.W_O = (nn.Linear(d, d) for _ in range(4))
        self.attention_norm = nn.LayerNorm(d, eps=config.layer_norm_eps)
        self.W_1, self.W_2 = nn.Linear(d, d_ff), nn.Linear(d_ff, d)
        self.activation = ACTIVATIONS[config.hidden_act]
        self.output_norm = nn.LayerNorm(d, eps=config.layer_norm_eps)

    def forward(self, x: Tensor, mask: Tensor, kept_heads: Tensor | None, record: Record) -> tuple[Tensor, Tensor]:
        """x (B, n, d), mask (B, 1, 1, n) True = may attend, kept_heads (h,) boolean. Returns (output (B, n, d), weights
        (B, h, n, n)).
        """
        record("input", x)
        attended, weights = self._attention(x, mask, kept_heads, record)
        residual = x + attended  # (B, n, d)
        record("attention_residual", residual)
        x = self.attention_norm(residual)  # (B, n, d)
        record("attention_norm", x)

        hidden = self.W_1(x)  # (B, n, d_ff)
        record("ffn_hidden", hidden)
        activated = self.activation(hidden)  # (B, n, d_ff)
        record("ffn_activation", activated)
        fed_forward = self.W_2(activated)  # (B, n, d)
        record("ffn_output", fed_forward)
        residual = x + fed_forward  # (B, n, d)
        record("ffn_residual", residual)
        x = self.output_norm(residual)  # (B, n, d)
        record("output", x)
        return x, weights

    def _attention(self, x: Tensor, mask: Tensor, kept_heads: Tensor | None, record: Record) -> tuple[Tensor, Tensor]:
        Q, K, V = (W(x).unflatten(-1, (self.num_heads, self.d_k)).transpose(1, 2) for W in (self.W_Q, self.W_K, self.W_V))  # (B, h, n, d_k)
        for name, tensor in (("query", Q), ("key", K), ("value", V)):
            record(name, tensor)
        scores = Q @ K.transpose(-2, -1) / self.d_k**0.5  # (B, h, n, n)
        record("scores", scores)
        # The smallest finite number and not -inf, as in the library: a sample of padding alone gets equal weights
        # instead of NaN.
        weights = scores.masked_fill(~mask, torch.finfo(scores.dtype).min).softmax(dim=-1)  # (B, h, n, n)
        record("weights", weights)
        heads = weights @ V  # (B, h, n, d_k)
        if kept_heads is not None:
            heads = heads * kept_heads[:, None, None]
        record("heads", heads)
        attended = self.W_O(heads.transpose(1, 2).flatten(2))  # (B, n, d)
        record("attention_output", attended)
        return attended, weights


@dataclass(frozen=True, eq=False)
class EncoderOutput:
    """hidden_states: the embeddings' output, then each block's, (B, n, d) each; attentions: one (B, h, n, n) a block;
    pooled (B, d) or None.
    """

    hidden_states: tuple[Tensor, ...]
    attentions: tuple[Tensor, ...]
    pooled: Tensor | None


def ignore(name: str, tensor: Tensor) -> None:
    """Records nothing."""


class Encoder(nn.Module):
    def __init__(self, config: EncoderConfig, pooler: bool = True):
        super().__init__()
        self.config = config
        self.embeddings = Embeddings(config)
        self.blocks = nn.ModuleList(Block(config) for _ in range(config.num_hidden_layers))
        self.pooler = nn.Linear(config.hidden_size, config.hidden_size) if pooler else None

    @torch.no_grad()
    def forward(
        self,
        input_ids: Tensor,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        *,
        use_positions: bool = True,
        kept_heads: Tensor | None = None,
        record: Callable[[int, str, Tensor], None] | None = None,
    ) -> EncoderOutput:
        """input_ids (B, n) integer; attention_mask (B, n), 1 = token, 0 = padding; token_type_ids (B, n), the segment of
        each token.

        use_positions=False leaves the position embeddings out; kept_heads (layers, h) boolean switches heads off, as
        in Michel et al. 2019; record(layer, name, tensor) gets every intermediate. ValueError for more tokens than
        positions and for ids outside the vocabulary.
        """
        n = input_ids.shape[1]
        if n > self.config.max_position_embeddings:
            raise ValueError(f"{n} tokens: the model has {self.config.max_position_embeddings} positions")
        if input_ids.numel() and not 0 <= int(input_ids.min()) <= int(input_ids.max()) < self.config.vocab_size:
            raise ValueError(f"a token id lies outside the vocabulary of {self.config.vocab_size}")
        if token_type_ids is None:
            token_type_ids = torch.zeros_like(input_ids)
        mask = torch.ones_like(input_ids) if attention_mask is None else attention_mask
        mask = mask.bool()[:, None, None, :]  # (B, 1, 1, n): every query of a sample may attend to the same keys

        x = self.embeddings(input_ids, token_type_ids, use_positions)  # (B, n, d)
        hidden_states, attentions = [x], []
        for layer, block in enumerate(self.blocks):
            heads = None if kept_heads is None else kept_heads[layer]
            x, weights = block(x, mask, heads, partial(record, layer) if record else ignore)
            hidden_states.append(x)
            attentions.append(weights)
        pooled = None if self.pooler is None else torch.tanh(self.pooler(x[:, 0]))  # (B, d), from the first token, [CLS]
        return EncoderOutput(tuple(hidden_states), tuple(attentions), pooled)

    @classmethod
    def from_bert(cls, config: Mapping[str, Any], state_dict: Mapping[str, Tensor]) -> "Encoder":
        """The encoder of a `BertModel` (`model.config.to_dict()`, `model.state_dict()`), or of a model with a head,
        whose names start with "bert.".

        float32 tensors are shared with the state dict, not copied. ValueError where a weight is missing or has
        another shape.
        """
        state = {name.removeprefix("bert."): tensor for name, tensor in state_dict.items()}
        pooler = "pooler.dense.weight" in state
        with torch.device("meta"):  # shapes only: the memory is the state dict's
            encoder = cls(EncoderConfig.from_mapping(config), pooler)
        ours = {}
        for name, parameter in encoder.named_parameters():
            tensor = state.get(library_name(name))
            if tensor is None or tensor.shape != parameter.shape:
                problem = "is missing" if tensor is None else f"has shape {tuple(tensor.shape)}"
                raise ValueError(f"{library_name(name)} {problem}: expected {tuple(parameter.shape)}")
            ours[name] = tensor.detach().float()
        encoder.load_state_dict(ours, assign=True)
        encoder.eval().requires_grad_(False)
        return encoder


LIBRARY_NAMES = {
    "embeddings.word": "embeddings.word_embeddings",
    "embeddings.position": "embeddings.position_embeddings",
    "embeddings.token_type": "embeddings.token_type_embeddings",
    "embeddings.norm": "embeddings.LayerNorm",
    "W_Q": "attention.self.query",
    "W_K": "attention.self.key",
    "W_V": "attention.self.value",
    "W_O": "attention.output.dense",
    "attention_norm": "attention.output.LayerNorm",
    "W_1": "intermediate.dense",
    "W_2": "output.dense",
    "output_norm": "output.LayerNorm",
    "pooler": "pooler.dense",
}


def library_name(name: str) -> str:
    """The name in a `BertModel` of one of our parameters: `blocks.3.W_Q.weight` is
    `encoder.layer.3.attention.self.query.weight` there.
    """
    module, _, kind = name.rpartition(".")
    if module.startswith("blocks."):
        _, layer, part = module.split(".")
        return f"encoder.layer.{layer}.{LIBRARY_NAMES[part]}.{kind}"
    return f"{LIBRARY_NAMES[module]}.{kind}"
