"""What attention is computed from: a sentence through one head of a trained BERT or through random weights, typed numbers, the chapter's case."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd
import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.errors import UserError
from components.text.words import split_words
from components.transformer.attention import (
    MAX_TOKENS,
    MIN_D_MODEL,
    AttentionSteps,
    attention_steps,
    attention_steps_from_qkv,
    chapter_case,
)
from components.transformer.parsing import MatrixError, parse_matrix
from components.transformer.words import embed_words, projection
from components.ui.state.language import t
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.bench import Bench, example_menu, sentence_field

MODES = ("trained", "words", "numbers", "chapter")
EXAMPLES = ("tired", "short", "long")
MAX_D_MODEL, MAX_TYPED = 64, 64  # of random vectors; rows and columns of typed matrices
# What older links hold of a page that began with random vectors.
_OF_WORDS = ("att_d_model", "att_seed", "att_cross", "att_other")


class AttentionInputError(UserError):
    """Input of the attention page that can't be used."""


@dataclass(frozen=True, eq=False)
class AttentionInput:
    """What the visitor put in: the matrices' row names, and either word vectors with projections or Q, K, V themselves.

    matrices: query_input, key_value_input, W_Q, W_K, W_V and, of a trained head, b_Q, b_K, b_V; or Q, K, V. settings: the same as the code
    snippet's assignments. special: which of the keys the tokenizer added. source: where the numbers come from, in a sentence; notes: what else
    is to be known of them. begin: the word that is looked at first.
    """

    mode: str
    query_names: Sequence[str]
    key_names: Sequence[str]
    matrices: dict[str, np.ndarray]
    settings: dict[str, object]
    source: str
    special: tuple[bool, ...] = ()
    notes: tuple[str, ...] = ()
    begin: str = ""

    @property
    def crossed(self) -> bool:
        """Whether keys and values come from another sentence than the queries."""
        return "query_input" in self.matrices and self.matrices["query_input"] is not self.matrices["key_value_input"]

    def steps(self, mask: np.ndarray, scale: bool) -> AttentionSteps:
        compute = attention_steps_from_qkv if "Q" in self.matrices else attention_steps
        return compute(**self.matrices, mask=mask, scale=scale)


def choose_mode(bar: Bench) -> str:
    """The examples, and which kind of input is used."""
    texts = {name: t(f"attention.example_{name}_text") for name in EXAMPLES}
    plain = {"att_mode": "trained", "att_mask": "none"}
    choices: dict[str, dict[str, object]] = {name: {"att_text": text, **plain} for name, text in texts.items()}
    choices["later"] = {"att_text": texts["short"], **plain, "att_mask": "causal"}
    choices |= {mode: {"att_mode": mode, "att_mask": "none"} for mode in MODES[1:]}
    begun = "att_mode" in st.session_state or "att_mode" in st.query_params
    if not begun and any(name in st.query_params for name in _OF_WORDS):
        st.session_state["att_mode"] = "words"
    with bar.examples:
        example_menu("att_example", choices, {name: t(f"attention.example_{name}") for name in choices})
    with bar.model:
        return choice(
            t("attention.mode"),
            MODES,
            key="att_mode",
            label_of=lambda name: t(f"attention.mode_{name}"),
            widget=st.selectbox,
            label_visibility="collapsed",
        )


def read_input(mode: str, bar: Bench, gear: DeltaGenerator, editors: DeltaGenerator) -> AttentionInput:
    """What stands in the fields of a mode; what is rarely set goes behind the `gear`, tables of numbers into `editors`. Raises
    AttentionInputError, ModelError."""
    if mode in ("numbers", "chapter"):
        with bar.field:
            st.markdown(t(f"attention.field_{mode}"))
        return _numbers_input(editors) if mode == "numbers" else _chapter_input(gear)
    with bar.field:
        texts = {name: t(f"attention.example_{name}_text") for name in EXAMPLES}
        text = sentence_field("att_text", t("attention.text"), texts["tired"], examples=texts)
    begin = next((t(f"attention.example_{name}_word") for name in EXAMPLES if texts[name] == text), "")
    return _trained_input(text, begin, gear) if mode == "trained" else _words_input(text, begin, gear, editors)


def _trained_input(text: str, begin: str, gear: DeltaGenerator) -> AttentionInput:
    from components.models.plain_loading import plain_loading

    from .trained import DEFAULT_HEADS, read_sentence

    if not text.strip():
        raise AttentionInputError("attention.no_words")
    read = read_sentence(text)
    names = [f"{layer + 1}-{head + 1}" for layer in range(read.layers) for head in range(read.heads)]
    with gear:
        head = _head_menu(names, DEFAULT_HEADS.get(read.language, names[0]))
    layer, number = (int(part) - 1 for part in head.split("-"))
    projections = read.projections(layer, number)
    X = read.words(layer)
    loading = plain_loading(read.model)
    groups = [list(places) for places in read.units.tokens]
    settings = {**asdict(loading), "text": read.text, "groups": groups, "layer": layer + 1, "head": number + 1} if loading else {}
    notes = [t("attention.averaged")] if any(len(places) > 1 for places in groups) else []
    if read.left_out:
        notes.append(t("attention.cut", most=read.most, left_out=read.left_out))
    return AttentionInput(
        "trained",
        read.units.labels,
        read.units.labels,
        {"query_input": X, "key_value_input": X, **vars(projections)},
        settings,
        t(f"attention.source_trained_{read.language}", layer=layer + 1, head=number + 1),
        read.units.special,
        tuple(notes),
        begin,
    )


