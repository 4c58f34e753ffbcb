"""One encoder for several languages: each text goes to its language's own network, and all of these end in one space.

Reimers & Gurevych 2020, "Making monolingual sentence embeddings multilingual using knowledge distillation": the network of one language was
trained until its vectors were those that another language's network gives for the translations.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from components.errors import ModelError
from components.models import bundled
from components.models.files import ModelFiles
from components.models.inference import checked_texts
from components.models.loading import CacheKey, load
from components.models.similarity import SentenceEncoder
from components.text.language import main_language


class SharedSpaceEncoder(SentenceEncoder):
    """The encoder of one language that leaves texts of other languages to `others`: language -> the encoder in whose space it ends.

    Vectors can be compared across languages with the pooling and layer that it was trained for, and with no other: beneath its last layer,
    each network has a space of its own. A text's language is told by `main_language`. Safe to call from several threads.
    """

    def __init__(self, id: str, sentence_transformer: Any, memory: tuple[int, CacheKey | None], others: Mapping[str, SentenceEncoder]):
        super().__init__(id, sentence_transformer, memory)
        self.others = dict(others)
        self.also_shares = tuple(other.shares for other in others.values() if other.shares)
        self.has_pooler = self.has_pooler and all(other.has_pooler for other in others.values())
        self.max_length = min(self.max_length, *(other.max_length for other in others.values()))
        if any((other.dimension, other.num_layers) != (self.dimension, self.num_layers) for other in others.values()):
            raise ModelError("models.malformed", id=id, file="settings.json")

    def encode(
        self,
        texts: Sequence[str],
        pooling: str | None = None,
        layer: int = -1,
        normalize: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> np.ndarray:
        checked = checked_texts(texts)
        vectors = np.empty((len(checked), self.dimension), np.float32)
        for rows, other in self._by_language(checked):
            part = [checked[row] for row in rows]
            encode = other.encode if other else super().encode
            vectors[rows] = encode(part, pooling, layer, normalize, progress)
        return vectors

    def encode_variants(
        self,
        texts: Sequence[str],
        variants: Sequence[tuple[str, int]],
        normalize: bool = True,
        progress: Callable[[int], None] | None = None,
    ) -> dict[tuple[str, int], np.ndarray]:
        checked = checked_texts(texts)
        result = {variant: np.empty((len(checked), self.dimension), np.float32) for variant in variants}
        for rows, other in self._by_language(checked):
            part = [checked[row] for row in rows]
            encode = other.encode_variants if other else super().encode_variants
            for variant, vectors in encode(part, variants, normalize, progress).items():
                result[variant][rows] = vectors
        return result

    def token_counts(self, texts: Sequence[str]) -> np.ndarray:
        checked = checked_texts(texts)
        counts = np.zeros(len(checked), np.int64)
        for rows, other in self._by_language(checked):
            count = other.token_counts if other else super().token_counts
            counts[rows] = count([checked[row] for row in rows])
        return counts

    def reads_itself(self, texts: Sequence[str]) -> list[bool]:
        """Which texts are in this encoder's own language, and in none of `others`."""
        return [main_language([text]) not in self.others for text in texts]

    def _by_language(self, texts: Sequence[str]) -> Iterator[tuple[np.ndarray, SentenceEncoder | None]]:
        """(row numbers, who reads them: None for this encoder itself)."""
        spoken = np.array([main_language([text]) for text in texts])
        for language in dict.fromkeys(spoken.tolist()):
            yield np.flatnonzero(spoken == language), self.others.get(language)


def others_of(files: ModelFiles) -> dict[str, SentenceEncoder]:
    """The encoders that the model's settings name for other languages, loaded. Only bundled backbones can be named: a folder from elsewhere
    can't have other models fetched, nor name itself. Raises ModelError."""
    named = files.settings["others"]
    if not isinstance(named, dict) or not named or not all(str(id) in bundled.BY_BACKBONE for id in named.values()):
        raise ModelError("models.malformed", id=files.id, file="settings.json")
    return {language: load(str(id), "similarity") for language, id in named.items()}
