"""The app in a real Chromium: one server for the whole run, a fresh visitor for each test.

Every visit fails its test at the end when the page logged an error, or asked any host but our own.
"""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, expect, sync_playwright

from scripts.browser import system_chromium

ROOT = Path(__file__).resolve().parents[2]
FLAGS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
# Plotly draws after the element is there; what a closed tab hides is drawn when it opens.
DRAWN = """() => Array.from(document.querySelectorAll(".stPlotlyChart"))
  .every(chart => !chart.offsetParent || chart.querySelector(".js-plotly-plot .main-svg"))"""
# Streamlit's client looks for its server under the page's own path first; these answers of 404 are part of that search.
EXPECTED_404 = ("/_stcore/health", "/_stcore/host-config")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


@pytest.fixture(scope="session")
def lab_home(tmp_path_factory) -> Path:
    """Where the server under test keeps its runs."""
    return tmp_path_factory.mktemp("lab-home")


@pytest.fixture(scope="session")
def server(lab_home: Path, tmp_path_factory) -> Iterator[str]:
    """The address of a running app."""
    port = free_port()
    log = tmp_path_factory.mktemp("server") / "log"
    environment = os.environ | {"HIMOTOKU_HOME": str(lab_home), "HF_HUB_OFFLINE": "1", "HIMOTOKU_WORKER_IDLE_SECONDS": "30"}
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait_until_served(f"http://127.0.0.1:{port}", process, log)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()
            process.wait(20)


def wait_until_served(address: str, process: subprocess.Popen, log: Path, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(f"{address}/_stcore/health", timeout=2):
                return
        except OSError:
            time.sleep(0.1)
    raise RuntimeError(f"the app did not start:\n{log.read_text()}")


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=flags)
        yield browser
        browser.close()


@pytest.fixture
def visit(server: str, chromium: Browser) -> Iterator[Callable[..., Page]]:
    """visit("attention?att_d_model=8", language="ja", width=1280, height=800, scheme="light") -> Page, drawn to the end."""
    contexts: list[BrowserContext] = []
    complaints: list[str] = []

    def visit_(path: str = "", *, language: str = "ja", width: int = 1280, height: int = 800, scheme: str = "light") -> Page:
        locale = {"ja": "ja-JP", "en": "en-US"}[language]
        size = {"width": width, "height": height}
        context = chromium.new_context(locale=locale, viewport=size, color_scheme=scheme, permissions=["clipboard-read", "clipboard-write"])
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        page.on("console", lambda message: _note_console(message, complaints))
        page.on("pageerror", lambda error: complaints.append(f"error in the page: {error}"))
        page.on("request", lambda request: _note_request(request.url, server, complaints))
        page.goto(f"{server}/{path}")
        settle(page)
        return page

    yield visit_
    for context in contexts:
        context.close()
    assert not complaints, "\n".join(complaints)


def settle(page: Page) -> None:
    """Waits until the server has run the page and the browser has drawn its figures."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")
    page.wait_for_selector("h1")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_function(DRAWN)
    page.wait_for_timeout(250)


def shown(locator: Locator, timeout: float = 30_000) -> None:
    """Waits until exactly one such element is on the screen.

    While a page runs again, what the run before drew can stand beside the new for a moment; `to_be_visible` fails at once on two.
    """
    expect(locator.filter(visible=True)).to_have_count(1, timeout=timeout)


def _note_console(message: ConsoleMessage, complaints: list[str]) -> None:
    if message.type == "error" and not message.location.get("url", "").endswith(EXPECTED_404):
        complaints.append(f"console: {message.text} ({message.location.get('url')})")


def _note_request(url: str, server: str, complaints: list[str]) -> None:
    if not url.startswith((server, server.replace("http", "ws", 1), "blob:", "data:")):
        complaints.append(f"asked another host: {url}")
