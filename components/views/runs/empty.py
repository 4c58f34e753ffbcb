"""The beginning of a fine-tuning: where it leads, drawn from a training on a sample that was measured, one button that starts with it, and the
field for a file of one's own."""

from functools import lru_cache
from html import escape

import pandas as pd
import streamlit as st

from components.tables.table import read_table
from components.training.sample_runs import SampleRun
from components.training.samples_list import SampleTable
from components.ui.state.language import t
from components.ui.state.runs import duration
from components.ui.widgets.escaped import printable
from components.ui.widgets.tables import table_field
from components.ui.widgets.verdict import said

from .data import PREFIX
from .pictures import Dot, dots, spark
from .samples import choose_sample, first_sample, measured, show_origins, take_sample

ROWS = 2  # of the sample
CLASSES = 7
_STYLE = """<style>
.hi-tag { display: inline-block; font: 400 .75rem/1.7 var(--hi-text); color: var(--hi-ink2); border: 1px solid var(--hi-edge); border-radius: 5px; padding: 0 7px; margin-left: .5rem; vertical-align: 2px; }
.hi-flow { display: grid; grid-template-columns: 1.2fr 1fr 1fr 1.25fr; margin-top: .6rem; }
.hi-flow > div { padding-right: 1.1rem; min-width: 0; position: relative; padding-top: 26px; }
.hi-flow > div::before { content: ""; position: absolute; left: 0; right: 0; top: 9px; height: 2px; background: var(--hi-ai); }
.hi-flow > div:last-child::before { display: none; }
.hi-flow > div::after { content: ""; position: absolute; left: 0; top: 3px; width: 14px; height: 14px; border-radius: 50%; border: 2px solid var(--hi-ai); background: var(--hi-paper); box-sizing: border-box; }
.hi-flow > div:last-child::after { background: var(--hi-ai); }
.hi-flow strong { display: block; font: 600 1.3rem/1.4 var(--hi-heading); white-space: nowrap; }
.hi-flow p { margin: 0 0 .4rem; font-size: .82rem; line-height: 1.5; color: var(--hi-ink2); }
.hi-flow blockquote { margin: 0 0 .4rem; padding: 0 0 0 8px; border-left: 2px solid var(--hi-line); font-size: .82rem; line-height: 1.5; color: var(--hi-ink); }
.hi-flow blockquote span { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.hi-flow blockquote small { color: var(--hi-ink2); font-size: .75rem; }
.hi-flow .hi-bars { grid-template-columns: fit-content(62%) minmax(0, 1fr) auto; font-size: .75rem; line-height: 1.45; gap: 0 .4rem; color: var(--hi-ink2); }
.hi-flow .hi-bars i { height: 9px; background: var(--hi-ai); }
.hi-flow .hi-spark { height: 5.5rem; }
.hi-flow .hi-dots { font-size: .8rem; grid-template-columns: fit-content(6.5rem) minmax(4rem, 1fr) auto; }
.hi-flow .hi-dots > span { padding: 0 .4rem 0 0; }
.hi-flow .hi-dots > i + span { padding: 0 0 0 .5rem; }
.st-key-tune-begin { align-items: stretch; }
.st-key-tune-begin-go button { min-height: 72px; padding: 0 1.8rem; font-size: 1.05rem; white-space: nowrap; border-radius: 10px; }
@media (max-width: 760px) {
  .hi-flow { grid-template-columns: 1fr 1fr; gap: 1rem 0; }
  .hi-flow strong { font-size: 1.1rem; }
  .hi-flow .hi-dots { grid-template-columns: minmax(0, 1fr) auto; font-size: .75rem; }
  .hi-flow .hi-dots > span:not(i + span) { grid-column: 1 / -1; text-align: left; }
  .hi-flow .hi-dots > em { grid-column: 1; }
  .st-key-tune-begin { flex-direction: column; }
  .st-key-tune-begin-go, .st-key-tune-begin-go button { width: 100%; min-height: 52px; }
}
</style>"""


