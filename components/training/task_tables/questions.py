"""Question answering takes a passage, a question about it, and its answer, which stands in the passage; where, a further column may say."""

import pandas as pd

from components.evaluation.answer_tables import ANSWER_NAMES, CONTEXT_NAMES, QUESTION_NAMES, guess_question_columns
from components.tables.columns import named
from components.text.duplicates import normalised
from components.text.windows import MAX_CHARACTERS
from components.training.answer_cells import Place, place_of, read_wanted
from components.training.findings import Finding, rows_finding
from components.training.task_tables import Columns, Guess

ROLES: tuple[str, ...] = ("text", "second", "label", "start")
OPTIONAL: tuple[str, ...] = ("start",)
KINDS: tuple[str, ...] = ("answer-missing", "answer-unreadable", "empty-question", "answer-moved", "answer-several", "unanswerable")
CURED: tuple[str, ...] = ("answer-missing", "answer-unreadable", "empty-question")
START_NAMES = ("start", "answer_start", "answer_begin", "begin", "offset", "開始", "開始位置", "解答開始位置", "回答開始位置", "位置")
SAMPLE = 200
MOST_OF = 0.6  # of the answers stand in their passages


def guess(frame: pd.DataFrame) -> Guess | None:
    if len(frame.columns) < 3:
        return None
    found = guess_question_columns(frame)
    others = [name for name in frame.columns if name not in (found.question, found.context, found.answer)]
    if found.context is None or (found.answer is None and not others):
        return None
    answer = found.answer or others[0]
    sample = frame.head(SAMPLE)
    places = {name: named(name, START_NAMES) for name in others if sample[name].str.strip().str.fullmatch(r"\d{0,9}").all()}
    start = max(places, key=places.__getitem__) if places else None
    columns = Columns(found.context, answer, found.question, start if start and places[start] >= 0.25 else None)
    called = named(found.question, QUESTION_NAMES), named(found.context, CONTEXT_NAMES), named(answer, ANSWER_NAMES)
    return Guess(columns, 0.95 if min(called) >= 0.25 and _stand_there(frame, columns) else 0.2)


def _stand_there(frame: pd.DataFrame, columns: Columns) -> bool:
    """Whether most of the answers stand in their passages."""
    sample = frame.head(SAMPLE)
    kinds = [place_of(passage, cell).kind for passage, cell in zip(sample[columns.text], sample[columns.label], strict=True)]
    told = [kind for kind in kinds if kind != "none"]
    return bool(told) and sum(kind not in ("missing", "unreadable") for kind in told) >= MOST_OF * len(told)


def prepare(frame: pd.DataFrame, columns: Columns) -> tuple[pd.DataFrame, Columns]:
    """The answers in SQuAD's form, with their places where the table tells them; what can't be read stays as it is written."""
    assert columns.label is not None, "an answer is learned from answers"
    starts = frame[columns.start].tolist() if columns.start else [""] * len(frame)
    cells = []
    for cell, start in zip(frame[columns.label], starts, strict=True):
        wanted = read_wanted(cell, start)
        cells.append(cell if wanted is None else wanted.written())
    made = frame.assign(**{columns.label: pd.Series(cells, index=frame.index, dtype="str")})
    return made, Columns(columns.text, columns.label, columns.second)


def places(frame: pd.DataFrame, columns: Columns) -> list[Place]:
    """Where the answer of each row stands, of a prepared table."""
    return [place_of(passage, cell) for passage, cell in zip(frame[columns.text], frame[columns.label], strict=True)]


def usable(frame: pd.DataFrame, columns: Columns) -> pd.Series:
    """Which rows of a prepared table can be learned from: bool, by its index."""
    assert columns.second is not None, "a passage has a question"
    placed = [place.kind not in ("missing", "unreadable") for place in places(frame, columns)]
    lengths = frame[columns.text].str.len() <= MAX_CHARACTERS
    return (
        pd.Series(placed, index=frame.index) & (frame[columns.text].str.strip() != "") & (frame[columns.second].str.strip() != "") & lengths
    )


def findings(frame: pd.DataFrame, columns: Columns) -> tuple[list[Finding | None], dict[str, int]]:
    """On answers that stand nowhere, more than once or elsewhere, and on questions that are empty or have none."""
    assert columns.label is not None and columns.second is not None, "a question has an answer"
    kinds = pd.Series([place.kind for place in places(frame, columns)], index=frame.index, dtype="str")
    filled = frame[columns.text].map(normalised) != ""

    def rows(kind: str) -> pd.Index:
        return frame.index[(kinds == kind) & filled]

    return [
        rows_finding("answer-missing", "warning", rows("missing")),
        rows_finding("answer-unreadable", "warning", rows("unreadable")),
        rows_finding("empty-question", "warning", frame.index[frame[columns.second].map(normalised) == ""]),
        rows_finding("answer-moved", "note", rows("moved")),
        rows_finding("answer-several", "note", rows("several")),
        rows_finding("unanswerable", "note", rows("none")),
    ], {}
