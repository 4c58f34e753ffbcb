"""A domain adaptation judged: the perplexity of lines that were not learned from, and what the model puts for [MASK], before and after."""

from collections.abc import Sequence
from html import escape
from typing import Any

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.numbers import significant
from components.charts.theme import NEUTRAL_COLOUR, QUERY_COLOUR
from components.evaluation.intervals import Interval
from components.training.results import AdaptationResult, ProbeFill
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.evaluation import score_words
from components.ui.widgets.figures import Panel, show_row
from components.ui.widgets.verdict import said

from .pictures import bars
from .rows_used import account_words

WHEN = {"before": NEUTRAL_COLOUR, "after": QUERY_COLOUR}


def show_adaptation(run: Run, result: AdaptationResult) -> None:
    """Whether the model came nearer to the texts, by how much, and whether that is more than luck; what limits it."""
    before, after, rows = result.before, result.after, result.rows
    doubt = None
    if not after.masked_tokens:
        doubt = said("runs.nothing_masked")
    elif result.new_head:
        doubt = said("runs.new_head")
    elif rows.train < 1_000:
        doubt = said("runs.adaptation_small", rows=f"{rows.train:,}")
    pairs = [
        said(f"runs.change_{name}", before=score_words(getattr(before, name)), after=score_words(getattr(after, name)))
        for name in ("perplexity", "masked_accuracy")
        if getattr(after, name) is not None
    ]
    change = _change(result.change) if result.change else ""
    judged = said("runs.adaptation_rows", rows=f"{rows.test:,}", tokens=f"{after.masked_tokens:,}", draws=after.draws)
    told = f'<p class="hi-doubt"><span>{doubt}</span></p>' if doubt else ""
    finding = said(f"runs.adapted_{_direction(result.change)}")
    st.html(
        f'<div class="hi-say"><h2 class="hi-finding">{finding}</h2><div class="drawn" data-figure>{_perplexities(result)}</div>'
        f'<div><p>{" ".join(pairs)} {change}</p>{told}</div></div><p class="hi-legend">{account_words(run)} {judged}</p>'
    )


def _perplexities(result: AdaptationResult) -> str:
    """Before and after as two bars."""
    values = {when: getattr(result, when).perplexity for when in WHEN}
    if None in values.values():
        return ""
    most = max(values.values())
    rows = [(t(f"runs.probe_{when}"), value / most, f"{value:.1f}") for when, value in values.items()]
    label = t("runs.perplexity_row", before=rows[0][2], after=rows[1][2])
    return f'<p class="hi-legend">{escape(t("runs.perplexity_name"))}</p>' + bars(rows[::-1], label)


def _direction(change: Interval | None) -> str:
    """ "better", "worse", or "unclear" where the interval of the loss's change holds 0 or there is none."""
    if change is None or change.low <= 0 <= change.high:
        return "unclear"
    return "better" if change.high < 0 else "worse"


def _change(change: Interval) -> str:
    """The loss is the perplexity's logarithm: the interval of a difference is told in it."""
    direction = _direction(change)
    values: dict[str, Any] = {name: significant(abs(value)) for name, value in vars(change).items()}
    if direction == "better":
        values = {"value": values["value"], "low": values["high"], "high": values["low"]}
    elif direction == "unclear":
        values = {name: significant(value) for name, value in vars(change).items()}
    return said(f"runs.adaptation_{direction}", **values)


def show_probe(result: AdaptationResult) -> None:
    """The likeliest words for each [MASK] of the sentence that was asked, before on the left and after on the right, on one scale."""
    if not (result.probe and result.before.probe):
        return
    st.markdown(f"**{t('runs.probe')}** {escaped_markdown(result.probe, 300)}")
    masks = list(zip(result.before.probe, result.after.probe, strict=True))
    highest = max(fill.probability for pair in masks for fills in pair for fill in fills)
    for number, pair in enumerate(masks[:3], start=1):
        panels = [_panel(number, when, fills, min(1.2 * highest, 1.0)) for when, fills in zip(WHEN, pair, strict=True)]
        gained = [fill.token for fill in pair[1] if fill.token not in {old.token for old in pair[0]}]
        change = t("runs.probe_new", words=", ".join(gained)) if gained else t("runs.probe_same")
        show_row(panels, key=f"run-probe-{number}", caption=f"{t('runs.probe_caption')} {escaped_markdown(change, 300)}", width=390)


def _panel(number: int, when: str, fills: Sequence[ProbeFill], highest: float) -> Panel:
    words, shares = [fill.token for fill in fills], [fill.probability for fill in fills]
    title = t(f"runs.probe_{when}")
    figure = bar_figure(words, shares, value_title=t("runs.probe_probability"), colour=WHEN[when], highest=highest)
    alt = t("runs.probe_alt", when=title, word=words[0], share=significant(shares[0]))
    table = pd.DataFrame({t("runs.probe_word"): words, t("runs.probe_probability"): shares})
    return Panel(f"run-probe-{number}-{when}", figure, alt, table, title, f"**{title}**")
