"""Two runs side by side: what was set differently, the scores, and whether their difference is more than luck."""

import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.errors import TrainingError
from components.evaluation.intervals import Interval, paired_difference
from components.training.runs import Run
from components.training.starting_weights import begun_on
from components.ui.state.language import t
from components.ui.state.runs import duration, run_key, store
from components.ui.widgets.escaped import escaped_markdown

COMPARED = ("accuracy", "macro_f1", "weighted_f1", "ece", "perplexity_after", "masked_accuracy_after")


def show_change(run: Run) -> None:
    """Of a run that was made from another: which, and the two compared, one click away. Nothing where the other is gone."""
    if not run.data.get("from"):
        return
    try:
        before = store().get(run.data["from"], run_key())
    except TrainingError:
        st.caption(t("runs.before_gone"))
        return
    if not (run.scores and before.scores):
        st.caption(t("runs.change_of", name=escaped_markdown(before.name, 100)))
        return
    with st.expander(t("runs.compared_with", name=escaped_markdown(before.name, 100)), icon=":material/compare_arrows:"):
        show_pair(before, run)


def show_pair(first: Run, second: Run) -> None:
    """The table of both, and one sentence about the difference where they were judged on the same rows."""
    first_settings, second_settings = first.settings.to_json(), second.settings.to_json()
    table = {
        name: (str(first_settings[name]), str(second_settings[name]))
        for name in first_settings
        if first_settings[name] != second_settings[name]
    }
    same_data = first.data.get("digest") == second.data.get("digest")
    if not same_data:
        table[t("runs.data")] = (first.data.get("digest", ""), second.data.get("digest", ""))
    weights = [weights_words(run) for run in (first, second)]
    if weights[0] != weights[1]:
        table[t("runs.weights")] = (weights[0], weights[1])
    scores = [name for name in COMPARED if name in first.scores or name in second.scores]
    table |= {t(f"runs.{name}"): (_score(first, name), _score(second, name)) for name in scores}
    table[t("runs.cost_time")] = (duration(first.seconds), duration(second.seconds))
    names = [run.name[:60] for run in (first, second)]
    if names[0] == names[1]:
        names = [f"{name} · {number}" for number, name in enumerate(names, start=1)]
    st.dataframe(pd.DataFrame(table, index=names).T, column_config={"_index": st.column_config.Column(width="medium")})
    difference = _difference(first, second)
    if difference:
        st.markdown(_verdict(difference))
    elif not same_data:
        st.caption(t("runs.other_data"))


def weights_words(run: Run) -> str:
    """What a run was begun on, with the fingerprints that are known."""
    begun = {run.settings.backbone: "", **begun_on(run)}
    return ", ".join(f"{id} {digest}".strip() for id, digest in begun.items())


def _score(run: Run, name: str) -> str:
    return significant(run.scores[name]) if name in run.scores else "–"


def _difference(first: Run, second: Run) -> Interval | None:
    """Of the accuracies, second minus first; None unless both were judged on the same rows with the same labels."""
    if {first.settings.task, second.settings.task} != {"classification"}:
        return None
    try:
        first_rows, second_rows = (store().rows(run.id, run_key(), "predictions") for run in (first, second))
    except TrainingError:
        return None
    if set(first_rows.index) != set(second_rows.index) or not (first_rows["label"] == second_rows["label"].reindex(first_rows.index)).all():
        return None
    second_rows = second_rows.reindex(first_rows.index)
    return paired_difference(
        (first_rows["predicted"] == first_rows["label"]).to_numpy(), (second_rows["predicted"] == second_rows["label"]).to_numpy()
    )


def _verdict(difference: Interval) -> str:
    values = {name: f"{100 * value:+.1f}".replace("-", "−") if value else "0" for name, value in vars(difference).items()}
    if difference.low > 0:
        return ":material/trending_up: " + t("runs.second_better", **values)
    if difference.high < 0:
        return ":material/trending_down: " + t("runs.second_worse", **values)
    return ":material/balance: " + t("runs.no_difference", **values)
