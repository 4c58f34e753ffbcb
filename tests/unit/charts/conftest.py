"""Here Plotly looks at every property that a chart names."""

import pytest

from components.charts import sketch


@pytest.fixture(autouse=True)
def checked(monkeypatch):
    monkeypatch.setattr(sketch, "CHECKED", True)
