"""Gold entities of a table read, their types matched, and a model's judged: by hand, and against nervaluate's own reading of BIO tags."""

import json

import numpy as np
import pandas as pd
import pytest
from nervaluate import Evaluator

from components.errors import TableError
from components.evaluation.entities import judge_entities
from components.evaluation.entity_gold import compared_types, guess_gold, match_types, read_gold
from components.models.results import Entity
from components.training import read_table, write_table

TEXT = "Tim Cook left Apple Inc. in Paris."


def entity(start: int, end: int, label: str, text: str = TEXT) -> Entity:
    return Entity(text[start:end], label, start, end, 1.0)


PERSON, COMPANY, CITY = entity(0, 8, "PER"), entity(14, 24, "ORG"), entity(28, 33, "LOC")


@pytest.mark.parametrize(
    "cell",
    [
        '[{"start": 14, "end": 24, "label": "ORG"}, {"start": 0, "end": 8, "label": "PER"}]',
        '[{"text": "Tim Cook", "label": "PER", "start": 0, "end": 8, "score": 0.9}, {"start": 14, "end": 24, "label": " ORG "}]',
        '[[0, 8, "PER"], [14, 24, "ORG"]]',
    ],
)
def test_both_forms_are_read_and_sorted(cell):
    assert read_gold(cell, TEXT) == [PERSON, COMPANY]


def test_an_empty_cell_is_no_statement_and_an_empty_list_is_one():
    assert read_gold("  ", TEXT) is None and read_gold("[]", TEXT) == []


@pytest.mark.parametrize(
    ("cell", "key"),
    [
        ("Tim Cook", "not_entities"),
        ('{"start": 0, "end": 8, "label": "PER"}', "not_entities"),
        ('[{"start": 0, "end": 8}]', "not_entities"),
        ('[{"start": 0.0, "end": 8, "label": "PER"}]', "not_entities"),
        ('[[0, true, "PER"]]', "not_entities"),
        ("[" * 100_000, "not_entities"),
        ('[[30, 35, "LOC"]]', "outside"),
        ('[[-3, 2, "LOC"]]', "outside"),
        ('[[4, 4, "PER"]]', "outside"),
        ('[[0, 8, "PER"], [4, 13, "PER"]]', "overlap"),
        ('[{"start": 1, "end": 9, "label": "PER", "text": "Tim Cook"}]', "other_text"),
    ],
)
def test_a_cell_that_states_no_entities_is_worded_in_both_languages(cell, key):
    with pytest.raises(TableError) as caught:
        read_gold(cell, TEXT)
    assert caught.value.key == f"gold.{key}"
    assert caught.value.in_language("en") != caught.value.in_language("ja")


def test_the_apostrophe_of_a_defused_formula_moves_the_entities():
    stated = json.dumps([{"text": "Paris", "label": "LOC", "start": 1, "end": 6}])
    assert read_gold(stated, "=Paris")[0].start == 1 and read_gold(stated, "'=Paris")[0].start == 2
    with pytest.raises(TableError):
        read_gold(stated, "''Paris")


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_download_reads_back_as_it_was_written(kind):
    texts = ['=Tim said\r\nParis, "ok"', "nothing", "東京 と 大阪"]
    stated = [[entity(1, 4, "PER", texts[0]), entity(11, 16, "LOC", texts[0])], [], [entity(0, 2, "LOC", texts[2])]]
    cells = [json.dumps([vars(one) for one in entities], ensure_ascii=False) for entities in stated]
    written = write_table(pd.DataFrame({"text": texts}, dtype="str"), pd.DataFrame({"entities": cells}, dtype="str"), kind)
    frame = read_table(written.data, f"result.{kind}").frame
    assert guess_gold(frame) == "entities"
    found = [read_gold(cell, text) for cell, text in zip(frame["entities"], frame["text"], strict=True)]
    assert [[(one.text, one.label) for one in row] for row in found] == [[(one.text, one.label) for one in row] for row in stated]


def test_entities_of_json_lines_are_read():
    lines = '{"text": "' + TEXT + '", "label": [[0, 8, "PER"]]}\n{"text": "none here", "label": []}\n'
    frame = read_table(lines.encode(), "gold.jsonl").frame
    assert guess_gold(frame) == "label"
    assert [read_gold(*row) for row in zip(frame["label"], frame["text"], strict=True)] == [[PERSON], []]
    assert guess_gold(pd.DataFrame({"a": ["[1, 2]", "x"], "b": ["[]", "[]"], "c": ["", ""]})) is None


def test_types_of_other_names_are_matched():
    assert match_types(["PERSON", "Org.", "GPE", "DATE"], ["PER", "ORG", "LOC", "MISC"]) == {
        "PERSON": ("PER",), "Org.": ("ORG",), "GPE": ("LOC",), "DATE": (),
    }  # fmt: skip
    fine = ["人名", "法人名", "政治的組織名", "その他の組織名", "地名", "施設名", "製品名", "イベント名"]
    assert match_types(["ORG", "法人名", "LOC"], fine) == {"ORG": tuple(fine[1:4]), "法人名": ("法人名",), "LOC": ("地名",)}


