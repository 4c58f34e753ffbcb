"""Files of labelling tools as these tools write them, odd ones among them: every name stands at its characters, and no table is taken for one."""

import json
from pathlib import Path

import pytest

from components.errors import TableError
from components.tables.annotated import read_annotated
from components.tables.annotated_file import Annotated
from components.tables.span_cells import Span, write_spans
from components.tables.span_units import settled
from tests.unit.tables.writings import LANGUAGES, cases

ROOT = Path(__file__).resolve().parents[3]
JAPANESE = "😀 山田太郎さんは東京都に住み、𠮷野家で働く。"
NAMES = {"山田太郎": "人名", "東京都": "地名", "𠮷野家": "法人名"}


def read(content: object, name: str = "all.json") -> Annotated | None:
    if not isinstance(content, str | bytes):
        content = json.dumps(content, ensure_ascii=False)
    return read_annotated(content if isinstance(content, bytes) else content.encode(), name)


def lines(*objects: object, end: str = "\n") -> str:
    return end.join(json.dumps(one, ensure_ascii=False) for one in objects) + end


def names(annotated: Annotated | None) -> list[list[tuple[str, str]]]:
    """The marked words with their types, row by row."""
    assert annotated is not None and annotated.task == "entities"
    frame = annotated.table.frame
    return [
        [(text[start:end], name) for start, end, name in json.loads(cell)]
        for text, cell in zip(frame["text"], frame["entities"], strict=True)
    ]


