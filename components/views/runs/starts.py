"""My models before there is one: a row as it will look, from a training on a sample that was measured, and samples that start with one click."""

from html import escape

import streamlit as st

from components.tables.table import read_table
from components.training.row_account import RowAccount
from components.training.sample_runs import SampleRun
from components.training.samples_list import SampleTable
from components.training.settings import Settings, suggested_epochs
from components.training.task_tables import Columns, first_fixes, task_table
from components.ui.state.language import t
from components.ui.state.runs import duration, launcher, megabytes, open_run, store
from components.ui.state.visitor import key_is_in_the_address, network, visitor_key
from components.ui.widgets.errors import guarded
from components.ui.widgets.verdict import said

from .pictures import Dot, score, spark
from .rows_used import ACCOUNT
from .samples import SAMPLE, measured, offered

CARDS = 3
_STYLE = """<style>
.hi-tag { display: inline-block; font: 400 .75rem/1.7 var(--hi-text); color: var(--hi-ink2); border: 1px solid var(--hi-edge); border-radius: 5px; padding: 0 7px; margin-left: .5rem; vertical-align: 2px; }
.hi-will { display: grid; grid-template-columns: minmax(0, 1fr) 130px 270px 64px; gap: 0 1.2rem; align-items: center; border: solid var(--hi-line); border-width: 1px 0; padding: .6rem 0; margin-top: .6rem; }
.hi-door { font-size: .85rem; line-height: 1.6; color: var(--hi-ink2); }
.hi-door strong { display: block; font: 600 1.06rem/1.5 var(--hi-heading); color: var(--hi-ink); }
.hi-door b { display: block; color: var(--hi-ink); font-weight: 600; margin-top: .3rem; }
[class*="st-key-run-door-"] { background: var(--hi-raise); border: 1px solid var(--hi-line); border-radius: 10px; padding: .9rem 1rem; min-height: 190px; justify-content: space-between; }
@media (max-width: 760px) { .hi-will { grid-template-columns: minmax(0, 1fr) 110px; gap: .6rem 1rem; } }
</style>"""


def show_starts() -> None:
    """The empty page."""
    samples = list(offered().values())
    chosen = [next((one for one in samples if one.id.split("-")[0] == kind), None) for kind in ("topics", "intents", "medical")]
    cards = [sample for sample in chosen if sample][:CARDS]
    if cards and cards[0].task == "classification":
        _show_row(cards[0])
    st.subheader(t("runs.make_one"), anchor=False)
    st.caption(t("runs.make_one_how"))
    for column, sample in zip(st.columns(CARDS), cards, strict=False):
        with column.container(key=f"run-door-{sample.id}"):
            run, seconds = measured(sample)
            st.html(_card(sample, run, seconds))
            st.button(t("runs.start_now"), key=f"runs:start:{sample.id}", on_click=begin, args=(sample,), width="stretch")
    st.page_link("pages/fine_tune.py", label=t("runs.to_fine_tune"))
    if key_is_in_the_address():
        with st.expander(t("runs.about_key")):
            st.markdown(t("runs.key_in_address"))


def begin(sample: SampleTable) -> None:
    """Trains on a sample with what stands in the page's controls at first, and opens the run."""
    frame = read_table(sample.path.read_bytes(), sample.path.name).frame
    columns = Columns(sample.text, sample.label)
    frame, columns = task_table(sample.task).prepare(frame.set_axis(range(1, len(frame) + 1)), columns)
    for fix in first_fixes(sample.task, frame, columns):
        frame = fix.apply(frame)
    settings = Settings(
        text=sample.text,
        label=sample.label,
        language=sample.language,
        task=sample.task,
        epochs=suggested_epochs(len(frame)),
        probe=sample.probe,
    )
    account = RowAccount.of(frame, 0, (), sample.text, sample.label)
    facts = {"name": sample.path.name, "encoding": "utf-8", "fixes": [], SAMPLE: sample.id, ACCOUNT: account.to_json()}
    with guarded():
        run, _ = store().create(visitor_key(), settings, frame, t(sample.title), facts, network=network())
        launcher().ensure()
        st.session_state["runs:begun"] = run.id


def go_to_begun() -> None:
    """After a card was pressed: to the run that it began."""
    if begun := st.session_state.pop("runs:begun", None):
        open_run(begun)
        st.switch_page("pages/fine_tune.py", query_params={"run": begun})


def _show_row(sample: SampleTable) -> None:
    run, seconds = measured(sample)
    paired = run.against
    assert paired is not None, "the first sample has classes"
    finding = said("runs.will_look", rows=f"{paired.rows:,}", right=f"{paired.first:,}")
    facts = " · ".join((t("runs.n_rows", n=f"{sample.rows:,}"), t("tune.station_classes", n=len(run.classes)), duration(seconds)))
    checks = [(float(check.step), check.loss) for check in run.checks]
    curve = spark(checks, t("runs.spark_alt", listed=t("evaluation.separator").join(f"{loss:.2f}" for _, loss in checks)))
    dot = Dot("", paired.first, paired.rows, first=True)
    values = {"low": f"{dot.interval.low:.0%}", "high": f"{dot.interval.high:.0%}", "share": f"{dot.interval.value:.0%}"}
    scored = score(dot, paired.second / paired.rows, t("runs.score_alt", right=dot.right, rows=dot.rows, **values))
    st.html(
        f'{_STYLE}<h2 class="hi-finding">{finding}<span class="hi-tag">{escape(t("tune.sample_tag"))}</span></h2>'
        f'<div class="hi-will" data-figure><div><div class="hi-name">{escape(t(sample.title))}</div><small>{escape(facts)}</small></div>'
        f'<div>{curve}</div><div>{scored}</div><span class="hi-size">{megabytes(run.size_bytes)}</span></div>'
    )


def _card(sample: SampleTable, run: SampleRun, seconds: float) -> str:
    """Rows, time and what came of it."""
    if run.against:
        gained = t("tune.station_score", share=f"{run.against.first / run.against.rows:.0%}")
    else:
        assert run.perplexity is not None, "an adaptation has a perplexity"
        gained = t("runs.perplexity_row", before=f"{run.perplexity[0]:.1f}", after=f"{run.perplexity[1]:.1f}")
    kind = sample.id.split("-")[0]
    way = t("runs.door_way", n=f"{sample.rows:,}", time=duration(seconds), gained=gained)
    return f'<div class="hi-door"><strong>{escape(t(f"runs.door_{kind}"))}</strong>{escape(t(f"runs.door_{kind}_about"))}<b>{escape(way)}</b></div>'
