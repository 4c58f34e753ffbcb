"""Fine-tune on your data: a file, a look at what is in it, a plan with its cost, training that goes on by itself, a judged model."""

import streamlit as st

from components.ui import Code, footer, guarded, header, t
from components.ui.state.runs import ACTIVE, open_run, opened_run, origin_run
from components.views.runs.code import training_code
from components.views.runs.data import choose_task, data_of, read_data, show_doctor
from components.views.runs.plan import choose_backbone, choose_plan
from components.views.runs.result import show_result, show_use
from components.views.runs.start import show_start
from components.views.runs.view import show_curves, show_head, show_progress, show_replaced, show_resume


def start() -> Code | None:
    """From the file to the start. Returns the same training as a program of one's own."""
    origin = origin_run()
    data = data_of(origin) if origin else read_data(choose_task())
    if data is None:
        return None
    st.subheader(t("tune.plan"), anchor=False)
    backbone = choose_backbone(data)
    settings = choose_plan(data, backbone)
    st.subheader(t("tune.doctor"), anchor=False)
    report = show_doctor(data, backbone, settings.max_length)
    st.subheader(t("tune.go"), anchor=False)
    show_start(data, settings, report)
    return training_code(data, settings)


def look(run) -> None:
    """A run that was started."""
    show_head(run)
    if run.state in ACTIVE:
        show_progress(run)
        return
    if not show_replaced(run):
        show_resume(run)
    if run.result:
        show_result(run)
        show_use(run)
    with st.expander(t("runs.curves")):
        show_curves(run)


header("fine_tune")
run, code = None, None
with guarded():
    run = opened_run()
    if run:
        look(run)
    elif "run" not in st.query_params:
        code = start()
if run is None and "run" in st.query_params:
    st.button(t("runs.new"), on_click=open_run, args=(None,))
footer("fine_tune", code=code)
