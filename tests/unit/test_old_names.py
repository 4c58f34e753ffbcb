"""The app was called otherwise until 0.2.0: what was set, kept or handed out under that name goes on working, and the log says so."""

import json
import logging
import os
import re
import subprocess
from pathlib import Path

import pandas as pd
import platformdirs
import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components import settings
from components.models import files
from components.training.settings import Limits, Settings
from components.training.store import RunStore
from components.ui.server import VisitorCookie
from components.ui.state.visitor import key_in

KEY = "k" * 32


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch):
    """No setting of ours, and a log that has said nothing yet."""
    for name in [name for name in os.environ if name.startswith((settings.PREFIX, settings.OLD_PREFIX))]:
        monkeypatch.delenv(name)
    settings.note_old_name.cache_clear()


@pytest.fixture
def platform(monkeypatch, tmp_path) -> Path:
    """The platform's folder for all applications' data."""
    monkeypatch.setattr(platformdirs, "user_data_dir", lambda name, appauthor: str(tmp_path / name))
    return tmp_path


READERS = {
    "HOME": (settings.home, "/kept/here", Path("/kept/here")),
    "MAX_MODEL_MB": (settings.max_model_bytes, "7", 7_000_000),
    "MODEL_CACHE_MB": (settings.cache_bytes, "7", 7_000_000),
    "VECTORS_MB": (settings.vector_bytes, "7", 7_000_000),
    "VISITOR_UPLOADS_MB": (settings.visitor_upload_bytes, "7", 7_000_000),
    "UPLOADS_MB": (settings.upload_bytes, "7", 7_000_000),
    "LOCAL_MODELS": (settings.local_models_allowed, "1", True),
    "MAX_RUNS": (lambda: Limits.from_environment().runs, "7", 7),
    "MAX_WAITING": (lambda: Limits.from_environment().waiting, "7", 7),
    "MAX_RUN_MB": (lambda: Limits.from_environment().bytes, "7", 7_000_000),
    "RUN_DAYS": (lambda: Limits.from_environment().days, "7", 7),
    "WORKER_MB": (lambda: Limits.from_environment().worker_bytes, "7", 7_000_000),
    "WORKER_IDLE_SECONDS": (lambda: Limits.from_environment().idle_seconds, "7", 7),
}


def test_every_setting_of_version_0_1_is_tried_here():
    """Those that came later never had the old name."""
    page = (settings.ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `HIMOTOKU_([A-Z_]+)`", page, re.MULTILINE))
    later = {
        "HUB_CACHE_MB",
        "HUB_MODELS",
        "METRICS",
        "FRAME_ANCESTORS",
        "MAX_QUEUE",
        "MAX_WAITING_PER_ADDRESS",
        "MAX_TRAINING_MINUTES",
        "MAX_SECONDS",
        "HOSTS",
        "LOAD_AHEAD",
    }
    assert documented - later == READERS.keys()


@pytest.mark.parametrize("name", READERS)
def test_a_setting_of_the_old_name_works_and_is_told_once(name, monkeypatch, caplog):
    read, value, wanted = READERS[name]
    monkeypatch.setenv(f"TRANSFORMER_LAB_{name}", value)
    with caplog.at_level(logging.WARNING):
        assert [read(), read()] == [wanted, wanted]
    assert [f"TRANSFORMER_LAB_{name}" in line and f"HIMOTOKU_{name}" in line for line in caplog.messages] == [True]


@pytest.mark.parametrize("name", READERS)
def test_where_both_are_set_the_new_name_wins_silently(name, monkeypatch, caplog):
    read, value, wanted = READERS[name]
    monkeypatch.setenv(f"TRANSFORMER_LAB_{name}", "nonsense")
    monkeypatch.setenv(f"HIMOTOKU_{name}", value)
    assert read() == wanted and not caplog.messages


def test_a_bad_value_is_named_as_the_host_wrote_it(monkeypatch):
    monkeypatch.setenv("TRANSFORMER_LAB_VECTORS_MB", "lots")
    with pytest.raises(ValueError, match="TRANSFORMER_LAB_VECTORS_MB"):
        settings.vector_bytes()


def test_a_run_made_under_the_old_name_is_found(platform, caplog):
    old = RunStore(platform / "transformer-lab")
    run, owner = old.create(KEY, Settings(), pd.DataFrame({"text": ["one", "two"], "label": ["a", "b"]}), name="mine")
    with caplog.at_level(logging.WARNING):
        store = RunStore()
    assert store.home == platform / "transformer-lab"
    assert [found.name for found in store.runs(KEY)] == ["mine"] == [store.get(run.id, owner).name]
    assert files.run_folder(f"run:{run.id}").is_relative_to(platform / "transformer-lab")
    assert len(caplog.messages) == 1 and "transformer-lab" in caplog.messages[0]


def test_without_a_folder_of_old_the_new_one_is_made(platform, caplog):
    assert RunStore().home == platform / "himotoku" == settings.home()
    (platform / "transformer-lab").mkdir()
    assert settings.home() == platform / "himotoku" and not caplog.messages


def test_the_container_keeps_runs_where_the_host_says(tmp_path):
    """The start command of the image, with a stand-in for Streamlit that tells what it was given."""
    streamlit = tmp_path / "streamlit"
    streamlit.write_text('#!/bin/sh\necho "$HIMOTOKU_HOME|$TRANSFORMER_LAB_HOME"\n')
    streamlit.chmod(0o755)
    lines = (settings.ROOT / "Dockerfile").read_text(encoding="utf-8").splitlines()
    command = json.loads(next(line for line in lines if line.startswith("CMD ")).removeprefix("CMD "))

    def started(**environment: str) -> str:
        path = {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
        return subprocess.run(command, env=path | environment, capture_output=True, text=True, check=True).stdout.strip()

    assert started() == "/home/user/lab|"
    assert started(TRANSFORMER_LAB_HOME="/data") == "|/data"
    assert started(HIMOTOKU_HOME="/data") == "/data|"


def given_cookie(**sent: str) -> str | None:
    """The cookie that the server gives to a browser that asks for a page and sends these."""

    async def page(_):
        return HTMLResponse("a page")

    client = TestClient(Starlette(routes=[Route("/", page)], middleware=[Middleware(VisitorCookie)]), cookies=sent)
    return client.get("/", headers={"accept": "text/html"}).headers.get("set-cookie")


def test_the_cookie_of_old_keeps_its_key_under_the_new_name(caplog):
    with caplog.at_level(logging.WARNING):
        assert given_cookie(transformer_lab_visitor=KEY).startswith(f"himotoku_visitor={KEY};")
    assert len(caplog.messages) == 1 and "transformer_lab_visitor" in caplog.messages[0] and KEY not in caplog.text


def test_todays_cookie_wins_and_is_left_alone(caplog):
    assert given_cookie(himotoku_visitor=KEY, transformer_lab_visitor="o" * 32) is None
    assert key_in({"himotoku_visitor": KEY, "transformer_lab_visitor": "o" * 32}) == KEY and not caplog.messages


def test_a_page_that_is_still_open_after_the_change_knows_its_visitor():
    """Its socket comes back with the old cookie alone, without asking for the page again."""
    assert key_in({"transformer_lab_visitor": KEY}) == KEY
    assert key_in({"transformer_lab_visitor": "no key"}) is None is key_in({})
