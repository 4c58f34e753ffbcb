"""The exercises page: a question, room for an answer, an experiment that shows it, and an answer to compare with."""

from collections.abc import Callable
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

from .loop import show_loop, solution

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
LENGTH = 512
Code = tuple[str, dict[str, object]]  # a snippet, and its settings


def choose_exercise() -> str:
    return choice(
        t("exercises.choose"), EXERCISES, key="ex", label_of=lambda number: t(f"exercises.name_{number}"), label_visibility="collapsed"
    )


def show_exercise(number: str) -> Code | None:
    """Question and answer on the left, the experiment on the right. Returns the code that computes the experiment's figure; None for the
    training loop, which is the visitor's to write, and while there is no figure."""
    left, right = st.columns([5, 6], gap="large")
    with left:
        st.markdown(prose("exercises", f"question-{number}"))
        if number != "5":
            typed_text(f"ex_answer_{number}", "")
            st.text_area(t("exercises.your_answer"), key=f"ex_answer_{number}", persist_state="session", height=150, max_chars=4_000)
        _show_answer(number)
    with right:
        code = EXPERIMENTS[number]()
        page, settings = LINKS[number]
        link_to(page, **settings)
    return code


def _show_answer(number: str) -> None:
    if st.toggle(t("exercises.compare"), key=f"ex_shown_{number}", help=t("exercises.compare_help")):
        st.markdown(prose("exercises", f"answer-{number}"))
        if number == "5":
            st.code(solution(), language="python", height=420)


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


def _show_heads() -> Code | None:
    """The number of heads changes d_k and nothing about the number of parameters."""
    if not st.toggle(t("exercises.show_table"), key="ex_heads", bind="query-params"):
        st.caption(t("exercises.table_hidden"))
        return None
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
