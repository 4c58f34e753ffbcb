"""The similarity page's own parts: sentences in, cosines out, poolings and layers side by side."""

from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.lines import Curve, line_figure, line_table
from components.charts.numbers import significant
from components.errors import UserError
from components.models.plain_loading import plain_loading
from components.models.shared_space import SharedSpaceEncoder
from components.models.similarity import POOLINGS, SentenceEncoder
from components.text.language import detect
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import matrix_panel, show_figure, show_matrix, show_row
from components.ui.widgets.models import cards, choose_task_model, facts, model_for
from components.vectors.pairs import Pair, blank_across, cosine_matrix, mean_similarity, most_similar_pairs

from .languages import across, languages, note_weakness, warn_of_sentences

MAX_SENTENCES = 200
MAX_CHARACTERS = 100_000
CELL = "sim_cell"
FIVE = (
    "The cat sits on the mat.\nA feline rests on a rug.\nThe dog plays in the park.\n"
    "Machine learning is a subset of artificial intelligence.\nDeep learning uses neural networks."
)
THREE = "Natural language processing is fascinating.\nI love machine learning.\nThe weather is nice today."


class SimilarityInputError(UserError):
    """Sentences that can't be compared."""


@dataclass(frozen=True, eq=False)
class Compared:
    """The sentences, their encoder, and the pooling and layer that the visitor chose. groups: pairs across them mean nothing. across: bool
    (n, n), the pairs across languages that a model of several can compare, with what it was trained for; None where there are none."""

    sentences: tuple[str, ...]
    encoder: SentenceEncoder
    pooling: str
    layer: int
    groups: tuple[str, ...]
    across: np.ndarray | None = None

    @property
    def trained_for(self) -> tuple[str, int]:
        """The (pooling, layer) that the model was trained with: the only one in which several languages share a space."""
        return self.encoder.own_pooling, self.encoder.num_layers

    @property
    def code(self) -> dict[str, Any]:
        """The name of the code tab's snippet, and the same as its assignments; {} for a model that plain code can't load."""
        loading = plain_loading(self.encoder.id)
        if loading is None:
            return {}
        sentences = [self.encoder.prompt + sentence for sentence in self.sentences]
        chosen = {"sentences": sentences, "pooling": self.pooling, "layer": self.layer, "max_length": self.encoder.max_length}
        if not isinstance(self.encoder, SharedSpaceEncoder):
            return {"snippet": "similarity", "settings": asdict(loading) | chosen}
        own = {"backbone": loading.model, "adapter": loading.adapter, "japanese": self.encoder.reads_itself(self.sentences)}
        return {"snippet": "similarity_across", "settings": own | chosen}

    def cosines(self) -> np.ndarray:
        """(n, n) for the chosen pooling and layer; NaN across groups."""
        return self.variants(((self.pooling, self.layer),))[self.pooling, self.layer]

    def variants(self, wanted: tuple[tuple[str, int], ...]) -> dict[tuple[str, int], np.ndarray]:
        """The same for several (pooling, layer)."""
        computed = _cosines(self.encoder.id, self.sentences, wanted)
        kept = {variant: blank_across(cosines, self.groups) for variant, cosines in computed.items()}
        if self.across is None:
            return kept
        return {variant: np.where(self.across & (variant != self.trained_for), np.nan, cosines) for variant, cosines in kept.items()}


def read_sentences() -> tuple[str, ...]:
    """The examples and the text field; one sentence a line, blank lines left out."""
    japanese = t("similarity.example_japanese_text")
    presets = {"five": FIVE, "three": THREE, "japanese": japanese, "both": t("similarity.example_both_text")}
    labels = {name: t(f"similarity.example_{name}") for name in presets}
    examples("sim_preset", {name: {"sim_sentences": text} for name, text in presets.items()}, labels)
    here = any(entry.language == "ja" and entry.bundled for entry in cards("similarity"))
    typed_text("sim_sentences", japanese if language() == "ja" and here else FIVE)
    text = st.text_area(t("similarity.sentences"), key="sim_sentences", persist_state="session", height=150)
    if len(text) > MAX_CHARACTERS:
        raise SimilarityInputError("similarity.too_many_characters", found=len(text), most=MAX_CHARACTERS)
    sentences = tuple(line.strip() for line in text.split("\n") if line.strip())
    if len(sentences) < 2:
        raise SimilarityInputError("similarity.too_few", found=len(sentences))
    if len(sentences) > MAX_SENTENCES:
        raise SimilarityInputError("similarity.too_many", found=len(sentences), most=MAX_SENTENCES)
    return sentences


