"""How far a training is, and what a stopping one waits for, as HTML."""

from collections.abc import Mapping, Sequence
from html import escape
from typing import Any

from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.runs import duration

STYLE = """<style>
.hi-progress { display: flex; flex-wrap: wrap; gap: .3rem 1.6rem; align-items: center; font-variant-numeric: tabular-nums; }
.hi-progress span { font-size: .85rem; color: var(--hi-ink2); line-height: 1.3; }
.hi-progress b { display: block; font-size: 1.2rem; font-weight: 600; color: var(--hi-ink); white-space: nowrap; }
.hi-progress i { flex: 1 1 10rem; height: 6px; border-radius: 3px; background: linear-gradient(90deg, var(--hi-ai) var(--share), var(--hi-line) var(--share)); }
.hi-progress .waits { background: repeating-linear-gradient(90deg, var(--hi-ai) 0 12px, var(--hi-line) 12px 18px); background-size: 200% 100%; animation: hi-waits 20s linear infinite; }
@keyframes hi-waits { to { background-position: 360px 0; } }
.hi-stopping { border: 1px solid var(--hi-edge); border-radius: 10px; background: var(--hi-raise); padding: .6rem 1rem; font-size: .94rem; line-height: 1.75; }
.hi-stopping ol { list-style: none; margin: 0; padding: 0 !important; }
.hi-stopping li { padding-left: 1.7rem; position: relative; color: var(--hi-ink2); margin: 0; }
.hi-stopping li::before { content: "○"; position: absolute; left: 0; }
.hi-stopping .done::before { content: "✓"; color: var(--hi-ai); font-weight: 700; }
.hi-stopping .done { color: var(--hi-ink); }
.hi-stopping .now { color: var(--hi-ink); font-weight: 600; }
.hi-stopping .now::before { content: "●"; color: var(--hi-ai); }
</style>"""


def numbers(run: Run, now: float) -> str:
    """Steps done, time passed and time left, with the bar that goes with them. now: seconds since the epoch."""
    progress = run.progress
    if run.state == "queued":
        return f'<div class="hi-progress"><i style="--share:0%" role="progressbar" aria-label="{escape(t("runs.done_steps"))}"></i></div>'
    passed = run.seconds + max(now - (run.started or now), 0)
    shown = [("runs.done_steps", f"{progress.step:,} / {progress.steps:,}")] if progress.steps else []
    shown.append(("runs.passed", duration(passed)))
    waits = run.stopping or progress.stage != "train"
    left = progress.judging if waits else progress.seconds_left
    if left is not None and progress.steps:
        shown.append(("runs.left", t("runs.about", time=duration(left))))
    listed = "".join(f"<span>{escape(t(key))}<b>{escape(value)}</b></span>" for key, value in shown)
    share = f"{100 * progress.share:.1f}%"
    bar = f'<i role="progressbar" aria-label="{escape(t("runs.done_steps"))}" aria-valuenow="{100 * progress.share:.0f}" style="--share:{share}"'
    return f'<div class="hi-progress">{listed}{bar}{" class=" + chr(34) + "waits" + chr(34) if waits else ""}></i></div>'


def stop_box(run: Run, checks: Sequence[Mapping[str, Any]], rows: int) -> str:
    """What was done since stop was pressed, what it waits for now and how long, and what comes then. checks: of the validation rows so far;
    rows: those that the model will be judged on."""
    progress = run.progress
    judging = progress.stage == "judge"
    place = 2 if judging else 0
    best = _best(checks)
    weights = t("runs.stop_weights", number=best) if best else t("runs.stop_weights_now")
    first = t("runs.stop_stopped" if judging else "runs.stop_waits", step=f"{progress.step:,}") if progress.step else t("runs.stop_before")
    lines = [
        first,
        t("runs.stop_saved" if judging else "runs.stop_saving"),
        _judging_words(weights, rows, progress.judging),
        t("runs.stop_result"),
    ]
    items = []
    for number, line in enumerate(lines):
        state = "done" if number < place else "now" if number == place else ""
        items.append(f'<li class="{state}"{" aria-current=" + chr(34) + "step" + chr(34) if state == "now" else ""}>{escape(line)}</li>')
    return f'<div class="hi-stopping" role="status"><ol>{"".join(items)}</ol></div>'


def _judging_words(weights: str, rows: int, seconds: float | None) -> str:
    """What is judged, on how many rows, and for how long where that kind of training was measured here."""
    if not rows:
        return t("runs.stop_judging_later")
    values = {"weights": weights, "rows": f"{rows:,}"}
    if seconds is None:
        return t("runs.stop_judging", **values)
    return t("runs.stop_judging_timed", time=t("runs.about", time=duration(seconds)), **values)


def _best(checks: Sequence[Mapping[str, Any]]) -> int | None:
    """The number of the best check, from 1; None where there is none."""
    scored = [(check.get("score", 0.0), -place) for place, check in enumerate(checks)]
    return 1 - max(scored)[1] if scored else None
