"""A BERT encoder as bare matrix products: the library's numbers without its overhead, with adapters added into weights of their own.

Half of what one sentence costs is what stands round the products: hooks, argument checks, masks, and for an adapter two thin products beside
each of the 36 wide ones. `Packed` takes the place of the library's BertModel beneath the library's own head. Devlin et al. 2019, "BERT"; Hu et
al. 2021, "LoRA", section 4.1: an adapter can be added into the weights beforehand. It answers, and gives gradients to what it reads; what
teaches or learns runs the library's modules.
"""

import copy
from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from components.text.libraries import transformers


class Layer(NamedTuple):
    """Tensors of one block. Linear layers: weight (out, in), bias (out). eps: of both layer norms."""

    query: tuple[Tensor, Tensor]
    key: tuple[Tensor, Tensor]
    value: tuple[Tensor, Tensor]
    joined: tuple[Tensor, Tensor]
    attended: tuple[Tensor, Tensor]
    wide: tuple[Tensor, Tensor]
    narrow: tuple[Tensor, Tensor]
    done: tuple[Tensor, Tensor]
    eps: float

    def tensors(self) -> list[Tensor]:
        return [tensor for pair in self if isinstance(pair, tuple) for tensor in pair]

    def in_bfloat16(self) -> "Layer":
        """The linear layers; the norms stay."""

        def cast(linear: tuple[Tensor, Tensor]) -> tuple[Tensor, Tensor]:
            return linear[0].bfloat16(), linear[1].bfloat16()

        return self._replace(
            query=cast(self.query), key=cast(self.key), value=cast(self.value), joined=cast(self.joined), wide=cast(self.wide), narrow=cast(self.narrow)
        )  # fmt: skip


class Packed(nn.Module):
    """The BertModel `base` for inference: same inputs, outputs and numbers (the order of the sums apart). Changes nothing in `base`.

    What has no adapter is `base`'s own tensors. own_bytes: of the tensors that are not. first_only: only the state of the first token is wanted
    (a pooler reads no other), so the last block computes no other.
    """

    def __init__(self, base: Any, first_only: bool = False):
        super().__init__()
        self.config = base.config
        self.embeddings, self.pooler = base.embeddings, base.pooler
        self.heads, self.first_only = int(base.config.num_attention_heads), first_only
        self.layers = [_layer(block) for block in base.encoder.layer]
        self.activation: Callable[[Tensor], Tensor] = base.encoder.layer[0].intermediate.intermediate_act_fn
        theirs = {tensor.data_ptr() for tensor in base.parameters()}
        self.own_bytes = sum(tensor.nbytes for layer in self.layers for tensor in layer.tensors() if tensor.data_ptr() not in theirs)

    def in_bfloat16(self) -> "Packed":
        """A copy whose blocks multiply in bfloat16. What is added up from block to block, the norms, the embeddings and the pooler stay in float32:
        with all of it in bfloat16 one label in 200 was another, at no more speed."""
        reduced = copy.copy(self)
        reduced.layers = [layer.in_bfloat16() for layer in self.layers]
        reduced.own_bytes = sum(tensor.nbytes for layer in reduced.layers for tensor in layer.tensors() if tensor.dtype == torch.bfloat16)
        return reduced

    def forward(
        self,
        input_ids: Tensor | None = None,
        attention_mask: Tensor | None = None,
        token_type_ids: Tensor | None = None,
        inputs_embeds: Tensor | None = None,
        output_hidden_states: bool = False,
        **_: Any,
    ) -> Any:
        """input_ids, or their rows of the embedding table inputs_embeds (B, T, d); attention_mask, token_type_ids (B, T) -> last_hidden_state (B, T, d), (B, 1, d) where only the first is wanted; pooler_output
        (B, d); hidden_states, L + 1 of them, float32."""
        rows = functional.embedding(input_ids, self.embeddings.word_embeddings.weight) if inputs_embeds is None else inputs_embeds
        state = self._embed(rows, token_type_ids)
        kept = [state]
        # Without padding there is nothing to mask, and the kernel is faster.
        mask = None if attention_mask is None or bool(attention_mask.all()) else attention_mask[:, None, None, :].bool()
        for number, layer in enumerate(self.layers):
            queries = state[:, :1] if self.first_only and number == len(self.layers) - 1 else state
            state = self._block(layer, queries, state, mask)
            if output_hidden_states:
                kept.append(state)
        return transformers.modeling_outputs.BaseModelOutputWithPooling(
            last_hidden_state=state,
            pooler_output=self.pooler(state) if self.pooler is not None else None,
            hidden_states=tuple(kept) if output_hidden_states else None,
        )

    def _embed(self, rows: Tensor, types: Tensor | None) -> Tensor:
        own = self.embeddings
        kinds = own.token_type_embeddings.weight
        state = rows + (kinds[0] if types is None else functional.embedding(types, kinds)) + own.position_embeddings.weight[: rows.shape[1]]
        norm: Tensor = own.LayerNorm(state)
        return norm

    def _block(self, layer: Layer, queries: Tensor, state: Tensor, mask: Tensor | None) -> Tensor:
        """`queries` (B, Q, d), those states whose next ones are wanted, among `state` (B, T, d): (B, Q, d)."""
        dtype = layer.query[0].dtype
        read = state.to(dtype)
        asked = read if queries is state else queries.to(dtype)
        query = self._split(functional.linear(asked, *layer.query))
        key, value = self._split(functional.linear(read, *layer.key)), self._split(functional.linear(read, *layer.value))
        heads = functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        joined = functional.linear(heads.transpose(1, 2).reshape(queries.shape), *layer.joined)
        state = functional.layer_norm(joined + queries, queries.shape[-1:], *layer.attended, layer.eps)
        thought = functional.linear(self.activation(functional.linear(state.to(dtype), *layer.wide)), *layer.narrow)
        return functional.layer_norm(thought + state, state.shape[-1:], *layer.done, layer.eps)

    def _split(self, states: Tensor) -> Tensor:
        """(B, T, d) -> (B, heads, T, d / heads)."""
        return states.view(*states.shape[:2], self.heads, -1).transpose(1, 2)


