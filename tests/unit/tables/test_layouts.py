"""Tables as people have them: what stands around the rows, how cells are parted, and what a file is wrapped in."""

import gzip
import io
import json
import time
import zipfile
from collections.abc import Sequence

import openpyxl
import pandas as pd
import pytest

from components.errors import TableError
from components.tables.table import Table, read_table

LABELS = ("pos", "neg")
ROWS = [[f"film number {number}, seen", LABELS[number % 2]] for number in range(8)]
OBJECTS = [{"text": text, "label": label} for text, label in ROWS]
COUNTED = [[f"人{number}", f"答え{number}です", str(number % 3)] for number in range(8)]


def read(text: str, name: str = "x.csv", **options) -> Table:
    return read_table(text.encode(), name, **options)


def cells(table: Table) -> list[list[str]]:
    return table.frame.to_numpy().tolist()


def lines(rows: Sequence[Sequence[str]], delimiter: str = ",", quote: str = "") -> str:
    return "".join(delimiter.join(f"{quote}{cell}{quote}" if delimiter in cell else cell for cell in row) + "\n" for row in rows)


def book(sheets: dict[str, list[list[object]]], merged: Sequence[str] = ()) -> bytes:
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, rows in sheets.items():
        sheet = workbook.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for place in merged:
            sheet.merge_cells(place)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return out.getvalue()


def reasons(table: Table) -> dict[str, tuple[int, ...]]:
    return {group.reason.removeprefix("training.row-"): group.lines for group in table.account.left_out}


def said(table: Table) -> list[str]:
    assert all(remark.in_language(language) for remark in table.remarks for language in ("ja", "en"))
    return [remark.key.removeprefix("tables.read_") for remark in table.remarks]


PARTED = {
    "a space behind the commas, quoted": lines([["text", " label"]]) + "".join(f'"{text}", {label}\n' for text, label in ROWS),
    "a space behind the commas, quotes later in the row": None,
    "spaces on both sides": 'text , label\n' + "".join(f'"{text}" , {label}\n' for text, label in ROWS),
    "single quotes": lines([["text", "label"], *ROWS], quote="'"),
    "double quotes": lines([["text", "label"], *ROWS], quote='"'),
    "semicolons": lines([["text", "label"], *ROWS], ";"),
    "bars": lines([["text", "label"], *ROWS], "|"),
    "bars with spaces": lines([["text", "label"], *ROWS], " | "),
    "full-width commas": lines([["text", "label"], *ROWS], "，"),
    "runs of spaces": "text                     label\n" + "".join(f"{text.ljust(25)}{label}\n" for text, label in ROWS),
    "tabs": lines([["text", "label"], *ROWS], "\t"),
    "a Ctrl-Z at the end": lines([["text", "label"], *ROWS], ";") + "\x1a",
    "Ctrl-Z up to the end of a block": lines([["text", "label"], *ROWS], ";").replace("\n", "\r\n") + "\x1a" * 40,
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name, text in PARTED.items() if text])
def test_cells_are_parted_as_the_file_parts_them(name):
    table = read(PARTED[name])
    assert (list(table.frame.columns), cells(table)) == (["text", "label"], ROWS)
    assert table.account.rows == table.account.used == len(ROWS)


def test_spaces_before_quotes_in_the_last_column():
    table = read("id, label, text\n" + "".join(f'{number}, {number % 2}, "remark {number}, long"\n' for number in range(6)))
    assert list(table.frame.columns) == ["id", "label", "text"] and cells(table)[3] == ["3", "1", "remark 3, long"]
    assert read("id, label, text\n" + "".join(f'{number}, 0, "remark {number}"\n' for number in range(6))).frame["text"][0] == "remark 0"
    assert cells(read("a,b\n 1 , 2\n")) == [[" 1 ", " 2"]]  # spaces that are no layout belong to the cell


