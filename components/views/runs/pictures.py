"""Small pictures of a run as HTML: steps as a rail, scores as dots with intervals on one axis, a validation curve of a row's size, bars of
probabilities. They follow the visitor's theme by the style sheet's roles and their box by percentages, and hold nothing to press.

A page lays `style()` once. Every text is escaped here.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from urllib.parse import quote

import streamlit as st

from components.evaluation.intervals import Interval, wilson
from components.ui.widgets.escaped import printable

from .progress import STYLE as PROGRESS_STYLE

_STYLE = """<style>
.hi-rail { display: flex; list-style: none; margin: 0; padding: 0 !important; max-width: 560px; }
.hi-rail li { flex: 1; text-align: center; font-size: .82rem; line-height: 1.4; color: var(--hi-ink2); position: relative; }
.hi-rail i { display: block; width: 26px; height: 26px; border-radius: 50%; border: 2px solid var(--hi-edge); background: var(--hi-paper); margin: 0 auto 2px;
  font: 600 12px/22px sans-serif; color: var(--hi-ink2); position: relative; z-index: 1; }
.hi-rail li:not(:last-child)::after { content: ""; position: absolute; left: 50%; right: -50%; top: 12px; height: 2px;
  background: linear-gradient(to right, var(--hi-ai) var(--fill, 0%), var(--hi-line) var(--fill, 0%)); }
.hi-rail .done i { border-color: var(--hi-ai); color: var(--hi-ai); }
.hi-rail .done { --fill: 100%; }
.hi-rail [aria-current] { color: var(--hi-ink); font-weight: 600; }
.hi-rail [aria-current] i { background: var(--hi-ai); border-color: var(--hi-ai); color: var(--hi-on-ai); }
.hi-say { display: grid; grid-template-columns: minmax(0, 1fr) minmax(0, 27rem); grid-template-rows: auto 1fr; gap: 0 2rem; align-items: start; }
.hi-say .drawn { grid-column: 2; grid-row: 1 / 3; }
.hi-say p { margin: .35rem 0 0; line-height: 1.7; max-width: 40em; }
.hi-say .hi-finding { font-size: 1.375rem; text-wrap: pretty; }
.hi-dots { display: grid; grid-template-columns: fit-content(9rem) minmax(6rem, 1fr) auto; font-size: .875rem; font-variant-numeric: tabular-nums; }
.hi-dots > span { align-self: center; padding: 0 .8rem; line-height: 1.3; color: var(--hi-ink2); }
.hi-dots > span:first-child, .hi-dots > i + span + span { text-align: right; padding-left: 0; }
.hi-dots > .first { font-weight: 700; color: var(--hi-ink); }
.hi-dots > i { position: relative; height: 2.1rem; background: linear-gradient(90deg, var(--hi-line) 1px, transparent 1px) 0 0 / 25% 100%; border-right: 1px solid var(--hi-line); }
.hi-dots u, .hi-dots b, .hi-dots s { position: absolute; top: 50%; display: block; text-decoration: none; }
.hi-dots u { left: var(--low); width: calc(var(--high) - var(--low)); height: 11px; margin-top: -5.5px; border: solid var(--hi-edge); border-width: 0 2px;
  background: linear-gradient(var(--hi-edge), var(--hi-edge)) 0 50% / 100% 2px no-repeat; }
