"""One text through several tokenizers side by side, and Japanese words as the dictionary sees them."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components.errors import ModelError, UserError
from components.models import bundled
from components.models.plain_loading import plain_loading
from components.models.tokenizers import bundled_tokenizers, load_tokenizer
from components.text.japanese import is_japanese_tokenizer
from components.text.language import has_japanese
from components.text.tokens import Aligner
from components.ui.state.language import language, t
from components.ui.state.runs import visitor_model
from components.ui.widgets.bench import Bench, example_menu, sentence_field
from components.ui.widgets.errors import sentence
from components.ui.widgets.fetching import offer_to_fetch, typed_model
from components.ui.widgets.verdict import said, show_finding

from .splits import Finding, Track, Word, finding, track_of, within, words_of
from .tracks import MOST, token_tracks

TEXT = "tok_text"
MAX_CHARACTERS = 10_000
NAMED, LONGEST = 3, 20  # parts that a finding names, and characters of each
EXAMPLES = ("ja", "bad", "mixed", "hello", "long")
# The first level of UniDic's parts of speech; English readers get a gloss beside the dictionary's own name.
GLOSSES = {
    "名詞": "noun", "代名詞": "pronoun", "形状詞": "adjectival_noun", "連体詞": "adnominal", "副詞": "adverb", "接続詞": "conjunction",
    "感動詞": "interjection", "動詞": "verb", "形容詞": "adjective", "助動詞": "auxiliary", "助詞": "particle", "接頭辞": "prefix",
    "接尾辞": "suffix", "記号": "symbol", "補助記号": "punctuation", "空白": "space",
}  # fmt: skip


class TokensInputError(UserError):
    """A text or setting of the tokens page that can't be used."""


def read_text(bar: Bench) -> str:
    """The text and its examples. Raises TokensInputError for an empty text or one over MAX_CHARACTERS."""
    texts = {name: t(f"tokens.example_{name}") for name in EXAMPLES}
    with bar.examples:
        example_menu(
            "tok_example", {name: {TEXT: text} for name, text in texts.items()}, {name: t(f"tokens.ask_{name}") for name in EXAMPLES}
        )
    with bar.field:
        text = sentence_field(TEXT, t("tokens.text"), t("tokens.default_text"), examples=texts)
    if not text.strip():
        raise TokensInputError("tokens.empty")
    if len(text) > MAX_CHARACTERS:
        raise TokensInputError("tokens.too_long", found=len(text), most=MAX_CHARACTERS)
    return text


def show_side_by_side(bar: Bench, text: str) -> dict[str, object]:
    """The same text in tracks under each other, what is most worth saying of them, and all of it as a table. Returns the snippet's settings."""
    with bar.more:
        extra = _another()
    ids = list(dict.fromkeys([*(card.id for card in bundled_tokenizers()), *extra]))
    # What was made for Japanese comes first, beside the dictionary's words, where the text is Japanese.
    tracks = sorted((_track(id, text) for id in ids), key=lambda track: track.japanese != has_japanese(text))
    words, found = words_of(text), finding(text, words_of(text), tracks)
    show_finding(said_of(found, tracks))
    token_tracks(text, words, tracks, [name_of(track.id) for track in tracks], [_speech(word) for word in words], found)
    if len(text) > MOST:
        st.caption(t("tokens.more", shown=MOST, rest=len(text) - MOST))
    if has_japanese(text) and not any(track.japanese for track in tracks):
        st.caption(t("tokens.no_japanese_tokenizer"))
    with st.expander(t("tokens.as_table"), icon=":material/table_rows:"):
        st.dataframe(_table(words, tracks), hide_index=True, height=min(35 * len(words) + 38, 420))
        if has_japanese(text):
            st.caption(t("tokens.morphemes_caption"))
    loadings = {id: plain_loading(id) for id in ids}
    return {"text": text, "models": {id: dict(plain.tokenizer_options) for id, plain in loadings.items() if plain}}


def name_of(id: str) -> str:
    """What a tokenizer is called: by its language where it is bundled, else by the id that the visitor typed."""
    spoken = bundled.language_of(id)
    return t(f"tokens.bert_{spoken}") if spoken else id


def said_of(found: Finding, tracks: Sequence[Track]) -> str:
    """The finding as HTML: the parts of the text are the visitor's own words."""
    name = name_of(found.track.id)
    if found.kind == "counts":
        counts = t("tokens.separator").join(t("tokens.makes", name=name_of(track.id), n=track.tokens) for track in tracks)
        return said("tokens.found_counts", counts=counts)
    if found.kind == "cut":
        return said("tokens.found_cut", quoted={"word": _short(found.parts[0])}, name=name, n=found.count)
    named = {f"part_{place}": _short(part) for place, part in enumerate(found.parts[:NAMED])}
    key = f"tokens.found_unknown_{len(named)}" + ("_more" if len(found.parts) > NAMED else "")
    return said(key, quoted=named, name=name, n=len(found.parts) - NAMED)


def part_of_speech(name: str) -> str:
    """UniDic's own name; for English readers with its meaning."""
    gloss = GLOSSES.get(name.split("-")[0])
    return f"{name} ({t(f'tokens.pos_{gloss}')})" if gloss and language() == "en" else name


def _speech(word: Word) -> tuple[str, str]:
    """The part of speech in the visitor's language: its first level for the track, all of it for the card."""
    first = word.part_of_speech.split("-")[0]
    return (t(f"tokens.pos_{GLOSSES[first]}") if first in GLOSSES else first), part_of_speech(word.part_of_speech)


def _short(part: str) -> str:
    return part if len(part) <= LONGEST else part[: LONGEST - 1] + "…"


def _another() -> list[str]:
    """Ids of further tokenizers that the visitor asked for. A wrong one is a sentence here, and the rest of the page goes on."""
    typed_model("tok_other")
    typed = st.text_input(
        t("tokens.another_id"), key="tok_other", persist_state="session", placeholder="google-bert/bert-base-uncased", max_chars=200
    )
    st.caption(t("tokens.another_help"))
    offer_to_fetch("tok_other", typed, "")
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
    with st.spinner(t("common.loading_model", name=name_of(id))):
        return load_tokenizer(id)


def _track(id: str, text: str) -> Track:
    aligner = _tokenizer(id)
    return track_of(id, aligner.align(text), aligner.tokenizer.unk_token_id, is_japanese_tokenizer(aligner.tokenizer))


def _table(words: Sequence[Word], tracks: Sequence[Track]) -> pd.DataFrame:
    """A row a word: what the dictionary knows of it, and each tokenizer's pieces of it with their ids."""
    columns: dict[str, list[str]] = {t("tokens.column_word"): [word.text for word in words]}
    if any(word.part_of_speech for word in words):
        columns |= {
            t("tokens.column_pos"): [part_of_speech(word.part_of_speech) for word in words],
            t("tokens.column_reading"): [word.reading for word in words],
            t("tokens.column_base"): [word.base_form for word in words],
        }
    for track in tracks:
        columns[name_of(track.id)] = [
            " ".join(
                f"{token} {id}"
                for piece in within(track, (word.start, word.end))
                for token, id in zip(piece.tokens, piece.ids, strict=True)
            )
            for word in words
        ]
    return pd.DataFrame(columns)
