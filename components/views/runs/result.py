"""A run judged on rows that it did not learn from: the verdict beside the baselines, a text to try, what to do with the model, and the
numbers behind it, closed."""

from collections.abc import Callable

import pandas as pd
import streamlit as st

from components.evaluation.judgements import Judgement
from components.training.export import export_zip
from components.training.judged import JudgedResult
from components.training.kept_head import is_kept
from components.training.records import folder_bytes
from components.training.results import AdaptationResult, ClassificationResult, RowCounts
from components.training.runs import Run
from components.ui.state.language import language, t
from components.ui.state.recent import kept
from components.ui.state.runs import between, duration, megabytes, run_key, store
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.evaluation import show_classes, show_confusion, show_mistakes, show_reliability, show_scores, with_interval
from components.ui.widgets.judged_rows import JudgedRows
from components.ui.widgets.neighbours import show_nearest

from .adaptation import show_adaptation, show_probe
from .bought import show_bought
from .cheap import show_beside
from .compare import show_change, weights_words
from .curve import show_learning_curve
from .judged import view_of
from .judged.numbers import show_numbers
from .judged.verdict import show_judged_verdict
from .labels import CHECKS, check_labels_of
from .pictures import Dot, dots
from .rows_used import account_words
from .samples import SAMPLE
from .take import show_take
from .trial import show_trial
from .use_table import TASKS as TABLE_TASKS
from .use_table import AnsweredTable, show_use_table
from .verdict import verdict
from .view import show_curves, show_ways_on


def show_result(run: Run) -> AnsweredTable | None:
    """The judgement of a run that has one: what is said of it, the try, the use, and the numbers, in this order. Gives the work on a table that goes on
    when the page is drawn."""
    if isinstance(run.result, AdaptationResult):
        show_adaptation(run, run.result)
        show_probe(run.result)
        _show_use(run)
        _show_closed(run, {"runs.fold_facts": lambda: show_facts(run)})
    elif isinstance(run.result, ClassificationResult):
        _show_judged(run, run.result)
    elif isinstance(run.result, JudgedResult):
        return _show_measured(run, run.result)
    return None


def _show_measured(run: Run, result: JudgedResult) -> AnsweredTable | None:
    """Of a task whose answers are more than a class a row: its own view shows the try, the figure and the mistakes."""
    view = view_of(result.task)
    show_judged_verdict(run, result)
    show_bought(run)
    view.show_trial(run, result)
    _show_use(run)
    table = show_use_table(run, result) if result.task in TABLE_TASKS else None
    _show_closed(
        run,
        {
            "runs.fold_found": lambda: view.show_figure(run, result),
            "runs.fold_mistakes": lambda: _show_measured_mistakes(run, result),
            "runs.fold_measures": lambda: show_numbers(result),
            "runs.fold_facts": lambda: show_facts(run),
        },
    )
    return table


def _show_judged(run: Run, result: ClassificationResult) -> None:
    judgement = result.judgement
    _show_verdict(run, result)
    show_bought(run)
    show_beside(run, result)
    show_trial(run, result)
    _show_use(run)
    judged = _judged_rows(run, judgement)
    _show_closed(
        run,
        {
            "runs.fold_mistakes": lambda: _show_mistakes(run, judged),
            "runs.fold_classes": lambda: _show_numbers(result),
            **({} if is_kept(run) else {"runs.fold_curve": lambda: show_learning_curve(run, result)}),
            "runs.fold_facts": lambda: show_facts(run),
        },
    )


def _show_verdict(run: Run, result: ClassificationResult) -> None:
    """The finding, what it is held against, and all methods on one axis."""
    said = verdict(result, sample=SAMPLE in run.data)
    rows = result.judgement.rows
    methods = [Dot(t("runs.this_model"), result.judgement.right, rows, first=True)]
    methods += [Dot(t(f"runs.short_{name}"), result.baselines[name].right, rows) for name in result.methods]
    drawn = dots(methods, t("runs.dots_alt", listed=t("evaluation.separator").join(f"{one.name} {one.right}/{rows}" for one in methods)))
    doubt = f'<p class="hi-doubt"><span>{said.doubt}</span></p>' if said.doubt else ""
    st.html(
        f'<div class="hi-say"><h2 class="hi-finding">{said.finding}</h2><div class="drawn">{drawn}</div><div><p>{said.against}</p>{doubt}</div></div>'
        f'<p class="hi-legend">{account_words(run)} {t("runs.dots_legend")}</p>'
    )


