"""A thousand made tables, drawn from a seed: each is read back cell for cell, or what is missing is said with its line."""

import csv
import io
import random
from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from components.errors import TableError
from components.tables.table import Table, read_table

TABLES, PARTS = 1_000, 8
WORDS = [
    "good",
    "bad",
    "film",
    "story",
    "actor",
    "plot",
    "very",
    "quite",
    "dull",
    "best",
    "良い",
    "悪い",
    "映画",
    "とても",
    "使いやすい",
    "値段",
    "店",
    "café",
    "naïve",
]
CLASSES = (["pos", "neg"], ["0", "1"], ["肯定", "否定"], ["A", "B", "C"])
TITLES = ("", "アンケート結果\n作成日,2026-11-28\n\n", "Survey of 2026\n\n")
NAMES = (["text", "label"], ["id", "本文", "評価"], ["ID", "comment", "category", "place"])


@dataclass(frozen=True)
class Made:
    """A file, the rows that it holds, and whether its header was written."""

    data: bytes
    name: str
    header: list[str] | None
    rows: list[list[str]]
    recipe: str


def cell(random_: random.Random, delimiter: str, tricky: bool) -> str:
    words = random_.choices(WORDS, k=random_.randint(1, 6))
    if tricky and random_.random() < 0.3:
        words.insert(
            random_.randint(0, len(words)), random_.choice([delimiter, '"', "it's", 'say "so"', f"a{delimiter} b", "\n", "5%", "-"])
        )
    return " ".join(words)


def made(seed: int) -> Made:
    chance = random.Random(seed)
    delimiter = chance.choice([",", ",", "\t", ";", "|", "，"])
    quoting = chance.choice([csv.QUOTE_MINIMAL, csv.QUOTE_ALL, csv.QUOTE_NONNUMERIC])
    quote = chance.choice(['"', '"', '"', "'"])
    ending = chance.choice(["\n", "\r\n", "\r"])
    encoding = chance.choice(["utf-8", "utf-8-sig", "utf-16", "cp932", "euc_jp"])
    names, classes = list(chance.choice(NAMES)), chance.choice(CLASSES)
    titled = delimiter == "," and chance.random() < 0.2
    tricky = quoting == csv.QUOTE_ALL or not titled
    rows = []
    for number in range(chance.randint(4, 30)):
        label = classes[number % len(classes)]
        row = {2: [cell(chance, delimiter, tricky), label], 3: [str(number + 1), cell(chance, delimiter, tricky), label]}.get(len(names))
        rows.append(row or [str(number + 1), cell(chance, delimiter, tricky), label, chance.choice(["東京", "大阪"])])
    out = io.StringIO(newline="")
    title = chance.choice(TITLES) if titled else ""
    out.write(title.replace("\n", ending))

    def line(cells: list[str]) -> str:
        """A record without its end. Where lines end in a lone \\r, this version's csv would leave a \\n in a cell unquoted."""
        written = io.StringIO(newline="")
        csv.writer(written, delimiter=delimiter, quoting=quoting, quotechar=quote, lineterminator="\r\n").writerow(cells)
        return written.getvalue().removesuffix("\r\n")

    headed = bool(title) or chance.random() < 0.9
    if headed:
        out.write(line(names) + ending)
    for row in rows:
        out.write(line(row) + ending)
        if chance.random() < 0.03:
            out.write(ending)
    if chance.random() < 0.1:
        out.write("\x1a")
    data = out.getvalue().encode(encoding, errors="replace")
    rows = [[text.encode(encoding, errors="replace").decode(encoding) for text in row] for row in rows]
    name = "x.tsv" if delimiter == "\t" and chance.random() < 0.5 else "x.csv"
    recipe = f"{seed}: {delimiter!r} {quoting} {quote} {ending!r} {encoding} {names if headed else None} {title[:3]!r}"
    return Made(data, name, names if headed else None, rows, recipe)


def lost(table: Table, file: Made) -> Iterator[str]:
    """What of the file is neither in the table nor said."""
    if table.account.rows != table.account.used + table.account.skipped or table.account.used != len(table.frame):
        yield "the account does not add up"
    if file.header and list(table.frame.columns) != file.header:
        yield f"names {list(table.frame.columns)}"
    read = table.frame.to_numpy().tolist()
    if read == file.rows and not [group for group in table.account.left_out if group.reason != "training.row-above-header"]:
        return
    missing = [row for row in file.rows if row not in read]
    listed = sum(group.count for group in table.account.left_out if group.reason not in ("training.row-above-header", "training.row-blank"))
    if missing and len(missing) > listed:
        yield f"{len(missing)} rows are missing, {listed} are listed: {missing[:2]} {read[:2]}"


@pytest.mark.parametrize("part", range(PARTS))
def test_made_tables_are_read_back_or_what_is_missing_is_said(part):
    wrong = []
    for seed in range(part, TABLES, PARTS):
        file = made(seed)
        try:
            table = read_table(file.data, file.name)
        except TableError as error:
            wrong.append(f"{file.recipe}: {error}")
            continue
        wrong += [f"{file.recipe}: {trouble}" for trouble in lost(table, file)]
    assert not wrong, f"{len(wrong)} of {TABLES // PARTS}:\n" + "\n".join(wrong[:12])
