"""Experiments on a real BERT: every head's statistics, a masked word, heads switched off, and what that changes."""

from collections.abc import Collection
from dataclasses import asdict

import numpy as np
import pandas as pd
import streamlit as st

from components.charts.matrices import token_matrix
from components.charts.numbers import significant
from components.models.encoder import EncoderRun
from components.models.plain_loading import plain_loading
from components.transformer.ablation import head_importance, state_change
from components.transformer.analysis import head_statistics, highest_entropy, select_heads
from components.ui.state.language import t
from components.ui.widgets.address import choice, keep_in_address, keep_list_in_address, listed_in_address, place_in_address
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import Panel, matrix_panel, show_figure, show_row
from components.ui.widgets.tokens import Chip, token_chips

from .numbers import specials_listed
from .page import AttentionReading, AttentionSource, head_of, pick_head
from .presets import CHOSEN

EXPERIMENTS = ("heads", "mask", "off")
OFF, MASKED, IMPORTANCE, WANTED = "ba_off", "ba_masked", "ba_importance", "ba_importance_wanted"


def show_experiments(source: AttentionSource, reading: AttentionReading) -> None:
    """The part under the main figure: one experiment at a time, so that only what is looked at is computed and sent."""
    st.subheader(t("bert_attention.experiments"), anchor=False)
    chosen = choice(
        t("bert_attention.experiments"), EXPERIMENTS, key="ba_experiment", label_of=lambda name: t(f"bert_attention.experiment_{name}"),
        label_visibility="collapsed",
    )  # fmt: skip
    {"heads": _show_statistics, "mask": _show_masking, "off": _show_off}[chosen](source, reading)


def snippet_settings(source: AttentionSource, reading: AttentionReading) -> dict[str, object] | None:
    """What the code on the page takes; None for a model that plain code can't load."""
    loading = plain_loading(reading.model)
    heads = [(layer + 1, head + 1) for layer, head in source.heads]
    return asdict(loading) | {"text": reading.text, "pair": reading.pair, "heads": heads} if loading else None


def _show_statistics(source: AttentionSource, reading: AttentionReading) -> None:
    statistics = head_statistics(reading.attentions, reading.output.text.special)
    most = highest_entropy(len(reading.output.text), reading.causal)
    shown = [
        ("entropy", statistics.entropy, (0.0, most)),
        ("distance", statistics.distance, (0.0, max(float(statistics.distance.max()), 1e-6))),
    ]
    if reading.specials:
        shown.append(("specials", statistics.to_specials, (0.0, 1.0)))
    panels = []
    for name, values, limits in shown:
        title = t(f"bert_attention.statistic_{name}", specials=specials_listed(reading))
        panels.append(_head_panel(f"bert-attention-{name}", values, title, source, reading, limits=limits))
    show_row(panels, key="bert-attention-statistics", caption=t("bert_attention.statistics_caption", most=significant(most)), width=296)


def _show_masking(source: AttentionSource, reading: AttentionReading) -> None:
    units, mask = reading.units, reading.encoder.mask_token
    if mask is None:
        st.info(t("bert_attention.no_mask_token"), icon=":material/info:")
        return
    options = [unit for unit, special in enumerate(units.special) if not special]
    if not options:
        return
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    usual = options[_masked_at_first(options, reading)]
    shown = options.index(place_in_address(MASKED, options, usual))
    masked_unit = left.selectbox(
        t("bert_attention.mask_word", mask=escaped_markdown(mask)), options, index=shown, format_func=lambda unit: units.numbered[unit]
    )
    keep_in_address(MASKED, str(masked_unit), str(usual))
    after = changed(reading.key, units.tokens[masked_unit], ())
    right.markdown(t("bert_attention.mask_count", count=len(units.tokens[masked_unit]), mask=escaped_markdown(mask)))
    _show_change(reading, after, leave_out=masked_unit)
    _show_fills(reading, after, masked_unit)
    heads = source.heads or tuple((layer, head) for layer in range(reading.layers) for head in range(reading.heads))
    _show_difference(reading, after, heads, source.name if source.kind == "head" else t("bert_attention.name_mean_all", count=len(heads)))


def _masked_at_first(options: list[int], reading: AttentionReading) -> int:
    """The first chosen word, else the one in the middle of the text."""
    chosen = [index for index, unit in enumerate(options) if reading.units.numbered[unit] in st.session_state[CHOSEN]]
    return chosen[0] if chosen else len(options) // 2


