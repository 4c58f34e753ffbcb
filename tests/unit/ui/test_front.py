"""What the server answers around the pages: headers, health, numbers of its inside."""

import shutil
from collections import namedtuple

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.responses import HTMLResponse, PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from components.settings import frame_ancestors
from components.ui.server import Metrics, SecurityHeaders, content_security_policy, healthz


@pytest.fixture
def client(tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    content_security_policy.cache_clear()
    routes = [
        Route("/", lambda request: HTMLResponse("<p>page</p>")),
        Route("/_stcore/metrics", lambda request: PlainTextResponse("sessions 3")),
        Route("/healthz", healthz),
        Route("/healthz/ready", healthz),
    ]
    yield TestClient(Starlette(routes=routes, middleware=[Middleware(Metrics), Middleware(SecurityHeaders)]))
    content_security_policy.cache_clear()


def policy(client) -> dict[str, list[str]]:
    parts = [part.split() for part in client.get("/").headers["content-security-policy"].split("; ")]
    return {name: values for name, *values in parts}


def test_a_page_may_load_nothing_from_elsewhere_and_stand_in_no_foreign_frame(client):
    found = policy(client)
    assert found["default-src"] == ["'self'"] and found["object-src"] == ["'none'"] and found["frame-ancestors"] == ["'self'"]
    assert "'unsafe-inline'" not in found["script-src"]
    hosts = [value for values in found.values() for value in values if not value.startswith("'") and value not in ("data:", "blob:")]
    assert not hosts


def test_a_space_and_a_school_may_be_let_in(client, monkeypatch):
    monkeypatch.setenv("SPACE_ID", "me/himotoku")
    assert policy(client)["frame-ancestors"] == ["'self'", "https://huggingface.co", "https://*.hf.space"]
    content_security_policy.cache_clear()
    monkeypatch.setenv("HIMOTOKU_FRAME_ANCESTORS", "'self' https://school.example.jp")
    assert policy(client)["frame-ancestors"] == ["'self'", "https://school.example.jp"]


@pytest.mark.parametrize("sites", ["'self'; script-src *", "", "https://a.example\nX: y"])
def test_a_setting_cannot_end_the_policy(monkeypatch, sites):
    monkeypatch.setenv("HIMOTOKU_FRAME_ANCESTORS", sites)
    with pytest.raises(ValueError, match="HIMOTOKU_FRAME_ANCESTORS"):
        frame_ancestors()


@pytest.mark.parametrize("path", ["/metrics", "/_stcore/metrics", "/metrics/"])
def test_numbers_of_the_inside_are_for_those_who_ask_the_host(client, monkeypatch, path):
    assert client.get(path).status_code == 404
    monkeypatch.setenv("HIMOTOKU_METRICS", "1")
    assert client.get(path).text == "sessions 3"


def test_alive_and_ready_are_two_questions(client, tmp_path, monkeypatch):
    assert (client.get("/healthz").json(), client.get("/healthz/ready").status_code) == (
        {"status": "ok", "ready": True, "problems": []},
        200,
    )
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(10**9, 10**9, 0))
    assert client.get("/healthz").status_code == 200 and client.get("/healthz").json()["problems"] == ["disk"]
    assert client.get("/healthz/ready").status_code == 503


def test_a_store_that_cannot_be_written_is_told_and_restarts_nothing(client, tmp_path, monkeypatch):
    (tmp_path / "runs").write_text("a file where a folder should be")
    assert client.get("/healthz").status_code == 200 and client.get("/healthz").json()["problems"] == ["store"]
    assert client.get("/healthz/ready").status_code == 503


def test_missing_models_are_told(client, monkeypatch):
    monkeypatch.setattr("components.models.files.bundled_complete", lambda id: id != "qa-ja")
    assert client.get("/healthz/ready").json()["problems"] == ["models"]
