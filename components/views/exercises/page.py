"""The exercises page: a question, room for an answer, an experiment that shows it, and an answer to compare with."""

from collections.abc import Callable
from html import escape
from typing import Any

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.bars import bar_figure
from components.charts.numbers import significant
from components.charts.theme import KEY_COLOUR, QUERY_COLOUR
from components.models.bundled import ENGLISH
from components.models.plain_loading import whole_model
from components.text.words import split_words
from components.transformer.attention import attention_steps
from components.transformer.words import embed_words, projection
from components.ui.state.language import prose, t
from components.ui.state.loaders import model
from components.ui.widgets.address import choice, typed_text
from components.ui.widgets.figures import matrix_panel, show_figure, show_row
from components.ui.widgets.pages import link_to

from .loop import scaffold, show_loop, solution
from .predictions import LENGTH, PREDICTED, ask, done, follow_link, mark_done, predicted

EXERCISES = ("1", "2", "3", "4", "5")
# Where each experiment stands in full, with the settings that show the answer.
LINKS = {
    "1": ("attention", {"att_cross": "true"}),
    "2": ("positional", {"pe_view": "order"}),
    "3": ("masked_lm", {"mlm_part": "simulate"}),
    "4": ("multi_head", {}),
    "5": ("fine_tune", {}),
}
HEADS = (1, 2, 4, 8, 16, 32, 64)
RATES = (1, 5, 15, 40, 80)
_STYLE = """<style>
.hi-rail { display: flex; align-items: center; gap: 1.25rem; height: 44px; }
.hi-rail ol { display: flex; list-style: none; margin: 0; padding: 0; }
.hi-rail li { display: flex; align-items: center; margin: 0; }
.hi-rail li + li::before { content: ""; width: 36px; height: 2px; background: var(--hi-ai); }
.hi-rail li span { width: 24px; height: 24px; box-sizing: border-box; border: 2px solid var(--hi-ai); border-radius: 50%; font: 600 13px/20px sans-serif; text-align: center; color: var(--hi-ai); }
.hi-rail li[data-done] span { background: var(--hi-ai); color: var(--hi-on-ai); }
.hi-rail li[aria-current] span { outline: 2px solid var(--hi-ai); outline-offset: 2px; }
.hi-rail p { margin: 0; font-size: .875rem; color: var(--hi-ink2); }
@media (max-width: 760px) { .hi-rail li + li::before { width: 18px; } .hi-rail { gap: .75rem; } }
.hi-hidden { display: flex; flex-direction: column; align-items: center; justify-content: center; gap: .5rem; min-height: 240px; padding: 1rem; border: 1px dashed var(--hi-edge);
  border-radius: 10px; background: repeating-linear-gradient(135deg, var(--hi-field) 0 10px, transparent 10px 20px); color: var(--hi-ink2); text-align: center; }
.hi-hidden b { font: 600 2.5rem/1 var(--hi-heading); color: var(--hi-ink2); }
.hi-hidden span { background: var(--hi-paper); padding: 0 .5rem; border-radius: 4px; }
</style>"""
Code = tuple[str, dict[str, object]]  # a snippet, and its settings


def choose_exercise() -> str:
    """The five as a switch in the page's head, those that are done ticked, and how many these are."""

    def name(number: str) -> str:
        ticked = "✓ " if number in st.session_state.get(PREDICTED, ()) else ""
        return ticked + t(f"exercises.name_{number}")

    follow_link()
    number = choice(t("exercises.choose"), EXERCISES, key="ex", label_of=name, label_visibility="collapsed")
    st.html(rail(number))
    return number


def rail(now: str) -> str:
    """The five on a thread, as HTML: those done are filled, the present one is ringed; how many are done stands beside it."""
    knots = []
    for number in EXERCISES:
        ticked = number in st.session_state.get(PREDICTED, ())
        state = t("exercises.state_done" if ticked else "exercises.state_open")
        current = ' aria-current="step"' if number == now else ""
        knots.append(
            f'<li{current}{" data-done" if ticked else ""}><span aria-label="{number} {escape(state)}">{"✓" if ticked else number}</span></li>'
        )
    said = escape(t("exercises.done", done=done(EXERCISES), all=len(EXERCISES)))
    return f'{_STYLE}<div class="hi-rail" data-figure><ol>{"".join(knots)}</ol><p>{said}</p></div>'