def _show_off(source: AttentionSource, reading: AttentionReading) -> None:
    if not reading.encoder.opened.switches_heads:
        st.info(t("bert_attention.no_switches"), icon=":material/info:")
        return
    names = [f"{layer + 1}.{head + 1}" for layer in range(reading.layers) for head in range(reading.heads)]
    if OFF not in st.session_state:
        st.session_state[OFF] = listed_in_address(OFF) or [f"{layer + 1}.{head + 1}" for layer, head in source.heads]
    st.session_state[OFF] = [name for name in st.session_state[OFF] if name in names]
    with st.container(horizontal=True, vertical_alignment="bottom"):
        off = st.multiselect(
            t("bert_attention.off"), names, key=OFF, persist_state="session", help=t("bert_attention.off_help"), width="stretch"
        )
        st.button(t("bert_attention.off_layer"), on_click=_switch_layer, args=(reading,))
        st.button(t("bert_attention.off_none"), on_click=lambda: st.session_state.update({OFF: []}))
    keep_list_in_address(OFF, off)
    _show_change(reading, changed(reading.key, (), tuple(head_of(name) for name in off)))
    _show_importance(source, reading)


@st.cache_data(max_entries=32, ttl=900, show_spinner=False)
def changed(key: tuple[str, str, str | None], masked: tuple[int, ...], off: tuple[tuple[int, int], ...]) -> EncoderRun:
    """The run `key` again, with tokens masked or heads switched off. Attention weights are kept for short texts alone."""
    from components.models import load

    id, text, pair = key
    encoder = load(id, "encoder")
    short = len(encoder.tokenize(text, pair)) <= 64
    return encoder.run(text, pair, mask_tokens=masked, masked_heads=off, attentions=bool(masked) and short)


def _show_change(reading: AttentionReading, after: EncoderRun, leave_out: int | None = None) -> None:
    """How far the sentence vector, each word's vector and the prediction of the model's head have moved."""
    change = state_change(reading.output.last_hidden_state, after.last_hidden_state)
    per_unit = reading.units.means(change.tokens)
    others = [unit for unit in range(len(per_unit)) if unit != leave_out and not reading.units.special[unit]]
    left, right = st.columns([1, 3])
    left.metric(t("bert_attention.sentence_cosine"), f"{change.sentence_cosine:.4f}", help=t("bert_attention.sentence_cosine_help"))
    if reading.output.probabilities:
        _show_probabilities(reading.output.probabilities, after.probabilities)
    with right:
        if others and per_unit[others].max() > 1e-6:
            most = max(others, key=lambda unit: per_unit[unit])
            st.markdown(t("bert_attention.moved", word=_code(reading.units.labels[most]), value=significant(float(per_unit[most]))))
        else:
            st.markdown(t("bert_attention.moved_nothing"))
        highest = max(float(per_unit.max()), 1e-6)
        noted = set(np.argsort(-per_unit)[:12].tolist())
        token_chips(
            [
                Chip(
                    label,
                    kind="special" if reading.units.special[unit] else "token",
                    weight=float(per_unit[unit]) / highest,
                    note=significant(float(per_unit[unit]), 2) if unit in noted else "",
                    tooltip=significant(float(per_unit[unit])),
                )
                for unit, label in enumerate(reading.units.labels)
            ]
        )
        st.caption(t("bert_attention.moved_caption"))


def _show_probabilities(before: dict[str, float], after: dict[str, float]) -> None:
    table = pd.DataFrame({"label": list(before), "before": list(before.values()), "after": list(after.values())})
    bar = {
        name: st.column_config.ProgressColumn(t(f"bert_attention.{name}"), min_value=0, max_value=1, format="%.3f")
        for name in ("before", "after")
    }
    st.dataframe(table, hide_index=True, column_config={"label": t("bert_attention.label"), **bar})


def _show_fills(reading: AttentionReading, after: EncoderRun, masked_unit: int) -> None:
    """What a masked language model writes into the gap."""
    if not after.fills:
        st.caption(t("bert_attention.no_head"))
        return
    first = after.fills[0]
    listed = t("bert_attention.comma").join(f"{_code(fill.token)} {fill.score:.0%}" for fill in first)
    st.markdown(t("bert_attention.fills", word=_code(reading.units.labels[masked_unit]), fills=listed))


