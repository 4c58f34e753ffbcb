"""The line from negative to positive with a hatched middle, and on it the marks of one text or two."""

from html import escape

from components.ui.state.language import t

from .verdict import BAND, Verdict, name_on_line

_STYLE = """
<style>
.cls-line { display: grid; grid-template-columns: auto 1fr auto; align-items: center; gap: 0 18px; height: 92px; font-size: .875rem; line-height: 1.4; }
.cls-end { color: var(--hi-ink2); }
.cls-track { position: relative; height: 92px; }
.cls-track i, .cls-track b, .cls-name, .cls-zone { position: absolute; }
.cls-axis { left: 0; right: 0; top: 43px; height: 2.5px; border-radius: 2px; background: var(--hi-ai); }
.cls-band { left: BAND_LEFT; right: BAND_LEFT; top: 36px; height: 16px; border: 1px solid var(--hi-edge); box-sizing: border-box;
  background: repeating-linear-gradient(45deg, var(--hi-hatch) 0 2px, var(--hi-paper) 2px 6px); }
.cls-zone { left: 50%; top: 54px; transform: translateX(-50%); font-size: .75rem; color: var(--hi-ink2); white-space: nowrap; }
.cls-mark { left: calc(var(--x) * 1%); top: 44px; width: 20px; height: 20px; border-radius: 50%; box-sizing: border-box; transform: translate(-50%, -50%);
  border: 2.5px solid var(--hi-ai); background: var(--hi-ai); transition: left .2s ease; }
.cls-mark.cls-below { width: 16px; height: 16px; background: var(--hi-paper); }
.cls-name { left: calc(var(--x) * 1%); transform: translateX(calc(var(--x) * -1%)); top: 8px; white-space: nowrap; font-weight: 700; }
.cls-name.cls-below { top: 71px; font-weight: 400; color: var(--hi-ink2); }
@media (max-width: 760px) {
  .cls-line { grid-template-columns: auto auto; height: 112px; }
  .cls-track { grid-column: 1 / 3; grid-row: 2; margin: 0 10px; }
  .cls-end:last-child { text-align: right; }
}
</style>
""".replace("BAND_LEFT", f"{50 * (1 - BAND):g}%")


def line_html(verdict: Verdict, spoken: str, second: Verdict | None = None) -> str:
    """The line as HTML. spoken: what it shows, in words. second: of the sentence below, None where it is the same sentence."""
    negative, positive, zone = (escape(t(f"classification.line_{name}")) for name in ("negative", "positive", "zone"))
    marks = ""
    if second is not None:
        marks += _mark(second, "cls-below", name_on_line(second, "classification.line_below"))
    marks += _mark(verdict, "", name_on_line(verdict, "classification.line_this"))
    track = f'<i class="cls-axis"></i><i class="cls-band"></i><span class="cls-zone">{zone}</span>{marks}'
    return (
        f'{_STYLE}<div class="cls-line" data-figure="" role="img" aria-label="{escape(spoken, quote=True)}"><span class="cls-end">{negative}</span>'
        f'<div class="cls-track">{track}</div><span class="cls-end">{positive}</span></div>'
    )


def _mark(verdict: Verdict, kind: str, name: str) -> str:
    x = f'style="--x:{50 * (1 + (verdict.place or 0.0)):.1f}"'
    return f'<b class="cls-mark {kind}" {x}></b><span class="cls-name {kind}" {x}>{name}</span>'
