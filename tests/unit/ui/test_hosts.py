"""Who may talk to the app, over a real server: names, origins of websockets and of changes."""

import http.client
import socket
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from components.settings import hosts
from tests.unit.ui.serving import ask, serving

ROOT = Path(__file__).parents[3]
SPACE = "me-himotoku.hf.space"
SITE = "himotoku.example.org"


APP = """import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Route
from components.ui.hosts import KnownHosts
from components.ui.server import healthz
app = st.App('page.py', middleware=[Middleware(KnownHosts)], routes=[Route('/healthz', healthz)])
"""


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("plain"), APP) as port:
        yield port


@pytest.fixture(scope="module")
def named(tmp_path_factory):
    with serving(tmp_path_factory.mktemp("named"), APP, HIMOTOKU_HOSTS=f"{SITE}, www.{SITE}", SPACE_HOST=SPACE) as port:
        yield port


def status(port: int, host: str, path: str = "/", method: str = "GET", **headers: str) -> int:
    return ask(port, method, path, None, {"Host": host, **{name.replace("_", "-"): value for name, value in headers.items()}})


def opens(port: int, host: str, origin: str | None, **headers: str) -> bool:
    """Is a websocket opened that a browser would ask for like this?"""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    address = ("127.0.0.1", port)
    try:
        with connect(
            f"ws://{host}/_stcore/stream", sock=socket.create_connection(address), subprotocols=["streamlit"], origin=origin,
            additional_headers=sent, open_timeout=20,
        ):  # fmt: skip
            return True
    except InvalidStatus as refused:
        assert refused.response.status_code == 403
        return False


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_websocket_is_for_the_apps_own_page(plain):
    own = f"127.0.0.1:{plain}"
    assert opens(plain, own, f"http://{own}") and opens(plain, f"localhost:{plain}", f"http://localhost:{plain}")
    assert not opens(plain, own, None)
    assert not opens(plain, own, "null")
    for origin in ("http://localhost:1", f"http://localhost:{plain}", "http://127.0.0.1:1", "http://127.0.0.1", "https://evil.example"):
        assert not opens(plain, own, origin), origin


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_name_that_a_stranger_leads_here_gets_nothing(plain):
    evil = f"evil.example:{plain}"
    assert status(plain, evil) == 421 and not opens(plain, evil, f"http://{evil}")
    assert status(plain, f"192.168.1.7:{plain}") == 200 and opens(plain, f"192.168.1.7:{plain}", f"http://192.168.1.7:{plain}")
    assert status(plain, f"{socket.gethostname()}:{plain}") == 200
    connection = http.client.HTTPConnection("127.0.0.1", plain, timeout=30)
    connection.request("GET", "/", headers={"Host": evil})
    assert b"HIMOTOKU_HOSTS" in connection.getresponse().read()
    connection.close()


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_proxy_passes_its_name_on(plain):
    assert status(plain, SITE, X_Forwarded_Proto="https") == 200
    assert opens(plain, SITE, f"https://{SITE}", X_Forwarded_For="203.0.113.5")
    assert not opens(plain, SITE, "https://evil.example", X_Forwarded_For="203.0.113.5")


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_with_names_given_there_are_no_others(named):
    assert status(named, SITE) == status(named, f"WWW.{SITE.upper()}:443") == status(named, f"127.0.0.1:{named}") == 200
    assert opens(named, SITE, f"https://{SITE}") and not opens(named, SITE, "https://evil.example")
    assert opens(named, SPACE, f"https://{SPACE}")
    for host in ("evil.example", f"192.168.1.7:{named}", f"{SITE}.evil.example", "", "[", f"{socket.gethostname()}:{named}"):
        assert status(named, host, X_Forwarded_For="203.0.113.5") == 421, host
    assert not opens(named, "evil.example", "http://evil.example", X_Forwarded_For="203.0.113.5")


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_health_is_told_under_any_name_as_a_proxy_asks_for_it(named):
    assert status(named, "app:8501", "/healthz") == status(named, "app:8501", "/_stcore/health") == 200


@pytest.mark.slow
@pytest.mark.timeout(120)
def test_a_change_is_for_the_apps_own_page(named):
    path = "/_stcore/upload_file/a/b"
    assert status(named, SITE, path, "PUT", Origin="https://evil.example") == 403
    assert status(named, SITE, path, "DELETE", Origin="null") == 403
    assert status(named, SITE, path, "PUT", Origin=f"https://{SITE}") != 421


def test_a_wrong_setting_is_told(monkeypatch):
    monkeypatch.delenv("HIMOTOKU_HOSTS", raising=False)
    assert hosts() == frozenset()
    for wrong in ("https://a.example", "a.example:8501", "a.example/b", "*"):
        monkeypatch.setenv("HIMOTOKU_HOSTS", wrong)
        with pytest.raises(ValueError, match="HIMOTOKU_HOSTS"):
            hosts()


def test_behind_caddy_the_site_is_the_name():
    assert "HIMOTOKU_HOSTS: ${SITE}" in (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert "Middleware(KnownHosts)" in (ROOT / "server.py").read_text(encoding="utf-8").split("middleware=[")[1].split(",")[0]
