"""The feed-forward page: a text through our own encoder, held against the library's, and the neurons of one layer."""

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.feed_forward import neuron_map
from components.charts.numbers import significant, tiny
from components.charts.theme import VALUE_COLOUR
from components.errors import UserError
from components.models.encoder import LoadedEncoder
from components.models.plain_loading import plain_loading
from components.text.tokens import TokenizedText
from components.transformer.encoder import Encoder, EncoderConfig
from components.transformer.feed_forward import FeedForwardActivity
from components.transformer.tracing import Trace, largest_differences, trace
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice, keep_in_address, place_in_address, typed_text
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import show_figure
from components.ui.widgets.models import choose_encoder, note_foreign_language
from components.ui.widgets.tokens import Chip, token_chips

MAX_CHARACTERS = 5_000
MOST_VARIED = 48
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


def read_input() -> EncoderTrace:
    """Model, text and layer; the run of both encoders. Raises FeedForwardError and ModelError."""
    presets = {name: {"ff_text": t(f"feed_forward.example_{name}")} for name in ("cat", "code", "numbers")}
    examples("ff_example", presets, {name: t(f"feed_forward.preset_{name}") for name in presets})
    typed_text("ff_text", t("feed_forward.example_cat"))
    left, middle, right = st.columns([2, 4, 1], vertical_alignment="bottom")
    text = middle.text_input(t("feed_forward.text"), key="ff_text", persist_state="session")
    with left:
        id = choose_encoder("ff_model", t("feed_forward.model"), text)
    if not text.strip():
        raise FeedForwardError("feed_forward.no_text")
    if len(text) > MAX_CHARACTERS:
        raise FeedForwardError("feed_forward.too_many_characters", found=len(text), most=MAX_CHARACTERS)
    loaded = model(id, "encoder")
    with right:
        layers = [str(layer) for layer in range(1, loaded.num_layers + 1)]
        layer = int(choice(t("feed_forward.layer"), layers, key=LAYER, widget=st.selectbox)) - 1
    with st.spinner(t("feed_forward.running"), show_time=False):
        traced = _trace_text(id, text, layer)
    note_foreign_language(id, text)
    if traced.text.cut:
        st.warning(t("feed_forward.cut", most=loaded.max_length, left_out=traced.text.left_out[0]), icon=":material/content_cut:")
    return traced


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
    """The largest difference to the library, and two numbers of the layer."""
    left, middle, right = st.columns(3)
    largest = float(traced.differences.max())
    left.metric(t("feed_forward.difference"), tiny(largest), help=t("feed_forward.difference_help"))
    middle.metric(
        t("feed_forward.compared"), f"{sum(state.size for state in traced.trace.hidden_states):,}", help=t("feed_forward.compared_help")
    )
    right.metric(t("feed_forward.firing"), f"{traced.activity.fires.mean():.1%}", help=t("feed_forward.firing_help"))


def snippet_settings(traced: EncoderTrace, snippet: str) -> dict[str, object] | None:
    """What the code on the page takes; None for a model that plain code can't load."""
    if snippet == "bert_parameters":
        sizes = {name: value for name, value in asdict(traced.config).items() if name not in ("hidden_act", "layer_norm_eps")}
        return sizes | {"pooler": traced.loaded.has_pooler}
    loading = plain_loading(traced.model)
    return asdict(loading) | {"text": traced.text.text, "layer": traced.layer} if loading else None


def show_neurons(traced: EncoderTrace) -> None:
    """Which neurons fire for which token: the most varied ones as a map, then one token's and one neuron's side."""
    activity = traced.activity
    # [CLS] and [SEP] excite a few neurons ten times as much as any word does: left to them, the map would show nothing else.
    words = traced.of_text if traced.of_text.any() else ~traced.of_text
    neurons = FeedForwardActivity(activity.hidden[words], activity.activation[words], activity.fires[words]).most_varied(MOST_VARIED)
    of_words = np.where(words[:, None], activity.activation, -np.inf)
    position, strongest = np.unravel_index(int(of_words.argmax()), of_words.shape)
    show_figure(
        neuron_map(
            activity.activation,
            neurons,
            traced.labels,
            token_title=t("feed_forward.token"),
            neuron_title=t("feed_forward.neuron"),
            height=min(max(18 * len(traced.labels) + 110, 300), 720),
        ),
        key="feed-forward-neurons",
        caption=t("feed_forward.neurons_caption", count=len(neurons), all=traced.config.intermediate_size, layer=traced.layer + 1),
        alt=t(
            "feed_forward.neurons_alt",
            layer=traced.layer + 1,
            neuron=int(strongest),
            token=traced.labels[position],
            value=significant(float(activity.activation[position, strongest])),
        ),
        data=lambda: pd.DataFrame(activity.activation, index=traced.numbered),
    )
    left, right = st.columns(2, gap="medium")
    with left:
        _show_token(traced)
    with right:
        _show_neuron(traced, int(strongest))


def _show_token(traced: EncoderTrace) -> None:
    """The strongest neurons of one token."""
    count = len(traced.labels)
    usual = min(2, count - 1)
    shown = place_in_address("ff_token", range(count), usual)
    token = st.selectbox(t("feed_forward.choose_token"), range(count), index=shown, format_func=lambda position: traced.numbered[position])
    keep_in_address("ff_token", str(token), str(usual))
    best = traced.activity.strongest(token)
    show_figure(
        bar_figure(
            [t("feed_forward.neuron_number", number=neuron) for neuron, _ in best],
            [value for _, value in best],
            value_title=t("feed_forward.activation"),
            colour=VALUE_COLOUR,
        ),
        key="feed-forward-token",
        caption=t("feed_forward.token_caption", token=traced.labels[token], share=f"{traced.activity.firing_share[token]:.1%}"),
        alt=t("feed_forward.token_alt", token=traced.labels[token], neuron=best[0][0], value=significant(best[0][1])),
        data=lambda: pd.DataFrame(best, columns=["neuron", "activation"]),
    )


def _show_neuron(traced: EncoderTrace, strongest: int) -> None:
    """The tokens that one neuron fires for."""
    most = traced.config.intermediate_size - 1
    typed = st.number_input(
        t("feed_forward.choose_neuron", most=most), 0, most, value=None, placeholder=str(strongest), key="ff_neuron", bind="query-params"
    )
    neuron = strongest if typed is None else min(int(typed), most)
    values = traced.activity.activation[:, neuron]
    highest = max(float(np.abs(values).max()), 1e-6)
    token_chips(
        [
            Chip(
                label,
                kind="special" if special else "token",
                weight=float(value) / highest,
                note=significant(float(value), 2),
                tooltip=significant(float(value)),
            )
            for label, special, value in zip(traced.labels, traced.text.special, values, strict=True)
        ]
    )
    st.caption(t("feed_forward.neuron_caption", neuron=neuron, count=int((values > 0).sum()), tokens=len(values)))
