"""Which words decided, on the screen: the running text, its words tinted and underlined by their shares, and all numbers behind a fold."""

from collections.abc import Callable
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.numbers import significant
from components.ui.state.language import t
from components.ui.state.recent import Recent, recent

from .card import Card, CardMark
from .escaped import escaped_markdown, printable, printable_lines
from .figures import figure_foot

if TYPE_CHECKING:
    from components.models.attribution import Attribution
    from components.models.classification import Classifier

FAINTEST = 0.15  # of the strongest word: what did less has no mark
REACHED = 12  # marked words that the Tab key reaches; the table has every word
_SHARED: Recent[tuple[str, str, str], "Attribution"] = Recent(64)
SIZES = ((40, 1.75), (120, 1.375))  # characters of a text up to which it is that large (rem)
STYLE = """
<style>
.at-text { line-height: 2.1; white-space: pre-wrap; overflow-wrap: anywhere; max-height: 21rem; overflow: hidden auto; padding: 1.6rem 2px 4px; margin: -1.2rem 0 0; }
.at-text.at-long { border: 1px solid var(--hi-line); border-radius: 6px; padding: 1.6rem 12px 4px; margin: 0; }
.at-word { position: relative; border-radius: 4px 4px 0 0; border-bottom: calc(1.5px + var(--share) * 4px) solid var(--hi-supports);
  background: color-mix(in srgb, var(--hi-supports) calc(3% + var(--share) * var(--share) * 33%), transparent); }
.at-word.at-against { border-bottom: calc(1.5px + var(--share) * 3px) dashed var(--hi-opposes);
  background: color-mix(in srgb, var(--hi-opposes) calc(3% + var(--share) * var(--share) * 30%), transparent); }
.at-word:focus-visible { outline: 2px solid var(--hi-ai); outline-offset: 2px; }
.at-word::after { content: attr(data-share); position: absolute; left: 50%; bottom: calc(100% - .2em); transform: translateX(-50%); display: none; z-index: 1;
  background: var(--hi-raise); color: var(--hi-ink); border: 1px solid var(--hi-edge); border-radius: 6px; padding: 0 6px; font-size: .82rem; line-height: 1.6; white-space: nowrap; }
.at-word:hover::after, .at-word:focus::after { display: block; }
.at-unread { color: var(--hi-ink2); }
.at-key { display: inline-block; width: 26px; height: 0; border-bottom: 4px solid var(--hi-supports); vertical-align: middle; margin: 0 6px 0 0; }
.at-key.at-against { border-bottom: 4px dashed var(--hi-opposes); margin-left: 14px; }
@media (max-width: 760px) { .at-text { font-size: min(var(--size), 1.375rem) !important; } }
</style>
"""


def words_of(classifier: "Classifier", identity: str, text: str, label: str) -> "Attribution":
    """The attribution of `text`, with a bar while it is computed. identity: of the classifier.

    The last ones are kept for everybody, so that a class that opens the page computes its example once; those of a run for its visitor alone.
    """
    from components.models.attribution import attribute

    def make() -> "Attribution":
        bar = st.empty()
        show = bar.progress(0.0, t("attribution.running"))

        def report(share: float) -> None:
            show.progress(share, t("attribution.running"))

        attribution = attribute(classifier, text, label, progress=report)
        bar.empty()
        return attribution

    results = recent("attributions", 32) if identity.startswith("run:") else _SHARED
    return results.get((identity, text, label), make)


def show_words(text: str, attribution: "Attribution", *, label_name: Callable[[str], str], key: str, finding: str) -> None:
    """The text with what each word did for the label, what the marks mean, and a menu that saves them. finding: for the card, plain."""
    if not len(attribution.words):
        st.caption(t("attribution.no_words"))
        return
    st.html(STYLE + words_html(text, attribution))
    label = escape(printable_lines(label_name(attribution.label)))
    speaking = escape(t("attribution.for", label="\ue000")).replace("\ue000", f'<span class="hi-u">{label}</span>')
    against = escape(t("attribution.against"))
    st.html(f'<div class="hi-legend"><span class="at-key"></span>{speaking}<span class="at-key at-against"></span>{against}</div>')
    figure_foot(
        key=f"{key}-words", caption=t("attribution.touch"), data=lambda: _table(attribution), card=words_card(text, attribution, finding)
    )


