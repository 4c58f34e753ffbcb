"""The question answering page's input: examples, a question, a text typed or from a file, and the models that answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.delta_generator import DeltaGenerator
from streamlit.runtime.uploaded_file_manager import UploadedFile

from components.errors import UserError
from components.messages import CONTENT
from components.tables.encoding import decode
from components.text.windows import MAX_CHARACTERS
from components.ui.state.language import language, t
from components.ui.state.loaders import model
from components.ui.widgets.address import typed_text
from components.ui.widgets.bench import bench, example_menu
from components.ui.widgets.encodings import encoding_menu, other_readings
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.models import choose_task_model, load_compared, model_for
from components.ui.widgets.uploads import file_field

if TYPE_CHECKING:
    from components.models.qa import QuestionAnswerer

MAX_FILE = 4 * MAX_CHARACTERS + 4  # bytes: every character in the widest encoding, and its mark
MAX_STRICTNESS = 10.0


class QuestionInputError(UserError):
    """Input of the question answering page that can't be used."""


@dataclass(frozen=True, eq=False)
class Query:
    """What is asked, of which models, and where the answers are drawn. strictness: added to each model's own threshold."""

    question: str
    context: str
    answerers: list["QuestionAnswerer"]
    figure: DeltaGenerator
    strictness: float
    top_k: int

    def threshold(self, number: int) -> float:
        return self.answerers[number].threshold + self.strictness


def read_query() -> Query | None:
    """The bench with the question, and under the place of the figure the text, which opens to be changed. None where question or text is blank.
    Raises ModelError."""
    bar = bench("qa")
    with bar.examples:
        _examples()
    typed_text("qa_question", t("question_answering.example_chapter_question"))
    typed_text("qa_context", t("question_answering.example_chapter_context"))
    with bar.field:
        label = t("question_answering.question")
        question = st.text_input(label, key="qa_question", persist_state="session", label_visibility="collapsed", placeholder=label)
    figure = st.container()
    with st.expander(t("question_answering.change_text"), icon=":material/edit_note:", expanded=not st.session_state["qa_context"].strip()):
        upload, codec = _file_fields()
        with guarded():
            _take_file(upload, codec)
        context = st.text_area(t("question_answering.context"), key="qa_context", persist_state="session", height=170)
    more = bar.more
    answerers = choose_answerers(bar.model, more, [context])
    with more:
        strictness = strictness_control()
        top_k = st.number_input(t("question_answering.top_k"), 1, 20, 3, key="qa_k", bind="query-params")
    bar.run(t("question_answering.run"))
    if not question.strip() or not context.strip():
        figure.info(t("question_answering.empty"), icon=":material/edit:")
        return None
    return Query(question, context, answerers, figure, strictness, min(max(int(top_k), 1), 20))


def choose_answerers(place: DeltaGenerator, more: DeltaGenerator, texts: Sequence[str]) -> list["QuestionAnswerer"]:
    """The menu for a model and, behind the gear, one for a second beside it. Raises ModelError."""
    with place:
        first = choose_task_model("qa", key="qa_model", label=t("question_answering.model"), default=model_for("qa", texts))
    with more:
        second = choose_task_model("qa", key="qa_other", label=t("question_answering.other"), default=None)
    return load_compared(first, second, lambda id: model(id, "qa"))


def strictness_control() -> float:
    """How strict "no answer" is, in logits above or below the models' own threshold."""
    value = st.slider(
        t("question_answering.strictness"), -MAX_STRICTNESS, MAX_STRICTNESS, 0.0, 0.1, format="%+.1f",
        key="qa_strictness", bind="query-params", help=t("question_answering.strictness_help"),
    )  # fmt: skip
    return min(max(float(value), -MAX_STRICTNESS), MAX_STRICTNESS)


def _examples() -> None:
    names = ("chapter", "who", "none", "long")
    texts = {name: t(f"question_answering.example_{name}_context") for name in names if name != "long"}
    texts["long"] = (CONTENT / "samples" / f"history_{language()}.txt").read_text(encoding="utf-8")
    presets = {name: {"qa_question": t(f"question_answering.example_{name}_question"), "qa_context": texts[name]} for name in names}
    example_menu("qa_preset", presets, {name: t(f"question_answering.example_{name}") for name in names})


def _file_fields() -> tuple[UploadedFile | None, str | None]:
    """The upload and the codec by which it is read, None where it is to be found."""
    file = file_field(
        t("question_answering.file"), type=["txt"], key="qa_file", help=t("question_answering.file_help", most=f"{MAX_CHARACTERS:,}")
    )
    return file, encoding_menu("qa_codec")


def _take_file(file: UploadedFile | None, codec: str | None) -> None:
    """Puts a new file's text into the text field, once; says how it was read. Raises TableError, QuestionInputError."""
    if file is None:
        st.session_state.pop("qa_taken", None)
        return
    wanted = (file.file_id, codec)
    if st.session_state.get("qa_taken", (None,))[0] != wanted:
        if file.size > MAX_FILE:
            raise QuestionInputError("question_answering.file_too_large", size=f"{file.size / 1e6:.1f}", most=f"{MAX_CHARACTERS:,}")
        decoded = decode(file.getvalue(), codec)
        st.session_state["qa_context"] = decoded.text
        st.session_state["qa_taken"] = (wanted, decoded.encoding, len(decoded.text), decoded.unreadable, decoded.alternatives)
    _, encoding, characters, unreadable, others = st.session_state["qa_taken"]
    name = escaped_markdown(file.name, 60)
    st.caption(t("question_answering.file_taken", name=name, characters=f"{characters:,}", encoding=encoding))
    if unreadable:
        st.warning(t("question_answering.file_unreadable", n=f"{unreadable:,}"), icon=":material/warning:")
    other_readings(encoding, others, key="qa_codec")
