"""A run judged on rows that it did not learn from, beside baselines on the same rows; and what can be done with the model."""

import pandas as pd
import streamlit as st

from components.charts.evaluation import confusion_figure, shown_classes
from components.charts.heatmap import cell_of
from components.charts.numbers import significant
from components.evaluation.judgements import Bin
from components.training.export import export_zip
from components.training.notebook import notebook_zip
from components.training.runs import Run
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.state.runs import between, duration, megabytes, run_key, store
from components.ui.widgets.evaluation import commonest_mistake, show_reliability
from components.ui.widgets.figures import show_figure
from components.ui.widgets.neighbours import show_nearest
from components.ui.widgets.plain import plain

from .adaptation import show_adaptation
from .compare import show_change
from .curve import show_learning_curve

MODELS = ("model", "tfidf", "majority")
NAMED = {"majority": "runs.baseline_majority", "tfidf": "runs.baseline_tfidf", "model": "runs.this_model"}


def show_result(run: Run) -> None:
    """The judgement of a run that has one, beside that of the run it changes."""
    show_change(run)
    if run.settings.task == "domain_adaptation":
        show_adaptation(run)
        show_facts(run)
        return
    _show_scores(run)
    tabs = st.tabs([t(f"runs.tab_{name}") for name in ("confusion", "mistakes", "classes", "reliability", "curve", "facts")])
    shown = (_show_confusion, _show_mistakes, _show_classes, _show_reliability, show_learning_curve, show_facts)
    for tab, show in zip(tabs, shown, strict=True):
        with tab:
            show(run)


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
    rows = result.get("rows", {})
    st.markdown(
        t(
            "runs.facts_data",
            name=plain(str(run.data.get("name", "–")), 100),
            rows=f"{run.data.get('rows', 0):,}",
            digest=run.data.get("digest", "–"),
            train=f"{rows.get('train', 0):,}",
            validation=f"{rows.get('validation', 0):,}",
            test=f"{rows.get('test', 0):,}",
        )
    )
    predicted = {
        "time": between(estimate.get("low_seconds"), estimate.get("high_seconds")),
        "memory": megabytes(estimate["memory_bytes"]) if estimate else "–",
        "disk": megabytes(estimate["kept_bytes"]) if estimate else "–",
    }
    actual = {"time": duration(run.seconds), "memory": megabytes(result.get("peak_memory", 0)), "disk": megabytes(run.size_bytes)}
    names = {name: t(f"runs.cost_{name}") for name in predicted}
    st.table(pd.DataFrame({t("runs.predicted"): predicted, t("runs.actual"): actual}).rename(index=names))
    st.caption(t("runs.facts_time"))
    with st.expander(t("runs.settings")):
        st.json(run.settings.to_json())


def _show_scores(run: Run) -> None:
    """Model and baselines on the same rows, and one sentence that says which wins."""
    verdict, baselines = run.result["judgement"], run.result["baselines"]
    table = []
    for name in MODELS:
        found = verdict if name == "model" else baselines[name]
        cells = [f"{significant(found[score]['value'])} ({significant(found[score]['low'])}–{significant(found[score]['high'])})" for score in ("accuracy", "macro_f1", "weighted_f1")]  # fmt: skip
        table.append([t(NAMED[name]), *cells])
    columns = st.columns(3)
    for column, score in zip(columns, ("accuracy", "macro_f1", "weighted_f1"), strict=True):
        column.metric(t(f"runs.{score}"), significant(verdict[score]["value"]))
        column.caption(t("runs.interval", low=significant(verdict[score]["low"]), high=significant(verdict[score]["high"])))
    st.markdown(_compared(run))
    header = [t("runs.judged"), t("runs.accuracy"), t("runs.macro_f1"), t("runs.weighted_f1")]
    st.dataframe(pd.DataFrame(table, columns=header), hide_index=True)
    st.caption(t("runs.judged_on", rows=verdict["rows"]))


def _compared(run: Run) -> str:
    """Does the model beat the best baseline? By macro F1, and only beyond both intervals without a doubt."""
    verdict = run.result["judgement"]["macro_f1"]
    name, best = max(run.result["baselines"].items(), key=lambda pair: pair[1]["macro_f1"]["value"])
    values = {
        "model": significant(verdict["value"]),
        "baseline": t(NAMED[name]),
        "score": significant(best["macro_f1"]["value"]),
    }
    if best["macro_f1"]["value"] >= verdict["value"]:
        return ":material/warning: " + t("runs.baseline_wins", **values)
    if best["macro_f1"]["high"] >= verdict["low"]:
        return ":material/balance: " + t("runs.baseline_close", **values)
    return ":material/check_circle: " + t("runs.model_wins", **values)


