"""Take it with you, on a run's page: ONNX files are made and say what they cost; the Hub gets the download's files, and nothing keeps the token."""

import io
import logging
import time
import zipfile

import pytest

from components.messages import message
from components.training import publish
from components.training.export import export_zip
from components.training.portable.report import report_of
from components.ui.state.runs import megabytes
from tests.pages.conftest import assert_well, plain
from tests.pages.test_runs import STRANGER, VISITOR, said, store, train, trained  # noqa: F401
from tests.unit.models.hub import Hub
from tests.unit.training.conftest import reviews, tiny  # noqa: F401

TOKEN = "hf_" + "Secret" * 5


@pytest.fixture
def hub(tmp_path, monkeypatch):
    """A Hub on loopback that this process's client is sent to."""
    from huggingface_hub import _commit_api, constants

    with Hub(tmp_path / "hub", writers={TOKEN: "ann"}, readers=("hf_reader",)) as hub:
        monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
        monkeypatch.setattr(constants, "ENDPOINT", hub.url)
        monkeypatch.setattr(_commit_api, "is_xet_available", lambda: False)
        yield hub


def press(app, token: str, name: str = "my-reviews"):
    app.text_input(key="runs:hub-name").set_value(name)
    app.text_input(key="runs:hub-token").set_value(token)
    return app.button(key="runs:hub-send").click().run()


def ended(app, run):
    """The page once the upload has ended."""
    deadline = time.monotonic() + 60
    while not app.session_state["runs:pushes"][run.id].ended and time.monotonic() < deadline:
        time.sleep(0.1)
    return app.run()


def errors(app) -> list[str]:
    return [plain(error.value) for error in app.error]


@pytest.mark.timeout(300)
def test_onnx_is_made_said_and_shared_and_the_hub_gets_the_files_of_the_download(open_page, store, tiny, reviews, hub, tmp_path, caplog):  # noqa: F811
    caplog.set_level(logging.DEBUG)
    run = trained(store, tiny, reviews)
    app = open_page("fine_tune", "en", visitor=VISITOR, run=run.id)
    assert "runs:onnx-int8" not in {button.key for button in app.get("download_button")}
    app.button(key="runs:onnx").click().run()
    assert_well(app)
    jobs = store.derived(run.id, VISITOR)
    assert [job.data["purpose"] for job in jobs] == ["onnx"] and app.button(key="runs:onnx-stop")
    assert message("runs.curve_start", "en") in {button.label for button in app.button}, "the curve is another job"
    train(store, jobs[0])
    app.run()
    assert_well(app)
    report = report_of(run)
    cost = next(one.value for one in app.markdown if f"{report.small:.1%}" in one.value)
    assert f"{report.exact:.1%}" in cost and f"{report.changed} of {report.answers}" in cost
    labels = [button.proto.label for button in app.get("download_button")]
    assert message("take.onnx_int8", "en", size=megabytes(report.small_bytes)) in labels
    japanese = open_page("fine_tune", "ja", run=run.id, key=run.read_key, visitor=STRANGER)
    labels = [button.proto.label for button in japanese.get("download_button")]
    assert message("take.onnx_float32", "ja", size=megabytes(report.exact_bytes)) in labels, "a reader takes what was made"
    assert not japanese.text_input or "runs:hub-token" not in {one.key for one in japanese.text_input}
    # The Hub: what cannot be, one by one.
    for token, name, key in ((TOKEN, "no//name", "hub-name"), ("two words", "ok", "hub-token")):
        press(app, token, name)
        assert errors(app) == [message(f"training.{key}", "en")] and app.session_state["runs:hub-token"] == ""
    for token, name, key in (("hf_wrong", "ok", "hub-token"), ("hf_reader", "ok", "hub-rights"), (TOKEN, "bob/ok", "hub-rights")):
        ended(press(app, token, name), run)
        name = f"reader/{name}" if token == "hf_reader" else name
        assert errors(app) == [message(f"training.{key}", "en", id=name)]
    app.checkbox(key="runs:hub-onnx").check()
    ended(press(app, TOKEN), run)
    assert_well(app)
    assert [plain(one.value) for one in app.success] == [
        message("take.hub_done", "en", name="ann/my-reviews", address=f"{hub.url}/ann/my-reviews")
    ]
    assert hub.private == {"ann/my-reviews": True}
    folder = tmp_path / "hub" / "ann" / "my-reviews"
    sent = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    with zipfile.ZipFile(io.BytesIO(export_zip(run))) as archive:
        expected = {name: archive.read(name) for name in archive.namelist()}
    assert {name: sent[name] for name in expected} == expected
    onnx = {name for name in sent if name.startswith("onnx/")}
    assert (
        onnx == {"onnx/model.onnx", "onnx/model.int8.onnx", "onnx/tokenizer.json", "onnx/settings.json"}
        and sent.keys() == expected.keys() | onnx
    )
    ended(press(app, TOKEN), run)
    assert errors(app) == [message("training.hub-taken", "en", id="ann/my-reviews")]
    app.checkbox(key="runs:hub-update").check()
    ended(press(app, TOKEN), run)
    assert_well(app)
    # Nowhere is the token.
    state = app._session_state.filtered_state
    assert TOKEN not in repr(state) and TOKEN not in repr(vars(state["runs:pushes"][run.id])) and TOKEN not in repr(app.query_params)
    assert TOKEN not in caplog.text
    assert not [path for path in tmp_path.rglob("*") if path.is_file() and TOKEN.encode() in path.read_bytes()]


def test_without_a_network_it_is_said(monkeypatch):
    from huggingface_hub import constants

    from components.errors import TrainingError

    files = {"README.md": b"# model"}
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(TrainingError) as error:
        publish.push(files, "name", TOKEN)
    assert error.value.key == "training.hub-offline"
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", False)
    monkeypatch.setattr(constants, "ENDPOINT", "http://127.0.0.1:9")
    begun = publish.push(files, "name", TOKEN)
    deadline = time.monotonic() + 40
    while not begun.ended and time.monotonic() < deadline:
        time.sleep(0.05)
    assert begun.problem.key == "training.hub-unreachable"
    for _ in range(publish.MOST_AT_ONCE):
        publish._AT_ONCE.acquire(timeout=5)
    try:
        with pytest.raises(TrainingError) as error:
            publish.push(files, "name", TOKEN)
        assert error.value.key == "training.hub-busy"
    finally:
        for _ in range(publish.MOST_AT_ONCE):
            publish._AT_ONCE.release()
    for name in ("", "a/b/c", "a b", "../x", "x.git", "-x", "x-", "a--b", "x" * 97):
        with pytest.raises(TrainingError):
            publish.checked_name(name)
