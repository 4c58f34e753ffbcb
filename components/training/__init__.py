"""A table becomes a model: reading and checking tables, training in a process of its own, judging, and keeping the runs.

The names below load on first use, so that importing this package stays free of torch and pandas.
"""

from importlib import import_module

_HOME = {
    "Problem": "components.tables.account",
    "Table": "components.tables.table",
    "TableError": "components.errors",
    "read_table": "components.tables.table",
    "write_table": "components.tables.writing",
    "Run": "components.training.runs",
    "fine_tune": "components.training.fine_tuning",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
