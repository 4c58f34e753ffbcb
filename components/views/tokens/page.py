"""One text through several tokenizers side by side, and Japanese words as the dictionary sees them."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components.charts.stacked import BarSegment, stacked_bars, stacked_table
from components.charts.theme import MARK_COLOUR, QUERY_COLOUR
from components.errors import ModelError, UserError
from components.models import bundled
from components.models.plain_loading import plain_loading
from components.models.tokenizers import bundled_tokenizers, load_tokenizer
from components.text.japanese import Morpheme, is_japanese_tokenizer, morphemes
from components.text.language import has_japanese
from components.text.tokens import AlignedText, Aligner
from components.ui.state.language import language, t
from components.ui.state.runs import visitor_model
from components.ui.widgets.address import typed_text
from components.ui.widgets.errors import sentence
from components.ui.widgets.examples import examples
from components.ui.widgets.figures import show_figure
from components.ui.widgets.tokens import Chip, token_chips

MAX_CHARACTERS = 10_000
MAX_CHIPS = 300
EXAMPLES = ("hello", "long", "ja", "bad", "mixed")
# The first level of UniDic's parts of speech; English readers get a gloss beside the dictionary's own name.
GLOSSES = {
    "名詞": "noun", "代名詞": "pronoun", "形状詞": "adjectival_noun", "連体詞": "adnominal", "副詞": "adverb", "接続詞": "conjunction",
    "感動詞": "interjection", "動詞": "verb", "形容詞": "adjective", "助動詞": "auxiliary", "助詞": "particle", "接頭辞": "prefix",
    "接尾辞": "suffix", "記号": "symbol", "補助記号": "punctuation", "空白": "space",
}  # fmt: skip


class TokensInputError(UserError):
    """A text or setting of the tokens page that can't be used."""


@dataclass(frozen=True, eq=False)
class Tokenization:
    """One tokenizer's answer: its chips, how many of its tokens are unknown, and the tokens with their places where it is a model's."""

    name: str
    chips: list[Chip]
    unknown: int = 0
    aligned: AlignedText | None = None
    japanese: bool = False


def read_text() -> str:
    """The examples and the text field. Raises TokensInputError for an empty text or one over MAX_CHARACTERS."""
    choices = {name: {"tok_text": t(f"tokens.example_{name}")} for name in EXAMPLES}
    examples("tok_example", choices, {name: t(f"tokens.label_{name}") for name in EXAMPLES})
    typed_text("tok_text", t("tokens.default_text"))
    text = st.text_area(t("tokens.text"), key="tok_text", persist_state="session", height=80)
    if not text.strip():
        raise TokensInputError("tokens.empty")
    if len(text) > MAX_CHARACTERS:
        raise TokensInputError("tokens.too_long", found=len(text), most=MAX_CHARACTERS)
    return text


def show_side_by_side(text: str) -> dict[str, object]:
    """A row of chips for each tokenizer and how many tokens each makes. Returns the snippet's settings."""
    rows, controls = st.container(), st.container()
    with controls:
        extra = _another()
    ids = list(dict.fromkeys([*(card.id for card in bundled_tokenizers()), *extra]))
    splits = [_by_model(id, text) for id in ids]
    if has_japanese(text):
        # What was made for Japanese first: MeCab's words, and WordPiece over them.
        splits = sorted([_by_dictionary(text), *splits], key=lambda split: split.aligned is not None and not split.japanese)
    splits.append(_by_characters(text))
    with rows:
        for split in splits:
            _show_row(split)
        if has_japanese(text) and not any(split.japanese for split in splits):
            st.caption(t("tokens.no_japanese_tokenizer"))
        _show_counts(splits, text)
    if has_japanese(text):
        st.subheader(t("tokens.heading_morphemes"), anchor=False)
        _show_morphemes(text, next((split for split in splits if split.japanese), None))
    loadings = {id: plain_loading(id) for id in ids}
    return {"text": text, "models": {id: dict(plain.tokenizer_options) for id, plain in loadings.items() if plain}}


def chips_of(aligned: AlignedText, unknown_id: int | None, ids: bool) -> list[Chip]:
    """Tokens as chips: words joined, unknown ones marked with what they stand for; their ids beneath where asked for."""
    chips = []
    for position, token in enumerate(aligned.tokens):
        start, end = aligned.spans[position]
        written = aligned.text[start:end]
        unknown = aligned.ids[position] == unknown_id
        note = str(aligned.ids[position]) if ids else written if unknown else ""
        chips.append(
            Chip(token, aligned.words[position], "unknown" if unknown else "token", note, tooltip=f"{written} → {aligned.ids[position]}")
        )
    return chips


