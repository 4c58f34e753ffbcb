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
from components.ui.widgets.encodings import encoding_menu, other_readings
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.examples import examples
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
    """What is asked, of which models, and where each one's answer is drawn. strictness: added to each model's own threshold."""

    question: str
    context: str
    answerers: list["QuestionAnswerer"]
    containers: list[DeltaGenerator]
    strictness: float
    top_k: int

    def threshold(self, number: int) -> float:
        return self.answerers[number].threshold + self.strictness


def read_query() -> Query | None:
    """The examples, the fields and the menus. None where question or text is blank. Raises ModelError."""
    _examples()
    typed_text("qa_question", t("question_answering.example_chapter_question"))
    typed_text("qa_context", t("question_answering.example_chapter_context"))
    top = st.columns([4, 3.5, 3], vertical_alignment="bottom")
    comparing = st.session_state.get("qa_other") is not None or "qa_other" in st.query_params
    left, right = (st.container(), None) if comparing else st.columns([2, 3], gap="medium")
    field, file, note, beneath = left.container(), left.container(), left.container(), left.container()
    with file, st.popover(t("question_answering.from_file"), icon=":material/upload_file:"):
        upload, codec = _file_fields()
    with note, guarded():
        _take_file(upload, codec)
    with top[0]:
        question = st.text_input(t("question_answering.question"), key="qa_question", persist_state="session")
    with field:
        height = 110 if comparing else 170
        context = st.text_area(t("question_answering.context"), key="qa_context", persist_state="session", height=height)
    answerers = choose_answerers([context], (top[1], top[2]))
    with beneath:
        strictness, top_k = answer_controls(narrow=not comparing)
    containers = [right] if right is not None and len(answerers) == 1 else st.columns(len(answerers), gap="medium")
    if not question.strip() or not context.strip():
        with containers[0]:
            st.info(t("question_answering.empty"), icon=":material/edit:")
        return None
    return Query(question, context, answerers, list(containers), strictness, top_k)


def choose_answerers(texts: Sequence[str], containers: Sequence[DeltaGenerator]) -> list["QuestionAnswerer"]:
    """The menus for a model and, if wanted, a second one beside it. Raises ModelError."""
    with containers[0]:
        first = choose_task_model("qa", key="qa_model", label=t("question_answering.model"), default=model_for("qa", texts))
    with containers[1]:
        second = choose_task_model("qa", key="qa_other", label=t("question_answering.other"), default=None)
    return load_compared(first, second, lambda id: model(id, "qa"))


def answer_controls(narrow: bool) -> tuple[float, int]:
    """How strict "no answer" is, and how many answers are shown."""
    left, right = (st.container(), st.container()) if narrow else st.columns([3, 1], gap="medium")
    with left:
        strictness = strictness_control()
    top_k = right.number_input(t("question_answering.top_k"), 1, 20, 3, key="qa_k", bind="query-params")
    return strictness, min(max(int(top_k), 1), 20)


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
    examples("qa_preset", presets, {name: t(f"question_answering.example_{name}") for name in names})


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
