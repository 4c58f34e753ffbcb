"""What each head of a model does on one text, measured once a run of the model and kept."""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from components.charts.matrices import thumbnail_size
from components.transformer.analysis import clearest_head, thumbnail
from components.transformer.head_kind import KINDS, HeadKind, head_kind

if TYPE_CHECKING:
    from .page import AttentionReading

Head = tuple[int, int]
LINKING = ("one_word", "word_to_word")  # kinds in which a thread says something of two words


@st.cache_data(max_entries=32, ttl=900, show_spinner=False)
def measured(key: tuple[str, str, str | None], _reading: "AttentionReading", whole_words: bool) -> tuple[dict[Head, HeadKind], np.ndarray]:
    """Each head's kind, and all heads as (layers, heads, m, m) bytes, each as a share of its own largest weight."""
    size = thumbnail_size(_reading.layers, _reading.heads, len(_reading.units))
    kinds: dict[Head, HeadKind] = {}
    small = []
    for layer, weights in enumerate(_reading.attentions):
        in_units = _reading.in_units(weights)
        kinds |= {(layer, head): head_kind(matrix, _reading.units.special) for head, matrix in enumerate(in_units)}
        small.append(thumbnail(in_units, size))
    pictures = np.stack(small)
    highest = np.maximum(pictures.max(axis=(-2, -1), keepdims=True), 1e-12)
    return kinds, np.rint(255 * pictures / highest).astype(np.uint8)


def grouped(kinds: dict[Head, HeadKind]) -> dict[str, list[Head]]:
    """Kind -> its heads, the clearest first; only kinds that there are."""
    groups = {kind: sorted((head for head in kinds if kinds[head].kind == kind), key=lambda head: -kinds[head].share) for kind in KINDS}
    return {kind: heads for kind, heads in groups.items() if heads}


def telling_head(reading: "AttentionReading") -> Head:
    """The head that links words most clearly, among those that look neither at neighbours nor at special tokens where there is such a head."""
    kinds = measured(reading.key, reading, reading.whole_words)[0]
    among = [head for head, found in kinds.items() if found.kind in LINKING] or list(kinds)
    return clearest_head(reading.attentions, reading.output.text.special, among)
