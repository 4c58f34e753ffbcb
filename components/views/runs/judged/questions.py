"""A reader of passages: a question on a passage to try, what became of the judged questions, and those answered otherwise."""

import json

import pandas as pd
import streamlit as st

from components.evaluation.answers import OUTCOMES
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets.address import typed_text
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import printable
from components.ui.widgets.highlight import Mark, highlighted
from components.ui.widgets.verdict import said, show_doubt, show_finding

from ..pictures import bars, percent
from .judged_rows import judged_rows, show_gone, show_table

PAGE = "question_answering"
MODEL_KEY = "qa_model"
MOST = 20_000  # characters of the passage; the page of question answering takes longer ones
MOST_ASKED = 1_000


def show_trial(run: Run, result: JudgedResult) -> None:
    """A question and a passage, an unseen one at first, and the answer marked in it."""
    st.subheader(t("runs.try_question"), anchor=False)
    rows = judged_rows(run)
    begun = rows.iloc[0] if rows is not None and len(rows) else None
    question_key, passage_key = f"runs:question:{run.id}", f"runs:passage:{run.id}"
    typed_text(question_key, str(begun["second"])[:MOST_ASKED] if begun is not None else "")
    typed_text(passage_key, str(begun["text"])[:MOST] if begun is not None else "")
    question = st.text_input(t("runs.question"), key=question_key, persist_state="session", max_chars=MOST_ASKED)
    passage = st.text_area(t("runs.passage"), key=passage_key, persist_state="session", height=150, max_chars=MOST)
    with st.container(border=False, key="runs-answer"), guarded():
        if not question.strip() or not passage.strip():
            st.caption(t("runs.try_question_placeholder"))
            return
        reading = model(f"run:{run.id}", "qa").read(question, passage, 1)
        if not reading.candidates:
            st.caption(t("runs.no_answer_found"))
            return
        best = reading.candidates[0]
        if not reading.answers:
            show_doubt(said("runs.no_answer_wins", quoted={"answer": best.text}))
        mark = Mark(best.start, best.end, percent(best.score), "answer" if reading.answers else "other")
        highlighted(passage, [mark], height=260 if len(passage) > 500 else "content")


def show_figure(run: Run, result: JudgedResult) -> None:
    """How many questions were answered exactly, partly, wrongly, not at all; the questions without an answer apart."""
    for kind, heading in (("answerable", "runs.questions_answerable"), ("silent", "runs.questions_silent")):
        counts = {outcome: int(result.facts.get(f"{kind}_{outcome}", 0)) for outcome in OUTCOMES}
        rows = sum(counts.values())
        if not rows:
            continue
        show_finding(said(heading, right=f"{counts['exact']:,}", rows=f"{rows:,}"))
        shown = [
            (t(f"runs.outcome_{kind}_{outcome}"), count / rows, f"{count:,}")
            for outcome, count in counts.items()
            if count or outcome == "exact"
        ]
        st.html(bars(shown, t("evaluation.separator").join(f"{name} {written}" for name, _, written in shown)))
    st.caption(t("runs.questions_caption", threshold=f"{result.facts['threshold']:.2f}".replace("-", "−")))


def show_mistakes(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    wrong = rows[rows["exact"] < 1].sort_values(["f1", "probability"], ascending=[True, False], kind="stable")
    none = t("runs.no_answer")
    table = pd.DataFrame(
        {
            t("runs.question"): wrong["second"].map(printable),
            t("runs.answer_wanted"): wrong["wanted"].map(lambda cell: printable(" / ".join(json.loads(cell)) or none)),
            t("runs.answer_found"): wrong["found"].map(lambda text: printable(text) or none),
            "F1": wrong["f1"].map(percent),
            t("runs.passage"): wrong["text"].map(printable),
        }
    )
    show_table(table, t("runs.questions_mistakes", n=f"{len(wrong):,}", rows=f"{len(rows):,}"))
