"""A text read window by window for a question: at once where it is short, else in steps with progress and a stop that keeps what is read."""

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from components.ui.state.language import t
from components.ui.state.recent import kept
from components.ui.widgets.batches import Batch, batch, batch_controls, run_batch

from .questions import Query

if TYPE_CHECKING:
    from components.models.qa import Asked, QuestionAnswerer, SpanPrediction

WORDS = "question_answering"
AT_ONCE = 6  # windows that are read within some two seconds, without a bar


@dataclass(frozen=True, eq=False)
class ModelAnswer:
    """One model's reading of a text, `so_far` None until something is read; work: how many of its windows are."""

    answerer: "QuestionAnswerer"
    asked: "Asked"
    so_far: "SpanPrediction | None"
    work: Batch
    container: DeltaGenerator | None

    @property
    def reading(self) -> "SpanPrediction":
        """What was read. LookupError before anything was."""
        if self.so_far is None:
            raise LookupError("nothing is read yet")
        return self.so_far


def read(query: Query, number: int) -> ModelAnswer:
    """What model `number` of the query has read so far, with its progress where there is some. Raises ModelError."""
    answerer = query.answerers[number]
    text = f"{query.question}\0{query.context}".encode("utf-8", "surrogatepass")
    signature = f"{answerer.id}|{hashlib.sha256(text).hexdigest()}"
    asked = _asked(answerer, query, number, signature)
    windows = len(asked.windows)
    work = batch(f"qa{number}", signature, windows, WORDS)
    container = None
    if windows <= AT_ONCE:
        if not work.finished:
            with st.spinner(t("question_answering.reading")):
                work.complete(answerer.score(asked, range(windows)))
    else:
        if st.session_state.get(f"qa{number}:begun") != signature:
            st.session_state[f"qa{number}:begun"] = signature
            work.begin()
        container = batch_controls(work, key=f"qa{number}", start=t("question_answering.start", n=f"{windows:,}"))
    reading = _decoded(answerer, asked, work, query.top_k, number) if work.ready else None
    return ModelAnswer(answerer, asked, reading, work, container)


def go_on(answer: ModelAnswer) -> None:
    """The next windows, while the work is running; called when the rest of the page is drawn."""
    run_batch(answer.work, answer.container, range(len(answer.asked.windows)), lambda part: answer.answerer.score(answer.asked, part))


def _asked(answerer: "QuestionAnswerer", query: Query, number: int, signature: str) -> "Asked":
    """The tokens and windows, kept until text, question or model change: a long text's take a second."""
    return kept(f"qa{number}:asked", signature, lambda: answerer.ask(query.question, query.context))


def _decoded(answerer: "QuestionAnswerer", asked: "Asked", work: Batch, top_k: int, number: int) -> "SpanPrediction":
    """The reading of the windows done so far, kept until there are more or another number of answers is wanted."""
    scores = [window_logits for step in work.results for window_logits in step]
    return kept(f"qa{number}:reading", (work.signature, work.done, top_k), lambda: answerer.decode(asked, scores, top_k))
