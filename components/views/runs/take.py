"""Take it with you: what else a model can leave the app as, behind one button. ONNX, a repository of the Hub, the command line, the notebook."""

from collections.abc import Callable
from functools import partial

import streamlit as st

from components.errors import UserError
from components.training.export import COMMANDS, export_files, onnx_values
from components.training.notebook import notebook_zip
from components.training.portable import NO_SHARES, has_onnx
from components.training.portable.bundle import hub_files, onnx_zip
from components.training.portable.job import PURPOSE, STEPS, request_onnx
from components.training.portable.report import VARIANTS, OnnxReport, report_of
from components.training.publish import STAGES, Push, push
from components.training.runs import Run
from components.ui.state.language import language, t
from components.ui.state.runs import ACTIVE, launcher, megabytes, run_key, store, waiting_words
from components.ui.state.visitor import network, visitor_key
from components.ui.widgets.errors import guarded, sentence
from components.ui.widgets.escaped import escaped_markdown

TOKEN, PUSHES = "runs:hub-token", "runs:pushes"


def show_take(run: Run) -> None:
    """The button and what is behind it."""
    with st.popover(t("take.open"), icon=":material/luggage:", key="runs-take"):
        if has_onnx(run.settings.task):
            with st.expander(t("take.onnx")):
                _show_onnx(run)
        if run.owned:
            with st.expander(t("take.hub")):
                _show_hub(run)
        with st.expander(t("take.command_line")):
            st.caption(t("take.command_line_about"))
            st.code(COMMANDS, language="sh", wrap_lines=True)
        if run.owned:
            _download(
                "runs:notebook", t("runs.download_notebook"), lambda: notebook_zip(run, language()), f"himotoku-{run.id}-notebook.zip"
            )


def _download(key: str, label: str, data: Callable[[], bytes], name: str) -> None:
    st.download_button(
        label, data, file_name=name, mime="application/zip", key=key, on_click="ignore", icon=":material/download:", width="stretch"
    )  # fmt: skip


def _show_onnx(run: Run) -> None:
    """The two networks where they were made; else the job that makes them, or the button that asks for it."""
    if report := report_of(run):
        _show_report(run, report)
        return
    jobs = [job for job in store().derived(run.id, run_key()) if job.data.get("purpose") == PURPOSE]
    if jobs and jobs[0].state in ACTIVE:
        _watch(run.id, jobs[0].id)
        return
    st.caption(t("take.onnx_about"))
    if jobs and jobs[0].state != "done":
        key, values = jobs[0].reason
        st.warning(escaped_markdown(t(key, **values), 600), icon=":material/warning:")
    if run.owned:
        st.button(t("take.onnx_make"), key="runs:onnx", on_click=_make, args=(run,), icon=":material/deployed_code:", width="stretch")
    else:
        st.caption(t("take.onnx_owner"))


def _show_report(run: Run, report: OnnxReport) -> None:
    digits = ".3f" if report.measure in NO_SHARES else ".1%"
    scores = {"exact": f"{report.exact:{digits}}", "small": f"{report.small:{digits}}"}
    values = onnx_values(report) | {"measure": t(f"take.{report.measure}")} | scores
    st.markdown(t("take.onnx_cost", **values))
    for variant in VARIANTS:
        label = t(f"take.onnx_{variant}", size=megabytes(report.bytes_of(variant)))
        _download(f"runs:onnx-{variant}", label, partial(onnx_zip, run, variant, language()), f"himotoku-{run.id}-{variant}.zip")


def _make(run: Run) -> None:
    with guarded():
        request_onnx(store(), visitor_key(), run, run_key(), network())
        launcher().ensure()


@st.fragment(run_every=1.0)
def _watch(id: str, job_id: str) -> None:
    job = next((job for job in store().derived(id, run_key()) if job.id == job_id), None)
    if job is None or job.state not in ACTIVE:
        st.rerun()
    launcher().ensure()
    if job.state == "queued":
        st.progress(0.0, waiting_words(job))
    else:
        stage = job.progress.stage if job.progress.stage in STEPS else STEPS[0]
        st.progress(STEPS.index(stage) / len(STEPS), t(f"take.step_{stage}"))
    if job.owned:
        st.button(t("runs.stop"), on_click=lambda: store().stop(job_id, run_key()), disabled=job.stopping, key="runs:onnx-stop")


def _show_hub(run: Run) -> None:
    """The form, or how far the upload is."""
    begun: Push | None = st.session_state.setdefault(PUSHES, {}).get(run.id)
    if begun and not begun.ended:
        _watch_push(run.id)
        return
    if begun and begun.problem:
        st.error(sentence(begun.problem), icon=":material/error:")
    elif begun:
        st.success(t("take.hub_done", name=escaped_markdown(begun.repository, 200), address=begun.address))
    st.caption(t("take.hub_about"))
    st.text_input(t("take.hub_name"), key="runs:hub-name", placeholder=t("take.hub_name_form"), max_chars=200, autocomplete="off")
    st.text_input(t("take.hub_token"), key=TOKEN, type="password", max_chars=200, autocomplete="off", help=t("take.hub_token_help"))
    st.checkbox(t("take.hub_private"), value=True, key="runs:hub-private")
    st.checkbox(t("take.hub_update"), key="runs:hub-update")
    if report_of(run):
        st.checkbox(t("take.hub_onnx"), key="runs:hub-onnx")
    st.button(t("take.hub_send"), key="runs:hub-send", on_click=_push, args=(run,), icon=":material/cloud_upload:", width="stretch")


def _push(run: Run) -> None:
    """The token leaves the session with the press of the button, whatever comes of it."""
    token, name = st.session_state.get(TOKEN, ""), st.session_state.get("runs:hub-name", "")
    st.session_state[TOKEN] = ""
    private, update, onnx = (st.session_state.get(f"runs:hub-{one}", one == "private") for one in ("private", "update", "onnx"))
    try:
        files = export_files(run, language()) | (hub_files(run) if onnx else {})
        begun = push(files, name, token, private, update)
    except UserError as problem:
        begun = Push.refused(name, problem)
    st.session_state[PUSHES][run.id] = begun


@st.fragment(run_every=1.0)
def _watch_push(id: str) -> None:
    begun: Push = st.session_state[PUSHES][id]
    if begun.ended:
        st.rerun()
    share = begun.sent / max(begun.total, 1) if begun.stage == "send" else 0.0
    values = {"sent": megabytes(begun.sent), "total": megabytes(begun.total)}
    st.progress(share, t(f"take.hub_stage_{begun.stage if begun.stage in STAGES[:3] else 'send'}", **values))
