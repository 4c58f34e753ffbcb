"""Files of labelling tools and data sets that are no table of cells: what is marked within texts becomes a cell of its own."""

from collections.abc import Callable

from components.tables.annotated_file import Annotated as Annotated
from components.tables.annotated_json import read_annotated_json
from components.tables.squad import squad_table
from components.tables.tagged_lines import read_tagged_lines

Reader = Callable[[bytes, str], Annotated | None]


def _squad(data: bytes, name: str) -> Annotated | None:
    table = squad_table(data)
    return Annotated("squad", "questions", table) if table else None


# Each gives None for a file that is not its own; (bytes, name of the file).
READERS: tuple[Reader, ...] = (
    read_annotated_json,
    read_tagged_lines,
    _squad,
)


def read_annotated(data: bytes, name: str) -> Annotated | None:
    """The file, read by the first reader that knows it; None for any other, which is a table. Raises TableError where it is damaged."""
    return next((found for reader in READERS if (found := reader(data, name))), None)
