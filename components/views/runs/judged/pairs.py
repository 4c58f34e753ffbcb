"""A sentence encoder trained on pairs: two texts to compare, the cosines against the file's numbers, the pairs that are farthest out of order."""

from typing import Any

import pandas as pd
import streamlit as st

from components.charts.scatter import wanted_and_found
from components.text.clip import clip
from components.training.judged import JudgedResult
from components.training.runs import Run
from components.ui.state.language import t
from components.ui.state.loaders import model
from components.ui.widgets import figures
from components.ui.widgets.address import typed_text
from components.ui.widgets.errors import guarded
from components.ui.widgets.escaped import printable
from components.ui.widgets.verdict import said, show_finding

from ..pictures import bars
from .judged_rows import judged_rows, show_gone, show_table
from .verdict import measure_name, with_ends

PAGE = "similarity"
MODEL_KEY = "sim_model"
MOST = 5_000  # characters


def show_trial(run: Run, result: JudgedResult) -> None:
    """Two fields, an unseen pair in them at first, and the cosine of what stands there."""
    st.subheader(t("runs.try_pair"), anchor=False)
    texts = pair_fields(run)
    with st.container(border=False, key="runs-answer"), guarded():
        if not all(text.strip() for text in texts):
            st.caption(t("runs.try_pair_placeholder"))
            return
        first, second = model(f"run:{run.id}", "similarity").encode([text[:MOST] for text in texts])
        cosine = float(first @ second)
        st.html(bars([(t("runs.cosine"), max(cosine, 0.0), f"{cosine:.2f}")], t("runs.cosine_is", cosine=f"{cosine:.2f}")))
        _show_place(run, cosine)


def pair_fields(run: Run) -> list[str]:
    """The two texts of a trial; at first those of the first judged row."""
    rows = judged_rows(run)
    begun = rows.iloc[0] if rows is not None and len(rows) else None
    texts = []
    for column, name in zip(st.columns(2), ("text", "second"), strict=True):
        key = f"runs:pair-{name}:{run.id}"
        typed_text(key, str(begun[name])[:MOST] if begun is not None else "")
        label = t(f"runs.try_{name}")
        texts.append(column.text_area(label, key=key, persist_state="session", height=90, max_chars=MOST))
    return texts


def _show_place(run: Run, cosine: float) -> None:
    """How the cosine lies among those of the judged pairs: a cosine alone has no scale."""
    rows = judged_rows(run)
    if rows is not None and len(rows):
        share = float((rows["found"] < cosine).mean())
        st.caption(t("runs.cosine_place", share=f"{share:.0%}", rows=f"{len(rows):,}"))


def show_figure(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    main = result.main
    show_finding(
        said("runs.pairs_finding", measure=measure_name(main), value=with_ends(main, result.measures[main]), rows=f"{len(rows):,}")
    )
    hover = [f"{clip(printable(one), 40)} / {clip(printable(other), 40)}" for one, other in zip(rows["text"], rows["second"], strict=True)]
    titles: dict[str, Any] = {"wanted_title": t("runs.pairs_wanted"), "found_title": t("runs.cosine")}
    figures.show_figure(
        wanted_and_found(rows["wanted"].to_numpy(), rows["found"].to_numpy(), hover=hover, **titles),
        key="run-pairs",
        caption=t("runs.pairs_caption"),
        alt=t("runs.pairs_alt", rows=f"{len(rows):,}", value=f"{result.measures[main].value:.2f}"),
        data=pd.DataFrame({titles["wanted_title"]: rows["wanted"], titles["found_title"]: rows["found"]}),
    )


def show_mistakes(run: Run, result: JudgedResult) -> None:
    rows = judged_rows(run)
    if rows is None:
        show_gone()
        return
    out = rows["found"].rank() - rows["wanted"].rank()
    worst = rows.assign(out=out).reindex(out.abs().sort_values(ascending=False, kind="stable").index)
    table = pd.DataFrame(
        {
            t("runs.try_text"): worst["text"].map(printable),
            t("runs.try_second"): worst["second"].map(printable),
            t("runs.pairs_wanted"): worst["wanted"],
            t("runs.cosine"): worst["found"].round(3),
            t("runs.pairs_rank"): worst["out"].map(lambda places: f"{places:+.0f}"),
        }
    )
    show_table(table, t("runs.pairs_mistakes", rows=f"{len(rows):,}"))
