"""The feed-forward page: a text through our own encoder, held against the library's, and the neurons of one layer."""

from dataclasses import asdict, dataclass

import numpy as np
import streamlit as st

from components.charts.numbers import tiny
from components.errors import UserError
from components.models.encoder import LoadedEncoder
from components.models.plain_loading import plain_loading
from components.text.tokens import TokenizedText
from components.transformer.encoder import Encoder, EncoderConfig
from components.transformer.feed_forward import FeedForwardActivity
from components.transformer.tracing import Trace, largest_differences, trace
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice
from components.ui.widgets.bench import Bench, example_menu, sentence_field
from components.ui.widgets.models import choose_encoder, note_foreign_language

MAX_CHARACTERS = 5_000
MOST_DIFFERENT = 1e-4  # what the order of adding may change in float32
LAYER = "ff_layer"


class FeedForwardError(UserError):
    """A text or a model that the from-scratch encoder can't take."""


@dataclass(frozen=True, eq=False)
class EncoderTrace:
    """One text through the from-scratch encoder with a model's weights. layer counts from 0; differences (layers + 1,): the largest
    absolute difference of each hidden state to the library's."""

    model: str
    loaded: LoadedEncoder
    config: EncoderConfig
    text: TokenizedText
    layer: int
    trace: Trace
    differences: np.ndarray

    @property
    def labels(self) -> tuple[str, ...]:
        return self.text.tokens

    @property
    def numbered(self) -> list[str]:
        return [f"{position} {token}" for position, token in enumerate(self.text.tokens, 1)]

    @property
    def activity(self) -> FeedForwardActivity:
        return self.trace.feed_forward(self.layer)

    @property
    def of_text(self) -> np.ndarray:
        """(n,) boolean: not [CLS] or [SEP]."""
        return ~np.array(self.text.special, dtype=bool)


def read_input(bar: Bench) -> EncoderTrace:
    """Text, example and model; behind the gear the layer; the run of both encoders. Raises FeedForwardError and ModelError."""
    texts = {name: t(f"feed_forward.example_{name}") for name in ("cat", "code", "numbers")}
    with bar.examples:
        example_menu(
            "ff_example",
            {name: {"ff_text": text} for name, text in texts.items()},
            {name: t(f"feed_forward.preset_{name}") for name in texts},
        )
    with bar.field:
        text = sentence_field("ff_text", t("feed_forward.text"), texts["cat"], examples=texts)
    with bar.model:
        id = choose_encoder("ff_model", t("feed_forward.model"), text)
    if not text.strip():
        raise FeedForwardError("feed_forward.no_text")
    if len(text) > MAX_CHARACTERS:
        raise FeedForwardError("feed_forward.too_many_characters", found=len(text), most=MAX_CHARACTERS)
    loaded = model(id, "encoder")
    with bar.more:
        layers = [str(layer) for layer in range(1, loaded.num_layers + 1)]
        layer = int(choice(t("feed_forward.layer"), layers, key=LAYER, widget=st.selectbox)) - 1
    return _trace_text(id, text, layer)


@st.cache_resource(max_entries=8, ttl=900, show_spinner=False)
def _trace_text(id: str, text: str, layer: int) -> EncoderTrace:
    """Both encoders over the same tokens; of ours every intermediate of one layer, 43 MB for 512 tokens of a model 384 wide."""
    from components.models import load

    loaded = load(id, "encoder")
    if loaded.config.model_type != "bert":
        raise FeedForwardError("feed_forward.not_bert", id=id, found=loaded.config.model_type)
    try:
        ours = Encoder.from_bert(loaded.config.to_dict(), loaded.bert.state_dict())
    except ValueError as problem:
        raise FeedForwardError("feed_forward.not_bert", id=id, found=loaded.config.model_type) from problem
    library = loaded.run(text, hidden_states=True)
    steps = trace(ours, library.text.ids, library.text.token_type_ids, layers=[layer])
    return EncoderTrace(
        id, loaded, ours.config, library.text, layer, steps, largest_differences(steps.hidden_states, library.hidden_states)
    )


def show_proof(traced: EncoderTrace) -> None:
    """Under the figure: whether the encoder written here and the library agree, and what of the text was not read."""
    largest, compared = float(traced.differences.max()), sum(state.size for state in traced.trace.hidden_states)
    key = "feed_forward.equal" if largest <= MOST_DIFFERENT else "feed_forward.unequal"
    st.caption(t(key, difference=tiny(largest), count=compared), help=t("feed_forward.difference_help"))
    note_foreign_language(traced.model, traced.text.text)
    if traced.text.cut:
        st.warning(t("feed_forward.cut", most=traced.loaded.max_length, left_out=traced.text.left_out[0]), icon=":material/content_cut:")


def snippet_settings(traced: EncoderTrace, snippet: str) -> dict[str, object] | None:
    """What the code on the page takes; None for a model that plain code can't load."""
    if snippet == "bert_parameters":
        sizes = {name: value for name, value in asdict(traced.config).items() if name not in ("hidden_act", "layer_norm_eps")}
        return sizes | {"pooler": traced.loaded.has_pooler}
    loading = plain_loading(traced.model)
    return asdict(loading) | {"text": traced.text.text, "layer": traced.layer} if loading else None
