"""A table becomes a model: reading and checking tables, training in a process of its own, judging, and keeping the runs.

The names below load on first use, so that importing this package stays free of torch and pandas.
"""

from importlib import import_module

_HOME = {
    "Problem": "table",
    "Table": "table",
    "TableError": "errors",
    "read_table": "table",
    "write_table": "writing",
    "Run": "runs",
    "fine_tune": "fine_tuning",
}
__all__ = sorted(_HOME)


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