def spans(unit: str) -> list[list[object]]:
    """Where the names of JAPANESE stand, counted as a tool does."""
    size = {"characters": len, "utf16": lambda text: len(text.encode("utf-16-le")) // 2, "bytes": lambda text: len(text.encode())}[unit]
    return [[size(JAPANESE[: JAPANESE.index(word)]), size(JAPANESE[: JAPANESE.index(word)] + word), kind] for word, kind in NAMES.items()]


@pytest.mark.parametrize("key", ["label", "labels", "entities"])
@pytest.mark.parametrize(("mark", "end"), [("", "\n"), ("\ufeff", "\r\n")])
def test_doccanos_lines(key, mark, end):
    found = read(mark + lines({"id": 1, "text": JAPANESE, key: spans("characters"), "Comments": []}, {"id": 2, "text": "何もない。", key: []}, end=end), "all.jsonl")  # fmt: skip
    assert names(found) == [list(NAMES.items()), []] and found.form == "doccano" and not found.table.remarks
    assert found.table.frame["id"].tolist() == ["1", "2"] and list(found.table.lines) == [1, 2]


def test_doccanos_objects_with_relations():
    entities = [{"id": 7, "label": "PER", "start_offset": 0, "end_offset": 8}]
    found = read(
        lines(
            {"id": 1, "text": "Tim Cook spoke", "entities": entities, "relations": []},
            {"id": 2, "text": "Nobody", "entities": [], "relations": []},
        )
    )
    assert names(found) == [[("Tim Cook", "PER")], []]


@pytest.mark.parametrize(
    ("unit", "said"), [("characters", []), ("utf16", ["tables.read_spans_utf16"]), ("bytes", ["tables.read_spans_bytes"])]
)
def test_places_are_in_characters_whatever_the_tool_counts(unit, said):
    found = read(lines(*[{"text": JAPANESE, "label": spans(unit)}] * 3, {"text": "ASCII only", "label": [[0, 5, "X"]]}), "a.jsonl")
    assert names(found)[0] == list(NAMES.items()) and names(found)[3] == [("ASCII", "X")]
    assert [remark.key for remark in found.table.remarks] == said
    assert all("文字数" in remark.in_language("ja") for remark in found.table.remarks)


@pytest.mark.parametrize("unit", ["characters", "utf16", "bytes"])
def test_places_in_characters_stay_when_they_are_read_again(unit):
    found = read(lines(*[{"text": JAPANESE, "label": spans(unit)}] * 3), "a.jsonl").table.frame
    again = settled(found["text"].tolist(), [[Span(*span) for span in json.loads(cell)] for cell in found["entities"]])
    assert again.unit == "characters" and [write_spans(row) for row in again.rows] == found["entities"].tolist()


def test_a_line_end_inside_a_text_counts_as_the_tool_counted_it():
    found = read(lines({"text": "One\r\nTim Cook\r\nParis won", "label": [[4, 12, "PER"], [13, 18, "LOC"]]}), "a.jsonl")
    assert names(found) == [[("Tim Cook", "PER"), ("Paris", "LOC")]]


def test_places_that_fit_no_text_are_refused_in_one_sentence():
    with pytest.raises(TableError, match="2 of 2 marked names lie outside"):
        read(lines(*[{"text": "short", "label": [[50, 60, "X"]]}] * 2), "a.jsonl")


def test_label_studios_export_counts_as_javascript_does():
    def task(number: int, results: list, **more: object) -> dict:
        return {"id": number, "data": {"text": JAPANESE}, "annotations": [{"was_cancelled": False, "result": results} | more]}

    values = [
        {"type": "labels", "value": {"start": start, "end": end, "text": JAPANESE[0:0], "labels": [kind]}}
        for start, end, kind in spans("utf16")
    ]
    relation = {"type": "relation", "from_id": "a", "to_id": "b"}
    found = read(
        [
            task(1, [*values, relation]),
            task(2, []),
            task(3, values, was_cancelled=True),
            {"id": 4, "data": {"text": "x"}, "completions": []},
        ]
    )
    frame = found.table.frame
    assert found.form == "label_studio" and [remark.key for remark in found.table.remarks] == ["tables.read_spans_utf16"]
    assert [[(text[start:end], name) for start, end, name in json.loads(cell or "[]")] for text, cell in zip(frame["text"], frame["entities"], strict=True)] == [list(NAMES.items()), [], [], []]  # fmt: skip
    assert frame["entities"].tolist()[1:] == ["[]", "", ""]  # nobody looked at the last two
    small = [{"id": 1, "text": "Tim Cook spoke", "label": [{"start": 0, "end": 8, "text": "Tim Cook", "labels": ["PER"]}]}]
    assert names(read(small)) == [[("Tim Cook", "PER")]] and read(small).form == "label_studio"


def test_spacys_forms():
    examples = [["Tim Cook spoke", {"entities": [[0, 8, "PER"]]}], ["Nothing", {"entities": []}]]
    expected = [[("Tim Cook", "PER")], []]
    assert names(read(examples)) == names(read({"classes": ["PER"], "annotations": examples})) == expected
    assert names(read("\n".join(json.dumps(one) for one in examples), "a.jsonl")) == expected
    assert (
        names(read(lines({"text": "Tim Cook spoke", "ents": [{"start": 0, "end": 8, "label": "PER"}], "tokens": [{"id": 0}]})))
        == expected[:1]
    )
    tokens = [{"orth": "Tim", "ner": "B-PER"}, {"orth": "Cook", "ner": "L-PER"}, {"orth": "spoke", "ner": "O"}]
    old = read([{"id": 0, "paragraphs": [{"raw": "Tim  Cook spoke", "sentences": [{"tokens": tokens}]}]}])
    assert names(old) == [[("Tim  Cook", "PER")]] and old.form == "spacy"


ENGLISH_LINES = """-DOCSTART- -X- -X- O

EU NNP B-NP B-ORG
rejects VBZ B-VP O
German JJ B-NP B-MISC
call NN I-NP O
. . O O

Peter NNP B-NP B-PER
Blackburn NNP I-NP I-PER
"""


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("tabs", [False, True])
def test_lines_of_tokens_and_tags(end, tabs):
    text = ENGLISH_LINES.replace(" ", "\t") if tabs else ENGLISH_LINES
    found = read("\ufeff" + text.replace("\n", end), "train.txt")
    assert found.form == "tags" and found.table.frame["text"].tolist() == ["EU rejects German call .", "Peter Blackburn"]
    assert names(found) == [[("EU", "ORG"), ("German", "MISC")], [("Peter Blackburn", "PER")]]


def test_japanese_tokens_are_joined_without_spaces_and_latin_words_with_one():
    found = read("Tim B-PER\nCook I-PER\nは O\n東京 B-LOC\n都 I-LOC\nで O\nApple B-ORG\nに O\n。 O\n", "a.bio")
    assert found.table.frame["text"].tolist() == ["Tim Cookは東京都でAppleに。"]
    assert names(found) == [[("Tim Cook", "PER"), ("東京都", "LOC"), ("Apple", "ORG")]]


def test_a_recorded_text_keeps_its_characters():
    found = read(
        "# sent_id = 1\n# text = Tim Cook's “U.K.”  trip\n1\tTim\tB-PER\t-\n2\tCook\tI-PER\t-\n3\t's\tO\t-\n4\t“\tO\t-\n5\tU.K.\tB-LOC\t-\n6\t”\tO\t-\n7\ttrip\tO\t-\n",
        "en.iob2",
    )
    assert found.table.frame["text"].tolist() == ["Tim Cook's “U.K.”  trip"] and names(found) == [[("Tim Cook", "PER"), ("U.K.", "LOC")]]
    other = read("# text = something else\n1\tParis\tB-LOC\t-\n2\twon\tO\t-\n", "en.iob2")
    assert other.table.frame["text"].tolist() == ["Paris won"]


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ("I-PER I-PER O I-LOC", ["a b", "d"]),  # IOB1
        ("B-PER I-PER O B-LOC", ["a b", "d"]),
        ("B-PER E-PER O S-LOC", ["a b", "d"]),  # IOBES
        ("B-PER L-PER O U-LOC", ["a b", "d"]),  # BILOU
        ("B-PER B-PER O I-LOC", ["a", "b", "d"]),  # broken: I- without B-
        ("S-PER I-PER O B-LOC", ["a", "b", "d"]),
    ],
)
def test_every_scheme_of_tags(tags, expected):
    text = "\n".join(f"{token} {tag}" for token, tag in zip("abcd", tags.split(), strict=True)) + "\n\nx B-PER\ny O\n" * 3
    assert [word for word, _ in names(read(text, "a.conll"))[0]] == expected