def test_quotes_in_a_tab_file_are_text_unless_they_part_cells():
    texts = ['"Great" film', '"bad film', '"Whole title"', "plain"] * 5
    table = read("text\tlabel\n" + "".join(f"{text}\tpos\n" for text in texts), "x.tsv")
    assert table.frame["text"].tolist() == texts and said(table) == ["quotes_kept"]
    frame = pd.DataFrame({"text": ['say "hi"', "two\nlines", "a\ttab", "plain"] * 3, "label": ["a", "b"] * 6})
    back = read(frame.to_csv(sep="\t", index=False), "x.tsv")
    assert back.frame["text"].tolist() == frame["text"].tolist()
    excel = "text\tlabel\r\n" + "".join(f'"Hello, world {number}"\tpos\r\n' for number in range(5))
    assert read_table(excel.encode("utf-16"), "x.txt").frame["text"][0] == "Hello, world 0"


def test_quotes_far_down_in_a_tab_file_are_seen():
    table = read("text\tlabel\n" + "film\tpos\n" * 900 + '"say ""hi"""\tneg\n"two\nlines"\tpos\n', "x.tsv")
    assert table.frame["text"].tolist()[-2:] == ['say "hi"', "two\nlines"]


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_rows_that_a_quote_glues_together_are_rows(delimiter):
    rows = [[f"film {number}", LABELS[number % 2]] for number in range(20)]
    rows[7:7] = [['"start of one', "pos"], ["middle", "neg"], ['end of another"', "neg"]]
    table = read(lines([["text", "label"], *rows], delimiter), "x.tsv" if delimiter == "\t" else "x.csv")
    assert cells(table) == rows


def test_glued_rows_among_cells_that_need_quotes_are_rows_and_long_cells_stay_whole():
    table = read("text,label\n" + lines(ROWS, quote='"') + '"start,pos\nmiddle,neg\nend",neg\n"a, b\nc, d",pos\n')
    assert cells(table) == [*ROWS, ['"start', "pos"], ["middle", "neg"], ['end"', "neg"], ["a, b\nc, d", "pos"]]
    assert "unglued" in said(table)


TITLES = {
    "a title, a date and an empty line": "アンケート結果\n作成日,2026-11-28\n\n",
    "a title alone": "顧客の声 2026年度\n",
    "a title and a name": "アンケート結果\n作成者,山田\n\n",
    "lines as a spreadsheet saves them": "アンケート結果,,\n作成日,2026/11/28,\n,,\n",
}


def test_one_cell_in_single_quotes_is_enough_where_it_needs_them_and_no_apostrophe_stands_alone():
    rows = [["good film", "pos"], ["it's dull", "neg"], ["a story", "pos"], ['" quite', "neg"]]
    text = "text,label\n" + "".join(f"{cell},{label}\n" for cell, label in rows).replace("it's dull", "'it''s dull'")
    assert cells(read(text)) == rows and said(read(text)) == ["single_quotes"]
    kept = read("text,label\n'Twas dull,neg\nit's good,pos\n'so, so,neg\n")
    assert cells(kept)[:2] == [["'Twas dull", "neg"], ["it's good", "pos"]] and kept.skipped == 1


@pytest.mark.parametrize("broken", ["", "a, b and c,pos\n"])
def test_many_rows_that_a_quote_glues_together_are_rows_though_one_is_broken(broken):
    rows = "".join(f"film {number},{LABELS[number % 2]}\n" for number in range(300))
    table = read(f'text,label\n{rows}"glued here,pos\n{rows}{broken}{rows}to here",neg\n{rows}')
    assert (len(table.frame), table.skipped) == (1_202, bool(broken)), said(table)