def choose_encoder(sentences: tuple[str, ...]) -> Compared:
    """Model, pooling and layer. Raises ModelError, and SimilarityInputError where no two sentences can be compared."""
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        default = model_for("similarity", sentences)
        chosen = choose_task_model("similarity", key="sim_model", label=t("similarity.model"), default=default)
    encoder = model(chosen, "similarity")
    poolings = [pooling for pooling in POOLINGS if pooling != "pooler" or encoder.has_pooler]
    pooling = choice(t("similarity.pooling"), poolings, key="sim_pooling", label_of=_pooling_name, help=t("similarity.pooling_help"))
    last = encoder.num_layers
    layer = right.number_input(
        t("similarity.layer"),
        0,
        last,
        last,
        key="sim_layer",
        bind="query-params",
        help=t("similarity.layer_help"),
        disabled=pooling == "pooler",
    )
    st.caption(facts(encoder.id))
    groups = warn_of_sentences(sentences, encoder.id)
    if len(set(groups)) == len(groups):
        raise SimilarityInputError("similarity.nothing_to_compare")
    note_weakness(encoder.id)
    _warn_of_lines(sentences, encoder)
    layer = last if pooling == "pooler" else min(int(layer), last)
    compared = Compared(sentences, encoder, pooling, layer, tuple(groups), across(sentences, encoder.id))
    if not most_similar_pairs(compared.cosines(), 1):
        own, at = compared.trained_for
        raise SimilarityInputError("similarity.only_across", pooling=_pooling_name(own), layer=at)
    return compared


def show_similarities(compared: Compared) -> None:
    """The N x N heatmap; a chosen cell names its pair."""
    cosines = compared.cosines()
    best = most_similar_pairs(cosines, 1)[0]
    names = _short(compared)
    show_matrix(
        cosines,
        names,
        names,
        key="similarity-matrix",
        caption=t("similarity.matrix_caption") + _across_caption(compared),
        alt=t("similarity.matrix_alt", n=len(cosines), first=best.first + 1, second=best.second + 1, score=significant(best.score)),
        on_cell=lambda row, column: st.session_state.update({CELL: (row, column)}),
        marks=[_cell(len(cosines), best)],
        dotted=compared.across if (compared.pooling, compared.layer) == compared.trained_for else None,
        signed=True,
        limits=(-1.0, 1.0),
        height=360,
        colour_bar=True,
        decimals=2,
    )
    row, column = _cell(len(cosines), best)
    st.markdown(t("similarity.pair", row=row + 1, column=column + 1, score=significant(float(cosines[row, column]))))
    st.text(f"{row + 1}  {compared.sentences[row]}\n{column + 1}  {compared.sentences[column]}")


def show_pairs(compared: Compared) -> None:
    """The most similar pairs as a table."""
    pairs = most_similar_pairs(compared.cosines())
    names = {name: t(f"similarity.column_{name}") for name in ("score", "first", "second")}
    table = pd.DataFrame(
        [(pair.score, compared.sentences[pair.first], compared.sentences[pair.second]) for pair in pairs], columns=list(names.values())
    )
    if compared.across is not None:
        spoken = languages(compared.sentences, compared.encoder.id)
        both = [dict.fromkeys((spoken[pair.first], spoken[pair.second])) for pair in pairs]
        table[t("similarity.column_languages")] = [" – ".join(t(f"similarity.language_{name}") for name in names) for names in both]
    st.dataframe(table, hide_index=True, column_config={names["score"]: st.column_config.NumberColumn(format="%.3f", width="small")})


def show_poolings(compared: Compared) -> None:
    """Every pooling side by side on the same sentences, with the mean similarity of all pairs."""
    last = compared.encoder.num_layers
    variants = tuple(
        (pooling, last if pooling == "pooler" else compared.layer)
        for pooling in POOLINGS
        if pooling != "pooler" or compared.encoder.has_pooler
    )
    results = compared.variants(variants)
    numbers = [str(i + 1) for i in range(len(compared.sentences))]
    panels = []
    for (pooling, layer), cosines in results.items():
        mean = _mean(cosines)
        panels.append(
            matrix_panel(
                cosines,
                numbers,
                numbers,
                key=f"similarity-pooling-{pooling}",
                name=_pooling_name(pooling),
                title=f"**{_pooling_name(pooling)}**  \n{t('similarity.mean', value=mean)}",
                alt=t("similarity.pooling_alt", pooling=_pooling_name(pooling), layer=layer, mean=mean),
                limits=(-1.0, 1.0),
                signed=True,
                width=135,
                height=200,
            )
        )
    caption = t("similarity.poolings_caption", layer=compared.layer, last=last)
    if compared.across is not None:
        caption = f"{caption} {_only_trained(compared)}"
    show_row(panels, key="similarity-poolings", caption=caption, width=190)


