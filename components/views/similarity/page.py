"""The similarity page's own parts: sentences in, cosines out, poolings and layers side by side."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.errors import UserError
from components.models.plain_loading import plain_loading
from components.models.shared_space import SharedSpaceEncoder
from components.models.similarity import POOLINGS, SentenceEncoder
from components.text.language import detect
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.bench import example_menu
from components.ui.widgets.figures import show_matrix
from components.ui.widgets.models import cards, choose_task_model, model_for, show_facts
from components.ui.widgets.verdict import said, show_finding
from components.vectors.pairs import Pair, blank_across, cosine_matrix, most_similar_pairs, order_by_likeness

from .languages import across, languages, note_weakness, warn_of_sentences

MAX_SENTENCES = 200
MAX_CHARACTERS = 100_000
CELL = "sim_cell"
NUMBERED = 15  # sentences up to which cells have their numbers
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
        """What the code tab shows."""
        return snippet_of(self.encoder, self.sentences, self.pooling, self.layer)

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


def snippet_of(encoder: SentenceEncoder, texts: Sequence[str], pooling: str, layer: int) -> dict[str, Any]:
    """The name of the code tab's snippet and its assignments; {} for a model that plain code can't load."""
    loading = plain_loading(encoder.id)
    if loading is None:
        return {}
    sentences = [encoder.prompt + text for text in texts]
    chosen = {"sentences": sentences, "pooling": pooling, "layer": layer, "max_length": encoder.max_length}
    if not isinstance(encoder, SharedSpaceEncoder):
        return {"snippet": "similarity", "settings": asdict(loading) | chosen}
    own = {"backbone": loading.model, "adapter": loading.adapter, "japanese": encoder.reads_itself(texts)}
    return {"snippet": "similarity_across", "settings": own | chosen}


def read_sentences() -> tuple[str, ...]:
    """The examples and the text field; one sentence a line, blank lines left out."""
    japanese = t("similarity.example_japanese_text")
    presets = {"japanese": japanese, "both": t("similarity.example_both_text"), "five": FIVE, "three": THREE}
    labels = {name: t(f"similarity.ask_{name}") for name in presets}
    example_menu("sim_preset", {name: {"sim_sentences": text} for name, text in presets.items()}, labels)
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
    default = model_for("similarity", sentences)
    chosen = choose_task_model("similarity", key="sim_model", label=t("similarity.model"), default=default)
    encoder = model(chosen, "similarity")
    poolings = [pooling for pooling in POOLINGS if pooling != "pooler" or encoder.has_pooler]
    left, right = st.columns([3, 1], vertical_alignment="bottom")
    with left:
        pooling = choice(t("similarity.pooling"), poolings, key="sim_pooling", label_of=pooling_name, help=t("similarity.pooling_help"))
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
    show_facts(encoder.id)
    groups = warn_of_sentences(sentences, encoder.id)
    if len(set(groups)) == len(groups):
        raise SimilarityInputError("similarity.nothing_to_compare")
    note_weakness(encoder.id)
    _warn_of_lines(sentences, encoder)
    layer = last if pooling == "pooler" else min(int(layer), last)
    compared = Compared(sentences, encoder, pooling, layer, tuple(groups), across(sentences, encoder.id))
    if not most_similar_pairs(compared.cosines(), 1):
        own, at = compared.trained_for
        raise SimilarityInputError("similarity.only_across", pooling=pooling_name(own), layer=at)
    return compared


def show_similarities(compared: Compared) -> None:
    """All pairs as a square whose rows stand beside those most like them; a chosen cell names its pair."""
    cosines = compared.cosines()
    best = most_similar_pairs(cosines, 1)[0]
    row, column = chosen_cell(len(cosines), best)
    show_finding(said("similarity.pair_found", row=row + 1, column=column + 1, score=significant(float(cosines[row, column]))))
    place = st.container()
    alike = (
        choice(
            t("similarity.order"),
            ("near", "as"),
            key="sim_order",
            label_of=lambda name: t(f"similarity.order_{name}"),
            label_visibility="collapsed",
        )
        == "near"
    )
    order = order_by_likeness(cosines) if alike else np.arange(len(cosines))
    names, at = np.array(_short(compared), dtype=object)[order], {int(row): place for place, row in enumerate(order)}
    across = compared.across if (compared.pooling, compared.layer) == compared.trained_for else None
    with place:
        show_matrix(
            cosines[np.ix_(order, order)],
            list(names),
            [str(row + 1) for row in order],
            key="similarity-matrix",
            caption=t("similarity.matrix_caption") + _across_caption(compared),
            alt=t("similarity.matrix_alt", n=len(cosines), first=best.first + 1, second=best.second + 1, score=significant(best.score)),
            on_cell=lambda row, column: st.session_state.update({CELL: (int(order[row]), int(order[column]))}),
            marks=[(at[row], at[column])],
            dotted=None if across is None else across[np.ix_(order, order)],
            limits=(0.0, 1.0),
            height=380,
            colour_bar=True,
            decimals=2 if len(cosines) <= NUMBERED else None,
        )
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


@st.cache_data(max_entries=24, ttl=3600, show_spinner=False)
def _cosines(id: str, sentences: tuple[str, ...], variants: tuple[tuple[str, int], ...]) -> dict[tuple[str, int], np.ndarray]:
    vectors = model(id, "similarity").encode_variants(sentences, variants)
    return {variant: cosine_matrix(array) for variant, array in vectors.items()}


def chosen_cell(count: int, best: Pair) -> tuple[int, int]:
    """The chosen cell; the most similar pair until one is chosen, or when it no longer exists."""
    row, column = st.session_state.get(CELL, (best.first, best.second))
    return (row, column) if max(row, column) < count else (best.first, best.second)


def pooling_name(pooling: str) -> str:
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
    return " " + (t("similarity.matrix_across") if trained else only_trained(compared))


def only_trained(compared: Compared) -> str:
    """Why pairs across languages have no number for other poolings and layers."""
    pooling, layer = compared.trained_for
    return t("similarity.only_trained", pooling=pooling_name(pooling), layer=layer)


def _warn_of_lines(sentences: tuple[str, ...], encoder: SentenceEncoder) -> None:
    silent = [i + 1 for i, sentence in enumerate(sentences) if detect(sentence) == "none"]
    if silent:
        st.warning(t("similarity.no_letters", lines=", ".join(map(str, silent[:10]))), icon=":material/warning:")
    cut = [i + 1 for i, count in enumerate(encoder.token_counts(sentences)) if count > encoder.max_length]
    if cut:
        st.warning(t("similarity.cut", lines=", ".join(map(str, cut[:10])), most=encoder.max_length), icon=":material/content_cut:")
