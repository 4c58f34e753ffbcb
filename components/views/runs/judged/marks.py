"""Answers drawn as HTML: labels as bars, each with a mark where its threshold is; a number on the line of those that the model learned from."""

from collections.abc import Sequence
from html import escape

from components.ui.widgets.escaped import printable

from ..pictures import percent

_STYLE = """<style>
.hi-limits { display: grid; grid-template-columns: fit-content(40%) minmax(0, 1fr) 3.6rem; gap: .1rem .8rem; align-items: center; font-size: .9rem; line-height: 1.7; font-variant-numeric: tabular-nums; }
.hi-limits i { position: relative; height: 17px; background: linear-gradient(var(--hi-line), var(--hi-line)) 0 50% / 100% 1px no-repeat; }
.hi-limits u { position: absolute; left: 0; top: 3px; height: 11px; border-radius: 2px; background: var(--hi-edge); min-width: 2px; width: var(--share); text-decoration: none; }
.hi-limits s { position: absolute; left: var(--limit); top: 0; width: 2px; height: 17px; background: var(--hi-ink); text-decoration: none; }
.hi-limits .said { font-weight: 700; }
.hi-limits i.said u { background: var(--hi-ai); }
.hi-limits span { overflow-wrap: anywhere; }
.hi-range { position: relative; height: 4.4rem; margin: .4rem 2.2rem 0; font-size: .82rem; color: var(--hi-ink2); font-variant-numeric: tabular-nums; }
.hi-range i { position: absolute; left: 0; right: 0; top: 2.1rem; height: 2px; background: var(--hi-edge); }
.hi-range u { position: absolute; left: var(--low); width: calc(var(--high) - var(--low)); top: 1.75rem; height: .8rem; background: var(--hi-ai); opacity: .25; border-radius: 4px; text-decoration: none; }
.hi-range b { position: absolute; left: var(--at); top: 2.1rem; width: 15px; height: 15px; margin: -6.5px; border-radius: 50%; background: var(--hi-ai); }
.hi-range strong { position: absolute; left: var(--at); top: 0; transform: translateX(-50%); font: 600 1.3rem/1.4 var(--hi-heading); color: var(--hi-ink); white-space: nowrap; }
.hi-range span { position: absolute; top: 2.7rem; transform: translateX(-50%); white-space: nowrap; }
</style>"""


def limit_bars(rows: Sequence[tuple[str, float, float]], label: str) -> str:
    """(name, probability, threshold) a row, all shares; those at or above their threshold are marked."""
    lines = []
    for name, share, limit in rows:
        kind = "said" if share >= limit else ""
        lines.append(
            f'<span class="{kind}">{escape(printable(name))}</span>'
            f'<i class="{kind}" style="--share:{100 * share:.2f}%;--limit:{100 * limit:.2f}%"><u></u><s></s></i><span class="{kind}">{percent(share)}</span>'
        )
    return f'{_STYLE}<div class="hi-limits" role="img" data-figure aria-label="{escape(label)}">{"".join(lines)}</div>'


def number_line(value: float, error: float, low: float, high: float, written: tuple[str, str, str], label: str) -> str:
    """`value` between `low` and `high`, with `error` to either side; written: value, low and high in words. A number outside stands at the end."""
    reach = max(high - low, 1e-12)

    def place(at: float) -> str:
        return f"{100 * min(max((at - low) / reach, 0.0), 1.0):.2f}%"

    ends = f'<span style="left:0">{escape(written[1])}</span><span style="left:100%">{escape(written[2])}</span>'
    styles = f"--at:{place(value)};--low:{place(value - error)};--high:{place(value + error)}"
    return (
        f'{_STYLE}<div class="hi-range" role="img" data-figure aria-label="{escape(label)}" style="{styles}">'
        f"<strong>{escape(written[0])}</strong><i></i><u></u><b></b>{ends}</div>"
    )
