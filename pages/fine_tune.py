"""Fine-tune on your data: a file, a look at what is in it, a plan with its cost, training that goes on by itself, a judged model.

Four states of one page: nothing given yet, the data before the start, a run under way, a run that has ended. Beside the components shared by
all pages it has the rail of its four steps."""

import streamlit as st

from components.training.settings import Settings
from components.ui import Code, footer, guarded, header, t
from components.ui.state.runs import ACTIVE, open_run, opened_run, origin_run
from components.views.runs.cheap import show_before
from components.views.runs.check import questions
from components.views.runs.code import training_code
from components.views.runs.data import data_of, file_given, read_data
from components.views.runs.doctor import examined, show_findings, show_sum
from components.views.runs.empty import show_beginning
from components.views.runs.labels import show_label_check
from components.views.runs.pictures import style
from components.views.runs.plan import choose_backbone, choose_plan
from components.views.runs.result import show_result
from components.views.runs.samples import follow_address
from components.views.runs.start import choose_name, show_limits, show_start
from components.views.runs.use_table import AnsweredTable, go_on
from components.views.runs.view import show_curves, show_head, show_progress, show_rail, show_replaced, show_ways_on


def start() -> tuple[Code | None, Settings | None, int]:
    """From the file to the start. Returns the same training as a program of one's own, its settings and the rows of the table."""
    origin = origin_run()
    follow_address()
    given = file_given()
    show_rail("mend" if origin or given else "read")
    if origin is None and given is None:
        show_beginning()
        return None, None, 0
    total, place = st.container(), st.container()
    with place:
        data = data_of(origin) if origin else read_data(given)
    if data is None:
        return None, None, 0
    listed, labels, cheap, plan = (st.container() for _ in range(4))
    with plan:
        st.subheader(t("tune.plan"), anchor=False)
        name = choose_name(data)
        backbone = choose_backbone(data)
        settings = choose_plan(data, backbone)
        show_limits()
    report = examined(data, backbone, settings.max_length)
    with total:
        button = show_sum(data, report, backbone, settings.max_length)
        show_start(data, settings, report, name, button)
    with listed:
        show_findings(data, report)
    with labels:
        show_label_check(data, settings, report)
    with cheap:
        show_before(data, settings, report, name)
    return training_code(data, settings), settings, len(data.frame)


def look(run) -> AnsweredTable | None:
    """A run that was started; gives the work on a table that goes on when the page is drawn."""
    show_head(run)
    if run.state in ACTIVE:
        show_progress(run)
        with st.container(horizontal=True, key="runs-ways"):
            show_ways_on(run)
        return None
    show_replaced(run)
    if run.result:
        return show_result(run)
    show_curves(run)
    with st.container(horizontal=True, key="runs-ways"):
        show_ways_on(run)
    return None


header("fine_tune")
style()
run, code, settings, rows, work = None, None, None, 0, None
with guarded():
    run = opened_run()
    if run:
        settings, rows = run.settings, run.data["rows"]
        work = look(run)
    elif "run" not in st.query_params:
        code, settings, rows = start()
if run is None and "run" in st.query_params:
    st.button(t("runs.new"), on_click=open_run, args=(None,))
footer("fine_tune", code=code, check=lambda: questions(settings, rows))
with guarded():
    if work:
        go_on(work)
