"""Writing: token after token, by the likeliest, by chance or by beams; and what kept keys and values save."""

from collections.abc import Sequence
from dataclasses import asdict

import pandas as pd
import streamlit as st

from components.charts.numbers import per_cent
from components.models.causal_lm import MAX_BEAMS, MAX_NEW, Beam, Step, Timing
from components.text.clip import clip
from components.transformer.sampling import Sampling
from components.ui.state.language import t
from components.ui.widgets.address import choice, keep_in_address
from components.ui.widgets.bench import Bench, bench
from components.ui.widgets.escaped import escaped_markdown
from components.ui.widgets.figures import figure_foot
from components.ui.widgets.models import show_facts
from components.ui.widgets.verdict import said, show_doubt, show_finding

from .next_words import SLIDERS
from .page import PENALTY, Asked, choose_prompt, keep_sampling, sampling
from .scored_line import Scored, scored_line

HOW = ("sample", "greedy", "beams")
WRITTEN = "dec_written"  # (what was asked, its answer) of this session's last text
TIME, TIMED = "dec_time", "dec_timed"  # what is to be timed with and without the cache, and what came of it
SHOWN_EVERY = 3  # tokens
LOOPS = 3  # times that the same tokens come one after the other until it is called a loop
EXAMPLES: dict[str, dict[str, object]] = {
    "fact": {"dec_how": "greedy"}, "open": {"dec_how": "sample", "dec_temperature": 1.0}, "story": {"dec_how": "sample", "dec_temperature": 0.8},
    "loop": {"dec_how": "greedy", "dec_penalty": 1.0},
}  # fmt: skip


def show_writing() -> dict[str, object]:
    """The bench, the text as it comes, and what the cache saves. Returns the snippet's settings, {} for beams, which it doesn't search."""
    bar = bench("dec")
    asked = choose_prompt(bar, EXAMPLES)
    how, settings, seed, most = _settings(bar)
    bar.run(t("decoder.write"))
    title, place = st.empty(), st.empty()
    chosen = Sampling(0, penalty=settings.penalty) if how == "greedy" else settings
    if how == "beams":
        _show_beams(asked, min(most, 30), title)
    else:
        steps = _written(asked, chosen, seed, most, place)
        place.empty()
        with title:
            show_finding(_finding(how, chosen, seed, steps))
        show_doubt(_loop(steps))
        _draw(asked, steps)
        if how == "sample":
            st.button(t("decoder.another_seed"), icon=":material/casino:", type="tertiary", key="dec_again", on_click=_next_seed)
    show_facts(asked.id)
    st.subheader(t("decoder.kv"), anchor=False)
    _show_cache(asked)
    return {} if how == "beams" else {"model": asked.id, "text": asked.prompt, "seed": seed, "most": most} | asdict(chosen)


def _settings(bar: Bench) -> tuple[str, Sampling, int, int]:
    with bar.more:
        how = choice(t("decoder.how"), HOW, key="dec_how", label_of=lambda name: t(f"decoder.how_{name}"))
        most = int(st.slider(t("decoder.most"), 5, MAX_NEW, 40, key="dec_most", bind="query-params"))
        seed = int(st.number_input(t("common.seed"), 0, 9_999, 0, key="dec_seed", bind="query-params"))
        sampling()  # what the address says, before the sliders are made
        for name, slider in SLIDERS.items():
            whole = name == "top_k"
            least, top, step = (int(slider.least), int(slider.most), 1) if whole else (float(slider.least), float(slider.most), slider.step)
            st.slider(t(f"decoder.{name}"), least, top, step=step, key=f"dec_{name}", persist_state="session", disabled=how != "sample")
        st.slider(t("decoder.penalty"), *PENALTY, step=0.05, key="dec_penalty", persist_state="session", disabled=how == "beams")
        st.caption(t("decoder.settings_help"))
    keep_sampling()
    keep_in_address("dec_penalty", f"{st.session_state['dec_penalty']:g}", "1")
    return how, sampling(), seed, most


def _written(asked: Asked, settings: Sampling, seed: int, most: int, place: st.delta_generator.DeltaGenerator) -> list[Step]:
    """The tokens, shown as they come; those of the last time where the same is asked."""
    of = (asked.id, asked.prompt, settings, seed, most)
    kept = st.session_state.get(WRITTEN)
    if kept and kept[0] == of:
        return list(kept[1])
    steps: list[Step] = []
    for step in asked.writer.write(asked.prompt, settings, seed, most):
        steps.append(step)
        if len(steps) % SHOWN_EVERY == 1:
            place.markdown(escaped_markdown(asked.prompt + asked.writer.words([one.token.id for one in steps]), 2_000) + " ▍")
    st.session_state[WRITTEN] = (of, tuple(steps))
    return steps


def _next_seed() -> None:
    st.session_state["dec_seed"] = (int(st.session_state["dec_seed"]) + 1) % 10_000


