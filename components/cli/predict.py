"""`predict`: a table's texts, answered by a model."""

from argparse import Namespace

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
    guessed = dict(zip(answering.fields, answering.guess(frame), strict=True))
    columns = [files.column(frame, named[field], guessed[field], f"--{field}") for field in answering.fields]
    rows = list(zip(*(frame[name].tolist() for name in columns), strict=True))
    parts: list[Answers] = []
    with files.bar(len(rows), "rows") as bar:
        for start in range(0, len(rows), CHUNK):
            parts.append(answering.answer(rows[start : start + CHUNK], len(rows)))
            bar.update(len(parts[-1].records))
    added = pd.concat([part.columns for part in parts], ignore_index=True)
    files.write(options.output, options.to, frame, added, [record for part in parts for record in part.records])