def test_broken_tags_are_read_as_usual_and_said():
    found = read("a B-PER\nb O\nc I-LOC\n\nx B-PER\ny O\n", "a.conll")
    assert names(found)[0] == [("a", "PER"), ("c", "LOC")] and [remark.key for remark in found.table.remarks] == ["tables.read_unbegun"]
    lost = read("a B-PER\nb\nc O\n\nx B-PER\ny O\nz O\nw O\nv O\nu O\nt O\n", "a.conll")
    assert names(lost) == [[("x", "PER")]] and lost.table.skipped == 1 and lost.table.problems[0].line == 2


def test_tokens_with_tags_in_json():
    found = read(
        lines({"tokens": ["Tim", "Cook", "spoke"], "ner_tags": ["B-PER", "I-PER", "O"]}, {"tokens": ["No"], "ner_tags": ["O"]}), "a.jsonl"
    )
    assert names(found) == [[("Tim Cook", "PER")], []]


@pytest.mark.parametrize("codec", ["cp932", "euc_jp", "utf-16"])
def test_a_file_of_tags_in_another_encoding(codec):
    text = "山田 B-人名\nさん O\nは O\n東京 B-地名\nに O\n住ん O\nで O\nいる O\n。 O\n\n" * 5
    assert names(read(text.encode(codec), "a.txt"))[0] == [("山田", "人名"), ("東京", "地名")]


def test_no_table_is_taken_for_marked_texts():
    for language in LANGUAGES:
        for case in cases(language):
            assert read_annotated(case.text.encode(), "x.csv") is None and read_annotated(case.text.encode(), "x.txt") is None
    for path in [*(ROOT / "content" / "samples").iterdir(), *(ROOT / "content" / "exercises").iterdir(), *(ROOT / "components/training/samples").glob("*.[ct][sx][vt]")]:  # fmt: skip
        if path.is_file() and not path.name.startswith("entities"):
            assert read_annotated(path.read_bytes(), path.name) is None, path


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "a", "label": "x"}\n{"text": "b", "label": "y"}\n',
        '{"text": "a", "label": ["x"]}\n{"text": "b", "label": ["y", "z"]}\n',
        '{"text": "a", "label": []}\n{"text": "b", "label": []}\n',
        '[{"text": "a", "labels": ["x"]}]',
        '{"text": "a", "label": [[0, 1]]}\n',
        "text\tblood\nis it B-\tO\nyes\tB-negative\n",
        "[", "{", "[1, 2, 3]", '"label"', "", "\n",
    ],
)  # fmt: skip
def test_what_is_no_marked_text_is_left_to_the_tables(text):
    for name in ("a.json", "a.jsonl", "a.txt", "a.tsv"):
        assert read(text, name) is None


def test_half_characters_and_huge_numbers_cost_their_row_alone():
    good = '{"text": "Tim Cook spoke", "label": [[0, 8, "PER"]]}'
    odd = ['{"text": "half \\ud83d", "label": []}', '{"text": "a name", "label": [[0, 1, "\\ud83d"]]}', '{"text": "x\\u0000", "label": []}']
    found = read("\n".join([good] * 8 + odd), "a.jsonl")
    assert len(found.table.frame) == 8 and found.table.skipped == 3 and found.table.account.rows == 11
    far = f'{{"text": "Tim", "label": [[{"9" * 400}, {"9" * 401}, "PER"]]}}'
    assert len(read("\n".join([good] * 8 + [far]), "a.jsonl").table.frame) == 9
    assert read("[" * 100_000 + '"label"', "a.json") is None
