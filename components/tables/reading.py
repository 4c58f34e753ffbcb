"""How a file is read: what the user chose, and what was decided and is said."""

from dataclasses import dataclass

from components.messages import message


@dataclass(frozen=True)
class Choices:
    """What the user chose; None where it is to be found.

    delimiter: "" for a single column. quote: "" where quotation marks are text. header: the lines (a sheet's rows) of the header, () for
    none. sheet: the name of a sheet, of a file in an archive, or of a table in a page. footer: True keeps totals and notes under the rows.
    """

    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    header: tuple[int, ...] | None = None
    sheet: str | None = None
    footer: bool = False


@dataclass(frozen=True)
class Remark:
    """A sentence on what was decided: a message key with its values. `doubtful`: another reading is nearly as likely."""

    key: str
    values: tuple[tuple[str, object], ...] = ()
    doubtful: bool = False

    def in_language(self, language: str) -> str:
        return message(self.key, language, **dict(self.values))


def remark(name: str, /, *, doubtful: bool = False, **values: object) -> Remark:
    return Remark(f"tables.{name}", tuple(values.items()), doubtful)


def spans(numbers: list[int] | tuple[int, ...], most: int = 12) -> str:
    """Line numbers as people write them: "2-5, 9". Ends with "…" where there are more than `most` spans."""
    parts: list[list[int]] = []
    for number in numbers:
        if parts and number == parts[-1][1] + 1:
            parts[-1][1] = number
        elif not parts or number != parts[-1][1]:
            parts.append([number, number])
    written = [str(first) if first == last else f"{first}-{last}" for first, last in parts[:most]]
    return ", ".join(written) + (" …" if len(parts) > most else "")
