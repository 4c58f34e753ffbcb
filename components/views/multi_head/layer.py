"""One layer of heads as the page shows it: named columns over the words, the shape at every step, and how near the library it is."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from components.charts.heads import HeadColumn
from components.charts.words import Words
from components.models import bundled
from components.text.japanese import is_japanese_tokenizer
from components.text.language import main_language
from components.text.token_names import names
from components.text.word_grouping import Units, group_words
from components.transformer.analysis import merge_words
from components.transformer.attention import scaled_dot_product_attention
from components.transformer.head_kind import HeadKind, head_kind
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import keep_list_in_address, listed_in_address

from .inputs import RandomInput

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from components.models.encoder import EncoderRun, LoadedEncoder
    from components.transformer.multi_head import MultiHeadExperiment

Head = tuple[int, int]
SHOWN = 4  # heads of a model that stand side by side
TOLD = ("next", "previous", "one_word", "resting", "word_to_word", "wide")  # which kinds are shown first
MAX_CHARACTERS = 20_000


@dataclass(frozen=True, eq=False)
class Layer:
    """Some heads over the words of a text.

    difference: the largest one between what is shown and the library's own. shapes: name of a step's tensor -> its shape. parameters: of ours
    and of the library's layer, where both were made. begin: the word looked at first. notes: what else is to be known. code: name and settings of
    the snippet.
    """

    heads: Sequence[HeadColumn]
    queries: Words
    keys: Words
    d_model: int
    num_heads: int
    difference: float
    shapes: Mapping[str, tuple[int, ...]]
    source: str
    parameters: tuple[int, int] | None = None
    notes: tuple[str, ...] = ()
    snippet: str = ""
    settings: Mapping[str, object] | None = None


def telling_heads(kinds: Mapping[Head, HeadKind], most: int = SHOWN) -> list[Head]:
    """Up to `most` heads that differ: the clearest of each kind in the order of TOLD, then the second clearest of each, and so on."""
    groups = [sorted((head for head in kinds if kinds[head].kind == kind), key=lambda head: -kinds[head].share) for kind in TOLD]
    rounds = [group[place] for place in range(max(map(len, groups), default=0)) for group in groups if place < len(group)]
    return rounds[:most]


def trained_layer(text: str, gear: "DeltaGenerator") -> Layer:
    """Heads of the bundled BERT of the text's language, named by what they do on it. Raises ModelError."""
    from components.models.plain_loading import plain_loading

    models = bundled.models_for(main_language([text]))
    encoder = model(models.encoder, "encoder")
    with st.spinner(t("multi_head.reading")):
        run, units, kinds = _read(models.encoder, text[:MAX_CHARACTERS])
    assert run.attentions is not None  # `_read` asks for them
    head_names = [f"{layer + 1}-{head + 1}" for layer, head in kinds]
    usual = [f"{layer + 1}-{head + 1}" for layer, head in telling_heads(kinds)]
    chosen = _head_menu(head_names, gear) or usual
    heads = [(int(layer) - 1, int(head) - 1) for layer, head in (name.split("-") for name in chosen)]
    columns = [
        _named(kinds[head], name, merge_words(run.attentions[head], units.unit_of_token), units)
        for head, name in zip(heads, chosen, strict=True)
    ]
    labels = Words(units.labels, units.special)
    loading = plain_loading(models.encoder)
    numbered = [(layer + 1, head + 1) for layer, head in heads]
    groups = [list(places) for places in units.tokens]
    notes = (t("multi_head.cut", most=encoder.max_length, left_out=run.text.left_out[0]),) if run.text.left_out[0] else ()
    return Layer(
        columns,
        labels,
        labels,
        encoder.hidden_size,
        encoder.num_heads,
        max(_difference(encoder, run, head) for head in heads),
        _shapes(len(run.text), len(run.text), encoder.hidden_size, encoder.num_heads),
        t(f"multi_head.source_{models.language}", layers=encoder.num_layers, heads=encoder.num_heads),
        notes=notes,
        snippet="multi_head_trained" if loading else "",
        settings={**asdict(loading), "text": run.text.text, "groups": groups, "heads": numbered} if loading else None,
    )


