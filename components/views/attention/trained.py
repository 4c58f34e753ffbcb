"""A sentence as one head of the bundled BERT of its language reads it: word vectors before a block, and that head's projections."""

from dataclasses import dataclass

import numpy as np
import streamlit as st

from components.models import bundled
from components.models.encoder import EncoderRun, LoadedEncoder
from components.models.projections import HeadProjections, head_projections
from components.text.japanese import is_japanese_tokenizer
from components.text.language import main_language
from components.text.token_names import names
from components.text.word_grouping import Units, group_words
from components.ui.state.language import t
from components.ui.state.loaders import model

MAX_CHARACTERS = 20_000
# "layer-head" from 1, of the bundled encoder of a language: one that links words with words.
DEFAULT_HEADS = {"ja": "6-4", "en": "4-2"}


@dataclass(frozen=True, eq=False)
class Reading:
    """One run of the encoder, and the words (special tokens among them) that are shown."""

    model: str
    language: str
    encoder: LoadedEncoder
    run: EncoderRun
    units: Units

    @property
    def layers(self) -> int:
        return self.encoder.num_layers

    @property
    def heads(self) -> int:
        return self.encoder.num_heads

    @property
    def most(self) -> int:
        """Tokens that the model reads."""
        return self.encoder.max_length

    @property
    def text(self) -> str:
        return self.run.text.text

    @property
    def left_out(self) -> int:
        return self.run.text.left_out[0]

    def words(self, layer: int) -> np.ndarray:
        """(N, d) float64: what block `layer` (from 0) gets, the mean over a word's tokens."""
        assert self.run.hidden_states is not None  # `_run` asks for them
        tokens = self.run.hidden_states[layer].astype(np.float64)
        return np.stack([tokens[list(places)].mean(axis=0) for places in self.units.tokens])

    def projections(self, layer: int, head: int) -> HeadProjections:
        return head_projections(self.encoder, layer, head)


def read_sentence(text: str) -> Reading:
    """`text` through the bundled encoder of its language; of a very long one the beginning. Raises ModelError."""
    models = bundled.models_for(main_language([text]))
    encoder = model(models.encoder, "encoder")
    with st.spinner(t("attention.running")):
        run = _run(models.encoder, text[:MAX_CHARACTERS])
    tokenizer = encoder.aligner.tokenizer
    units = group_words(run.text, True, is_japanese_tokenizer(tokenizer), names(run.text, tokenizer))
    return Reading(models.encoder, models.language, encoder, run, units)


@st.cache_resource(max_entries=8, ttl=900, show_spinner=False)
def _run(id: str, text: str) -> EncoderRun:
    from components.models import load

    return load(id, "encoder").run(text, hidden_states=True)