def show_beginning() -> None:
    """The page before there is a file."""
    sample = first_sample()
    if sample:
        _show_picture(sample)
    with st.container(horizontal=True, key="tune-begin"):
        if sample:
            with st.container(width="content", key="tune-begin-go"):
                st.button(t("tune.begin"), type="primary", key=f"{PREFIX}:begin", on_click=take_sample, args=(PREFIX, sample))
        with st.container(key="tune-begin-file"):
            table_field(PREFIX)
    with st.container(horizontal=True, vertical_alignment="center", key="tune-more-samples"):
        st.markdown(f":small[{t('tune.other_samples')}]", width="content")
        with st.container(width=360):
            choose_sample(PREFIX)
    with st.expander(t("tune.what_file")):
        st.markdown(t("tune.no_table"))
        st.markdown(t("tune.no_lines"))
        show_origins()


def _show_picture(sample: SampleTable) -> None:
    run, seconds = measured(sample)
    assert run.against is not None, "the first sample has classes"
    share = run.against.first / run.against.rows
    finding = said("tune.leads_to", rows=f"{sample.rows:,}", time=duration(seconds), share=f"{share:.0%}")
    tag = f'<span class="hi-tag">{escape(t("tune.sample_tag"))}</span>'
    stations = "".join(f"<div>{part}</div>" for part in (_rows(sample), _classes(run), _curve(run, seconds), _score(run)))
    st.html(f'{_STYLE}<h2 class="hi-finding">{finding}{tag}</h2><div class="hi-flow" data-figure>{stations}</div>')


def _rows(sample: SampleTable) -> str:
    frame = _frame(sample)
    picked = frame.drop_duplicates(sample.label).head(ROWS) if sample.label else frame.head(ROWS)
    quoted = "".join(
        f"<blockquote><span>{escape(printable(text))}</span><small>{escape(printable(label))}</small></blockquote>"
        for text, label in picked[[sample.text, sample.label or sample.text]].itertuples(index=False)
    )
    return f"{_head(t('tune.station_rows', n=f'{sample.rows:,}'), t('tune.station_rows_about'))}{quoted}"


def _classes(run: SampleRun) -> str:
    most = run.classes[0][1]
    lines = "".join(
        f'<span>{escape(printable(name)).replace("/", "/<wbr>")}</span><i style="--share:{100 * rows / most:.1f}%"></i><span>{rows:,}</span>'
        for name, rows in run.classes[:CLASSES]
    )
    rows = run.rows
    about = t("tune.station_classes_about", train=f"{rows.train:,}", test=f"{rows.test:,}")
    return f'{_head(t("tune.station_classes", n=len(run.classes)), about)}<div class="hi-bars">{lines}</div>'


def _curve(run: SampleRun, seconds: float) -> str:
    checks = [(float(check.step), check.loss) for check in run.checks]
    losses = [(float(step), loss) for step, loss in run.losses]
    label = t("runs.loss_alt", first=f"{losses[0][1]:.2f}", last=f"{losses[-1][1]:.2f}")
    return _head(t("runs.about", time=duration(seconds)), t("tune.station_time_about")) + spark(checks, label, losses)


def _score(run: SampleRun) -> str:
    paired = run.against
    assert paired is not None, "the first sample has classes"
    rows = [Dot(t("runs.this_model"), paired.first, paired.rows, first=True), Dot(t("runs.short_tfidf"), paired.second, paired.rows)]
    about = t("tune.station_score_about", rows=f"{paired.rows:,}", right=f"{paired.first:,}")
    return _head(t("tune.station_score", share=f"{paired.first / paired.rows:.0%}"), about) + dots(rows, about, (0, 50, 100))


def _head(words: str, about: str) -> str:
    return f"<strong>{escape(words)}</strong><p>{escape(about)}</p>"


@lru_cache(maxsize=4)
def _frame(sample: SampleTable) -> pd.DataFrame:
    return read_table(sample.path.read_bytes(), sample.path.name).frame