def pack(model: Any, first_only: bool = False) -> Any:
    """`model` with its BertModel packed, its head the same object; None where its encoder is none, so that the library must run it."""
    name = getattr(model, "base_model_prefix", "")
    base = getattr(model, name, model) if name else model
    return with_encoder(model, Packed(base, first_only)) if _is_plain_bert(base) else None


def with_encoder(model: Any, encoder: Packed) -> Any:
    """`model`, packed or not, with another encoder beneath the same head."""
    name = getattr(model, "base_model_prefix", "")
    if isinstance(model, Packed) or getattr(model, name, model) is model:
        return encoder
    shell = copy.copy(model)
    shell._modules = dict(model._modules) | {name: encoder}
    return shell


def _is_plain_bert(base: Any) -> bool:
    config = getattr(base, "config", None)
    return (
        type(base) is transformers.BertModel
        and not getattr(config, "is_decoder", False)
        and getattr(config, "position_embedding_type", "absolute") in (None, "absolute")
        and len(base.encoder.layer) > 0
        and not any(module._forward_hooks or module._forward_pre_hooks for module in base.modules())
    )


def _layer(block: Any) -> Layer:
    attention, norm = block.attention, block.output.LayerNorm
    return Layer(
        query=_linear(attention.self.query),
        key=_linear(attention.self.key),
        value=_linear(attention.self.value),
        joined=_linear(attention.output.dense),
        attended=(attention.output.LayerNorm.weight, attention.output.LayerNorm.bias),
        wide=_linear(block.intermediate.dense),
        narrow=_linear(block.output.dense),
        done=(norm.weight, norm.bias),
        eps=norm.eps,
    )


@torch.no_grad()
def _linear(module: Any) -> tuple[Tensor, Tensor]:
    """Weight and bias; a LoRA layer's adapters are added into a weight of its own, for its first one may be shared."""
    if not hasattr(module, "base_layer"):
        return module.weight, module.bias
    weight = module.base_layer.weight
    for adapter in module.active_adapters:
        weight = weight + module.get_delta_weight(adapter)
    return weight.t().contiguous().t(), module.base_layer.bias  # a column after the other: products are some hundredths faster
