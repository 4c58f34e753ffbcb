"""What kind of thing stands in a cell."""

import time

import pandas as pd
import pytest

from components.tables.cells import LOOKED_AT, share_of_switches, share_without_text

NO_TEXT = (
    *("2026/11/1 午前 9:00:12 GMT+9", "2026-11-28T09:01:12.000Z", "2026年11月28日(土)", "28 Nov 2026", "Nov 28, 2026 9:00 PM", "12:30"),
    *("1", "3.5", "12,000円", "50%", "$5.99", "−3", "９", "#123"),
    *("https://a.b/c?d=e", "www.x.y", "report.pdf", "user@example.com", "@handle"),
    *("q0", "ID-0012", "A12-B34", "550e8400-e29b-41d4-a716-446655440000", "item-0", "order_00012"),
    *("TRUE", "はい"),
)
TEXTS = (
    *(
        "とても良いです0",
        "見にくい1",
        "首都はどこですか？",
        "good",
        "Nice!",
        "OK",
        "iPhone15 is good",
        "in 2020 it was good",
        "また来ます",
        "最高",
    ),
    *(
        "3 stars because of service",
        "It was 10/10 good",
        "なしで良い",
        "noise",
        "12 angry men",
        "March of the penguins",
        "Excellent service 5",
    ),
)


@pytest.mark.parametrize("cell", NO_TEXT)
def test_times_numbers_links_and_identifiers_are_no_texts(cell):
    assert share_without_text(pd.Series([cell])) == 1


@pytest.mark.parametrize("cell", TEXTS)
def test_words_are_texts_with_numbers_in_them_too(cell):
    assert share_without_text(pd.Series([cell])) == 0


def test_blank_cells_do_not_count():
    assert share_without_text(pd.Series(["", " ", "a text", "7"])) == 0.5
    assert share_of_switches(pd.Series(["yes", "", "no", "maybe"])) == pytest.approx(2 / 3)
    assert share_without_text(pd.Series(["", ""])) == 1


@pytest.mark.parametrize("piece", ["1", "A-", "1 ", "Mon", "a.", "日", "0a", "@", "a@", "1/", "AB_", "www.", "12/", "午前", "-", "f"])
def test_a_long_cell_costs_no_more_than_its_beginning(piece):
    cells = pd.Series([piece * (1_000_000 // len(piece)) + "!"] * 20)
    begin = time.process_time()
    share_without_text(cells)
    assert time.process_time() - begin < 1 and LOOKED_AT == 200
