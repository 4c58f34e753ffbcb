"""A Plotly figure as it is drawn up: plain dictionaries that become a figure once, at the end.

Plotly looks at a figure's every property each time that one is added, some 20 ms a figure; what is drawn here is handed over whole in one. Names of
properties are checked where `CHECKED` is set, as it is in the tests.
"""

from typing import Any, Self

import plotly.graph_objects as go

CHECKED = False
_TITLED = ("title",)


class Trace(dict[str, Any]):
    """A trace's properties, which can be read as attributes too."""

    def __getattr__(self, name: str) -> Any:
        value = self.get(name)
        return Trace(value) if isinstance(value, dict) else value

    def with_(self, **properties: Any) -> Self:
        """Itself, with `properties` merged in."""
        _merge(self, properties)
        return self


def bar(**properties: Any) -> Trace:
    return Trace(type="bar", **properties)


def heatmap(**properties: Any) -> Trace:
    return Trace(type="heatmap", **properties)


def scatter(**properties: Any) -> Trace:
    return Trace(type="scatter", **properties)


def scattergl(**properties: Any) -> Trace:
    return Trace(type="scattergl", **properties)


def scatter3d(**properties: Any) -> Trace:
    return Trace(type="scatter3d", **properties)


def areas_trace(**properties: Any) -> Trace:
    return Trace(type="treemap", **properties)


class Sketch:
    """Takes what `go.Figure` takes, as far as the charts use it; `figure` gives the figure."""

    def __init__(self, *traces: Trace, **layout: Any) -> None:
        self.data: list[Trace] = list(traces)
        self.layout: dict[str, Any] = {}
        self.update_layout(layout)

    def add_trace(self, trace: Trace) -> Self:
        self.data.append(trace)
        return self

    def add_shape(self, **shape: Any) -> Self:
        self.layout.setdefault("shapes", []).append(shape)
        return self

    def add_annotation(self, **annotation: Any) -> Self:
        self.layout.setdefault("annotations", []).append(annotation)
        return self

    def add_span(self, x0: float, x1: float, **shape: Any) -> Self:
        """A rectangle over the whole height, from x0 to x1."""
        return self.add_shape(type="rect", x0=x0, x1=x1, y0=0, y1=1, xref="x", yref="y domain", **shape)

    def update_layout(self, content: dict[str, Any] | None = None, /, **more: Any) -> Self:
        """Merges into the layout; lists take the place of what was there."""
        _merge(self.layout, {**(content or {}), **more})
        return self

    def update_xaxes(self, content: dict[str, Any] | None = None, /, **more: Any) -> Self:
        return self._update_axes("xaxis", {**(content or {}), **more})

    def update_yaxes(self, content: dict[str, Any] | None = None, /, **more: Any) -> Self:
        return self._update_axes("yaxis", {**(content or {}), **more})

    def update_traces(self, **properties: Any) -> Self:
        for trace in self.data:
            _merge(trace, properties)
        return self

    def figure(self) -> go.Figure:
        """The Plotly figure. Raises ValueError for a property that Plotly doesn't know, where `CHECKED`."""
        parts = {"data": [_plain(trace) for trace in self.data], "layout": _plain(self.layout)}
        return go.Figure(parts) if CHECKED else go.Figure(parts, _validate=False)

    def _update_axes(self, kind: str, content: dict[str, Any]) -> Self:
        for name in [name for name in self.layout if name.startswith(kind)] or [kind]:
            _merge(self.layout.setdefault(name, {}), content)
        return self


def _merge(into: dict[str, Any], content: dict[str, Any]) -> None:
    for name, value in content.items():
        if isinstance(value, dict) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = dict(value) if isinstance(value, dict) else value


def _plain(part: Any, name: str = "") -> Any:
    """Without what is None, and each title as what it is, an object with a text."""
    if isinstance(part, dict):
        return {key: _plain(value, key) for key, value in part.items() if value is not None}
    if name in _TITLED and isinstance(part, str):
        return {"text": part}
    if isinstance(part, (list, tuple)) and part and isinstance(part[0], dict):
        return [_plain(one) for one in part]
    return part