def _head_menu(names: Sequence[str], usual: str) -> str:
    """One head of the model; until the visitor chooses one, the `usual` one of the sentence's language."""
    if st.session_state.get("att_head") == st.session_state.get("att_head:usual"):
        st.session_state.pop("att_head", None)
    st.session_state["att_head:usual"] = usual

    def named(name: str) -> str:
        layer, head = name.split("-")
        return t("attention.head_name", layer=layer, head=head)

    return choice(t("attention.head"), names, key="att_head", default=usual, label_of=named, widget=st.selectbox)


def _words_input(text: str, begin: str, gear: DeltaGenerator, editors: DeltaGenerator) -> AttentionInput:
    typed_text("att_other", t("attention.example_other"))
    with gear:
        d_model = int(st.number_input(t("attention.d_model"), MIN_D_MODEL, MAX_D_MODEL, 4, key="att_d_model", bind="query-params"))
        seed = int(st.number_input(t("common.seed"), 0, 9999, 0, key="att_seed", bind="query-params", help=t("attention.seed_help")))
        cross = st.toggle(t("attention.cross"), key="att_cross", bind="query-params", help=t("attention.cross_help"))
        other = st.text_input(t("attention.other"), key="att_other", persist_state="session") if cross else text
    if not MIN_D_MODEL <= d_model <= MAX_D_MODEL:  # the field's own limits hold in the browser only
        raise AttentionInputError("attention.d_model_limits", found=d_model, least=MIN_D_MODEL, most=MAX_D_MODEL)
    queries, keys = (_split(sentence) for sentence in (text, other))
    X = embed_words(queries, seed, d_model)
    matrices = {"query_input": X, "key_value_input": embed_words(keys, seed, d_model) if cross else X}
    edits: dict[tuple[str, int, int], float] = {}
    with editors.expander(t("attention.edit_weights"), icon=":material/edit:"):
        st.caption(t("attention.edit_weights_help"))
        for column, name in zip(st.columns(3), ("W_Q", "W_K", "W_V"), strict=True):
            with column:
                st.markdown(f"${name}$")
                start = projection(d_model, d_model, seed, name)
                matrices[name] = _edited(start, key=f"att_{name}:{d_model}:{seed}")
                changed = np.argwhere(matrices[name] != start)
                edits |= {(name, int(row), int(column)): float(matrices[name][row, column]) for row, column in changed}
    settings = {"query_words": queries, "key_words": keys, "d_model": d_model, "seed": seed, "edits": edits}
    return AttentionInput("words", queries, keys, matrices, settings, t("attention.source_words"), begin=begin)


def _numbers_input(editors: DeltaGenerator) -> AttentionInput:
    examples = {"Q": "1 0 1\n0 1 1", "K": "1 0 1\n0 1 0\n1 1 1", "V": "1 0\n0 2\n3 1"}
    matrices = {}
    for column, name in zip(editors.columns(3), "QKV", strict=True):
        with column:
            typed_text(f"att_{name}", examples[name])
            typed = st.text_area(
                t("attention.matrix", name=name), key=f"att_{name}", persist_state="session", height=120, help=t("attention.matrix_help")
            )
            try:
                matrices[name] = parse_matrix(typed, MAX_TYPED, MAX_D_MODEL)
            except MatrixError as error:
                raise AttentionInputError(
                    f"attention.matrix_{error.problem}",
                    name=name,
                    row=error.row,
                    column=error.column,
                    text=error.text[:20],
                    found=error.found,
                    expected=error.expected,
                ) from error
    Q, K, V = matrices["Q"], matrices["K"], matrices["V"]
    if Q.shape[1] != K.shape[1]:
        raise AttentionInputError("attention.widths_differ", q=Q.shape[1], k=K.shape[1])
    if K.shape[0] != V.shape[0]:
        raise AttentionInputError("attention.keys_values_differ", k=K.shape[0], v=V.shape[0])
    settings: dict[str, object] = {name: matrix.tolist() for name, matrix in matrices.items()}
    queries, keys = [f"q{i + 1}" for i in range(len(Q))], [f"k{i + 1}" for i in range(len(K))]
    return AttentionInput("numbers", queries, keys, matrices, settings, t("attention.source_numbers"))


def _chapter_input(gear: DeltaGenerator) -> AttentionInput:
    with gear:
        sample = int(st.number_input(t("attention.sample"), 1, 2, 1, key="att_sample", bind="query-params"))
        seed = int(st.number_input(t("common.seed"), 0, 9999, 0, key="att_seed", bind="query-params"))
    Q, K, V = (matrix[sample - 1] for matrix in chapter_case(seed))
    names = [str(i + 1) for i in range(len(Q))]
    return AttentionInput(
        "chapter", names, names, {"Q": Q, "K": K, "V": V}, {"seed": seed, "sample": sample}, t("attention.source_chapter")
    )


def _split(sentence: str) -> list[str]:
    words = split_words(sentence)
    if not words:
        raise AttentionInputError("attention.no_words")
    if len(words) > MAX_TOKENS:
        raise AttentionInputError("attention.too_many_words", found=len(words), most=MAX_TOKENS)
    return words


def _edited(matrix: np.ndarray, key: str) -> np.ndarray:
    """A small spreadsheet over a matrix; an emptied or impossible cell raises."""
    frame = pd.DataFrame(matrix, columns=[str(i + 1) for i in range(matrix.shape[1])])
    edited = st.data_editor(frame, key=key, height=220, hide_index=True).to_numpy(dtype=float)
    if edited.shape != matrix.shape or not (np.abs(edited) <= 1e6).all():
        raise AttentionInputError("attention.weights_incomplete")
    return edited
