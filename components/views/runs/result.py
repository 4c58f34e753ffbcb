"""A run judged on rows that it did not learn from, beside baselines on the same rows; and what can be done with the model."""

import math
from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.evaluation.judgements import Judgement, Scores
from components.training.export import export_zip
from components.training.notebook import notebook_zip
from components.training.results import AdaptationResult, RowCounts
from components.training.runs import Run
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.state.recent import kept
from components.ui.state.runs import between, duration, megabytes, run_key, store
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.evaluation import show_classes, show_confusion, show_mistakes, show_reliability, show_scores, with_interval
from components.ui.widgets.judged_rows import JudgedRows
from components.ui.widgets.neighbours import show_nearest

from .adaptation import show_adaptation
from .compare import show_change, weights_words
from .curve import show_learning_curve

BASELINES = ("tfidf", "majority")
NAMED = {name: f"runs.baseline_{name}" for name in BASELINES}


def show_result(run: Run) -> None:
    """The judgement of a run that has one, beside that of the run it changes."""
    show_change(run)
    if run.result is None:
        return
    if isinstance(run.result, AdaptationResult):
        show_adaptation(run.result)
        show_facts(run)
        return
    judgement = run.result.judgement
    show_scores(judgement, tuple(judgement.intervals))
    _show_comparison(judgement, run.result.baselines)
    names = ("evaluation.tab_confusion", "evaluation.tab_mistakes", "evaluation.tab_classes", "evaluation.tab_reliability")
    tabs = st.tabs([t(name) for name in (*names, "runs.tab_curve", "runs.tab_facts")])
    judged = _judged_rows(run, judgement)
    with tabs[0]:
        show_confusion(judged, key=f"run-{run.id}", label_name=str)
    with tabs[1]:
        _show_mistakes(run, judged)
    with tabs[2]:
        show_classes(judgement, label_name=str)
    with tabs[3]:
        show_reliability(judgement, key="run")
    with tabs[4]:
        show_learning_curve(run, run.result)
    with tabs[5]:
        show_facts(run)


def show_use(run: Run) -> None:
    """Try the model on a text, take it to the other pages, or home."""
    st.subheader(t("runs.use"), anchor=False)
    left, right = st.columns([3, 2], gap="medium")
    with left:
        if run.settings.task == "classification":
            _try(run)
    with right:
        if run.settings.task == "classification":
            st.page_link("pages/classification.py", label=t("runs.to_classification"), query_params={"cls_model": f"run:{run.id}"})
        else:
            st.page_link("pages/masked_lm.py", label=t("runs.to_masked_lm"), query_params={"mlm_model": f"run:{run.id}"})
            st.page_link("pages/fine_tune.py", label=t("runs.as_backbone"), query_params={"tune_backbone": f"run:{run.id}"})
        st.download_button(
            t("runs.download_model", size=megabytes(run.size_bytes)),
            lambda: export_zip(run, language()),
            file_name=f"himotoku-{run.id}.zip",
            mime="application/zip",
            key="runs:zip",
            on_click="ignore",
            icon=":material/download:",
        )
        if run.owned:
            st.download_button(
                t("runs.download_notebook"),
                lambda: notebook_zip(run, language()),
                file_name=f"himotoku-{run.id}-notebook.zip",
                mime="application/zip",
                key="runs:notebook",
                on_click="ignore",
                icon=":material/download:",
            )


def show_facts(run: Run) -> None:
    """What it was trained on, with what settings, and how the prediction held."""
    result, estimate = run.result, run.estimate
    rows = result.rows if result else RowCounts()
    st.markdown(
        t(
            "runs.facts_data",
            name=escaped_markdown(str(run.data.get("name", "–")), 100),
            rows=f"{run.data.get('rows', 0):,}",
            digest=run.data.get("digest", "–"),
            train=f"{rows.train:,}",
            validation=f"{rows.validation:,}",
            test=f"{rows.test:,}",
        )
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


def _show_comparison(judgement: Judgement, baselines: Mapping[str, Scores]) -> None:
    """Model and baselines on the same rows, and one sentence that says which wins."""
    st.markdown(_compared(judgement, baselines))
    table = [
        [t(name), *map(with_interval, scores.intervals.values())]
        for name, scores in (("runs.this_model", judgement), *((NAMED[name], baselines[name]) for name in BASELINES))
    ]
    header = [t("runs.judged"), *(t(f"evaluation.{name}") for name in judgement.intervals)]
    st.dataframe(pd.DataFrame(table, columns=header), hide_index=True)
    st.caption(t("runs.judged_on", rows=judgement.rows))


def _compared(judgement: Judgement, baselines: Mapping[str, Scores]) -> str:
    """Does the model beat the best baseline? By macro F1, and only beyond both intervals without a doubt."""
    verdict = judgement.macro_f1
    name, best = max(((name, scores.macro_f1) for name, scores in baselines.items()), key=lambda pair: pair[1].value)
    values = {"model": significant(verdict.value), "baseline": t(NAMED[name]), "score": significant(best.value)}
    if math.isclose(best.value, verdict.value, abs_tol=1e-9):
        return ":material/balance: " + t("runs.baseline_tie", **values)
    if best.value > verdict.value:
        return ":material/warning: " + t("runs.baseline_wins", **values)
    if best.high >= verdict.low:
        return ":material/balance: " + t("runs.baseline_close", **values)
    return ":material/check_circle: " + t("runs.model_wins", **values)


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


def _show_mistakes(run: Run, judged: JudgedRows) -> None:
    """The mistakes, and the training rows nearest to the one that is chosen."""
    chosen = show_mistakes(judged, label_name=str, key=f"run-{run.id}")
    if chosen is not None:
        show_nearest(run, run_key(), judged.texts[chosen], judged.judgement.labels[judged.predicted[chosen]])


def _try(run: Run) -> None:
    text = st.text_input(t("runs.try"), key=f"runs:try:{run.id}", placeholder=t("runs.try_placeholder"), max_chars=5000)
    if not text.strip():
        return
    prediction = model(f"run:{run.id}", "classification").predict([text])[0]
    st.markdown(t("runs.tried", label=escaped_markdown(prediction.label, 100), score=significant(prediction.score)))
    st.dataframe(
        pd.DataFrame(
            sorted(prediction.scores.items(), key=lambda pair: -pair[1])[:10],
            columns=[t("evaluation.prediction"), t("evaluation.probability")],
        ),
        hide_index=True,
        column_config={t("evaluation.probability"): st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.3f")},
    )