def _show_confusion(run: Run) -> None:
    verdict = run.result["judgement"]
    confusion = pd.DataFrame(verdict["confusion"]).to_numpy()
    labels = verdict["labels"]
    drawn = shown_classes(confusion)
    said = store().rows(run.id, run_key(), "predictions")
    cell = st.session_state.get(f"runs:cell:{run.id}") or commonest_mistake(confusion)
    left, right = st.columns([5, 6], gap="medium")
    with left:
        show_figure(
            confusion_figure(
                confusion[drawn][:, drawn],
                [labels[number] for number in drawn],
                true_title=t("runs.label"),
                predicted_title=t("runs.predicted_label"),
                marked=(drawn.index(cell[0]), drawn.index(cell[1])) if set(cell) <= set(drawn) else None,
            ),
            key="run-confusion",
            caption=t("runs.confusion_caption"),
            alt=t(
                "runs.confusion_alt",
                accuracy=significant(verdict["accuracy"]["value"]),
                true=labels[cell[0]],
                predicted=labels[cell[1]],
                n=int(confusion[cell[0], cell[1]]),
            ),
            data=lambda: pd.DataFrame(confusion, index=labels, columns=labels),
            on_point=lambda _, index: st.session_state.update(
                {f"runs:cell:{run.id}": tuple(drawn[place] for place in cell_of(index, len(drawn)))}
            ),
        )
    with right:
        true = right.selectbox(t("runs.label"), range(len(labels)), index=cell[0], format_func=labels.__getitem__)
        predicted = right.selectbox(t("runs.predicted_label"), range(len(labels)), index=cell[1], format_func=labels.__getitem__)
        if (true, predicted) != tuple(cell):
            st.session_state[f"runs:cell:{run.id}"] = (true, predicted)
            st.rerun()
        inside = said[(said["label"] == labels[true]) & (said["predicted"] == labels[predicted])].sort_values("confidence", ascending=False)
        st.dataframe(_with_texts(run, inside), hide_index=False)


def _show_mistakes(run: Run) -> None:
    mistakes = run.result["judgement"]["mistakes"]
    if not mistakes:
        st.success(t("runs.no_mistakes"))
        return
    st.caption(t("runs.mistakes_caption", n=run.result["judgement"]["mistakes_total"]))
    frame = _with_texts(run, pd.DataFrame(mistakes).set_index("row")[["label", "predicted", "confidence"]])
    st.caption(t("runs.mistakes_choose"))
    picked = st.dataframe(frame, on_select="rerun", selection_mode="single-row", key=f"runs:mistakes:{run.id}").selection.rows
    if picked:
        show_nearest(run, run_key(), frame[run.settings.text].iloc[picked[0]], mistakes[picked[0]]["predicted"])


def _show_classes(run: Run) -> None:
    frame = pd.DataFrame(run.result["judgement"]["per_class"])
    names = {name: t(f"runs.class_{name}") for name in frame.columns}
    numbers = {names[name]: st.column_config.NumberColumn(format="%.3f") for name in ("precision", "recall", "f1")}
    st.dataframe(frame.rename(columns=names), hide_index=True, column_config=numbers)


def _show_reliability(run: Run) -> None:
    verdict = run.result["judgement"]
    show_reliability([Bin(**part) for part in verdict["reliability"]], verdict["ece"], key="run")


def _try(run: Run) -> None:
    text = st.text_input(t("runs.try"), key=f"runs:try:{run.id}", placeholder=t("runs.try_placeholder"), max_chars=5000)
    if not text.strip():
        return
    prediction = model(f"run:{run.id}", "classification").predict([text])[0]
    st.markdown(t("runs.tried", label=plain(prediction.label, 100), score=significant(prediction.score)))
    st.dataframe(
        pd.DataFrame(
            sorted(prediction.scores.items(), key=lambda pair: -pair[1])[:10], columns=[t("runs.predicted_label"), t("runs.confidence")]
        ),
        hide_index=True,
        column_config={t("runs.confidence"): st.column_config.ProgressColumn(min_value=0.0, max_value=1.0, format="%.3f")},
    )


def _with_texts(run: Run, said: pd.DataFrame) -> pd.DataFrame:
    """Rows of the test part with what they say; row numbers are the file's."""
    data = store().rows(run.id, run_key())
    texts = data[run.settings.text].reindex(said.index)
    names = {"label": t("runs.label"), "predicted": t("runs.predicted_label"), "confidence": t("runs.confidence")}
    return pd.concat([texts, said.rename(columns=names)], axis=1).rename_axis(t("tune.row"))
