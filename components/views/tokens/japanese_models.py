"""The chapter's table of Japanese BERTs: what it says, what is true of each today, and how each is loaded."""

from dataclasses import dataclass

import pandas as pd
import streamlit as st

from components.models.cards import card
from components.models.hub import cached
from components.models.plain_loading import whole_model
from components.models.tokenizers import at_hand, bundled_tokenizers
from components.ui.state.language import t
from components.ui.widgets.address import choice


@dataclass(frozen=True)
class JapaneseBert:
    """One row. name: the key of its words in the message catalogue. id: of the model catalogue, a Hub id, or a folder of models/."""

    name: str
    id: str


ROWS = (
    JapaneseBert("tohoku", "cl-tohoku/bert-base-japanese-whole-word-masking"),
    JapaneseBert("tohoku_v3", "tohoku-nlp/bert-base-japanese-v3"),
    JapaneseBert("kyoto", "kyoto-bert"),
    JapaneseBert("nict", "nict-bert"),
    JapaneseBert("waseda", "nlp-waseda/roberta-base-japanese"),
)


def show_japanese_models() -> dict[str, object]:
    """The table and, for a chosen model, how to load it. Returns the snippet's settings."""
    columns = ("model", "chapter_says", "today", "licence", "here")
    rows = (*(JapaneseBert("own", tokenizer.id) for tokenizer in bundled_tokenizers() if tokenizer.japanese), *ROWS)
    table = pd.DataFrame([_row(bert) for bert in rows], columns=[t(f"tokens.ja_column_{name}") for name in columns])
    st.table(table.set_index(table.columns[0]))
    st.caption(t("tokens.ja_caption"))
    by_name = {bert.name: bert for bert in rows}
    chosen = choice(
        t("tokens.ja_choose"),
        tuple(by_name),
        key="tok_ja",
        label_of=lambda name: t(f"tokens.ja_{name}_model", id=by_name[name].id),
        widget=st.selectbox,
    )
    id = by_name[chosen].id
    st.markdown(t(f"tokens.ja_{chosen}_load", id=id))
    # The code can't load what is no model of the Hub: it then shows how the chapter's own is loaded.
    return {"model": whole_model(id) or whole_model(ROWS[0].id), "text": t("tokens.sample_ja")}


def _row(bert: JapaneseBert) -> tuple[str, ...]:
    return (
        t(f"tokens.ja_{bert.name}_model", id=bert.id),
        t(f"tokens.ja_{bert.name}_chapter"),
        t(f"tokens.ja_{bert.name}_today"),
        t(f"tokens.ja_{bert.name}_licence"),
        t("tokens.ja_here_yes" if _here(bert) else "tokens.ja_here_no"),
    )


def _here(bert: JapaneseBert) -> bool:
    entry = card(bert.id)
    return bert.name == "own" or (at_hand(entry) if entry else cached(bert.id) is not None)
