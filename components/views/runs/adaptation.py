"""A domain adaptation judged: the perplexity of lines that were not learned from, and what the model puts for [MASK], before and after."""

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.numbers import significant
from components.charts.theme import NEUTRAL_COLOUR, QUERY_COLOUR
from components.evaluation.intervals import Interval
from components.training.results import AdaptationResult, ProbeFill
from components.ui.state.language import t
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.evaluation import score_words
from components.ui.widgets.figures import Panel, show_row

WHEN = {"before": NEUTRAL_COLOUR, "after": QUERY_COLOUR}


def show_adaptation(result: AdaptationResult) -> None:
    """Scores before and after, whether the difference is more than luck, and the masked term."""
    before, after = result.before, result.after
    columns = st.columns(2)
    for column, name in zip(columns, ("perplexity", "masked_accuracy"), strict=True):
        value, earlier = getattr(after, name), getattr(before, name)
        # Streamlit tells a fall by the plain minus.
        change = None if value is None or earlier is None else significant(value - earlier).replace("−", "-")
        column.metric(t(f"runs.{name}"), score_words(value), change, delta_color="inverse" if name == "perplexity" else "normal")
        column.caption(t("runs.before", value=score_words(earlier)))
    if result.new_head:
        st.warning(t("runs.new_head"))
    if not after.masked_tokens:
        st.warning(t("runs.nothing_masked"), icon=":material/warning:")
    if result.change:
        st.markdown(_verdict(result.change))
    rows = result.rows
    st.caption(t("runs.adaptation_rows", rows=f"{rows.test:,}", tokens=f"{after.masked_tokens:,}", draws=after.draws))
    if rows.train < 1_000:
        st.info(t("runs.adaptation_small", rows=f"{rows.train:,}"), icon=":material/straighten:")
    if result.probe and before.probe:
        _show_probe(result)


def _verdict(change: Interval) -> str:
    """The loss is the perplexity's logarithm: the interval of a difference is told in it."""
    values = {name: significant(abs(value)) for name, value in vars(change).items()}
    if change.high < 0:
        return ":material/check_circle: " + t("runs.adaptation_better", value=values["value"], low=values["high"], high=values["low"])
    if change.low > 0:
        return ":material/warning: " + t("runs.adaptation_worse", **values)
    signed = {name: significant(value) for name, value in vars(change).items()}
    return ":material/balance: " + t("runs.adaptation_unclear", **signed)


def _show_probe(result: AdaptationResult) -> None:
    """The likeliest words for each [MASK], before on the left and after on the right, on one scale."""
    st.markdown(f"**{t('runs.probe')}** {escaped_markdown(result.probe, 300)}")
    masks = list(zip(result.before.probe, result.after.probe, strict=True))
    highest = max(fill.probability for pair in masks for fills in pair for fill in fills)
    for number, pair in enumerate(masks[:3], start=1):
        panels = [_panel(number, when, fills, min(1.2 * highest, 1.0)) for when, fills in zip(WHEN, pair, strict=True)]
        gained = [fill.token for fill in pair[1] if fill.token not in {old.token for old in pair[0]}]
        said = t("runs.probe_new", words=", ".join(gained)) if gained else t("runs.probe_same")
        show_row(panels, key=f"run-probe-{number}", caption=f"{t('runs.probe_caption')} {escaped_markdown(said, 300)}", width=390)


def _panel(number: int, when: str, fills: Sequence[ProbeFill], highest: float) -> Panel:
    words, shares = [fill.token for fill in fills], [fill.probability for fill in fills]
    title = t(f"runs.probe_{when}")
    figure = bar_figure(words, shares, value_title=t("runs.probe_probability"), colour=WHEN[when], highest=highest)
    alt = t("runs.probe_alt", when=title, word=words[0], share=significant(shares[0]))
    table = pd.DataFrame({t("runs.probe_word"): words, t("runs.probe_probability"): shares})
    return Panel(f"run-probe-{number}-{when}", figure, alt, table, title, f"**{title}**")
