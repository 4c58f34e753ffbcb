"""Numbers in the writings of people: what each column says is known beforehand."""

import pandas as pd
import pytest

from components.tables.numbers import is_number, read_numbers


def column(*cells: str) -> pd.Series:
    return pd.Series(cells, dtype="str")


@pytest.mark.parametrize(
    ("cells", "plain"),
    [
        (("4", "4.50", "-0.25", ".5"), ("4", "4.5", "-0.25", "0.5")),
        (("１２", "３．５", "−2", "▲7"), ("12", "3.5", "-2", "-7")),
        (("1,234", "12,345.6", "7"), ("1234", "12345.6", "7")),  # thousands, where nothing speaks for the comma
        (("3,5", "1.234,5", "12"), ("3.5", "1234.5", "12")),  # Europe's comma
        (("1 234,5", "2,25"), ("1234.5", "2.25")),
        (("★★★☆☆", "★★★★★"), ("3", "5")),
        (("1e-05", "2.5e3"), ("0.00001", "2500")),
        (("007", "10.0", "+3"), ("7", "10", "3")),
    ],
)
def test_a_column_of_numbers_is_read_in_its_own_writing(cells, plain):
    numbers = read_numbers(column(*cells))
    assert tuple(numbers.plain[cell] for cell in cells) == plain and not numbers.units
    assert all(is_number(text) for text in plain)


def test_units_are_told_apart_from_numbers_and_those_that_multiply_are_known():
    numbers = read_numbers(column("4点", "3.5 点", "￥1,200", "$5", "80%", "3万円"))
    assert numbers.units["4点"] == ("4", "点") and numbers.units["3.5 点"] == ("3.5", "点")
    assert numbers.units["￥1,200"] == ("1200", "¥") and numbers.units["80%"] == ("80", "%")
    assert numbers.multiplies and not read_numbers(column("3 kg", "4 m")).multiplies


@pytest.mark.parametrize(
    "cell", ["2023-01-05", "12:30", "4/5", "3〜5", "n/a", "good", "", "1.2.3", "I have 3 cats", "9" * 50, "1" + "0" * 20]
)
def test_what_is_no_number_is_none(cell):
    numbers = read_numbers(column(cell, "4"))
    assert cell not in numbers.plain and cell not in numbers.units and not is_number(cell)
