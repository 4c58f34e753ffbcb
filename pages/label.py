"""Label while you learn: texts without labels, one at a time, chosen by a model that learns from each answer.

Two states of one page: nothing opened yet, and a labelling under work."""

import streamlit as st

from components.ui import footer, guarded, header, t
from components.views.label.start import show_start
from components.views.label.state import JOB, open_labelling, opened_labelling
from components.views.label.ways import go_to_training, show_ways
from components.views.label.work import show_work

header("label")
labelling = None
with guarded():
    labelling = opened_labelling()
    if labelling:
        go_to_training(labelling)
        show_work(labelling)
        show_ways(labelling)
    elif JOB not in st.query_params:
        show_start()
if labelling is None and JOB in st.query_params:
    st.button(t("label.all"), key="label-all", on_click=open_labelling, args=(None,))
footer("label", snippet="active_learning")
