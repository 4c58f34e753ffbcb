"""The passage with the answer in it, and the tokens round the answer between two rows of bars: as HTML. All of a visitor's text is escaped."""

from collections.abc import Sequence
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from components.charts.numbers import per_cent
from components.models import Answer
from components.ui.state.language import t
from components.ui.widgets.escaped import printable_lines

from .said import MARKED, nearest

if TYPE_CHECKING:
    from components.models.qa import SpanPrediction

WIDTH, WIDE, NARROW = 840, 17, 9.5  # pixels for the tokens; of a Japanese and of a Latin character
MOST = 30  # tokens at once
STYLE = """
<style>
.qa-passage { font-size: 22px; line-height: 2.0; white-space: pre-wrap; overflow-wrap: anywhere; max-width: 44em; line-break: strict; min-height: 132px; }
.qa-passage.qa-long { font-size: 17px; line-height: 1.9; min-height: 0; }
.qa-passage.qa-none { color: var(--hi-ink2); padding-left: 22px;
  background: repeating-linear-gradient(135deg, var(--hi-hatch) 0 2px, transparent 2px 7px) 0 50% / 9px calc(100% - 14px) no-repeat; }
.qa-passage mark { color: inherit; background: none; border-radius: 4px 4px 0 0; padding: 2px 4px 4px; -webkit-box-decoration-break: clone; box-decoration-break: clone; }
.qa-passage mark.qa-first { background: color-mix(in srgb, var(--hi-ai) 14%, transparent); box-shadow: inset 0 -3px 0 var(--hi-ai); font-weight: 600; color: var(--hi-ai); }
.qa-passage mark.qa-other { background: repeating-linear-gradient(90deg, var(--hi-ai) 0 7px, transparent 7px 11px) 0 100% / 100% 2.5px no-repeat; }
.qa-passage mark small { display: inline-flex; align-items: center; gap: 5px; font-size: 13px; line-height: 1.3; font-weight: 400; color: var(--hi-ink); margin-left: 8px;
  vertical-align: 2px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.qa-passage mark small i, .qa-bar i { display: inline-block; width: 52px; height: 8px; border: 1px solid var(--hi-ai); border-radius: 2px;
  background: linear-gradient(var(--hi-ai), var(--hi-ai)) 0 0 / calc(var(--p) * 100%) 100% no-repeat, var(--hi-paper); }
.qa-bars { display: grid; grid-template-columns: minmax(0, max-content) minmax(96px, 420px) auto; gap: 6px 12px; align-items: center; margin: 0 0 12px; font-size: 1rem; }
.qa-bars > i { display: block; height: 20px; border-right: 1px solid var(--hi-line); background: linear-gradient(90deg, var(--hi-line) 1px, transparent 1px) 0 0 / 25% 100%; }
.qa-bars > i::before { content: ""; display: block; height: 100%; box-sizing: border-box; width: max(2px, calc(var(--p) * 100%)); background: var(--hi-ai); }
.qa-bars > i.qa-hatched::before { border: 1.5px solid var(--hi-ink2); background: repeating-linear-gradient(135deg, var(--hi-edge) 0 2px, transparent 2px 6px); }
.qa-frame { container-type: inline-size; }
.qa-tokens { display: flex; font-size: 16px; overflow: hidden; }
.qa-axis { flex: none; width: 58px; display: grid; grid-template-rows: 92px 36px 92px; font-size: 13px; color: var(--hi-ink2); }
.qa-axis span:first-child { align-self: end; }
.qa-column { display: grid; grid-template-rows: 92px 36px 92px; min-width: 34px; }
.qa-start, .qa-end { position: relative; display: flex; flex-direction: column; align-items: center; justify-content: flex-end; font-size: 12.5px; font-weight: 600; }
.qa-start { border-bottom: 1px solid var(--hi-line); }
.qa-end { border-top: 1px solid var(--hi-line); flex-direction: column-reverse; }
.qa-start i, .qa-end i { display: block; width: 22px; height: max(1px, calc(var(--p) * 68px)); background: var(--hi-edge); }
.qa-in .qa-start i, .qa-in .qa-end i { background: var(--hi-ai); }
.qa-token { line-height: 36px; text-align: center; padding: 0 6px; white-space: pre; }
.qa-in .qa-token { background: color-mix(in srgb, var(--hi-ai) 14%, transparent); font-weight: 600; color: var(--hi-ai); }
@container (max-width: 680px) {
  .qa-tokens { display: block; }
  .qa-axis { width: auto; grid-template: none / 1fr 112px 1fr; text-align: center; }
  .qa-column { grid-template: none / 1fr 112px 1fr; min-height: 30px; }
  .qa-start, .qa-end { flex-direction: row; border: 0; align-items: center; gap: 5px; }
  .qa-start { border-right: 1px solid var(--hi-line); } .qa-end { flex-direction: row-reverse; border-left: 1px solid var(--hi-line); }
  .qa-start i, .qa-end i { height: 18px; width: max(1px, calc(var(--p) * 72px)); }
  .qa-token { line-height: 30px; overflow: hidden; text-overflow: ellipsis; } .qa-far { display: none; }
}
@media (max-width: 760px) { .qa-passage { font-size: 18px; } .qa-passage mark small i { width: 34px; } }
</style>
"""


