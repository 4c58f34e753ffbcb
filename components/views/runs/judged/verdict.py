"""What is said of a model by its measures: how well it does on unseen rows, whether that is more than the best other method, and the methods on
one axis."""

from html import escape
from typing import Any

import streamlit as st

from components.evaluation.intervals import Interval
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.widgets.verdict import said

from ..pictures import Scored, scored_dots
from ..rows_used import account_words
from ..samples import SAMPLE

FEW_ROWS = 50


def measure_name(name: str) -> str:
    return t(f"runs.measure_{name}")


def written(name: str, value: float) -> str:
    """A value of a measure as people read it: shares in per cent, other numbers with two decimals."""
    return f"{value:.2f}" if name in ("mae", "rmse", "spearman", "pearson", "perplexity") else f"{value:.0%}"


def with_ends(name: str, interval: Interval | None) -> str:
    if interval is None:
        return "–"
    return f"{written(name, interval.value)} ({written(name, interval.low)}–{written(name, interval.high)})"


def judged_sentences(result: JudgedResult, sample: bool = False) -> tuple[str, str, str | None]:
    """HTML: the finding, what it is held against, and at most one doubt."""
    main, baseline = result.main, result.best_baseline
    score, other, gain = result.measures[main], result.baselines[baseline][main], result.gains[baseline]
    verdict = result.verdict(baseline)
    values: dict[str, Any] = {
        "measure": measure_name(main), "value": written(main, score.value), "low": written(main, score.low), "high": written(main, score.high),
        "rows": f"{result.rows.test:,}", "baseline": t(f"runs.method_{baseline}"), "base": written(main, other.value),
        "gain_low": written(main, gain.low), "gain_high": written(main, gain.high),
    }  # fmt: skip
    finding = said("runs.judged_worse" if verdict == "second" else "runs.judged_finding", **values)
    against = said("runs.judged_against", **values) + said(f"runs.against_{verdict}")
    doubt = None
    if result.rows.test < FEW_ROWS:
        doubt = said("runs.judged_few", **values)
    elif sample:
        doubt = said("runs.doubt_sample")
    return finding, against, doubt


def show_judged_verdict(run: Run, result: JudgedResult) -> None:
    finding, against, doubt = judged_sentences(result, sample=SAMPLE in run.data)
    main = result.main
    methods = [Scored(t("runs.this_model"), result.measures[main], written(main, result.measures[main].value), first=True)]
    for name, measures in result.baselines.items():
        methods.append(Scored(t(f"runs.short_{name}"), measures[main], written(main, measures[main].value)))
    listed = t("evaluation.separator").join(f"{one.name} {one.written}" for one in methods)
    drawn = scored_dots(methods, t("runs.judged_dots_alt", measure=measure_name(main), listed=listed))
    doubted = f'<p class="hi-doubt"><span>{doubt}</span></p>' if doubt else ""
    st.html(
        f'<div class="hi-say"><h2 class="hi-finding">{finding}</h2><div class="drawn">{drawn}</div><div><p>{against}</p>{doubted}</div></div>'
        f'<p class="hi-legend">{account_words(run)} {escape(t("runs.judged_legend", measure=measure_name(main)))}</p>'
    )
