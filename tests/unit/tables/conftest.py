"""Tests of what reading costs, and of thousands of made tables: measuring coverage would cost them more than all else."""

import pytest

COSTLY = {"test_hostile_text.py", "test_hostile_workbook.py", "test_fuzz.py", "test_encodings.py", "test_layouts.py"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.name in COSTLY and "unit/tables" in item.path.as_posix():
            item.add_marker(pytest.mark.no_cover)
