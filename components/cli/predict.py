"""`predict`: a table's texts, answered by a model."""

from argparse import Namespace
from collections.abc import Mapping, Sequence

import pandas as pd

from components.cli import files
from components.cli.answering import CHUNK, Answers, load_answering
from components.errors import TableError


def run(options: Namespace, language: str) -> None:
    """Raises UserError, OSError."""
    frame = files.read(options.table, options.kind, options.encoding, language)
    _, answering = load_answering(options.model, options.task)
    named = {"text": options.text, "question": options.question, "second": options.second}
    for field, refusal in (("question", "cli.no_questions"), ("second", "cli.no_second")):
        if named[field] is not None and field not in answering.fields:
            raise TableError(refusal)
    columns = _columns(frame, answering.fields, named, answering.guess(frame))
    rows = list(zip(*(frame[name].tolist() for name in columns), strict=True))
    parts: list[Answers] = []
    with files.bar(len(rows), "rows") as bar:
        for start in range(0, len(rows), CHUNK):
            parts.append(answering.answer(rows[start : start + CHUNK], len(rows)))
            bar.update(len(parts[-1].records))
    added = pd.concat([part.columns for part in parts], ignore_index=True)
    files.write(options.output, options.to, frame, added, [record for part in parts for record in part.records])


def _columns(frame: pd.DataFrame, fields: Sequence[str], named: Mapping[str, str | None], guessed: Sequence[str | None]) -> list[str]:
    """The column of each field: the one that is named, else the guessed one; where that was named for another field, the one that was guessed for
    the other. Raises TableError for a field without one, and for one column that is named for two."""
    taken = [name for name in named.values() if name is not None]
    columns: list[str] = []
    for field, own in zip(fields, guessed, strict=True):
        free = own if own not in taken else next((name for name in guessed if name not in taken), None)
        columns.append(files.column(frame, named[field], free, f"--{field}"))
    if len(set(columns)) < len(columns):
        raise TableError("cli.same_column", column=columns[0], option=f"--{fields[-1]}")
    return columns
