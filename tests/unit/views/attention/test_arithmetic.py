"""The arithmetic line, against a case worked by hand."""

import numpy as np

from components.transformer.attention import attention_steps, attention_steps_from_qkv
from components.transformer.explain import explain_cell
from components.views.attention.arithmetic import arithmetic_latex, term_table

Q, K, V = np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [0.0, 1.0]]), np.array([[10.0], [20.0]])


def line(stage, column=0, mask=None, **options):
    return arithmetic_latex(explain_cell(attention_steps_from_qkv(Q, K, V, mask), stage, 0, column), **options)


def test_a_score_is_written_as_its_sum_of_products_the_result_first():
    assert line("scores") == "S_{1,1} = 11.0 = (1.00)(3.00) + (2.00)(4.00)"  # 1*3 + 2*4


def test_scaling_shows_the_root():
    assert line("scaled") == r"\tilde S_{1,1} = 7.78 = \frac{11.0}{1.41}"  # 11 / sqrt(2)


def test_a_long_sum_is_cut_and_says_how_much_is_left():
    assert line("scores", most=1) == r"S_{1,1} = 11.0 = (1.00)(3.00) + \underbrace{\cdots}_{\text{1}}"
    table = term_table(explain_cell(attention_steps_from_qkv(Q, K, V), "scores", 0, 0))
    assert table["product"].tolist() == [3.0, 8.0] and table["sum"].tolist() == [3.0, 11.0]


def test_a_softmax_has_its_exponentials_term_by_term():
    cell = explain_cell(attention_steps_from_qkv(Q, K, V), "weights", 0, 0)
    table = term_table(cell)
    assert table["exponential"].iloc[0] / table["sum"].iloc[-1] == cell.result
    assert term_table(explain_cell(attention_steps_from_qkv(Q, K, V), "scaled", 0, 0)).empty


def test_a_hidden_key_goes_to_minus_infinity():
    assert line("masked", 1, np.array([[True, False]])) == r"\hat S_{1,2} = -\infty \leftarrow 1.41"  # 2 / sqrt(2)


def test_a_row_with_nothing_to_attend_to_is_zero():
    assert line("weights", 1, np.array([[False, False]])) == "A_{1,2} = 0"


def test_a_bias_is_the_last_term_of_a_projection():
    X, W = np.array([[1.0, 2.0]]), np.array([[3.0], [5.0]])
    steps = attention_steps(X, X, W, W, W, b_Q=np.array([0.5]))
    assert arithmetic_latex(explain_cell(steps, "Q", 0, 0)) == "Q_{1,1} = 13.5 = (1.00)(3.00) + (2.00)(5.00) + (1.00)(0.500)"
    assert steps.K[0, 0] == 13  # the others have none