def _show_use(run: Run) -> None:
    """Take the model to the other pages, or home."""
    with st.container(horizontal=True, vertical_alignment="center", key="runs-use"):
        if run.settings.task == "classification":
            st.page_link("pages/classification.py", label=t("runs.to_classification"), query_params={"cls_model": f"run:{run.id}"})
        elif isinstance(run.result, JudgedResult):
            view = view_of(run.settings.task)
            if view.PAGE:
                st.page_link(f"pages/{view.PAGE}.py", label=t(f"runs.to_{view.PAGE}"), query_params={view.MODEL_KEY: f"run:{run.id}"})
        else:
            st.page_link("pages/masked_lm.py", label=t("runs.to_masked_lm"), query_params={"mlm_model": f"run:{run.id}"})
            st.page_link("pages/fine_tune.py", label=t("runs.as_backbone"), query_params={"tune_backbone": f"run:{run.id}"})
        st.download_button(
            t("runs.download_model", size=megabytes(folder_bytes(run.model_dir))),
            lambda: export_zip(run, language()),
            file_name=f"himotoku-{run.id}.zip",
            mime="application/zip",
            key="runs:zip",
            on_click="ignore",
            icon=":material/download:",
        )
        show_take(run)
        show_ways_on(run)


def _show_closed(run: Run, parts: dict[str, Callable[[], None]]) -> None:
    """What explains the verdict, closed until asked for."""
    with st.container(key="runs-more"):
        show_change(run)
        for title, show in parts.items():
            with st.expander(t(title)):
                show()
        with st.expander(t("runs.curves")):
            show_curves(run)


def show_facts(run: Run) -> None:
    """What it was trained on, with what settings, and how the prediction held."""
    result, estimate = run.result, run.estimate
    rows = result.rows if result else RowCounts()
    counts = {name: f"{getattr(rows, name):,}" for name in ("train", "validation", "test")}
    st.markdown(account_words(run))
    st.markdown(
        t("runs.facts_data", name=escaped_markdown(str(run.data.get("name", "–")), 100), digest=run.data.get("digest", "–"), **counts)
    )
    st.markdown(t("runs.facts_weights", weights=escaped_markdown(weights_words(run), 300)))
    predicted = {
        "time": between(estimate.low_seconds, estimate.high_seconds) if estimate else "–",
        "memory": megabytes(estimate.memory_bytes) if estimate else "–",
        "disk": megabytes(estimate.kept_bytes) if estimate else "–",
    }
    actual = {"time": duration(run.seconds), "memory": megabytes(result.peak_memory if result else 0), "disk": megabytes(run.size_bytes)}
    names = {name: t(f"runs.cost_{name}") for name in predicted}
    st.table(pd.DataFrame({t("runs.predicted"): predicted, t("runs.actual"): actual}).rename(index=names))
    st.caption(t("runs.facts_time"))
    with st.expander(t("runs.settings")):
        st.json(run.settings.to_json())


def _show_numbers(result: ClassificationResult) -> None:
    """Scores of the model, of each class, of the baselines, and how far its probabilities can be trusted."""
    judgement = result.judgement
    show_scores(judgement, tuple(judgement.intervals))
    show_classes(judgement, label_name=str)
    table = [
        [name, *map(with_interval, scores.intervals.values())]
        for name, scores in (
            (t("runs.this_model"), judgement),
            *((t(f"runs.baseline_{name}"), result.baselines[name]) for name in result.methods),
        )
    ]
    header = [t("runs.judged"), *(t(f"evaluation.{name}") for name in judgement.intervals)]
    st.dataframe(pd.DataFrame(table, columns=header), hide_index=True)
    st.caption(t("runs.judged_on", rows=judgement.rows))
    show_reliability(judgement, key="run")


def _judged_rows(run: Run, judgement: Judgement) -> JudgedRows:
    """The rows that it was judged on, with what was said of each; kept until another run is looked at."""

    def rows() -> JudgedRows:
        said = store().rows(run.id, run_key(), "predictions")
        class_of = {label: index for index, label in enumerate(judgement.labels)}
        return JudgedRows(
            judgement,
            store().rows(run.id, run_key())[run.settings.text].reindex(said.index).tolist(),
            said.index.tolist(),
            said["label"].map(class_of).to_numpy(),
            said["predicted"].map(class_of).to_numpy(),
            said["confidence"].to_numpy(),
            [""] * len(said),
        )

    return kept("runs:judged", (run.id, run_key(), run.ended), rows)


def _show_measured_mistakes(run: Run, result: JudgedResult) -> None:
    _show_check(run)
    view_of(result.task).show_mistakes(run, result)


def _show_check(run: Run) -> None:
    """The way to the labels that were learned, of a task whose labels can be looked at."""
    if run.owned and run.settings.task in CHECKS:
        st.button(t("runs.check_labels"), key="runs:check-labels", on_click=check_labels_of, args=(run,), icon=":material/rule:")


def _show_mistakes(run: Run, judged: JudgedRows) -> None:
    """Which class is taken for which, the mistakes, and the training rows nearest to the one that is chosen; the way to its learned labels."""
    _show_check(run)
    show_confusion(judged, key=f"run-{run.id}", label_name=str)
    chosen = show_mistakes(judged, label_name=str, key=f"run-{run.id}")
    if chosen is not None:
        show_nearest(run, run_key(), judged.texts[chosen], judged.judgement.labels[judged.predicted[chosen]])
