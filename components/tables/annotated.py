"""Files of labelling tools and data sets that are no table of cells: what is marked within texts becomes a cell of its own."""

from collections.abc import Callable
from dataclasses import dataclass

from components.tables.squad import squad_table
from components.tables.table import Table


@dataclass(frozen=True)
class Annotated:
    """`form`: what wrote the file, for the sentence tune.read_<form>; `task`: what it is marked for; `table`: its rows as a table, each cell text."""

    form: str
    task: str
    table: Table


Reader = Callable[[bytes, str], Annotated | None]


def _squad(data: bytes, name: str) -> Annotated | None:
    table = squad_table(data)
    return Annotated("squad", "questions", table) if table else None


# Each gives None for a file that is not its own; (bytes, name of the file).
READERS: tuple[Reader, ...] = (_squad,)


def read_annotated(data: bytes, name: str) -> Annotated | None:
    """The file, read by the first reader that knows it; None for any other, which is a table. Raises TableError where it is damaged."""
    return next((found for reader in READERS if (found := reader(data, name))), None)