@pytest.mark.parametrize("title", TITLES.values(), ids=TITLES)
def test_what_stands_above_the_header_is_left_out_and_said(title):
    table = read(title + lines([["氏名", "回答", "評価"], *COUNTED]))
    assert (list(table.frame.columns), cells(table)) == (["氏名", "回答", "評価"], COUNTED)
    assert said(table) == ["title"] and table.read_as.header == (title.count("\n") + 1,)
    assert table.account.rows == len(COUNTED) + title.replace(",", "").strip().count("\n") + 1 + title.count(",,\n") - (
        title.count(",,\n") > 1
    )
    two = read(
        title.replace(",,", "").replace("28,", "28") + lines([["text", "label"], *[[f"good film {n}", LABELS[n % 2]] for n in range(8)]])
    )
    assert list(two.frame.columns) == ["text", "label"] and len(two.frame) == 8


def test_titles_and_totals_in_a_sheet():
    rows = [
        ["アンケート結果"],
        ["作成日", "2026-11-28"],
        [None],
        ["氏名", "回答", "評価"],
        *COUNTED,
        [None],
        ["合計", None, 8],
        ["※ 複数回答可"],
    ]
    table = read_table(book({"s": rows}, ["A1:C1"]), "x.xlsx")
    assert cells(table) == COUNTED and reasons(table) == {"above-header": (1, 2), "total": (14,), "remark": (15,)}
    assert cells(read_table(book({"s": rows}), "x.xlsx", footer=True))[-1] == ["※ 複数回答可", "", ""]


@pytest.mark.parametrize("total", ["合計,,8", "計,,8", "Total,,8", "総計,,1.5"])
def test_a_total_under_the_rows_is_left_out(total):
    table = read(lines([["氏名", "回答", "評価"], *COUNTED]) + total + "\n")
    assert cells(table) == COUNTED and reasons(table) == {"total": (10,)}
    assert len(read(lines([["氏名", "回答", "評価"], *COUNTED]) + total + "\n", footer=True).frame) == 9


def test_a_row_whose_text_is_total_is_a_row():
    table = read("text,label\n" + "".join(f"word {number},{number % 2}\n" for number in range(8)) + "Total,1\n")
    assert len(table.frame) == 9 and table.account.skipped == 0


def test_two_header_rows():
    rows = [["ID", "What did you like?", None, "Rating"], [None, "Open-Ended Response", "Other (please specify)", "Response"]]
    table = read_table(book({"s": rows + [[n, f"part {n}", None, n % 3] for n in range(6)]}), "x.xlsx")
    assert list(table.frame.columns) == ["ID", "What did you like?", "What did you like? / Other (please specify)", "Rating"]
    assert len(table.frame) == 6 and said(table) == ["two_headers"]
    options = read(
        "ID,How was it?,What next?,,\n,Open-Ended Response,Tea,Coffee,Other\n" + "".join(f"{n},nice {n},Tea,,\n" for n in range(6))
    )
    assert list(options.frame.columns)[2:] == ["What next? / Tea", "What next? / Coffee", "What next? / Other"]
    groups = [["氏名", "評価", None], [None, "良い点", "悪い点"], *[[f"人{n}", f"良い{n}", f"悪い{n}"] for n in range(6)]]
    merged = read_table(book({"s": groups}, ["A1:A2", "B1:C1"]), "x.xlsx")
    assert list(merged.frame.columns) == ["氏名", "評価 / 良い点", "評価 / 悪い点"] and len(merged.frame) == 6
    imports = 'Start,Q1\nStart Date,What do you think?\n"{""ImportId"":""a""}","{""ImportId"":""b""}"\n'
    survey = read(imports + "".join(f"2026-11-0{n + 1},nice {n}\n" for n in range(6)))
    assert list(survey.frame.columns) == ["Start / Start Date", "Q1 / What do you think?"] and reasons(survey) == {"of-header": (3,)}


HEADLESS = {
    "texts and classes": lines([[f"good film {n}", LABELS[n % 2]] for n in range(8)]),
    "numbered rows": lines([[str(n), f"good film {n}"] for n in range(1, 9)]),
    "texts and digits": lines([[f"映画{n}は良い", str(n % 2)] for n in range(8)]),
    "sentences alone": "".join(f"これは長めの文{n}です。\n" for n in range(8)),
}


