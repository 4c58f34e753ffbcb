"""The names that scripts rely on, and how little it costs to have them."""

import subprocess
import sys
from pathlib import Path

import pytest

import components.training as training

ROOT = Path(__file__).resolve().parents[3]


def test_the_stable_names_are_there():
    for name in ("read_table", "Table", "Problem", "TableError", "write_table", "fine_tune", "Run"):
        assert name in training.__all__ and callable(getattr(training, name))
    with pytest.raises(AttributeError, match="nothing_like_it"):
        _ = training.nothing_like_it


@pytest.mark.parametrize(
    "module", ["components.training", "components.tables.table", "components.training.store", "components.training.launcher"]
)
def test_reading_and_watching_need_no_torch(module):
    code = f"import sys, {module}; print([name for name in ('torch', 'transformers', 'sklearn') if name in sys.modules])"
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert found.stdout.strip() == "[]"