.hi-dots b { left: var(--at); width: 13px; height: 13px; margin: -6.5px; border-radius: 50%; border: 2px solid var(--hi-edge); background: var(--hi-paper); }
.hi-dots .dashed b { border-style: dashed; }
.hi-dots .first u { border-color: var(--hi-ai); background-image: linear-gradient(var(--hi-ai), var(--hi-ai)); background-size: 100% 3px; }
.hi-dots .first b { border-color: var(--hi-ai); background: var(--hi-ai); }
.hi-dots s { left: var(--bar); width: 3px; height: 18px; margin: -9px -1.5px; background: var(--hi-edge); }
.hi-dots > em { grid-column: 2; position: relative; height: 1.4rem; font-style: normal; font-size: .75rem; color: var(--hi-ink2); }
.hi-dots > em span { position: absolute; transform: translateX(-50%); }
.hi-score { grid-template-columns: minmax(0, 1fr) 4rem; }
.hi-score > i + span { text-align: right; padding: 0; font-size: .94rem; }
.hi-score > em { grid-column: 1; }
.hi-score small { display: block; font-weight: 400; font-size: .75rem; color: var(--hi-ink2); }
.hi-spark { display: block; position: relative; height: 2.4rem; border-bottom: 1px solid var(--hi-line); }
.hi-spark i { position: absolute; inset: 0; background: var(--ink); -webkit-mask: var(--curve) no-repeat 0 0 / 100% 100%; mask: var(--curve) no-repeat 0 0 / 100% 100%; }
.hi-spark b { position: absolute; width: 10px; height: 10px; margin: -5px; border-radius: 50%; border: 2px solid var(--hi-ai); background: var(--hi-paper); left: var(--x); top: var(--y); }
.hi-spark + span { display: flex; justify-content: space-between; font-size: .75rem; line-height: 1.4; color: var(--hi-ink2); font-variant-numeric: tabular-nums; }
.hi-bars { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr) 3.6rem; gap: .1rem .8rem; align-items: center; font-size: .9rem; line-height: 1.7; font-variant-numeric: tabular-nums; }
.hi-bars i { height: 11px; border-radius: 2px; background: var(--hi-edge); min-width: 2px; width: var(--share); }
.hi-bars .first { font-weight: 700; }
.hi-bars i.first { background: var(--hi-ai); }
.hi-bars span { overflow-wrap: anywhere; }
@media (max-width: 760px) {
  .hi-say { grid-template-columns: minmax(0, 1fr); grid-template-rows: none; gap: .4rem; }
  .hi-say .drawn { grid-column: 1; grid-row: auto; }
  .hi-say .hi-finding { font-size: 1.2rem; }
  .hi-dots > span { padding: 0 .5rem; }
  .hi-dots > span:first-child, .hi-dots > i + span + span { padding-left: 0; }
}
</style>"""
STEPS = ("read", "mend", "learn", "use")


@dataclass(frozen=True)
class Dot:
    """A method that got `right` of `rows`. first: the one that is spoken of; dashed: what it is held against."""

    name: str
    right: int
    rows: int
    first: bool = False
    dashed: bool = False

    @property
    def interval(self) -> Interval:
        interval = wilson(self.right, self.rows)
        assert interval is not None, "a score has rows"
        return interval


def style(more: str = "") -> None:
    """The pictures' style sheet, and what a page has of its own."""
    st.html(_STYLE + PROGRESS_STYLE + more)


def rail(names: Sequence[str], at: int, label: str, done: float = 0.0) -> str:
    """The steps `names` with the one at place `at` marked; `done` (0 to 1) of the thread to the next one is drawn."""
    items = []
    for place, name in enumerate(names):
        mark = "✓" if place < at else str(place + 1)
        state = ' class="done"' if place < at else f' aria-current="step" style="--fill:{100 * done:.0f}%"' if place == at else ""
        items.append(f'<li{state}><i aria-hidden="true">{mark}</i>{escape(name)}</li>')
    return f'<ol class="hi-rail" aria-label="{escape(label)}">{"".join(items)}</ol>'


def dots(rows: Sequence[Dot], label: str, places: Sequence[int] = (0, 25, 50, 75, 100)) -> str:
    """Shares of right rows as dots on one axis from 0 to 100%, each with its Wilson interval and its count. places: of the axis that are named."""
    lines = []
    for row in rows:
        kind = " ".join(name for name in ("first", "dashed") if getattr(row, name))
        lines.append(
            f'<span class="{kind}">{_text(row.name)}</span><i class="{kind}">{_interval(row.interval)}</i>'
            f'<span class="{kind}">{row.right:,}/{row.rows:,}</span>'
        )
    return f'<div class="hi-dots" role="img" data-figure aria-label="{escape(label)}">{"".join(lines)}{_axis(places)}</div>'


@dataclass(frozen=True)
class Scored:
    """A method's measure with its interval, and how it is written."""

    name: str
    interval: Interval
    written: str
    first: bool = False


def scored_dots(rows: Sequence[Scored], label: str) -> str:
    """Measures as dots on one axis: from 0 to 100% where all are shares, else from the least to the most that any interval reaches."""
    low = min(0.0, *(row.interval.low for row in rows))
    high = max(row.interval.high for row in rows)
    shares = low == 0 and high <= 1 and all(row.written.endswith("%") for row in rows)
    end = 1.0 if shares else low + 1.05 * max(high - low, 1e-9)

    def place(value: float) -> float:
        return (value - low) / (end - low)

    lines = []
    for row in rows:
        kind = "first" if row.first else ""
        at = Interval(*(place(value) for value in (row.interval.value, row.interval.low, row.interval.high)))
        lines.append(
            f'<span class="{kind}">{_text(row.name)}</span><i class="{kind}">{_interval(at)}</i><span class="{kind}">{_text(row.written)}</span>'
        )
    axis = _axis((0, 25, 50, 75, 100)) if shares else _ends(low, end)
    return f'<div class="hi-dots" role="img" data-figure aria-label="{escape(label)}">{"".join(lines)}{axis}</div>'


