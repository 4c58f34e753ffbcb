"""An encoder with the mean of its tokens, trained on pairs: sentence-transformers' modules and loss in a model that the Trainer knows."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from torch import nn

from components.models.similarity import pool
from components.text.libraries import transformers

assert transformers  # imported before what imports it itself
from sentence_transformers import SentenceTransformer  # noqa: E402
from sentence_transformers.sentence_transformer.losses import CoSENTLoss  # noqa: E402
from sentence_transformers.sentence_transformer.modules import Dense, Pooling, Transformer  # noqa: E402
from transformers import PreTrainedModel  # noqa: E402
from transformers.utils import ModelOutput  # noqa: E402

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass
class PairOutput(ModelOutput):
    """loss (), and the cosine of each pair (B,)."""

    loss: torch.Tensor | None = None
    cosines: torch.Tensor | None = None


class SentencePairs(PreTrainedModel):
    """mapped: a linear map after the pooling, which begins by changing nothing, for an encoder that stays as it is."""

    base_model_prefix = "encoder"
    # The encoder knows which ways of attention it has; this model adds none.
    _supports_sdpa = _supports_flash_attn = _supports_flex_attn = _supports_attention_backend = True

    def __init__(self, encoder: PreTrainedModel, mapped: bool = False):
        super().__init__(encoder.config)
        self.encoder = encoder
        width = int(encoder.config.hidden_size)
        self.pair_map = nn.Linear(width, width) if mapped else None
        if self.pair_map is not None:
            with torch.no_grad():
                nn.init.eye_(self.pair_map.weight)
                nn.init.zeros_(self.pair_map.bias)
        self.cosent = CoSENTLoss(None)
        # What `post_init` would set beside drawing weights anew, which these have already.
        self.all_tied_weights_keys: dict[str, str] = {}

    def get_input_embeddings(self) -> nn.Module:
        embedding: nn.Module = self.encoder.get_input_embeddings()
        return embedding

    def set_input_embeddings(self, value: nn.Module) -> None:
        self.encoder.set_input_embeddings(value)

    def get_output_embeddings(self) -> None:
        return None

    def set_attn_implementation(self, attn_implementation: Any, *more: Any, **named: Any) -> None:
        self.encoder.set_attn_implementation(attn_implementation, *more, **named)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, labels: torch.Tensor | None = None, **_: object) -> PairOutput:
        """(2 B, T): the first texts of B pairs, then the second ones."""
        with torch.set_grad_enabled(torch.is_grad_enabled() and self.pair_map is None):
            states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        vectors = pool(states.float(), attention_mask, "mean")
        if self.pair_map is not None:
            vectors = self.pair_map(vectors)
        first, second = vectors.float().chunk(2)
        cosines = torch.nn.functional.cosine_similarity(first, second)
        if labels is None:
            return PairOutput(None, cosines)
        # A copy: the Trainer scales a loss in place, and this one's own value is needed on the way back.
        return PairOutput(self.cosent.compute_loss_from_embeddings([first, second], labels).clone(), cosines)


def save_sentence_encoder(model: SentencePairs, tokenizer: "PreTrainedTokenizerBase", folder: Path, max_length: int) -> None:
    """A folder of sentence-transformers: encoder, mean pooling, and the linear map where there is one."""
    folder.mkdir(parents=True, exist_ok=True)
    model.encoder.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    width = int(model.encoder.config.hidden_size)
    modules: list[Any] = [Transformer(str(folder), max_seq_length=max_length), Pooling(width, "mean")]
    modules[0].model = model.encoder
    if model.pair_map is not None:
        layer = Dense(width, width, activation_function=nn.Identity())
        layer.linear.load_state_dict(model.pair_map.state_dict())
        modules.append(layer)
    SentenceTransformer(modules=modules, device="cpu").save_pretrained(str(folder), create_model_card=False, safe_serialization=True)