@pytest.mark.parametrize("text", HEADLESS.values(), ids=HEADLESS)
def test_a_file_without_a_header_keeps_its_first_row_and_both_readings_are_there(text):
    table = read(text)
    assert len(table.frame) == 8 and said(table) == ["no_header"] and table.read_as.header == ()
    assert len(read(text, header=(1,)).frame) == 7


NAMED = {
    "names of pandas": "0,1\n" + lines([[f"good {n}", str(n % 2)] for n in range(8)]),
    "years": "name,2019,2020\n" + lines([[f"name {n}", str(n), str(2 * n)] for n in range(8)]),
    "questions": "時刻,感想を教えてください。,満足度\n" + "".join(f"2026/11/0{n + 1},良かった{n}。,{n % 5}\n" for n in range(8)),
    "texts only": "question,answer\n" + "".join(f"What is {n}?,It is {n}.\n" for n in range(8)),
}


@pytest.mark.parametrize("text", NAMED.values(), ids=NAMED)
def test_a_header_is_not_taken_for_a_row(text):
    table = read(text)
    assert len(table.frame) == 8 and table.read_as.header == (1,) and said(table) == []


def test_the_header_once_more_is_no_row():
    table = read("text,label\nx,pos\ny,neg\ntext,label\nz,pos\n")
    assert cells(table) == [["x", "pos"], ["y", "neg"], ["z", "pos"]] and reasons(table) == {"header-again": (4,)}


def test_formulas_without_values_keep_their_rows():
    rows = [["text", "label"], *[["=1", '="good"']] * 4, *[[f"typed {n}", '=IF(1,"a","b")'] for n in range(4)], ["typed", "bad"]]
    table = read_table(book({"s": rows}), "x.xlsx")
    assert len(table.frame) == 9 and table.account.skipped == 0
    (remark,) = table.remarks
    assert dict(remark.values) == {"n": 12, "rows": "2-9"} and remark.doubtful