def show_numbers(attribution: "Attribution", *, label_name: Callable[[str], str], key: str) -> None:
    """Every word's number, how it is computed, and whether the sum fits."""
    if not len(attribution.words):
        return
    st.caption(t("attribution.strongest", label=escaped_markdown(label_name(attribution.label)), **_extremes(attribution)))
    st.dataframe(
        _table(attribution),
        hide_index=True,
        key=f"{key}-table",
        column_config={t("attribution.share"): st.column_config.NumberColumn(format="%+.3f")},
    )
    st.caption(
        t(
            "attribution.completeness",
            total=significant(attribution.total, smallest=5e-4),
            score=significant(attribution.score),
            blank=significant(attribution.blank_score),
            gap=significant(abs(attribution.gap), smallest=5e-5),
            steps=attribution.steps,
        )
    )
    st.caption(t("attribution.method"))


def plain_words(text: str) -> None:
    """The text without marks, in the place and size that `show_words` gives it: while the words are being computed."""
    st.html(f"{STYLE}{_frame(escape(printable_lines(text)), text)}")


def words_html(text: str, attribution: "Attribution") -> str:
    """`text` as escaped HTML: each word that did at least 15% of what the strongest did underlined, in full where it speaks for the label,
    dashed where against; line and tint grow with the number."""
    strongest = float(np.abs(attribution.words).max()) or 1.0
    reached = set(np.argsort(-np.abs(attribution.words), kind="stable")[:REACHED].tolist())
    parts, position = [], 0
    for number, (share, (start, end)) in enumerate(zip(attribution.words, attribution.word_spans, strict=True)):
        if start < position or end <= start:  # characters that two words share are marked once
            continue
        parts.append(escape(printable_lines(text[position:start])))
        part, weight = escape(printable_lines(text[start:end])), abs(share) / strongest
        if weight >= FAINTEST:
            side = "" if share > 0 else " at-against"
            tab = ' tabindex="0"' if number in reached else ""
            part = f'<span class="at-word{side}" style="--share:{weight:.2f}" data-share="{signed(share)}"{tab}>{part}</span>'
        parts.append(part)
        position = end
    rest = escape(printable_lines(text[position:]))
    parts.append(f'<span class="at-unread">{rest}</span>' if attribution.text.cut else rest)
    return _frame("".join(parts), text)


def words_card(text: str, attribution: "Attribution", finding: str) -> Card:
    """The sentence with its marked words, as a picture to show; the words as typed, with what stands between them."""
    strongest = float(np.abs(attribution.words).max()) or 1.0
    words, marks, position = [], [], 0
    for share, (start, end) in zip(attribution.words, attribution.word_spans, strict=True):
        if start < position or end <= start:
            continue
        words += [between] if (between := text[position:start].strip()) else []
        if (weight := abs(share) / strongest) >= FAINTEST:
            marks.append(CardMark(len(words), "supports" if share > 0 else "opposes", round(float(weight), 2)))
        words.append(text[start:end])
        position = end
    return Card(finding, [printable(word) for word in words], marks=marks)


def signed(value: float) -> str:
    """Two decimals with the sign, "0.00" without one."""
    text = f"{value:+.2f}".replace("-", "−")
    return text if text.strip("+−0.") else "0.00"


def _frame(html: str, text: str) -> str:
    size = next((size for most, size in SIZES if len(text) <= most), 1.0)
    long = " at-long" if len(text) > 600 else ""
    return f'<div class="at-text{long}" data-words="" dir="auto" style="--size:{size}rem;font-size:var(--size)">{html}</div>'


def _table(attribution: "Attribution") -> pd.DataFrame:
    words = [printable_lines(word) for word in attribution.word_texts]
    return pd.DataFrame({t("attribution.word"): words, t("attribution.share"): attribution.words})


def _extremes(attribution: "Attribution") -> dict[str, str]:
    """The word that speaks most for the label and the one most against it, with their shares."""
    values: dict[str, str] = {}
    for name, index in (("most", int(attribution.words.argmax())), ("least", int(attribution.words.argmin()))):
        values |= {
            name: escaped_markdown(printable_lines(attribution.word_texts[index]), 40),
            f"{name}_share": signed(attribution.words[index]),
        }
    return values