def test_a_coarse_type_holds_finer_ones_on_either_side():
    theirs, ours = compared_types({"ORG": ("法人名", "政治的組織名"), "PERSON": ("人名",), "DATE": ()})
    assert theirs == {"ORG": "ORG", "PERSON": "PERSON"} and ours == {"法人名": "ORG", "政治的組織名": "ORG", "人名": "PERSON"}
    theirs, ours = compared_types({"GPE": ("LOC",), "LOCATION": ("LOC",)})
    assert theirs == {"GPE": "LOC", "LOCATION": "LOC"} and ours == {"LOC": "LOC"}
    theirs, ours = compared_types({"A": ("X", "Y"), "B": ("Y", "Z")})
    assert set(theirs.values()) == {"A / B"} == set(ours.values()) and set(ours) == {"X", "Y", "Z"}


def test_scores_worked_out_by_hand():
    # The file: Tim Cook PER, Apple Inc. ORG, Paris LOC. The model: Tim Cook PER (right), "Apple" ORG (shorter), "in" MISC (invented).
    found = judge_entities([[PERSON, COMPANY, CITY]], [[PERSON, entity(14, 19, "ORG"), entity(25, 27, "MISC")]], [7])
    overall = found.overall
    assert (overall.gold, overall.predicted, found.rows) == (3, 3, 1)
    assert (overall.strict.precision, overall.strict.recall, overall.strict.f1) == pytest.approx((1 / 3, 1 / 3, 1 / 3))
    assert (overall.partial.precision, overall.partial.recall, overall.partial.f1) == pytest.approx((0.5, 0.5, 0.5))
    types = {one.label: one for one in found.per_type}
    assert types["PER"].strict.f1 == 1 and types["ORG"].strict.f1 == 0 and types["ORG"].partial.f1 == 0.5
    assert types["LOC"].strict.f1 == types["MISC"].strict.f1 == 0
    assert found.labels == ("LOC", "MISC", "ORG", "PER")
    assert found.confusion.sum() == 4 and found.confusion[0, 4] == found.confusion[4, 1] == found.confusion[2, 2] == 1
    [shorter] = found.in_cell((2, 2))
    assert (shorter.row, shorter.gold.text, shorter.predicted.text, shorter.exact) == (7, "Apple Inc.", "Apple", False)


def test_a_wrong_type_at_the_right_place_counts_half_nowhere_but_is_whole_in_the_partial_score():
    found = judge_entities([[COMPANY]], [[entity(14, 24, "LOC")]], [0])
    assert found.overall.strict.f1 == 0 and found.overall.partial.f1 == 1
    assert all(one.partial.f1 == 0 for one in found.per_type)
    assert found.confusion[found.cell(found.pairs[0])] == 1 and not found.pairs[0].exact


def test_names_that_touch_are_two():
    text = "東京大阪"
    right = [entity(0, 2, "LOC", text), entity(2, 4, "LOC", text)]
    assert judge_entities([right[:1]], [right[1:]], [0]).overall.partial.f1 == 0
    assert judge_entities([right], [right[1:]], [0]).overall.partial.f1 == pytest.approx(2 / 3)


def test_nothing_on_either_side_is_no_error():
    found = judge_entities([[], []], [[], []], [0, 1])
    assert found.rows == 2 and found.overall.strict.f1 is None and found.per_type == () and found.confusion.shape == (1, 1)


def test_scores_equal_nervaluates_reading_of_the_same_rows_as_bio_tags():
    random = np.random.default_rng(0)
    labels = ("PER", "ORG", "LOC")

    def row(length: int) -> list[Entity]:
        edges = np.sort(random.choice(length + 1, 2 * random.integers(0, 4), replace=False)).reshape(-1, 2).tolist()
        return [Entity("x" * (end - start), str(random.choice(labels)), start, end, 1.0) for start, end in edges]

    def tags(entities: list[Entity], length: int) -> list[str]:
        written = ["O"] * length
        for one in entities:
            written[one.start : one.end] = [f"B-{one.label}", *[f"I-{one.label}"] * (one.end - one.start - 1)]
        return written

    right, found = ([row(12) for _ in range(200)] for _ in range(2))
    judged = judge_entities(right, found, range(200))
    truth = Evaluator([tags(one, 12) for one in right], [tags(one, 12) for one in found], tags=list(labels), loader="list").evaluate()
    for one in (judged.overall, *judged.per_type):
        expected = truth["entities"][one.label] if one.label else truth["overall"]
        for name in ("strict", "partial"):
            values = [getattr(expected[name], part) for part in ("precision", "recall", "f1")]
            assert [getattr(one, name).precision, getattr(one, name).recall, getattr(one, name).f1] == pytest.approx(values)
    # The diagonal holds the strictly right ones and those of the same type that lie elsewhere.
    exact = sum(pair.exact for pair in judged.pairs)
    assert exact == truth["overall"]["strict"].correct
    assert judged.confusion[:, :-1].sum() == sum(map(len, found)) and judged.confusion[:-1].sum() == sum(map(len, right))
