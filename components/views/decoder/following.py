"""The next token: what a decoder thinks comes next, and what temperature, top-k, top-p and min-p make of it."""

import pandas as pd
import streamlit as st
from torch import Tensor

from components.charts.numbers import per_cent
from components.models.causal_lm import Candidate
from components.text.clip import clip
from components.transformer.sampling import distribution, entropy_bits
from components.ui.state.language import t
from components.ui.widgets.bench import bench
from components.ui.widgets.figures import figure_foot
from components.ui.widgets.models import show_facts
from components.ui.widgets.verdict import said, show_finding

from .next_words import NAMED, SLIDERS, next_words
from .page import PROMPT, choose_prompt, keep_sampling, sampling, set_sampling

SURE, TORN = 0.7, 0.1  # probability of the likeliest token from which on, and under which, a finding says so


def show_following() -> dict[str, object]:
    """The bench, the bars with their sliders, and what is said of them. Returns the snippet's settings."""
    bar = bench("dec")
    asked = choose_prompt(bar)
    bar.run(t("decoder.predict"))
    settings = sampling()
    keep_sampling()
    logits = logits_of(asked.id, asked.prompt)
    shares = logits.softmax(-1)
    best = asked.writer.best(shares, NAMED)
    show_finding(_finding(asked.prompt, best[0], entropy_bits(shares)))

    def add(id: int) -> None:
        st.session_state[PROMPT] = asked.prompt + next(one.text for one in best if one.id == id)

    next_words(
        logits.numpy(), [(one, asked.writer.writes(one)) for one in best], settings, key="dec_bars", on_settings=set_sampling, on_word=add
    )
    figure_foot(key="decoder-next", caption=t("decoder.next_caption"), data=lambda: _table(best, distribution(logits, settings)))
    show_facts(asked.id)
    return {"model": asked.id, "text": asked.prompt} | {name: getattr(settings, name) for name in SLIDERS}


def _finding(prompt: str, first: Candidate, bits: float) -> str:
    key = "sure" if first.probability >= SURE else "torn" if first.probability < TORN else "likely"
    quoted = {"text": ending(prompt), "word": first.text.strip() or "␣"}
    return said(f"decoder.next_{key}", quoted=quoted, share=per_cent(first.probability), choices=f"{2**bits:,.0f}")


def ending(prompt: str) -> str:
    """As much of the end of a prompt as a finding has room for."""
    line = " ".join(prompt.split())
    return line if len(line) <= 30 else "…" + clip(line[-29:], 29)


def _table(best: list[Candidate], shares: Tensor) -> pd.DataFrame:
    rows = [(one.text, one.id, one.probability, float(shares[one.id])) for one in best]
    return pd.DataFrame(rows, columns=["token", "id", "probability", "after_settings"])


@st.cache_resource(max_entries=64, ttl=900, show_spinner=False)
def logits_of(id: str, prompt: str) -> Tensor:
    """(V,) float32: 200 kB."""
    from components.models import load

    writer = load(id, "causal_lm")
    return writer.next_logits(writer.ids(prompt))
