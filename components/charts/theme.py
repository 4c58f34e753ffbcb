"""The visual language: one table of roles, from which charts and components take every colour.

A figure is drawn in the light theme's colours; `dressed` turns them into the dark theme's where the visitor reads in the dark. In each
scale zero is the page's own colour. Contrast ratios follow WCAG 2.2: text at least 4.5 on the page, marks at least 3.
"""

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go


class Role(NamedTuple):
    """What something is drawn in, on the light and on the dark page."""

    light: str
    dark: str


ROLES: Mapping[str, Role] = {
    # The interface: paper, ink and one indigo. Every other hue is data.
    "paper": Role("#FBFAF7", "#0E1424"),
    "raise": Role("#FFFFFF", "#141C31"),
    "field": Role("#F1EEE6", "#1A2340"),
    "ink": Role("#12161F", "#ECEAE3"),
    "ink2": Role("#4F5665", "#AEB5C8"),
    "edge": Role("#8A8578", "#7480A3"),  # borders that mean "this can be used", marks without a meaning of their own
    "line": Role("#DCD8CD", "#2B3553"),  # rules that only separate
    "ai": Role("#1F3A6E", "#A9C1F7"),  # 藍: links, the one filled action, focus, the thread, model A
    "ai-weak": Role("#E5E9F2", "#1E2A4C"),
    "on-ai": Role("#FFFFFF", "#0E1424"),
    "doubt": Role("#8A4B00", "#F2BE6B"),
    "bad": Role("#A3261B", "#FF9C8F"),
    "hatch": Role("#C9C4B6", "#39456A"),
    # Attention. The hues are those of Okabe & Ito (2008), darker or lighter until a mark has 3:1 on the page.
    "query": Role("#0072B2", "#56B4E9"),
    "key": Role("#B97900", "#E69F00"),
    "value": Role("#008560", "#2FC398"),
    "output": Role("#B0508A", "#E79AC4"),
    "query-text": Role("#00629A", "#74C2EE"),
    "key-text": Role("#855600", "#F0B63C"),
    "value-text": Role("#00694C", "#43CFA6"),
    "output-text": Role("#96386F", "#EBA8CD"),
    # What speaks for and against an answer; positive and negative numbers.
    "supports": Role("#B4540A", "#FFA45C"),
    "opposes": Role("#0B5CA8", "#6FB4FF"),
    # The eight kinds of names, in both languages; topics and classes take them in this order.
    "person": Role("#3B6FB6", "#8DB8F5"),
    "company": Role("#B4540A", "#FFA45C"),
    "political": Role("#7A4FA3", "#C9A6EF"),
    "organisation": Role("#5E6B2F", "#B9C77A"),
    "place": Role("#00796B", "#5CCFBF"),
    "facility": Role("#8C6D1F", "#E0BE63"),
    "product": Role("#B33A6B", "#F59CC0"),
    "event": Role("#4A5568", "#B5BECF"),
}

QUERY_COLOUR, KEY_COLOUR, VALUE_COLOUR, OUTPUT_COLOUR = (ROLES[name].light for name in ("query", "key", "value", "output"))
SUPPORTS_COLOUR, OPPOSES_COLOUR = ROLES["supports"].light, ROLES["opposes"].light
MARK_COLOUR = ROLES["ink"].light  # what is chosen: a frame in ink
THREAD_COLOUR = ROLES["ai"].light
NEUTRAL_COLOUR = ROLES["edge"].light
KINDS = tuple(ROLES[name].light for name in ("person", "company", "political", "organisation", "place", "facility", "product", "event"))
SERIES = (THREAD_COLOUR, KEY_COLOUR, VALUE_COLOUR, OUTPUT_COLOUR, QUERY_COLOUR, ROLES["political"].light, NEUTRAL_COLOUR)

FONT = "'Noto Sans JP', 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic UI', Meiryo, sans-serif"

Scale = tuple[tuple[float, str], ...]


def _scale(*colours: str) -> Scale:
    return tuple((place / (len(colours) - 1), colour) for place, colour in enumerate(colours))


# From 0 to 1, in even steps of lightness: they survive grey and every kind of colour blindness.
SEQUENTIAL = _scale("#FBFAF7", "#D3DBEA", "#9FB1D6", "#6782B9", "#3B5999", "#1F3A6E")
SEQUENTIAL_DARK = _scale("#0E1424", "#1E2F5C", "#34528F", "#5A82C6", "#92B4EE", "#DCE8FF")
# Signed values, the page in the middle: blue is negative, orange positive.
DIVERGING = _scale("#0B5CA8", "#6FA3D4", "#BCD3EA", "#FBFAF7", "#F3CFAC", "#DC8F4A", "#B4540A")
DIVERGING_DARK = _scale("#8CC6FF", "#3A7DBD", "#1C3F6B", "#0E1424", "#5C361B", "#B56A2E", "#FFB57A")
_DARK_SCALES = {SEQUENTIAL: SEQUENTIAL_DARK, DIVERGING: DIVERGING_DARK}


