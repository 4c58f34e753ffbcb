import contextlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from components.transformer.parsing import MatrixError, parse_matrix


@pytest.mark.parametrize("text", ["1 2\n3 4", "1,2\n3,4\n", "[[1, 2],\n [3, 4]]", "1;2\n\n3\t4", "１　２\n３、４", " 1.0  2e0\r\n3 4 "])
def test_the_ways_to_type_a_matrix(text):
    np.testing.assert_array_equal(parse_matrix(text), [[1, 2], [3, 4]])


@pytest.mark.parametrize(
    "text, problem, row, column, wrong",
    [
        ("", "empty", 0, 0, ""),
        ("\n [] \n", "empty", 0, 0, ""),
        ("1 2\n3 x", "not_a_number", 2, 2, "x"),
        ("nan", "not_a_number", 1, 1, "nan"),
        ("1 inf", "not_a_number", 1, 2, "inf"),
        ("1e9", "not_a_number", 1, 1, "1e9"),
        ("1 2\n3", "ragged", 2, 0, ""),
    ],
)
def test_what_and_where_is_wrong(text, problem, row, column, wrong):
    with pytest.raises(MatrixError) as raised:
        parse_matrix(text)
    error = raised.value
    assert (error.problem, error.row, error.column, error.text) == (problem, row, column, wrong)


def test_size_limits_and_ragged_rows_say_what_was_found():
    with pytest.raises(MatrixError) as rows:
        parse_matrix("1\n2\n3", max_rows=2)
    assert (rows.value.problem, rows.value.found, rows.value.expected) == ("rows", 3, 2)
    with pytest.raises(MatrixError) as columns:
        parse_matrix("1 2 3", max_columns=2)
    assert (columns.value.problem, columns.value.found, columns.value.expected) == ("columns", 3, 2)
    with pytest.raises(MatrixError) as ragged:
        parse_matrix("1 2 3\n1 2")
    assert (ragged.value.found, ragged.value.expected) == (2, 3)


@given(arrays(np.float64, (2, 3), elements=st.floats(-1e5, 1e5)))
def test_a_written_matrix_reads_back(matrix):
    np.testing.assert_array_equal(parse_matrix("\n".join(" ".join(map(repr, row)) for row in matrix.tolist())), matrix)


@given(st.text(max_size=200))
def test_any_text_gives_a_matrix_or_a_matrix_error(text):
    with contextlib.suppress(MatrixError):
        assert np.isfinite(parse_matrix(text)).all()