def passage_html(text: str, candidates: Sequence[Answer], silent: bool, *, spoken: str, low: int = 0, high: int | None = None) -> str:
    """Characters low..high of `text` with the answer marked and, dashed, each other candidate of 5% and more; nothing is marked where "no
    answer" won. spoken: the finding in words."""
    high = len(text) if high is None else high
    marked = [] if silent else [(rank, one) for rank, one in enumerate(candidates) if rank == 0 or one.score >= MARKED]
    parts, position = ["… " if low else ""], low
    for rank, one in sorted(marked, key=lambda pair: pair[1].start):
        if one.start < position or one.end > high:
            continue
        parts.append(_shown(text[position : one.start]))
        bar = f'<small><i style="--p:{one.score:.3f}"></i>{per_cent(one.score)}</small>'
        parts.append(f'<mark class="{"qa-other" if rank else "qa-first"}">{_shown(text[one.start : one.end])}{bar}</mark>')
        position = one.end
    parts.append(_shown(text[position:high]) + (" …" if high < len(text) else ""))
    kinds = ("qa-passage", *(["qa-none"] if silent else []), *(["qa-long"] if high - low > 400 else []))
    return f'<div class="{" ".join(kinds)}" data-figure="" data-words="" dir="auto" role="group" aria-label="{escape(spoken, quote=True)}">{"".join(parts)}</div>'


def silence_html(reading: "SpanPrediction") -> str:
    """The probability of "no answer", hatched, above that of the nearest span; what to do."""
    rows = [("qa-hatched", f"<b>{escape(t('question_answering.no_answer'))}</b>", reading.no_answer_probability)]
    if reading.candidates:
        rows.append(("", escape(nearest(reading)), reading.candidates[0].score))
    cells = [
        f'<span>{name}</span><i class="{kind}" style="--p:{share:.3f}"></i><span>{per_cent(share)}</span>' for kind, name, share in rows
    ]
    advice = escape(t("question_answering.what_to_do"))
    return f'<div class="qa-bars" data-words="">{"".join(cells)}</div><p class="hi-legend">{advice}</p>'


def tokens_html(reading: "SpanPrediction") -> str:
    """The tokens round the best answer with the share of each as its start, above, and as its end, below."""
    starts, ends = (_shares(scores) for scores in (reading.start_scores, reading.end_scores))
    first, last = reading.places[0].first, reading.places[0].last
    low, high = around(reading.tokens, first, last)
    columns = []
    for number in range(low, high):
        inside = first <= number <= last
        far = "" if first - 4 <= number <= last + 4 else " qa-far"
        token = escape(printable_lines(reading.tokens[number].removeprefix("##")))
        tip = escape(f"{per_cent(float(starts[number]))} · {per_cent(float(ends[number]))}", quote=True)
        columns.append(
            f'<div class="qa-column{" qa-in" if inside else ""}{far}" title="{tip}">{_bar("qa-start", float(starts[number]))}'
            f'<span class="qa-token">{token}</span>{_bar("qa-end", float(ends[number]))}</div>'
        )
    names = [escape(t(f"question_answering.bars_{name}")) for name in ("start", "end")]
    axis = f'<div class="qa-axis"><span>{names[0]}</span><span></span><span>{names[1]}</span></div>'
    return f'<div class="qa-frame"><div class="qa-tokens" data-words="">{axis}{"".join(columns)}</div></div>'


def around(tokens: Sequence[str], first: int, last: int) -> tuple[int, int]:
    """Tokens low..high (exclusive) with the answer first..last in their middle, as many as fit; at least the answer's first ones."""
    low, high, width = first, min(last + 1, first + MOST), 0.0
    width = sum(_width(token) for token in tokens[low:high])
    while high - low < MOST:
        left, right = low > 0, high < len(tokens)
        before = left and (not right or first - low <= high - 1 - last)
        if not (left or right):
            break
        grown = _width(tokens[low - 1] if before else tokens[high])
        if width + grown > WIDTH:
            break
        low, high, width = (low - 1, high, width + grown) if before else (low, high + 1, width + grown)
    return low, high


def _width(token: str) -> float:
    return max(34.0, 12 + sum(NARROW if character.isascii() else WIDE for character in token.removeprefix("##")))


def _shares(scores: np.ndarray) -> np.ndarray:
    """Softmax over the tokens of the text: (n,) -> (n,), which sum to 1."""
    raised: np.ndarray = np.exp(scores.astype(float) - float(scores.max()))
    return raised / raised.sum()


def _bar(kind: str, share: float) -> str:
    number = f"<span>{per_cent(share)}</span>" if share >= MARKED else ""
    return f'<span class="{kind}" style="--p:{share:.3f}">{number}<i></i></span>'


def _shown(text: str) -> str:
    return escape(printable_lines(text))
