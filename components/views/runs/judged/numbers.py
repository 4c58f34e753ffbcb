"""The measures of a judged model in tables: beside other methods, and for each label or kind."""

import pandas as pd
import streamlit as st

from components.training.judged import JudgedResult
from components.ui.state.language import t

from .verdict import measure_name, with_ends


def show_numbers(result: JudgedResult) -> None:
    """All measures with their 95% intervals, of the model and of the methods that it is held against, and of each part."""
    methods = {t("runs.this_model"): result.measures} | {t(f"runs.baseline_{name}"): of for name, of in result.baselines.items()}
    rows = [[name, *(with_ends(key, of.get(key)) for key in result.measures)] for name, of in methods.items()]
    st.dataframe(pd.DataFrame(rows, columns=[t("runs.judged"), *map(measure_name, result.measures)]), hide_index=True)
    st.caption(t("runs.judged_on", rows=result.rows.test))
    if not result.parts:
        return
    names = list(result.parts[0].measures)
    parts = [[part.name, part.wanted, part.found, *(with_ends(key, part.measures[key]) for key in names)] for part in result.parts]
    header = [t("runs.part"), t("runs.part_wanted"), t("runs.part_found"), *map(measure_name, names)]
    table = pd.DataFrame(parts, columns=header)
    if result.thresholds:
        table[t("runs.part_threshold")] = [f"{result.thresholds.get(part.name, 0.5):.2f}" for part in result.parts]
    st.dataframe(table, hide_index=True)