def _finding(how: str, settings: Sampling, seed: int, steps: Sequence[Step]) -> str:
    if not steps:
        return said("decoder.wrote_nothing")
    least = min(steps, key=lambda step: step.own)
    values = {"n": len(steps), "share": per_cent(least.own), "seed": seed, "temperature": f"{settings.temperature:g}"}
    return said(f"decoder.wrote_{how}", quoted={"word": clip(least.token.text.strip() or "␣", 20)}, **values)


def _loop(steps: Sequence[Step]) -> str | None:
    """The doubt about a text that goes round in circles."""
    ids = [step.token.id for step in steps]
    for length in range(1, len(ids) // LOOPS + 1):
        if all(ids[-length:] == ids[-length * (turn + 1) : len(ids) - length * turn] for turn in range(1, LOOPS)):
            return said("decoder.loops", n=length)
    return None


def _draw(asked: Asked, steps: Sequence[Step]) -> None:
    tokens = [Scored(asked.prompt)]
    for step, text in zip(steps, asked.writer.pieces([step.token.id for step in steps]), strict=True):
        key = "decoder.step_words" if step.kept > 1 else "decoder.step_words_one"
        words = t(key, share=per_cent(step.own), kept=f"{step.kept:,}")
        tokens.append(Scored(text, step.own, words, step.best, step.token.id))
    surprising = min(range(len(steps)), key=lambda place: steps[place].own, default=-1) + 1
    scored_line(tokens, key="dec_text_line", label=t("decoder.line_label"), chosen=surprising)
    figure_foot(key="decoder-written", caption=t("decoder.written_caption"), data=lambda: _table(steps))


def _table(steps: Sequence[Step]) -> pd.DataFrame:
    rows = [(place, step.token.text, step.token.id, step.own, step.token.probability, step.kept) for place, step in enumerate(steps, 1)]
    return pd.DataFrame(rows, columns=["place", "token", "id", "probability", "after_settings", "tokens_kept"])


def _show_beams(asked: Asked, most: int, title: st.delta_generator.DeltaGenerator) -> None:
    count = 4
    with st.spinner(t("decoder.searching")):
        beams, (greedy,) = (
            _beams(asked.id, asked.prompt, width, most) for width in (count, 1)
        )  # one beam: the most probable token each time
    with title:
        show_finding(said("decoder.wrote_beams", count=len(beams), n=most))
    rows = [{"place": place, "text": beam.text, "log_probability": beam.log_probability} for place, beam in enumerate(beams, 1)]
    table = pd.DataFrame(rows)
    st.dataframe(table.rename(columns={name: t(f"decoder.beam_{name}") for name in table}), hide_index=True)
    figure_foot(key="decoder-beams", caption=t("decoder.beams_caption"), data=table)
    st.markdown(
        t(
            "decoder.beams_against_greedy",
            beam=f"{beams[0].log_probability:.2f}".replace("-", "−"),
            greedy=f"{greedy.log_probability:.2f}".replace("-", "−"),
        )
    )


@st.cache_data(max_entries=64, ttl=900, show_spinner=False)
def _beams(id: str, prompt: str, count: int, most: int) -> list[Beam]:
    from components.models import load

    found: list[Beam] = load(id, "causal_lm").beams(prompt, min(count, MAX_BEAMS), most)
    return found


def _show_cache(asked: Asked) -> None:
    """The same tokens with kept keys and values and without: counted, and timed here and now."""
    of = (asked.id, asked.prompt)
    st.button(t("decoder.compare_kv"), key="dec_cache", on_click=lambda: st.session_state.update({TIME: of}))
    if st.session_state.get(TIME) != of:
        st.caption(t("decoder.kv_about"))
        return
    kept = st.session_state.get(TIMED)
    if kept is None or kept[0] != of:
        with st.spinner(t("decoder.timing")):
            kept = (of, [asked.writer.greedy(asked.prompt, 40, cached) for cached in (True, False)])
        st.session_state[TIMED] = kept
    with_cache, without = kept[1]
    show_finding(_cache_finding(with_cache, without))
    names = [t("decoder.kv_with"), t("decoder.kv_without")]
    rows = [(name, one.positions, one.seconds) for name, one in zip(names, kept[1], strict=True)]
    columns = {"name": t("decoder.kv"), "positions": t("decoder.positions"), "seconds": t("decoder.seconds")}
    table = pd.DataFrame(rows, columns=list(columns))
    st.dataframe(
        table.rename(columns=columns), hide_index=True, column_config={columns["seconds"]: st.column_config.NumberColumn(format="%.2f")}
    )
    figure_foot(key="decoder-cache", caption=t("decoder.kv_caption", n=len(with_cache.ids)), data=table)


def _cache_finding(with_cache: Timing, without: Timing) -> str:
    key = "kv_same" if with_cache.ids == without.ids else "kv_differs"
    return said(f"decoder.{key}", times=f"{without.seconds / with_cache.seconds:.1f}", read=with_cache.positions, again=without.positions)
