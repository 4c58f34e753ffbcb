"""A sentence encoder as ONNX: the mean of a text's tokens, the linear map where there is one, and the length of 1 are part of the network."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.evaluation.numbers import spearman
from components.text.tokens import head, readable
from components.training.pair_columns import number_of
from components.training.portable import Judged, Portable
from components.training.settings import Settings

if TYPE_CHECKING:
    from torch import nn
    from transformers import PreTrainedModel, PreTrainedTokenizerBase

DECIMALS = 2  # of a cosine, as the run's page writes it


class PortableEncoder(Portable):
    """What is counted of a text is its vector, float32 (1, d). A pair's answer has changed where its cosine is another one with two decimals."""

    measure = "spearman"
    auto_class = "AutoModel"
    outputs = ("sentence_embedding",)
    kept: Mapping[str, Any]

    def whole(self, network: "PreTrainedModel", folder: Path) -> "nn.Module":
        from components.training.portable.sentence_network import SentenceNetwork

        return SentenceNetwork(network, folder)

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        """A pair's two texts follow one another."""
        texts = [readable(head(text, settings.max_length)) for pair in rows[[settings.text, settings.second]].to_numpy() for text in pair]
        ids = tokenizer(texts, truncation=True, max_length=settings.max_length, return_attention_mask=False, verbose=False)["input_ids"]
        numbers = rows[settings.label].map(number_of).to_numpy(dtype=float)
        of = tuple(place // 2 for place in range(len(texts)))
        return Judged(tuple(texts), tuple(map(tuple, ids)), None, numbers, of=of)

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return logits

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        return spearman(judged.wanted, _cosines(answers))

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        one, other = (np.round(_cosines(vectors), DECIMALS) for vectors in (exact, small))
        return int((one != other).sum())

    def code(self, japanese: bool) -> str:
        texts = "[words(text) for text in texts]" if japanese else "texts"
        return (
            'texts = ["...", "..."]\n'
            f"batch = tokenizer.encode_batch({texts})\n"
            'inputs = {"input_ids": [one.ids for one in batch], "attention_mask": [one.attention_mask for one in batch]}\n'
            "vectors = session.run(None, {name: np.array(rows) for name, rows in inputs.items()})[0]\n"
            "# Vectors of length 1: the cosine of each text with each.\n"
            "for row in vectors @ vectors.T:\n"
            "    print([round(float(cosine), 4) for cosine in row])\n"
        )


def _cosines(vectors: np.ndarray) -> np.ndarray:
    """(2 n, d) of length 1, a pair's two after one another -> (n,)"""
    return np.asarray((vectors[::2] * vectors[1::2]).sum(axis=1))
