"""A whole as an area, divided into the areas of its parts."""

from collections.abc import Sequence
from dataclasses import dataclass

import plotly.graph_objects as go

from .heatmap import escaped
from .sketch import Sketch, areas_trace
from .theme import ROLES, dark_twin, ink_on


@dataclass(frozen=True)
class Area:
    """One part: its name, its size (above 0), the light colour of its role, and the name of the part that it lies in, "" for the whole."""

    name: str
    value: float
    colour: str
    inside: str = ""


def treemap(whole: str, areas: Sequence[Area], *, height: int = 380) -> go.Figure:
    """Areas in proportion to their values, each with its name and share. A part that others lie in has the sum of these.

    ValueError where a value isn't above 0, or where what a part should lie in is missing.
    """
    names = {area.name for area in areas}
    if any(area.value <= 0 for area in areas) or any(area.inside and area.inside not in names for area in areas):
        raise ValueError("values must be above 0, and every part must lie in a part that is there")
    paper, colours = ROLES["paper"].light, [area.colour for area in areas]
    inks, dark_inks = [ink_on(colour) for colour in colours], [ink_on(dark_twin(colour)) for colour in colours]
    ink = ROLES["ink"]
    figure = Sketch(
        areas_trace(
            ids=[whole, *(area.name for area in areas)],
            labels=[escaped(whole), *(escaped(area.name) for area in areas)],
            parents=["", *(area.inside or whole for area in areas)],
            values=[sum(area.value for area in areas if not area.inside), *(area.value for area in areas)],
            branchvalues="total",
            sort=False,
            marker={"colors": [paper, *colours], "line": {"color": paper, "width": 2}, "pad": {"t": 24, "l": 3, "r": 3, "b": 3}},
            textfont={"color": [ink.light, *inks], "size": 14},
            meta={"dark": {"textfont.color": [ink.dark, *dark_inks]}},
            texttemplate="%{label}<br>%{percentRoot:.1%}",
            hovertemplate="%{label}<br>%{value:,}<br>%{percentRoot:.2%}<extra></extra>",
            pathbar={"visible": False},
            root={"color": paper},
            tiling={"pad": 2},
        )
    )
    return figure.update_layout(height=height, margin={"l": 0, "r": 0, "t": 0, "b": 0}).figure()
