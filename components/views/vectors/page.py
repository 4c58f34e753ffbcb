"""The page from text to vectors: its text, model and word, and the way of one word from characters to a row of the embedding table."""

from dataclasses import dataclass
from html import escape

import numpy as np
import streamlit as st

from components.errors import UserError
from components.models.masked_lm import MaskedLM
from components.models.word_vectors import WordReading, table
from components.text.clip import clip
from components.text.function_words import function_words
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice
from components.ui.widgets.bench import Bench, example_menu, sentence_field
from components.ui.widgets.escaped import printable
from components.ui.widgets.figures import show_matrix
from components.ui.widgets.models import choose_task_model, model_for, note_foreign_language
from components.ui.widgets.verdict import said, show_finding

TEXT, WORD, OTHER = "vec_text", "vec_word", "vec_other"
WORD_OF = "vec_word_of"  # the text that the word was chosen in
MAX_CHARACTERS = 5_000
DRAWN, TOKENS = 48, 40  # numbers of a row, and tokens, that are drawn
WRITTEN = 4  # numbers of a row that are written out
# Example -> the place of its word among the text's tokens.
EXAMPLES = {"en": {"cat": "2", "sense": "5", "use": "4"}, "ja": {"cat": "1", "sense": "3", "use": "1"}}


class VectorsError(UserError):
    """A text that this page can't read."""


@dataclass(frozen=True, eq=False)
class Chosen:
    """A text that was read, and the token of it that is looked at: `place` among the reading's tokens."""

    id: str
    model: MaskedLM
    reading: WordReading
    place: int

    @property
    def token(self) -> str:
        return self.reading.text.tokens[self.place]

    @property
    def token_id(self) -> int:
        return self.reading.text.ids[self.place]

    @property
    def vocabulary(self) -> int:
        return len(table(self.model))

    def settings(self) -> dict[str, object]:
        """What the code on the page takes."""
        return {"model": self.id, "text": self.reading.text.text, "place": self.place}


def choose(bar: Bench) -> Chosen:
    """Text, example, model and word. Raises VectorsError and ModelError."""
    texts = {name: t(f"vectors.example_{name}") for name in EXAMPLES[language()]}
    with bar.examples:
        example_menu(
            "vec_example",
            {
                name: {TEXT: text, WORD: EXAMPLES[language()][name], WORD_OF: text, OTHER: t(f"vectors.other_{name}")}
                for name, text in texts.items()
            },
            {name: t(f"vectors.ask_{name}") for name in texts},
        )
    with bar.field:
        text = sentence_field(TEXT, t("vectors.text"), texts["cat"], examples=texts)
    if not text.strip():
        raise VectorsError("vectors.no_text")
    if len(text) > MAX_CHARACTERS:
        raise VectorsError("vectors.too_long", found=len(text), most=MAX_CHARACTERS)
    with bar.model:
        id = choose_task_model("masked_lm", key="vec_model", label=t("vectors.model"), default=model_for("masked_lm", [text]))
    asked = model(id, "masked_lm")
    reading = read_text(id, text)
    places = [place for place, special in enumerate(reading.text.special) if not special]
    if not places:
        raise VectorsError("vectors.no_text")
    if st.session_state.get(WORD_OF, text) != text:  # the place of a word means nothing in another text
        st.session_state[WORD] = str(first_word(reading))
    st.session_state[WORD_OF] = text
    with bar.more:
        chosen = choice(
            t("vectors.word"), [str(place) for place in places], key=WORD, default=str(first_word(reading)), widget=st.selectbox,
            label_of=lambda place: f"{place} {reading.text.tokens[int(place)]}",
        )  # fmt: skip
    note_foreign_language(id, text)
    return Chosen(id, asked, reading, int(chosen))


def first_word(reading: WordReading) -> int:
    """The token to begin with: the first that is neither a function word nor a mark, else the first of the text."""
    text = reading.text
    own = [place for place, special in enumerate(text.special) if not special]
    empty = function_words(text.text, [text.spans[place] for place in own])
    return next((place for place, without in zip(own, empty, strict=True) if not without), own[0])


def show_way(chosen: Chosen) -> None:
    """What one word becomes, step by step, and the rows of all words as stripes."""
    reading, row = chosen.reading, chosen.reading.rows[chosen.place]
    quoted = {"word": clip(chosen.token, 20)}
    show_finding(said("vectors.way_finding", quoted=quoted, id=f"{chosen.token_id:,}", rows=f"{chosen.vocabulary:,}", d=len(row)))
    first = max(0, min(chosen.place - TOKENS // 2, len(reading.text) - TOKENS))
    shown = range(first, min(first + TOKENS, len(reading.text)))

    def pick(row: int, column: int) -> None:
        if not reading.text.special[first + row]:
            st.session_state[WORD] = str(first + row)

    bound = float(np.abs(reading.rows[[place for place in shown if not reading.text.special[place]]]).max())
    show_matrix(
        reading.rows[list(shown), :DRAWN], [reading.text.tokens[place] for place in shown], [str(column + 1) for column in range(DRAWN)],
        key="vectors-rows", caption=t("vectors.way_caption", drawn=DRAWN, d=len(row)), alt=t("vectors.way_alt", tokens=len(shown), drawn=DRAWN),
        signed=True, limits=(-bound, bound), on_cell=pick, marks=[(chosen.place - first, None)], column_title=t("vectors.column"),
        height=int(np.clip(22 * len(shown) + 70, 200, 620)),
    )  # fmt: skip
    _show_steps(chosen, row)
    if len(reading.text) > TOKENS or reading.text.cut:
        st.caption(t("vectors.more_tokens", shown=len(shown)))


def _show_steps(chosen: Chosen, row: np.ndarray) -> None:
    """Characters, word, token, id, row, in one line."""
    text, place = chosen.reading.text, chosen.place
    start, end = text.spans[place]
    number = text.words[place]
    word = text.word_texts[number] if number is not None else chosen.token
    written = ", ".join(f"{value:.2f}".replace("-", "−") for value in row[:WRITTEN])
    steps = {
        "characters": " ".join(printable(text.text[start:end])),
        "word": printable(word),
        "token": printable(chosen.token),
        "id": f"{chosen.token_id:,}",
        "row": f"[{written}, …]",
    }
    items = "".join(f"<li><small>{escape(t(f'vectors.step_{name}'))}</small><b>{escape(value)}</b></li>" for name, value in steps.items())
    st.html(f'{_STYLE}<ol class="vec-way">{items}</ol>')


_STYLE = """<style>
.vec-way { display: flex; flex-wrap: wrap; gap: .4rem 2.2rem; list-style: none; margin: .4rem 0; padding: .7rem 1rem; background: var(--hi-field); border-radius: 8px; }
.vec-way li { position: relative; margin: 0; }
.vec-way li + li::before { content: "→"; position: absolute; left: -1.6rem; bottom: .1rem; color: var(--hi-ink2); }
.vec-way small { display: block; color: var(--hi-ink2); font-size: .75rem; }
.vec-way b { font-weight: 600; overflow-wrap: anywhere; }
</style>"""


@st.cache_resource(max_entries=16, ttl=900, show_spinner=False)
def read_text(id: str, text: str) -> WordReading:
    """7 x 512 x 384 float32 at most are 5.5 MB."""
    from components.models import load
    from components.models.word_vectors import read

    return read(load(id, "masked_lm"), text, top_k=10)
