"""What a reader of labelling tools' files gives."""

from collections.abc import Mapping
from dataclasses import dataclass

from components.tables.account import Problem
from components.tables.builder import Builder, line_trouble
from components.tables.reading import Remark
from components.tables.rows import body_of
from components.tables.table import Table


@dataclass(frozen=True)
class Annotated:
    """`form`: what wrote the file, for the sentence tune.read_<form>; `task`: what it is marked for; `table`: its rows as a table, each cell text."""

    form: str
    task: str
    table: Table


def table_of(rows: list[tuple[int, Mapping[str, str]]], problems: list[Problem], remarks: tuple[Remark, ...], encoding: str) -> Table:
    """The rows, each with the line that it begins on, as a table; as many as a table may have; one with a broken
    cell is left out. Raises TableError where there are none."""
    build = Builder([])
    for problem in problems:
        build.skip(problem)
    for line, row in rows:
        if build.full:
            build.stop_at(line)
            break
        trouble = next((found for part in (*row, *row.values()) if (found := line_trouble(part, line))), None)
        if trouble is None:
            build.add_named(line, dict(row))
        elif build.skip(trouble):
            break
    body = body_of(build)
    account = body.account
    return Table(
        body.frame, encoding, None, body.problems, account.skipped, lines=body.lines, account=account, remarks=remarks
    )  # fmt: skip
