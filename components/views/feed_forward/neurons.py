"""The neurons of one layer: for the chosen word the five that it excites most, each with the other words that fire it.

Own front-end code (neurons.js and .css beside this file) for the five rows: they follow the word under the finger without a run of the page.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.feed_forward import neuron_map
from components.charts.numbers import significant
from components.charts.theme import VALUE_COLOUR
from components.text.token_names import continuing
from components.transformer.feed_forward import FeedForwardActivity
from components.ui.state.language import t
from components.ui.widgets.address import keep_in_address
from components.ui.widgets.figures import figure_foot, show_figure
from components.ui.widgets.token_line import Word, token_line
from components.ui.widgets.tokens import Chip, token_chips

from .page import EncoderTrace

TOKEN = "ff_token"
MOST_VARIED = 48
STRONGEST, COMPANIONS = 5, 4
LINE_HEIGHT = 64
_HERE = Path(__file__).parent
_ROWS = st.components.v2.component(
    "himotoku_neurons",
    html="<ol></ol>",
    css=(_HERE / "neurons.css").read_text(encoding="utf-8"),
    js=(_HERE / "neurons.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Excited:
    """A neuron that one token excites. others: the other tokens that fire it most, each word once, with their activation; more: how many words
    beyond those."""

    neuron: int
    activation: float
    others: tuple[tuple[int, float], ...]
    more: int


def excited(activity: FeedForwardActivity, labels: Sequence[str], token: int) -> list[Excited]:
    """The strongest neurons of one token, strongest first."""
    found = []
    for neuron, value in activity.strongest(token, STRONGEST):
        order = np.argsort(-activity.activation[:, neuron], kind="stable")
        firing: dict[str, int] = {}
        for place in order:
            if place != token and activity.fires[place, neuron]:
                firing.setdefault(labels[place], int(place))
        named = list(firing.values())[:COMPANIONS]
        others = tuple((place, float(activity.activation[place, neuron])) for place in named)
        found.append(Excited(neuron, value, others, len(firing) - len(named)))
    return found


def show_neurons(traced: EncoderTrace) -> None:
    """The sentence, and the five strongest neurons of the word that is pointed at or chosen; all of them on request."""
    count = len(traced.labels)
    token = _chosen(count)
    words = [
        Word(label.removeprefix("##") if goes_on else label, special, goes_on)
        for label, special, goes_on in zip(traced.labels, traced.text.special, continuing(traced.text), strict=True)
    ]
    token_line(
        words,
        np.zeros((count, count)),
        key="ff_line",
        label=traced.text.text,
        chosen=token,
        on_choose=lambda place: st.session_state.update({TOKEN: place}),
        said={"nothing": "feed_forward.neurons_of"},
        aside=t("feed_forward.layer_number", layer=traced.layer + 1),
        height=LINE_HEIGHT,
        size=28,
    )
    rows = [excited(traced.activity, traced.labels, place) for place in range(count)]
    words_most = max((row[0].activation for row, special in zip(rows, traced.text.special, strict=True) if not special), default=1.0)
    _ROWS(
        key="ff_rows",
        data={
            "line": "ff_line",
            "chosen": token,
            "words": list(traced.labels),
            "rows": [
                [_sent(one, max(words_most, row[0].activation if special else 0)) for one in row]
                for row, special in zip(rows, traced.text.special, strict=True)
            ],
            "said": {
                "neuron": t("feed_forward.neuron_number", number="\ue000"),
                "alone": t("feed_forward.fires_alone"),
                "more": t("feed_forward.fires_more", count="\ue000"),
                "fires": t("feed_forward.fires_for"),
            },
        },
        height="content",
    )
    figure_foot(
        key="feed-forward-strongest",
        caption=t("feed_forward.strongest_caption", share=f"{traced.activity.fires.mean():.1%}", all=traced.config.intermediate_size),
        data=lambda: _table(traced, rows),
    )


def _sent(one: Excited, most: float) -> list[object]:
    """What the browser draws of one neuron; the bar ends at `most`."""
    others = [[place, significant(value, 2)] for place, value in one.others]
    return [one.neuron, significant(one.activation, 2), round(max(one.activation, 0.0) / max(most, 1e-9), 3), others, one.more]


def _table(traced: EncoderTrace, rows: Sequence[Sequence[Excited]]) -> pd.DataFrame:
    """One row for each token's each strong neuron."""
    table = [
        (
            traced.numbered[place],
            one.neuron,
            one.activation,
            " ".join(traced.labels[other] for other, _ in one.others),
            len(one.others) + one.more,
        )
        for place, row in enumerate(rows)
        for one in row
    ]
    return pd.DataFrame(table, columns=["token", "neuron", "activation", "others", "others_count"])


def _chosen(count: int) -> int:
    """The chosen token; until one is chosen the third, as in the code of the page."""
    usual = min(2, count - 1)
    asked = str(st.session_state.get(TOKEN, st.query_params.get(TOKEN, "")))
    token = int(asked) if asked.isdecimal() and len(asked) < 7 and int(asked) < count else usual
    st.session_state[TOKEN] = token
    keep_in_address(TOKEN, str(token), str(usual))
    return token


def show_all_neurons(traced: EncoderTrace) -> None:
    """All tokens against the most varied neurons, one token's ten strongest, and one neuron's side."""
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
        _show_token(traced, st.session_state[TOKEN])
    with right:
        _show_neuron(traced, int(strongest))


def _show_token(traced: EncoderTrace, token: int) -> None:
    """The strongest neurons of the chosen token."""
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