def _show_difference(reading: AttentionReading, after: EncoderRun, heads: Collection[tuple[int, int]], name: str) -> None:
    """Attention with the mask minus attention without it."""
    if after.attentions is None:
        st.caption(t("bert_attention.difference_long"))
        return
    heads = list(heads)
    before = reading.in_units(select_heads(reading.attentions, heads))
    difference = reading.in_units(select_heads(after.attentions, heads)) - before
    row, column = np.unravel_index(int(np.abs(difference).argmax()), difference.shape)
    labels = reading.units.labels
    show_figure(
        token_matrix(
            difference, labels, labels, row_title=t("bert_attention.from"), column_title=t("bert_attention.to"), signed=True, height=430
        ),
        key="bert-attention-difference",
        caption=t("bert_attention.difference_caption", name=name, mask=escaped_markdown(reading.encoder.mask_token or "")),
        alt=t(
            "bert_attention.difference_alt", name=name, link=f"{labels[row]} → {labels[column]}", value=significant(difference[row, column])
        ),
        data=lambda: pd.DataFrame(difference, index=reading.units.numbered, columns=reading.units.numbered),
    )


def _show_importance(source: AttentionSource, reading: AttentionReading) -> None:
    """Each head switched off alone, the others on (Michel et al. 2019, section 3)."""
    st.markdown(t("bert_attention.importance", count=reading.layers * reading.heads))
    st.button(
        t("bert_attention.importance_start"),
        key="ba_measure",
        icon=":material/play_arrow:",
        on_click=lambda: st.session_state.update({WANTED: reading.key}),
    )
    if st.session_state.get(WANTED) == reading.key:
        _measure_importance(reading)
    measured = st.session_state.get(IMPORTANCE)
    if not measured or measured[0] != reading.key:
        return
    values = measured[1]
    panel = _head_panel(
        "bert-attention-importance",
        values,
        t("bert_attention.importance_title"),
        source,
        reading,
        limits=(0.0, max(float(values.max()), 1e-9)),
    )
    show_row([panel], key="bert-attention-importance-row", caption=t("bert_attention.importance_caption"), width=520)


def _measure_importance(reading: AttentionReading) -> None:
    heads = [(layer, head) for layer in range(reading.layers) for head in range(reading.heads)]
    values: list[float] = []
    area = st.empty()
    with area.container():
        # A click ends this run of the page; the next one finds nothing wanted.
        st.button(t("bert_attention.stop"), icon=":material/stop:", key="ba_stop", on_click=lambda: st.session_state.pop(WANTED))
        bar = st.progress(0.0)

    def without(head: tuple[int, int]) -> np.ndarray:
        bar.progress(len(values) / len(heads), t("bert_attention.importance_progress", done=len(values), count=len(heads)))
        return reading.encoder.run(reading.text, reading.pair, masked_heads=[head]).last_hidden_state

    for value in head_importance(without, reading.output.last_hidden_state, heads):
        values.append(value)
    area.empty()
    st.session_state[IMPORTANCE] = (reading.key, np.array(values).reshape(reading.layers, reading.heads))
    del st.session_state[WANTED]


def _head_panel(
    key: str, values: np.ndarray, title: str, source: AttentionSource, reading: AttentionReading, *, limits: tuple[float, float]
) -> Panel:
    layer, head = np.unravel_index(int(values.argmax()), values.shape)
    lowest = np.unravel_index(int(values.argmin()), values.shape)
    return matrix_panel(
        values,
        [str(number + 1) for number in range(reading.layers)],
        [str(number + 1) for number in range(reading.heads)],
        key=key,
        name=title,
        title=f"**{title}**",
        alt=t(
            "bert_attention.statistic_alt",
            name=title,
            highest=f"{layer + 1}.{head + 1}",
            high=significant(float(values[layer, head])),
            lowest=f"{lowest[0] + 1}.{lowest[1] + 1}",
            low=significant(float(values[lowest])),
        ),
        on_cell=lambda row, column: pick_head((row, column)),
        marks=list(source.heads) if source.kind == "head" else [],
        limits=limits,
        row_title=t("bert_attention.layer"),
        column_title=t("bert_attention.head"),
        colour_bar=True,
        width=200,
        height=max(220, 26 * reading.layers + 70),
    )


def _switch_layer(reading: AttentionReading) -> None:
    """All heads of the layers that have a head switched off already; the first layer when none is."""
    layers = {head_of(name)[0] for name in st.session_state[OFF]} or {0}
    st.session_state[OFF] = [f"{layer + 1}.{head + 1}" for layer in sorted(layers) for head in range(reading.heads)]


def _code(text: str) -> str:
    """Text inside Markdown that must not be read as Markdown."""
    return "`" + text.replace("`", "'") + "`"
