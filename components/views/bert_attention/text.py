"""A text whose words show, while one is pointed at, how one attention matrix links it to the others; a click chooses words.

Own front-end code, because no widget draws running text that answers a pointer at once. It gets data and builds text nodes, never HTML,
so any text is safe in it; the matrix comes as one byte a weight.
"""

import base64
from collections.abc import Callable, Sequence

import numpy as np
import streamlit as st

from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.text.language import has_japanese
from components.ui.state.language import t

_COMPONENT = st.components.v2.component(
    "himotoku_attention_text",
    html="<div class='text' role='group'></div><p class='finding' aria-live='polite'></p>",
    css="""
.text { line-height: 1.85; max-height: 21rem; overflow-y: auto; padding: 0.2rem; position: relative; }
button { font: inherit; font-size: 0.98rem; color: var(--st-text-color); background: transparent; cursor: pointer; margin: 0;
  padding: 0.02rem 0.14rem; border: 0; border-radius: 0.25rem; line-height: 1.45; unicode-bidi: isolate; }
button.continues { border-left: 1px dashed var(--st-border-color); border-radius: 0 0.25rem 0.25rem 0; margin-left: -0.3em; }
button.special { font-style: italic; opacity: 0.7; font-size: 0.85rem; }
button.outside { opacity: 0.45; cursor: default; }
button:not(.outside):hover { outline: 1px solid var(--st-border-color); }
button.query { outline: 2.5px solid var(--query); outline-offset: 0; }
button[aria-pressed="true"] { box-shadow: inset 0 -3px var(--query); font-weight: 600; }
button:focus-visible { outline: 2.5px solid var(--st-primary-color); }
.finding { font-size: 0.9rem; min-height: 2.9em; margin: 0.5rem 0 0; color: var(--st-text-color); }
""",
    js="""
export default function ({ data, parentElement, setTriggerValue }) {
  const box = parentElement.querySelector(".text");
  const finding = parentElement.querySelector(".finding");
  const bytes = Uint8Array.from(atob(data.matrix), (character) => character.charCodeAt(0));
  const width = data.columns.length;
  const rowOf = new Map(data.rows.map((unit, row) => [unit, row]));
  const chosen = new Set(data.chosen);
  box.style.setProperty("--query", data.query);
  box.setAttribute("aria-label", data.words.label);
  const weight = (row, column) => { const q = bytes[row * width + column] / 255; return q * q * data.highest; };
  const sumOf = (units) => {
    const sums = new Float64Array(width);
    for (const unit of units) {
      const row = rowOf.get(unit);
      if (row !== undefined) for (let column = 0; column < width; column++) sums[column] += weight(row, column);
    }
    return sums;
  };
  const buttons = [];
  const show = (units) => {
    const known = [...units].filter((unit) => rowOf.has(unit));
    const sums = sumOf(known);
    const top = Math.max(...sums, 1e-9);
    for (const button of buttons) { button.style.background = "transparent"; button.classList.remove("query"); }
    data.columns.forEach((unit, column) => {
      const share = known.length ? sums[column] / top : 0;
      buttons[unit].style.background = share > 0.02 ? `rgba(${data.key}, ${(0.12 + 0.68 * share).toFixed(3)})` : "transparent";
    });
    for (const unit of known) buttons[unit].classList.add("query");
    if (!known.length) { finding.textContent = data.words.hint; return; }
    const order = [...sums.keys()].sort((a, b) => sums[b] - sums[a]).slice(0, 5).filter((column) => sums[column] > 0);
    const listed = order.map((column) => `${data.labels[data.columns[column]]} ${sums[column].toPrecision(2)}`).join(data.words.comma);
    const from = known.slice(0, 6).map((unit) => data.labels[unit]).join(" + ") + (known.length > 6 ? " …" : "");
    finding.textContent = `\u2068${from}\u2069 ${data.words.to} ${listed}`;
  };
  box.replaceChildren();
  data.labels.forEach((label, unit) => {
    const button = document.createElement("button");
    button.type = "button";
    button.dir = "auto";
    const continues = data.continuing.includes(unit);
    button.textContent = continues && label.startsWith("##") && label.length > 2 ? label.slice(2) : label;
    if (continues) button.classList.add("continues");
    if (data.special.includes(unit)) button.classList.add("special");
    if (rowOf.has(unit)) {
      button.setAttribute("aria-pressed", String(chosen.has(unit)));
      button.onpointerenter = () => show([unit]);
      button.onfocus = () => show([unit]);
      button.onclick = () => setTriggerValue("picked", unit);
    } else { button.classList.add("outside"); }
    buttons.push(button);
    box.append(button, data.spaced ? " " : "\u200b");
  });
  box.onpointerleave = () => show(chosen);
  box.onfocusout = (event) => { if (!box.contains(event.relatedTarget)) show(chosen); };
  show(chosen);
  const first = buttons[Math.min(...chosen)];
  if (first) box.scrollTop = first.offsetTop - box.clientHeight / 2;
}
""",
)


def attention_text(
    labels: Sequence[str],
    values: np.ndarray,
    rows: Sequence[int],
    columns: Sequence[int],
    *,
    key: str,
    chosen: Sequence[int],
    special: Sequence[int],
    continuing: Sequence[int],
    on_pick: Callable[[int], None],
) -> None:
    """labels (N,) of all units in the order of the text, of which those `continuing` go on with a word; values (rows, columns), the weights from unit rows[i] to unit columns[j].

    Pointing at a unit shows its row, otherwise the summed rows of the `chosen` ones. on_pick(unit) is called on a click, before the next
    run.
    """

    def picked() -> None:
        unit = st.session_state[key].picked
        if unit is not None and int(unit) in set(map(int, rows)):
            on_pick(int(unit))

    matrix, highest = quantized(values)
    _COMPONENT(
        key=key,
        data={
            "labels": list(labels),
            "rows": [int(row) for row in rows],
            "columns": [int(column) for column in columns],
            "matrix": matrix,
            "highest": highest,
            "chosen": [int(unit) for unit in chosen],
            "special": [int(unit) for unit in special],
            "continuing": [int(unit) for unit in continuing],
            "spaced": not any(has_japanese(label) for label in labels),
            "query": QUERY_COLOUR,
            "key": ", ".join(str(int(KEY_COLOUR[i : i + 2], 16)) for i in (1, 3, 5)),
            "words": {
                "label": t("bert_attention.text_label"),
                "hint": t("bert_attention.text_hint"),
                "to": t("bert_attention.text_to"),
                "comma": t("bert_attention.comma"),
            },
        },
        on_picked_change=picked,
    )


def quantized(values: np.ndarray) -> tuple[str, float]:
    """Weights as one byte each, row by row, in base64, and the largest weight: weight = highest * (byte / 255)^2. The square keeps weak weights apart:
    the error is at most highest / 255, and far less for small ones."""
    highest = max(float(values.max()), 1e-12)
    levels = np.round(255 * np.sqrt(np.clip(values / highest, 0, 1))).astype(np.uint8)
    return base64.b64encode(levels.tobytes()).decode("ascii"), highest
