"""Entities that are marked wrongly, or not, are found; each is mended by itself, and mending moves no row and is never judged by."""

import json

import numpy as np
import pytest

from components.errors import TrainingError
from components.tables.span_cells import read_written, write_spans
from components.training.entity_errors import check_entities
from components.training.findings import apply_fixes
from components.training.relabelled import relabelled, relabelling, remembered, task_frame
from components.training.settings import Settings
from components.training.suspects import PieceSuspect
from components.training.tasks.marked_rows import MarkedRows
from tests.unit.training.test_entities import marked_rows

SETTINGS = {"task": "entities", "max_length": 32, "seed": 1}


def spoilt(rows):
    """`rows` with a piece of every sixth row taken out or of the other type, and what is wrong now: (row, piece as it was)."""
    random, table, errors = np.random.default_rng(3), rows.copy(), []
    for row in range(0, len(rows), 6):
        marked = read_written(rows["label"][row])
        piece = marked[random.integers(len(marked))]
        errors.append((row, piece))
        other = [(piece[0], piece[1], {"HOW": "THING", "THING": "HOW"}[piece[2]])] if row % 12 else []
        table.loc[row, "label"] = write_spans([one for one in marked if one != piece] + other)
    return table, errors


def test_most_of_the_wrong_pieces_stand_first_and_are_mended_to_what_they_were(tiny, monkeypatch):
    monkeypatch.setattr("components.training.entity_errors.STRENGTH", 0.03)  # the usual penalty is for hundreds of dimensions
    rows = marked_rows(240)
    table, errors = spoilt(rows)
    shares = []
    found = check_entities(table, Settings(backbone=tiny, **SETTINGS), progress=shares.append)
    asked = set(found.ranked)
    errors = [(row, piece) for row, piece in errors if row in asked]
    first = list(zip(found.ranked, found.places, strict=True))[: len(found.ranked) // 10]
    hit = [error for error in errors if any(row == error[0] and start < error[1][1] and error[1][0] < end for row, (start, end) in first)]
    assert len(hit) >= 0.8 * len(errors) > 20
    assert len(asked) + found.held_out + found.left == len(table) and shares == sorted(shares) and shares[-1] == pytest.approx(1)
    wrong = dict(errors)
    for suspect in found.suspects:
        assert suspect.text == table["text"][suspect.row] and 0 < suspect.certainty <= 1
        cell = table["label"][suspect.row]
        assert not suspect.is_changed(cell) and suspect.is_changed(suspect.changed(cell))
        assert read_written(suspect.restored(suspect.changed(cell), cell)) == read_written(cell)
    told = [suspect for suspect in found.suspects if suspect.row in wrong]
    assert np.mean([suspect.changed(table["label"][suspect.row]) == rows["label"][suspect.row] for suspect in told]) > 0.8
    assert {bool(suspect.given) for suspect in told} == {True, False}


def test_several_changes_of_one_row_are_independent():
    text, old = "Ann met Bob in Rome", '[[0, 3, "PLACE"], [8, 11, "PERSON"]]'
    kinds = {"before": (0, 3, "PLACE"), "after": (0, 3, "PERSON")}, {"before": (8, 11, "PERSON")}, {"after": (15, 19, "PLACE")}
    suspects = [PieceSuspect(7, text, "", "", 0.9, **kind) for kind in kinds]
    cells = set()
    for order in ((0, 1, 2), (2, 1, 0), (1, 0, 2)):
        cell = old
        for place in order:
            cell = suspects[place].changed(cell)
        cells.add(cell)
        assert all(suspect.is_changed(cell) for suspect in suspects)
        part = suspects[0].restored(cell, old)
        assert [suspect.is_changed(part) for suspect in suspects] == [False, True, True]
        assert suspects[2].restored(suspects[1].restored(part, old), old) == old
    assert cells == {'[[0, 3, "PERSON"], [15, 19, "PLACE"]]'}


def test_mended_pieces_move_no_row_and_are_never_judged_by(tiny):
    rows, settings = marked_rows(120), Settings(backbone=tiny, **SETTINGS)
    plain = MarkedRows(settings, task_frame(rows, settings, {}))
    chosen = [int(row) for part in (plain.parts.train, plain.parts.validation, plain.parts.test) for row in plain.rows[part][:5]]
    cells = {row: (rows["label"][row], write_spans([*read_written(rows["label"][row])[:1], (0, 3, "NEW")])) for row in chosen}
    fix = relabelling("label", cells, "entities")
    assert relabelled([fix]) == cells
    mended = apply_fixes(rows, [fix])
    task = MarkedRows(settings, task_frame(mended, settings, remembered([fix])))
    for part in ("train", "validation", "test"):
        assert getattr(task.parts, part).tolist() == getattr(plain.parts, part).tolist()
    test = set(plain.parts.test.tolist())
    changed = {place for place in range(len(task.rows)) if task.spans[place] != plain.spans[place]}
    assert not changed & test and len(changed) == 10
    moved = MarkedRows(settings, task_frame(mended, settings, {}))
    assert moved.parts.test.tolist() != plain.parts.test.tolist()  # what the memory is for


def test_too_few_rows_are_a_sentence(tiny):
    with pytest.raises(TrainingError) as refused:
        check_entities(marked_rows(40), Settings(backbone=tiny, **SETTINGS))
    assert refused.value.key == "training.too-few-to-check"
    nothing = marked_rows(60).assign(label=json.dumps([]))
    with pytest.raises(TrainingError) as refused:
        check_entities(nothing, Settings(backbone=tiny, **SETTINGS))
    assert refused.value.key == "training.found-entities-none"