def test_a_merged_cell_holds_for_its_rows():
    rows = [["label", "text"], *[[LABELS[n // 3 % 2] if n % 3 == 0 else None, f"remark {n}"] for n in range(9)]]
    table = read_table(book({"s": rows}, ["A2:A4", "A5:A7", "A8:A10"]), "x.xlsx")
    assert table.frame["label"].tolist() == ["pos"] * 3 + ["neg"] * 3 + ["pos"] * 3
    assert dict(table.remarks[0].values) == {"n": 6, "rows": "3-4, 6-7, 9-10"}
    assert "" in read_table(book({"s": rows}), "x.xlsx").frame["label"].tolist()  # blank cells that aren't merged stay blank


def test_the_sheet_with_the_table_is_read_and_the_others_are_offered():
    data = [["text", "label"], *[[f"film {n}", LABELS[n % 2]] for n in range(12)]]
    notes = [["このブックについて"], ["作成者", "山田"], ["作成日", "2026-11-28"], ["件数", 40]]
    workbook = book({"はじめに": notes, "データ": data, "予備": data[:4]})
    table = read_table(workbook, "x.xlsx")
    assert len(table.frame) == 12 and table.sheets == ("はじめに", "データ", "予備") and table.read_as.sheet == "データ"
    assert len(read_table(workbook, "x.xlsx", sheet="予備").frame) == 3
    assert read_table(book({"a": data, "b": data + data[1:]}), "x.xlsx").read_as.sheet == "a"


FRAME = pd.DataFrame(OBJECTS)
JSON = {
    "an array": json.dumps(OBJECTS),
    "an array over several lines": json.dumps(OBJECTS, indent=2),
    "an array, an object a line": "[\n" + ",\n".join(map(json.dumps, OBJECTS)) + "\n]",
    "objects a line": "\n".join(map(json.dumps, OBJECTS)),
    "objects over several lines": "\n".join(json.dumps(row, indent=2) for row in OBJECTS),
    "objects side by side": " ".join(map(json.dumps, OBJECTS)),
    "columns": json.dumps({name: [row[name] for row in OBJECTS] for name in ("text", "label")}),
    "in data": json.dumps({"status": "ok", "data": OBJECTS}),
    "in data, over several lines": json.dumps({"data": OBJECTS}, indent=1),
    "in results within results": json.dumps({"response": {"total": 8, "items": OBJECTS}}),
    "columns of pandas": FRAME.to_json(),
    "split": FRAME.to_json(orient="split"),
    "by index": FRAME.to_json(orient="index"),
    "rows with a header": json.dumps([["text", "label"], *ROWS]),
    "Python's list": repr(OBJECTS),
    "Python's dicts, one a line": "\n".join(map(repr, OBJECTS)),
    "Python's tuple": repr(tuple(OBJECTS)),
}


@pytest.mark.parametrize("text", JSON.values(), ids=JSON)
def test_json_in_any_shape_is_rows(text):
    table = read(text, "x.json")
    assert (list(table.frame.columns), cells(table)) == (["text", "label"], ROWS) and table.account.skipped == 0


def test_several_tables_in_one_json_file_are_offered():
    text = json.dumps({"train": OBJECTS, "test": OBJECTS[:2]})
    assert len(read(text, "x.json").frame) == 8 and len(read(text, "x.json", sheet="test").frame) == 2
    assert read(text, "x.json").sheets == ("train", "test")


def test_a_broken_object_costs_itself():
    text = "\n".join(json.dumps(row, indent=1) for row in OBJECTS[:3]) + '\n{"text": \n' + json.dumps(OBJECTS[3], indent=1)
    table = read(text, "x.json")
    assert len(table.frame) == 4 and reasons(table) == {"json": (13,)}


CSV = lines([["text", "label"], *ROWS], ";").encode()
PAGE = (
    "<html><head><style>td {}</style></head><body><table border=1><tr><th>本文</th><th>評価</th></tr>"
    "<tr><td>文 &amp; 1<br>二行</td><td rowspan=2>良</td></tr>\n<tr><td>文2</td></tr><tr><td>文3</td><td>悪</td></tr></table>"
)


def test_a_table_in_an_archive():
    one = packed({"data/reviews.csv": CSV, "__MACOSX/._reviews.csv": b"x", "readme.md": b"text"})
    for data, name in ((one, "x.zip"), (gzip.compress(CSV), "x.csv.gz")):
        assert cells(read_table(data, name)) == ROWS
    two = read_table(packed({"a.csv": CSV, "b.csv": CSV + CSV}), "x.zip")
    assert two.read_as.sheet == "b.csv" and said(two)[0] == "packed_one_of"
    assert cells(read_table(packed({"a.csv": CSV, "b.csv": CSV + CSV}), "x.zip", sheet="a.csv")) == ROWS
    assert cells(read_table(packed({"a.xlsx": book({"s": [["text", "label"], *ROWS]})}), "x.zip")) == ROWS


@pytest.mark.parametrize(("encoding", "named"), [("utf-8", "x.xls"), ("cp932", "x.xls"), ("utf-8", "x.html"), ("utf-16", "x.xls")])
def test_a_page_that_is_called_a_workbook(encoding, named):
    table = read_table(PAGE.encode(encoding), named)
    assert cells(table) == [["文 & 1\n二行", "良"], ["文2", "良"], ["文3", "悪"]] and said(table) == ["page", "page_merged"]


def test_parquet():
    out = io.BytesIO()
    FRAME.assign(count=range(8), parts=[[1, 2]] * 8, date=pd.Timestamp("2026-11-28")).to_parquet(out)
    table = read_table(out.getvalue(), "x.parquet")
    assert cells(table)[1] == [*ROWS[1], "1", "[1, 2]", "2026-11-28"] and len(table.frame) == 8


MEGABYTE = 1_000_000
HOSTILE = {
    "a bomb in gzip": (gzip.compress(b"a" * 150 * MEGABYTE), "x.gz"),
    "a bomb in zip": (packed({"a.csv": b"a" * 150 * MEGABYTE}), "x.zip"),
    "an archive in an archive": (packed({"a.csv": packed({"a.csv": CSV})}), "x.zip"),
    "a cut gzip file": (gzip.compress(CSV * 50)[:-20], "x.gz"),
    "a cut Parquet file": (b"PAR1" + b"\x00" * 500 + b"PAR1", "x.parquet"),
    "open tags": (b"<table>" + b"<" * MEGABYTE, "x.html"),
    "open attributes": (b"<table>" + b'<td a="' * (MEGABYTE // 7), "x.html"),
    "a tag of empty quotes that never ends": (b"<table><tr><td>x</td></tr><tr><td " + b'""' * 40 + b"<", "x.html"),
    "a tag of mixed quotes that never ends": (b"<table><tr><td>x<td " + b"'\"a\"'" * (MEGABYTE // 5), "x.html"),
    "a name without end": (b"<table><tr><td>x<" + b"a" * MEGABYTE, "x.html"),
    "open comments": (b"<table>" + b"<!--" * (MEGABYTE // 4), "x.html"),
    "a huge span": (b"<table>" + b"<tr><td colspan=999999>a" * 100, "x.html"),
    "many spans": (b"<table>" + b"<tr>" + b"<td rowspan=99999>a" * 900 + b"<tr><td>x" * 50_000, "x.html"),
    "tables in tables": (b"<table><tr><td>" * (MEGABYTE // 15), "x.html"),
    "brackets": (b"[" + b"[]," * (8 * MEGABYTE // 3), "x.json"),
    "deep brackets": (b"[" * MEGABYTE, "x.json"),
    "objects that never end": (b'{"a":[\n' * (MEGABYTE // 7), "x.json"),
    "Python's deep brackets": (b"[{'a':" * (MEGABYTE // 6), "x.json"),
    "Python's signs": (b"[{'a': " + b"-" * MEGABYTE, "x.json"),
    "runs of spaces": (b"a  b\n" + b" " * MEGABYTE + b"x\n" * 100, "x.csv"),
    "open single quotes": (b"a,b\n" + b"'x,\n" * (MEGABYTE // 4), "x.csv"),
    "quotes and spaces": (b'a , b\n"x" , 1\n' + b'"' + b" " * MEGABYTE, "x.csv"),
    "quotes over long lines": (b"a\tb\n" + (b'"' + b"x" * 9_000 + b"\n") * 100, "x.tsv"),
    "glue without end": (b"a\tb\n" + b'"x\ty\n' * (MEGABYTE // 5), "x.tsv"),
}


@pytest.mark.timeout(120)
@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_answered_soon(name):
    data, file = HOSTILE[name]
    began = time.process_time()
    try:
        table = read_table(data, file)
        assert table.account.rows > 0
    except TableError as error:
        assert error.in_language("ja") and error.in_language("en")
    assert time.process_time() - began < 12  # most take under 0.3 s, the slowest 4 s where coverage is not measured


@pytest.mark.parametrize(
    "row",
    [
        {"text": "山田太郎はトヨタ自動車に入社した。", "label": [[0, 4, "PERSON"], [5, 11, "ORG"]]},
        {"id": 1, "text": "Tim Cook lives here.", "entities": [{"start": 0, "end": 8, "label": "PER"}]},
    ],
)
@pytest.mark.parametrize("file", ["one.jsonl", "one.json"])
def test_a_text_with_its_spans_is_one_row(row, file):
    frame = read_table(json.dumps(row, ensure_ascii=False).encode(), file).frame
    assert len(frame) == 1 and list(frame.columns) == list(row) and frame["text"][0] == row["text"]


def test_a_wrapper_with_words_beside_its_rows_is_still_one():
    data = json.dumps({"title": "Survey", "message": "ok", "data": [{"text": "a b", "label": "x"}, {"text": "c d", "label": "y"}]}).encode()
    assert read_table(data, "x.json").frame["label"].tolist() == ["x", "y"]