def show_exercise(number: str) -> Code | None:
    """The question alone; the experiment stands beside it once the visitor has predicted what it shows. Returns the code that computes the
    experiment's figure; None for the training loop, which is the visitor's to write, and while there is no figure."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        st.markdown(prose("exercises", f"question-{number}"))
        if number != "5":
            ask(number)
            typed_text(f"ex_answer_{number}", "")
            st.text_area(t("exercises.your_answer"), key=f"ex_answer_{number}", persist_state="session", height=120, max_chars=4_000)
        _show_answer(number)
    with right:
        if not predicted(number):
            st.html(f'<div class="hi-hidden" data-figure><b>?</b><span>{escape(t("exercises.hidden"))}</span></div>')
            return None
        code = EXPERIMENTS[number]()
        page, settings = LINKS[number]
        link_to(page, **settings)
    return code


def _show_answer(number: str) -> None:
    if number == "5":
        with st.expander(t("exercises.scaffold_here"), icon=":material/code:"):
            st.code(scaffold(), language="python", height=420)
    compared = (lambda: mark_done(number)) if number == "5" else None
    if st.toggle(t("exercises.compare"), key=f"ex_shown_{number}", on_change=compared):
        st.markdown(prose("exercises", f"answer-{number}"))
        if number == "5":
            st.code(solution(), language="python", height=420)
    else:
        st.caption(t("exercises.compare_help"))


def _show_cross() -> Code:
    """The same attention over one sentence, and from it to another: shapes differ, nothing else."""
    seed = int(st.number_input(t("common.seed"), 0, 9_999, 0, key="ex_seed", bind="query-params", width=160))
    words, others = split_words(t("exercises.sentence_a")), split_words(t("exercises.sentence_b"))
    W: dict[str, Any] = {name: projection(4, 4, seed, name) for name in ("W_Q", "W_K", "W_V")}
    panels = []
    for name, keys in (("self", words), ("cross", others)):
        steps = attention_steps(embed_words(words, seed, 4), embed_words(keys, seed, 4), **W)
        title = t(f"exercises.{name}", rows=len(words), columns=len(keys))
        panels.append(
            matrix_panel(
                steps.weights,
                words,
                keys,
                key=f"exercises-{name}",
                name=title,
                title=f"**{title}**",
                alt=t("exercises.cross_alt", name=title, output=f"{len(steps.output)} × {steps.output.shape[1]}"),
                limits=(0.0, 1.0),
                width=150,
                height=270,
            )
        )
    show_row(panels, key="exercises-cross", caption=t("exercises.cross_caption"), width=195)
    return "cross_attention", {"words": list(words), "others": list(others), "seed": seed}


def _show_order() -> Code:
    """A real model's sentence vectors of the same words in two orders, with its positions and without."""
    encoder = model(ENGLISH.encoder, "encoder")
    cosines, differences = {}, {}
    from components.transformer.permutation import compare_orders

    first, second = "cat sat on mat", "mat on sat cat"
    for positions in ("learned", "none"):
        runs = [encoder.run(text, positions=positions) for text in (first, second)]
        comparison = compare_orders(runs[0].text.tokens, runs[0].last_hidden_state, runs[1].text.tokens, runs[1].last_hidden_state)
        cosines[positions], differences[positions] = comparison.mean_cosine, comparison.largest_difference
    names = [t(f"exercises.positions_{name}") for name in cosines]
    values = [1 - value for value in cosines.values()]
    words = {
        "with_positions": significant(values[0]),
        "without": significant(values[1]),
        "moved": significant(differences["learned"]),
        "same": significant(differences["none"]),
    }
    show_figure(
        bar_figure(names, values, value_title=t("exercises.order_axis"), colour=[QUERY_COLOUR, KEY_COLOUR]),
        key="exercises-order",
        caption=t("exercises.order_caption", **words),
        alt=t("exercises.order_caption", **words),
        data=lambda: pd.DataFrame({"positions": names, "one_minus_cosine": values, "largest_difference": list(differences.values())}),
    )
    return "word_order", {"model": whole_model(ENGLISH.encoder), "first": first, "second": second}


def _show_masking() -> Code:
    """What one pass over 512 tokens teaches, and what is left to learn from, by masking rate; drawn at random, with a seed."""
    seed = int(st.number_input(t("common.seed"), 0, 9_999, 0, key="ex_seed", bind="query-params", width=160))
    draws = np.random.default_rng(seed).random(LENGTH)
    lessons = [int((draws < rate / 100).sum()) for rate in RATES]
    split = np.random.default_rng(seed).random(lessons[RATES.index(15)])
    table = pd.DataFrame({"rate": [f"{rate}%" for rate in RATES], "lessons": lessons, "context": [LENGTH - count for count in lessons]})
    names = [t("exercises.rate", rate=rate) for rate in RATES]
    show_figure(
        bar_figure(
            names,
            lessons,
            value_title=t("exercises.lessons_axis"),
            colour=QUERY_COLOUR,
            written=[str(count) for count in lessons],
            highest=LENGTH,
        ),
        key="exercises-masking",
        caption=t(
            "exercises.masking_caption",
            chosen=len(split),
            masked=int((split < 0.8).sum()),
            random=int(((split >= 0.8) & (split < 0.9)).sum()),
            kept=int((split >= 0.9).sum()),
        ),
        alt=t("exercises.masking_alt", least=lessons[0], most=lessons[-1], length=LENGTH),
        data=table,
    )
    return "masking_rates", {"length": LENGTH, "rates": list(RATES), "seed": seed}


@st.cache_data
def _parameters() -> list[int]:
    """Parameters of PyTorch's own attention layer at d_model 512, by number of heads."""
    import torch

    with torch.device("meta"):
        layers = [torch.nn.MultiheadAttention(512, heads) for heads in HEADS]
    return [sum(parameter.numel() for parameter in layer.parameters()) for layer in layers]


def _show_heads() -> Code:
    """The number of heads changes d_k and nothing about the number of parameters."""
    widths, counts = [512 // heads for heads in HEADS], _parameters()
    table = pd.DataFrame({t("exercises.heads"): HEADS, "d_k": widths, t("exercises.parameters"): [f"{count:,}" for count in counts]})
    st.dataframe(table, hide_index=True)
    show_figure(
        bar_figure(
            [t("exercises.heads_count", count=heads) for heads in HEADS],
            widths,
            value_title="d_k",
            colour=KEY_COLOUR,
            written=[str(w) for w in widths],
        ),
        key="exercises-heads",
        caption=t("exercises.heads_caption", count=counts[0]),
        alt=t("exercises.heads_caption", count=counts[0]),
        data=table,
    )
    return "head_counts", {"d_model": 512, "head_counts": list(HEADS)}


EXPERIMENTS: dict[str, Callable[[], Code | None]] = {
    "1": _show_cross, "2": _show_order, "3": _show_masking, "4": _show_heads, "5": show_loop,
}  # fmt: skip


def answer_keys() -> tuple[str, ...]:
    """The typed answers, for the link."""
    return tuple(f"ex_answer_{number}" for number in EXERCISES[:4])