def tinted(scale: Scale, share: float) -> str:
    """The colour at `share` (0 to 1) of a scale, "#RRGGBB"."""
    places = [place for place, _ in scale]
    channels = np.array([_channels(colour) for _, colour in scale])
    red, green, blue = (round(float(np.interp(share, places, channels[:, channel]))) for channel in range(3))
    return f"#{red:02X}{green:02X}{blue:02X}"


def ink_on(colour: str) -> str:
    """Black or white, whichever is read better on "#RRGGBB": the better of the two is never under 4.58 : 1."""
    return "#000000" if contrast(colour, "#000000") >= contrast(colour, "#FFFFFF") else "#FFFFFF"


def contrast(one: str, other: str) -> float:
    """The contrast ratio of two colours, 1 to 21 (WCAG 2.2, "contrast ratio")."""
    low, high = sorted(_luminance(colour) for colour in (one, other))
    return (high + 0.05) / (low + 0.05)


def tinted_text(text: str, role: str) -> str:
    """Text of a figure, escaped already, in a role's colour."""
    return f'{_TINTED}{ROLES[role].light}">{text}</span>'


def faint(colour: str, share: float) -> str:
    """A colour that lets `1 - share` of what is under it through."""
    return "rgba({},{},{},{:.3g})".format(*_channels(colour), share)


def dark_twin(colour: str) -> str:
    """What the dark theme draws a role's colour in; any other colour is its own twin."""
    return _DARK.get(colour.upper(), colour)


def dressed(figure: go.Figure, dark: bool) -> go.Figure:
    """`figure` as a page shows it: with the theme's own template, and in the dark theme every role and scale in its dark twin. What a trace
    names under `meta["dark"]` ({"textfont.color": ...}) it takes there."""
    content = figure.to_dict()
    if dark:
        content = _darkened(content)
        for trace in content["data"]:
            own = trace.get("meta", {})
            for name, value in (own.get("dark", {}) if isinstance(own, dict) else {}).items():
                part, _, last = name.rpartition(".")
                (trace.setdefault(part, {}) if part else trace)[last] = value
    content["layout"]["template"] = _TEMPLATES[dark]
    return go.Figure(content, _validate=False)


# White is no role of a figure: it is what stands on a dark cell, in both themes.
_DARK = {role.light.upper(): role.dark for role in reversed(list(ROLES.values())) if role.light != "#FFFFFF"}
_TINTED = '<span style="color:'
_TINTED_COLOUR = re.compile(_TINTED + "(#[0-9A-Fa-f]{6})")
_RGBA = re.compile(r"rgba\((\d+),(\d+),(\d+),([\d.]+)\)")


def _darkened(part: Any) -> Any:
    if isinstance(part, dict):
        return {name: _dark_scale(value) if name == "colorscale" else _darkened(value) for name, value in part.items()}
    if isinstance(part, (list, tuple)):
        return [_darkened(one) for one in part]
    if isinstance(part, str) and part.startswith("#"):
        return dark_twin(part)
    if isinstance(part, str) and _TINTED in part:
        return _TINTED_COLOUR.sub(lambda found: _TINTED + dark_twin(found[1]), part)
    if isinstance(part, str) and (found := _RGBA.fullmatch(part)):
        twin = _DARK.get("#{:02X}{:02X}{:02X}".format(*map(int, found.groups()[:3])))
        return faint(twin, float(found[4])) if twin else part
    return part


def _dark_scale(scale: Any) -> Any:
    """A scale's dark twin; what Plotly or a figure of its own brings stays as it is."""
    if isinstance(scale, str):
        return scale
    return _DARK_SCALES.get(tuple(tuple(stop) for stop in scale), _darkened(scale))


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    shares = [value / 255 for value in _channels(colour)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _template(dark: bool) -> go.layout.Template:
    ink, ink2, line, edge, raised, paper = (ROLES[name][dark] for name in ("ink", "ink2", "line", "edge", "raise", "paper"))
    title = {"font": {"color": ink2, "size": 13}, "standoff": 6}
    axis = {"tickfont": {"color": ink2}, "title": title, "automargin": True, "gridcolor": line, "zerolinecolor": line, "linecolor": line}
    walls = {name: axis[name] for name in ("tickfont", "gridcolor", "zerolinecolor", "linecolor")}
    walls |= {"title": {"font": title["font"]}, "backgroundcolor": paper, "showbackground": True}
    return go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": ink},
            "paper_bgcolor": "rgba(0,0,0,0)",
            "plot_bgcolor": "rgba(0,0,0,0)",
            "colorway": [dark_twin(colour) if dark else colour for colour in SERIES],
            "xaxis": axis,
            "yaxis": axis,
            "scene": {f"{name}axis": walls for name in "xyz"},
            "legend": {"font": {"color": ink}},
            "hoverlabel": {"bgcolor": raised, "bordercolor": edge, "font": {"family": FONT, "color": ink, "size": 13}},
            "transition": {"duration": 0},
        },
        data={"heatmap": [{"colorbar": {"outlinewidth": 0, "tickfont": {"color": ink2}}}]},
    )


_TEMPLATES = {dark: _template(dark).to_plotly_json() for dark in (False, True)}
