"""An encoder with what makes one vector of its tokens, as one network."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import nn

from components.models.similarity import pool
from components.text.libraries import transformers

assert transformers  # imported before what imports it itself
from sentence_transformers.sentence_transformer.modules import Dense  # noqa: E402

if TYPE_CHECKING:
    from transformers import PreTrainedModel


class SentenceNetwork(nn.Module):
    """The encoder of a run's model `folder`, the mean of its tokens, the folder's linear map where it has one, and a length of 1."""

    def __init__(self, encoder: "PreTrainedModel", folder: Path):
        super().__init__()
        self.encoder = encoder
        listed = json.loads((folder / "modules.json").read_text(encoding="utf-8"))
        maps = [module["path"] for module in listed if str(module["type"]).endswith(".Dense")]
        self.maps = nn.ModuleList([Dense.load(str(folder / path), local_files_only=True) for path in maps]).requires_grad_(False)

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> dict[str, torch.Tensor]:
        """(B, T) -> sentence_embedding (B, d)."""
        states = self.encoder(input_ids=input_ids, attention_mask=attention_mask).last_hidden_state
        vectors = pool(states, attention_mask, "mean")
        for layer in self.maps:
            vectors = layer({"sentence_embedding": vectors})["sentence_embedding"]
        return {"sentence_embedding": nn.functional.normalize(vectors, dim=1)}