def _ends(low: float, high: float) -> str:
    """The axis of a measure that is no share: its ends and its middle."""
    named = ((0, low), (50, (low + high) / 2), (100, high))
    return f'<em aria-hidden="true">{"".join(f"""<span style="left:{place}%">{value:.1f}</span>""" for place, value in named)}</em>'


def score(row: Dot, bar: float | None, label: str) -> str:
    """One score of a row of models; `bar`: where the method stands that it is held against (0 to 1)."""
    mark = "" if bar is None else f'<s style="--bar:{100 * bar:.2f}%"></s>'
    return (
        f'<div class="hi-dots hi-score" role="img" data-figure aria-label="{escape(label)}"><i class="first">{mark}{_interval(row.interval)}</i>'
        f'<span class="first">{row.interval.value:.0%}<small>{row.right:,}/{row.rows:,}</small></span>{_axis((0, 50, 100))}</div>'
    )


def spark(checks: Sequence[tuple[float, float]], label: str, losses: Sequence[tuple[float, float]] = ()) -> str:
    """A small curve: the validation loss by step, its lowest point hollow, the first and the lowest value in numbers; the training loss
    behind it where it is given."""
    points = [*checks, *losses]
    end = max(step for step, _ in points)
    most = max(value for _, value in points)

    def place(step: float, value: float) -> tuple[float, float]:
        return 100 * step / max(end, 1), 6 + 88 * (1 - value / max(most, 1e-9))

    layers = [_stroke([place(*point) for point in losses], "var(--hi-edge)")] if len(losses) > 1 else []
    best = ""
    if checks:
        layers.append(_stroke([place(*point) for point in checks], "var(--hi-ai)", 2.5))
        x, y = place(*min(checks, key=lambda point: point[1]))
        best = f'<b style="--x:{x:.1f}%;--y:{y:.1f}%"></b>'
    shown = list(checks) or list(losses)
    ends = f"<span><span>{shown[0][1]:.2f}</span><span>{min(value for _, value in shown):.2f}</span></span>"
    return f'<div role="img" data-figure aria-label="{escape(label)}"><span class="hi-spark">{"".join(layers)}{best}</span>{ends}</div>'


def bars(shares: Sequence[tuple[str, float, str]], label: str) -> str:
    """Names with their shares (0 to 1) and what is written at their ends, the first one marked."""
    lines = []
    for place, (name, share, written) in enumerate(shares):
        kind = "first" if not place else ""
        lines.append(
            f'<span class="{kind}">{_text(name)}</span><i class="{kind}" style="--share:{100 * share:.2f}%"></i><span class="{kind}">{_text(written)}</span>'
        )
    return f'<div class="hi-bars" role="img" aria-label="{escape(label)}">{"".join(lines)}</div>'


def percent(share: float) -> str:
    """83%; never a certainty or an impossibility that is none."""
    if 0.99 < share < 1:
        return ">99%"
    return "<1%" if 0 < share < 0.01 else f"{share:.0%}"


def _interval(interval: Interval) -> str:
    low, high, at = (f"{100 * end:.2f}%" for end in (interval.low, interval.high, interval.value))
    return f'<u style="--low:{low};--high:{high}"></u><b style="--at:{at}"></b>'


def _axis(places: Sequence[int]) -> str:
    return f'<em aria-hidden="true">{"".join(f"""<span style="left:{place}%">{place}%</span>""" for place in places)}</em>'


def _stroke(points: Sequence[tuple[float, float]], colour: str, width: float = 1.6) -> str:
    """A line through points in percent, as a mask over the colour: so it takes the theme's."""
    path = "M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    svg = (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100" preserveAspectRatio="none">'
        f'<path d="{path}" fill="none" stroke="black" stroke-width="{width}" stroke-linejoin="round" vector-effect="non-scaling-stroke"/></svg>'
    )
    return f"<i style=\"--ink:{colour};--curve:url('data:image/svg+xml,{quote(svg)}')\"></i>"


def _text(words: str) -> str:
    return escape(printable(words))
