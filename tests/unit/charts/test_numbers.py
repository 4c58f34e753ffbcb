import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from components.charts.numbers import latex, significant, tiny


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.9999999, "1.00"),
        (-0.0, "0"),
        (-1e-17, "0"),
        (-0.0683, "−0.0683"),
        (999.96, "1000"),
        (12.345, "12.3"),
        (1234567, "1.23×10⁶"),
        (-0.00099, "−9.90×10⁻⁴"),
        (float("-inf"), "−∞"),
        (float("nan"), "NaN"),
    ],
)
def test_numbers_as_a_reader_wants_them(value, shown):
    assert significant(value) == shown


def test_a_tiny_difference_can_be_the_point():
    assert significant(1.19e-7) == "0"
    assert significant(1.19e-7, smallest=0) == "1.19×10⁻⁷"


@given(st.floats(-1e12, 1e12))
def test_what_is_shown_is_close_to_what_is_meant(value):
    shown = significant(value, smallest=0)
    plain = shown.translate(str.maketrans("−⁻⁰¹²³⁴⁵⁶⁷⁸⁹", "--0123456789")).replace("×10", "e")
    assert math.isclose(float(plain), value, rel_tol=6e-3, abs_tol=1e-300) or value == 0
    assert not plain.startswith("-0.000") or value < 0


def test_numbers_in_a_formula():
    assert [latex(value) for value in (0.25, -1.5, 5.77e-4, -2e7, 0.0)] == [
        "0.250",
        "-1.50",
        r"5.77\times 10^{-4}",
        r"-2.00\times 10^{7}",
        "0",
    ]
    assert (latex(float("-inf")), latex(float("inf"))) == (r"-\infty", r"\infty")


def test_rounding_errors_are_written_as_they_are():
    assert [tiny(value) for value in (0.0, 1.04e-14, 1.084)] == ["0", "1.0×10⁻¹⁴", "1.08"]
