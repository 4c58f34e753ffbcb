"""Why a dot product measures fit: the words' cosines with one another, and two of them as arrows."""

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.dot_product import dot_product_figure
from components.charts.numbers import significant
from components.text.clip import clip
from components.ui.state.language import t
from components.ui.widgets.figures import Panel, matrix_panel, show_row
from components.ui.widgets.verdict import said, show_finding

from .page import Chosen

PAIR = "vec_pair"
MOST = 16  # words of the square


def show_fit(chosen: Chosen) -> None:
    """A square of cosines, a cell of which is shown as two arrows: choosing another moves them."""
    text = chosen.reading.text
    places = list({text.ids[place]: place for place in reversed(range(len(text))) if not text.special[place]}.values())[::-1][:MOST]
    names, rows = [text.tokens[place] for place in places], chosen.reading.rows[places]
    lengths = np.linalg.norm(rows, axis=1)
    products = rows @ rows.T
    cosines = products / np.outer(lengths, lengths)
    one, other = _pair(names, cosines, places.index(chosen.place) if chosen.place in places else 0)

    def pick(row: int, column: int) -> None:
        st.session_state[PAIR] = (tuple(names), row, column)

    quoted = {"one": clip(names[one], 20), "other": clip(names[other], 20)}
    numbers = {
        "product": significant(float(products[one, other])), "first": significant(float(lengths[one])),
        "second": significant(float(lengths[other])), "cosine": significant(float(cosines[one, other])),
        "angle": f"{np.degrees(np.arccos(np.clip(cosines[one, other], -1, 1))):.0f}",
    }  # fmt: skip
    show_finding(said("vectors.fit_finding", quoted=quoted, **numbers))
    square = matrix_panel(
        cosines, names, names, key="vectors-square", alt=t("vectors.square_alt", words=len(names)), name=t("vectors.square"),
        title=f"**{t('vectors.square')}**", on_cell=pick, signed=True, limits=(-1.0, 1.0), marks=[(one, other)], width=340, decimals=2,
        height=int(np.clip(30 * len(names) + 70, 220, 520)),
    )  # fmt: skip
    arrows = Panel(
        "vectors-arrows", dot_product_figure(rows[one], rows[other], (names[one], names[other])),
        t("vectors.arrows_alt", one=names[one], other=names[other], **numbers), pd.DataFrame([numbers]), name=t("vectors.arrows"),
        title=f"**{t('vectors.arrows')}**", width=420,
    )  # fmt: skip
    show_row([square, arrows], key="vectors-fit", caption=t("vectors.fit_caption", **numbers), width=520)


def _pair(names: list[str], cosines: np.ndarray, chosen: int) -> tuple[int, int]:
    """The cell that was picked; before that the chosen word and the one that fits it best."""
    picked = st.session_state.get(PAIR)
    if picked and picked[0] == tuple(names):
        return picked[1], picked[2]
    if len(cosines) == 1:
        return 0, 0
    others = cosines[chosen].copy()
    others[chosen] = -2
    return chosen, int(others.argmax())
