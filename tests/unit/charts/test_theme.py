"""The visual language: contrast of every role, one table behind Streamlit's theme and the style sheet, the dark twins of figures."""

import re
import tomllib
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import plotly.graph_objects as go
import pytest
from fontTools.ttLib import TTFont

from components.charts.heatmap import matrix_heatmap
from components.charts.theme import (
    DIVERGING,
    DIVERGING_DARK,
    KINDS,
    QUERY_COLOUR,
    ROLES,
    SEQUENTIAL,
    SEQUENTIAL_DARK,
    SERIES,
    contrast,
    dressed,
    faint,
    ink_on,
    tinted,
)

ROOT = Path(__file__).resolve().parents[3]
TEXT = ("ink", "ink2", "ai", "doubt", "bad", "query-text", "key-text", "value-text", "output-text")
GROUNDS = ("paper", "raise", "field", "line", "hatch", "ai-weak", "on-ai", "edge")


def written(figure):
    return next(trace for trace in figure.data if trace.type == "scatter" and trace.mode == "text")


def test_contrast_is_that_of_the_definition():
    """Worked examples: black on white is 21, #777777 on white 4.48 (WCAG 2.2, "contrast ratio")."""
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#FFFFFF") == pytest.approx(4.48, abs=0.005)


@pytest.mark.parametrize("theme", [0, 1])
def test_text_and_marks_can_be_told_from_the_page(theme):
    paper = ROLES["paper"][theme]
    for name, role in ROLES.items():
        if name in TEXT:
            assert min(contrast(role[theme], ROLES[ground][theme]) for ground in ("paper", "raise", "field", "ai-weak")) >= 4.5, name
        elif name not in GROUNDS:
            assert contrast(role[theme], paper) >= 3, name
    assert contrast(ROLES["edge"][theme], paper) >= 3
    assert contrast(ROLES["on-ai"][theme], ROLES["ai"][theme]) >= 4.5


def test_no_colour_has_two_dark_twins():
    """A figure is turned dark by its light colours, so one light colour has one dark one among what figures use."""
    twins: dict[str, set[str]] = {}
    for name, role in ROLES.items():
        if name not in ("on-ai", "raise"):  # white: never a figure's own colour
            twins.setdefault(role.light.upper(), set()).add(role.dark)
    assert all(len(dark) == 1 for dark in twins.values())


@pytest.mark.parametrize("scale", [SEQUENTIAL, SEQUENTIAL_DARK, DIVERGING, DIVERGING_DARK])
def test_zero_is_the_page_and_numbers_can_be_read_on_every_cell(scale):
    theme = scale in (SEQUENTIAL_DARK, DIVERGING_DARK)
    zero = 0.5 if scale in (DIVERGING, DIVERGING_DARK) else 0
    assert tinted(scale, zero).upper() == ROLES["paper"][theme].upper()
    cells = [tinted(scale, share) for share in np.linspace(0, 1, 101)]
    assert min(contrast(cell, ink_on(cell)) for cell in cells) >= 4.5
    if zero == 0:  # lighter or darker at every step: it survives a grey print
        from_page = [contrast(cell, cells[0]) for cell in cells[::10]]
        assert all(later > earlier for earlier, later in pairwise(from_page))


def test_kinds_and_series_hold_no_colour_twice():
    for colours in (KINDS, SERIES):
        assert all(one != other for one, other in combinations(colours, 2))


def test_streamlits_theme_has_the_roles():
    theme = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))["theme"]
    names = {"primaryColor": "ai", "linkColor": "ai", "backgroundColor": "paper", "secondaryBackgroundColor": "field", "textColor": "ink",
             "borderColor": "line", "blueColor": "query", "orangeColor": "key", "greenColor": "value", "violetColor": "output", "redColor": "bad"}  # fmt: skip
    for place, mode in enumerate(("light", "dark")):
        assert {name: theme[mode][name] for name in names} == {name: ROLES[role][place] for name, role in names.items()}
        assert theme[mode]["sidebar"]["backgroundColor"] == ROLES["raise"][place]


def test_no_chart_page_or_widget_names_a_colour_itself():
    """Colours come by role from the theme; black and white are for masks, which show no colour."""
    literal = re.compile(r"#[0-9A-Fa-f]{6}\b|#[0-9A-Fa-f]{3}\b(?![0-9A-Za-z_-])|rgba?\(\s*\d")
    sources = [path for folder in ("charts", "ui", "views") for path in (ROOT / "components" / folder).rglob("*.py")]
    found = {str(path.relative_to(ROOT)): literal.findall(path.read_text(encoding="utf-8")) for path in sources if path.name != "theme.py"}
    assert not {path: colours for path, colours in found.items() if colours}


def test_a_figure_is_drawn_in_the_dark_twins_of_its_colours():
    figure = matrix_heatmap(np.array([[0.0, 1.0]]), ["a"], ["b", "c"], marks=[(0, 1)])
    figure.add_trace(go.Scatter(x=[0], y=[0], line={"color": QUERY_COLOUR}, fillcolor=faint(QUERY_COLOUR, 0.25)))
    dark = dressed(figure, True)
    assert dark.data[0].colorscale == SEQUENTIAL_DARK
    assert dark.data[-1].line.color == ROLES["query"].dark
    assert dark.data[-1].fillcolor == faint(ROLES["query"].dark, 0.25)
    assert dark.layout.shapes[0].line.color == ROLES["ink"].dark
    assert list(written(dark).textfont.color) == ["#FFFFFF", "#000000"]  # on the dark page's zero, on its brightest cell
    light = dressed(matrix_heatmap(np.array([[0.0, 1.0]]), ["a"], ["b", "c"]), False)
    assert list(written(light).textfont.color) == ["#000000", "#FFFFFF"]


def test_ticks_and_titles_can_be_read_in_both_themes():
    for theme in (False, True):
        axis = dressed(go.Figure(), theme).layout.template.layout.xaxis
        assert min(contrast(axis.tickfont.color, ROLES[ground][theme]) for ground in ("paper", "raise")) >= 4.5
        assert axis.title.font.color == axis.tickfont.color


def test_the_heading_face_has_every_character_of_the_apps_own_words():
    """What a reader types stands in gothic; the app's own titles and findings must not fall back in the middle of a line."""
    known = set(TTFont(ROOT / "static" / "himotoku-mincho.woff2").getBestCmap())
    words = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "content" / "ja").iterdir())
    missing = {character for character in words if 0x3000 <= ord(character) < 0xA000 and ord(character) not in known}
    assert not missing