def show_layers(compared: Compared) -> None:
    """The mean similarity of all pairs through the layers, for each pooling that every layer has."""
    layers = range(compared.encoder.num_layers + 1)
    variants = tuple((pooling, layer) for pooling in ("mean", "max", "cls") for layer in layers)
    results = compared.variants(variants)
    row, column = _cell(len(compared.sentences), most_similar_pairs(compared.cosines(), 1)[0])
    if compared.across is not None and compared.across[row, column]:
        within = most_similar_pairs(np.where(compared.across, np.nan, compared.cosines()), 1)
        if not within:
            st.info(_only_trained(compared))
            return
        row, column = within[0].first, within[0].second
    curves = [
        Curve(f"{_pooling_name(pooling)} · {t(f'similarity.curve_{what}')}", [value(results[pooling, layer]) for layer in layers])
        for what, value in (("pair", lambda cosines: float(cosines[row, column])), ("all", mean_similarity))
        for pooling in ("mean", "max", "cls")
    ]
    axis: dict[str, Any] = {"x_title": t("similarity.layer")}
    show_figure(
        line_figure(list(layers), curves, y_title=t("similarity.cosine"), markers=True, height=340, **axis),
        key="similarity-layers",
        caption=t("similarity.layers_caption", row=row + 1, column=column + 1)
        + (f" {t('similarity.layers_within')}" if compared.across is not None else ""),
        alt=t(
            "similarity.layers_alt",
            row=row + 1,
            column=column + 1,
            start=significant(float(curves[0].y[0])),
            end=significant(float(curves[0].y[-1])),
            mean=significant(float(curves[3].y[-1])),
        ),
        data=line_table(list(layers), curves, **axis),
    )


@st.cache_data(max_entries=24, ttl=3600, show_spinner=False)
def _cosines(id: str, sentences: tuple[str, ...], variants: tuple[tuple[str, int], ...]) -> dict[tuple[str, int], np.ndarray]:
    vectors = model(id, "similarity").encode_variants(sentences, variants)
    return {variant: cosine_matrix(array) for variant, array in vectors.items()}


def _cell(count: int, best: Pair) -> tuple[int, int]:
    """The chosen cell; the most similar pair until one is chosen, or when it no longer exists."""
    row, column = st.session_state.get(CELL, (best.first, best.second))
    return (row, column) if max(row, column) < count else (best.first, best.second)


def _pooling_name(pooling: str) -> str:
    return t(f"similarity.pooling_{pooling}")


def _short(compared: Compared) -> list[str]:
    """The rows' names: their numbers, in a list of several languages these too ("3 ja"), and in a short one the sentences."""
    names = [str(i + 1) for i in range(len(compared.sentences))]
    if compared.across is not None:
        names = [f"{name} {spoken}" for name, spoken in zip(names, languages(compared.sentences, compared.encoder.id), strict=True)]
    if len(names) > 12:
        return names
    return [f"{name} {sentence}" for name, sentence in zip(names, compared.sentences, strict=True)]


def _across_caption(compared: Compared) -> str:
    if compared.across is None:
        return ""
    trained = (compared.pooling, compared.layer) == compared.trained_for
    return " " + (t("similarity.matrix_across") if trained else _only_trained(compared))


def _only_trained(compared: Compared) -> str:
    """Why pairs across languages have no number for other poolings and layers."""
    pooling, layer = compared.trained_for
    return t("similarity.only_trained", pooling=_pooling_name(pooling), layer=layer)


def _mean(cosines: np.ndarray) -> str:
    mean = mean_similarity(cosines)
    return "–" if np.isnan(mean) else significant(mean)


def _warn_of_lines(sentences: tuple[str, ...], encoder: SentenceEncoder) -> None:
    silent = [i + 1 for i, sentence in enumerate(sentences) if detect(sentence) == "none"]
    if silent:
        st.warning(t("similarity.no_letters", lines=", ".join(map(str, silent[:10]))), icon=":material/warning:")
    cut = [i + 1 for i, count in enumerate(encoder.token_counts(sentences)) if count > encoder.max_length]
    if cut:
        st.warning(t("similarity.cut", lines=", ".join(map(str, cut[:10])), most=encoder.max_length), icon=":material/content_cut:")