def part_of_speech(name: str) -> str:
    """UniDic's own name; for English readers with its meaning."""
    gloss = GLOSSES.get(name.split("-")[0])
    return f"{name} ({t(f'tokens.pos_{gloss}')})" if gloss and language() == "en" else name


def _short(name: str) -> str:
    """The first level of a part of speech in the visitor's language."""
    first = name.split("-")[0]
    return t(f"tokens.pos_{GLOSSES[first]}") if first in GLOSSES else first


def _another() -> list[str]:
    """Ids of further tokenizers that the visitor asked for. A wrong one is a sentence here, and the rest of the page goes on."""
    with st.expander(t("tokens.another"), icon=":material/add:"):
        st.toggle(t("tokens.show_ids"), key="tok_ids", bind="query-params")
        typed_text("tok_other", "")
        typed = st.text_input(
            t("tokens.another_id"), key="tok_other", persist_state="session", placeholder="google-bert/bert-base-uncased", max_chars=200,
            help=t("tokens.another_help"),
        )  # fmt: skip
        if not typed.strip():
            return []
        try:
            id = visitor_model(typed)
            _tokenizer(id)
        except ModelError as error:
            st.error(sentence(error), icon=":material/error:")
            return []
        return [bundled.backbone_of(id) or id]  # an adapter reads its backbone's tokens


def _tokenizer(id: str) -> Aligner:
    with st.spinner(t("common.loading_model", name=id)):
        return load_tokenizer(id)


def _by_model(id: str, text: str) -> Tokenization:
    aligner = _tokenizer(id)
    japanese = is_japanese_tokenizer(aligner.tokenizer)
    aligned = aligner.align(text)
    unknown_id = aligner.tokenizer.unk_token_id
    name = t("tokens.by_mecab_wordpiece" if japanese else "tokens.by_wordpiece", id=id, size=len(aligner.tokenizer))
    chips = chips_of(aligned, unknown_id, st.session_state.get("tok_ids", False))
    return Tokenization(name, chips, sum(id == unknown_id for id in aligned.ids), aligned, japanese)


def _by_dictionary(text: str) -> Tokenization:
    chips = [
        Chip(word.text, index, note=_short(word.part_of_speech), tooltip=f"{word.base_form} {word.reading}".strip())
        for index, word in enumerate(morphemes(text))
    ]
    return Tokenization(t("tokens.by_mecab"), chips)


def _by_characters(text: str) -> Tokenization:
    return Tokenization(
        t("tokens.by_characters"), [Chip(character if character.isprintable() else "␣", index) for index, character in enumerate(text)]
    )


def _show_row(split: Tokenization) -> None:
    count = len(split.chips)
    st.markdown(
        f"**{split.name}** · " + t("tokens.count", n=count) + (f" · {t('tokens.unknown', n=split.unknown)}" if split.unknown else "")
    )
    if count:
        token_chips(split.chips[:MAX_CHIPS])
    if count > MAX_CHIPS:
        st.caption(t("tokens.more", shown=MAX_CHIPS, rest=count - MAX_CHIPS))


def _show_counts(splits: list[Tokenization], text: str) -> None:
    names = [split.name for split in splits]
    parts = [
        BarSegment(t("tokens.part_known"), [len(split.chips) - split.unknown for split in splits], QUERY_COLOUR),
        BarSegment(t("tokens.part_unknown"), [split.unknown for split in splits], MARK_COLOUR),
    ]
    listed = "; ".join(f"{split.name}: {len(split.chips)} ({split.unknown})" for split in splits)
    show_figure(
        stacked_bars(names, parts, value_title=t("tokens.axis_count"), horizontal=True, height=70 + 42 * len(names)),
        key="tokens-counts",
        caption=t("tokens.counts_caption", characters=len(text)),
        alt=t("tokens.counts_alt", listed=listed),
        data=stacked_table(names, parts, name_title=t("tokens.column_tokenizer")),
    )


def _show_morphemes(text: str, split: Tokenization | None) -> None:
    words = morphemes(text)
    columns = {
        t("tokens.column_word"): [word.text for word in words],
        t("tokens.column_pos"): [part_of_speech(word.part_of_speech) for word in words],
        t("tokens.column_reading"): [word.reading for word in words],
        t("tokens.column_base"): [word.base_form for word in words],
    }
    if split is not None and split.aligned is not None:
        aligned = split.aligned
        columns[t("tokens.column_subwords")] = [" ".join(_subwords(aligned, word)) for word in words]
    st.dataframe(pd.DataFrame(columns), hide_index=True, height=min(35 * len(words) + 38, 420))
    st.caption(t("tokens.morphemes_caption"))


def _subwords(aligned: AlignedText, word: Morpheme) -> list[str]:
    """The tokens that begin within the word."""
    return [token for token, (start, _) in zip(aligned.tokens, aligned.spans, strict=True) if word.start <= start < word.end]
