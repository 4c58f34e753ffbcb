import numpy as np
import pytest

from components.transformer.attention import attention_steps, attention_steps_from_qkv
from components.transformer.explain import STAGES, cell_sources, explain_cell
from components.transformer.masks import causal_mask


@pytest.fixture
def steps():
    generator = np.random.default_rng(0)
    queries, keys = generator.standard_normal((3, 4)), generator.standard_normal((5, 4))
    return attention_steps(queries, keys, *(generator.standard_normal((4, 4)) for _ in range(3)), causal_mask(3, 5))


@pytest.mark.parametrize("stage", STAGES)
def test_the_terms_of_every_cell_give_the_cell(steps, stage):
    matrix = getattr(steps, stage)
    for row, column in np.ndindex(matrix.shape):
        cell = explain_cell(steps, stage, row, column)
        assert cell.result == matrix[row, column]
        if cell.kind == "dot":
            assert cell.products == pytest.approx(np.multiply(cell.left, cell.right))
            assert sum(cell.products) == pytest.approx(cell.result)
        elif cell.kind == "divide":
            assert cell.left[0] / cell.right[0] == pytest.approx(cell.result)
            assert cell.right[0] == 2  # sqrt(4)
        elif cell.kind == "mask":
            assert cell.result == (cell.left[0] if cell.allowed else -np.inf)
        else:
            assert cell.total == pytest.approx(sum(cell.left))
            assert cell.left[column] / cell.total == pytest.approx(cell.result)


@pytest.mark.parametrize("stage", STAGES)
def test_a_cell_depends_on_its_sources_and_on_nothing_else(steps, stage):
    """Change every input outside the marked region: the cell stays. The mask is left out, so that no dependence is
    hidden by it.
    """
    row, column = 1, 2
    sources = cell_sources(stage, row, column)
    generator = np.random.default_rng(1)
    inputs = {}
    for name in ("query_input", "key_value_input", "W_Q", "W_K", "W_V"):
        original = getattr(steps, name)
        inputs[name] = original + generator.standard_normal(original.shape)
        if name in sources:
            region = np.zeros(original.shape, dtype=bool)
            rows = slice(None) if sources[name].row is None else sources[name].row
            columns = slice(None) if sources[name].column is None else sources[name].column
            region[rows, columns] = True
            inputs[name][region] = original[region]
    unmasked = attention_steps(steps.query_input, steps.key_value_input, steps.W_Q, steps.W_K, steps.W_V)
    changed = attention_steps(**inputs)
    assert getattr(changed, stage)[row, column] == pytest.approx(getattr(unmasked, stage)[row, column])
    assert sources[stage].row == row and sources[stage].column == column


def test_a_fully_masked_row_explains_to_zero():
    steps = attention_steps_from_qkv(np.eye(2), np.eye(2), np.eye(2), mask=np.array([[False, False], [True, True]]))
    cell = explain_cell(steps, "weights", 0, 1)
    assert (cell.total, cell.result, cell.left) == (0.0, 0.0, (0.0, 0.0))


def test_what_cannot_be_explained(steps):
    given = attention_steps_from_qkv(np.eye(2), np.eye(2), np.eye(2))
    with pytest.raises(ValueError, match="given, not computed"):
        explain_cell(given, "Q", 0, 0)
    with pytest.raises(ValueError, match="outside"):
        explain_cell(steps, "scores", 0, 5)
    with pytest.raises(ValueError, match="unknown stage"):
        explain_cell(steps, "softmax", 0, 0)