def random_layer(inputs: RandomInput) -> Layer:
    """The from-scratch layer beside `nn.MultiheadAttention` with the same random weights."""
    with st.spinner(t("multi_head.computing")):
        experiment = _experiment(
            tuple(inputs.query_words), tuple(inputs.key_words), inputs.d_model, inputs.num_heads, inputs.causal, inputs.seed
        )
    note = t("multi_head.random_note", d_k=inputs.d_model // inputs.num_heads)
    columns = [HeadColumn(t("multi_head.head", head=head + 1), "", note, weights) for head, weights in enumerate(experiment.weights)]
    return Layer(
        columns,
        Words(tuple(inputs.query_words)),
        Words(tuple(inputs.key_words)),
        inputs.d_model,
        inputs.num_heads,
        max(experiment.output_difference, experiment.weights_difference),
        {step.name: step.shape for step in experiment.steps},
        t("multi_head.source_random"),
        (experiment.parameter_count, experiment.library_parameter_count),
        snippet="multi_head",
        settings={
            "query_words": list(inputs.query_words),
            "key_words": list(inputs.key_words),
            "d_model": inputs.d_model,
            "num_heads": inputs.num_heads,
            "causal": inputs.causal,
            "seed": inputs.seed,
        },
    )


def _head_menu(names_of_heads: list[str], gear: "DeltaGenerator") -> list[str]:
    """The visitor's own choice; [] where the page chooses."""
    key = "mh_chosen"
    if key not in st.session_state:
        st.session_state[key] = listed_in_address(key)[:SHOWN]
    st.session_state[key] = [name for name in st.session_state[key] if name in names_of_heads]
    with gear:
        chosen = st.multiselect(
            t("multi_head.choose_heads"), names_of_heads, key=key, max_selections=SHOWN, placeholder=t("multi_head.choose_heads_none"),
            persist_state="session",
        )  # fmt: skip
    keep_list_in_address(key, chosen)
    return chosen


def _named(kind: HeadKind, number: str, weights: np.ndarray, units: Units) -> HeadColumn:
    specials = t("multi_head.specials_and").join(
        dict.fromkeys(label for label, special in zip(units.labels, units.special, strict=True) if special)
    )
    if kind.kind == "one_word" and kind.word is not None:
        note = t("multi_head.note_one_word", word=units.labels[kind.word])
    else:
        note = t(f"head_kind.{kind.kind}_note", specials=specials)
    return HeadColumn(t(f"head_kind.{kind.kind}"), number, note, weights)


@st.cache_resource(max_entries=4, ttl=900, show_spinner=False)
def _read(id: str, text: str) -> "tuple[EncoderRun, Units, dict[Head, HeadKind]]":
    """One run, its words, and what each head does on them."""
    from components.models import load

    encoder = load(id, "encoder")
    run = encoder.run(text, attentions=True, hidden_states=True)
    tokenizer = encoder.aligner.tokenizer
    units = group_words(run.text, True, is_japanese_tokenizer(tokenizer), names(run.text, tokenizer))
    places = np.ndindex(run.attentions.shape[:2])
    kinds = {head: head_kind(merge_words(run.attentions[head], units.unit_of_token), units.special) for head in places}
    return run, units, kinds


def _difference(encoder: "LoadedEncoder", run: "EncoderRun", head: Head) -> float:
    """How far a head's weights, computed here from its projections, lie from those that the library gave."""
    from components.models.projections import head_projections

    assert run.hidden_states is not None and run.attentions is not None  # `_read` asks for both
    layer, number = head
    W = head_projections(encoder, layer, number)
    X = run.hidden_states[layer].astype(np.float64)
    Q, K, V = X @ W.W_Q + W.b_Q, X @ W.W_K + W.b_K, X @ W.W_V + W.b_V
    return float(np.abs(scaled_dot_product_attention(Q, K, V)[1] - run.attentions[head]).max())


def _shapes(n_q: int, n_k: int, d: int, h: int) -> dict[str, tuple[int, ...]]:
    """The shapes of a layer of h heads, in the order of computing."""
    sides = {"query": n_q, "key": n_k, "value": n_k}
    shapes: dict[str, tuple[int, ...]] = {name: (1, n, d) for name, n in sides.items()}
    shapes |= {f"{name}_projected": (1, n, d) for name, n in sides.items()}
    shapes |= {f"{name}_heads": (1, h, n, d // h) for name, n in sides.items()}
    return shapes | {"weights": (1, h, n_q, n_k), "heads": (1, h, n_q, d // h), "concatenated": (1, n_q, d), "output": (1, n_q, d)}


@st.cache_data(max_entries=32, ttl=3600, show_spinner=False)
def _experiment(
    queries: tuple[str, ...], keys: tuple[str, ...], d_model: int, num_heads: int, causal: bool, seed: int
) -> "MultiHeadExperiment":
    from components.transformer.masks import causal_mask
    from components.transformer.multi_head import compare_with_library
    from components.transformer.words import embed_words

    mask = causal_mask(len(queries), len(keys)) if causal else None
    return compare_with_library(embed_words(list(queries), seed, d_model), embed_words(list(keys), seed, d_model), num_heads, mask, seed)
