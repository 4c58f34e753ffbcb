"""Try a classifier on a text: a field with an unseen row in it, other rows that tell something a menu away, and the classes as bars."""

from collections.abc import Mapping

import pandas as pd
import streamlit as st

from components.errors import TrainingError
from components.models.results import Prediction
from components.training.results import ClassificationResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.state.recent import kept
from components.ui.state.runs import run_key, store
from components.ui.widgets.bench import bench, example_menu, sentence_field
from components.ui.widgets.errors import guarded
from components.ui.widgets.verdict import said, show_doubt

from .pictures import bars, percent

SHOWN = 5
MOST = 5_000  # characters


def show_trial(run: Run, result: ClassificationResult) -> None:
    """The field, and what the model says of what stands in it."""
    text = trial_field(run, trial_texts(run))
    height = 44 + 27 * min(len(result.labels), SHOWN + 1)  # the same for every text
    with st.container(height=height, border=False, key="runs-answer"), guarded():
        answer(run, text)


def trial_field(run: Run, texts: Mapping[str, str], names: str = "runs.try", go: str = "runs.try_go") -> str:
    """The field with the first of `texts` in it, the others a menu away, each named by the message <names>_<its name>; what stands in the field."""
    st.subheader(t("runs.try"), anchor=False)
    bar = bench("tune")
    key = f"runs:try:{run.id}"
    with bar.examples:
        example_menu("tune_example", {name: {key: text} for name, text in texts.items()}, {name: t(f"{names}_{name}") for name in texts})
    with bar.field:
        text: str = sentence_field(key, t("runs.try"), next(iter(texts.values()), ""), carrying=False)
    bar.run(t(go))
    return text[:MOST]


def answer(run: Run, text: str) -> None:
    """The likeliest classes of a text as bars, and a doubt where none fits."""
    if not text.strip():
        st.caption(t("runs.try_placeholder"))
        return
    prediction: Prediction = model(f"run:{run.id}", "classification").predict([text[:MOST]])[0]
    ranked = sorted(prediction.scores.items(), key=lambda pair: -pair[1])
    shown, rest = ranked[:SHOWN], ranked[SHOWN:]
    if rest:
        shown.append((t("runs.other_classes", n=len(rest)), sum(share for _, share in rest)))
    st.html(
        bars(
            [(name, share, percent(share)) for name, share in shown],
            t("runs.tried", label=prediction.label, score=percent(prediction.score)),
        )
    )
    if prediction.unsure:
        show_doubt(said("runs.doubt_unsure", quoted={"label": prediction.label, "next": prediction.next_label}))


def trial_texts(run: Run) -> dict[str, str]:
    """Unseen rows by what they tell: "sure" (right, and the surest), "torn" (the least sure), "wrong" (the surest mistake). {} where the rows
    are gone; of equal texts one."""

    def texts() -> dict[str, str]:
        try:
            rows, said_of = store().rows(run.id, run_key()), store().rows(run.id, run_key(), "predictions")
        except TrainingError:
            return {}
        return chosen_rows(rows[run.settings.text], said_of)

    return kept("runs:trial", (run.id, run_key(), run.ended), texts)


def chosen_rows(texts: pd.Series, predictions: pd.DataFrame) -> dict[str, str]:
    """`texts` by row; `predictions` (label, predicted, confidence) by row."""
    right = predictions["label"] == predictions["predicted"]
    found: dict[str, str] = {}
    for name, rows, ascending in (("sure", predictions[right], False), ("torn", predictions, True), ("wrong", predictions[~right], False)):
        ordered = rows.sort_values("confidence", ascending=ascending, kind="stable").index
        text = next((texts[row] for row in ordered if texts[row].strip() and texts[row] not in found.values()), None)
        if text is not None:
            found[name] = text
    return found
