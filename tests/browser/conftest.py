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
from playwright.sync_api import Browser, ConsoleMessage, Locator, Page, expect, sync_playwright

from scripts.browser import system_chromium

ROOT = Path(__file__).resolve().parents[2]
expect.set_options(timeout=30_000)  # milliseconds; a busy machine takes its time
FLAGS = (
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
)
# The server has run the page and the browser drawn it. Plotly draws after the element is there; what a closed tab hides is drawn when it opens.
DRAWN = """() => document.querySelector("[data-testid='stApp'][data-test-script-state='notRunning']") && document.querySelector("h1")?.checkVisibility()
  && !document.querySelector("[data-testid='stSkeleton']") && Array.from(document.querySelectorAll(".stPlotlyChart"))
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
def server(tmp_path_factory) -> Iterator[str]:
    """The address of a running app, one for each process: windows of several tests on one server wait for one another."""
    folder = tmp_path_factory.getbasetemp() / "server"
    folder.mkdir(exist_ok=True)
    port, process = started(folder)
    yield f"http://127.0.0.1:{port}"
    process.terminate()


def started(folder: Path) -> tuple[int, subprocess.Popen]:
    """The port and the process of an app that keeps its runs in `folder`."""
    port, log = free_port(), folder / "log"
    settings = {"HIMOTOKU_HOME": str(folder / "home"), "HF_HUB_OFFLINE": "1", "HIMOTOKU_WORKER_IDLE_SECONDS": "30"}
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=os.environ | settings, stdout=output, stderr=subprocess.STDOUT)
    try:
        wait_until_served(f"http://127.0.0.1:{port}", process, log)
    except BaseException:
        process.terminate()
        raise
    return port, process


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


class Windows:
    """Chromium's windows, one a language, that tests take in turn: a new window would compile the client's scripts anew, half of a visit's time."""

    def __init__(self, chromium: Browser):
        self.chromium, self.idle = chromium, dict[str, list[Page]]()

    def take(self, language: str, width: int, height: int, scheme: str) -> Page:
        """A window that knows nothing of who was in it before."""
        size = {"width": width, "height": height}
        if self.idle.get(language):
            page = self.idle[language].pop()
            page.set_viewport_size(size)
            page.emulate_media(color_scheme=scheme)
            return page
        locale = {"ja": "ja-JP", "en": "en-US"}[language]
        context = self.chromium.new_context(
            locale=locale, viewport=size, color_scheme=scheme, permissions=["clipboard-read", "clipboard-write"]
        )
        return context.new_page()

    def give_back(self, page: Page, language: str) -> None:
        """Cookies and what pages keep go; a window that a test left with others open, or closed, is not used again."""
        if page.is_closed() or len(page.context.pages) > 1:
            return page.context.close()
        page.evaluate("() => { localStorage.clear(); sessionStorage.clear() }")
        page.context.clear_cookies()
        page.goto("about:blank")
        self.idle.setdefault(language, []).append(page)


@pytest.fixture(scope="session")
def windows(chromium: Browser) -> Windows:
    return Windows(chromium)


@pytest.fixture
def visit(server: str, windows: Windows) -> Iterator[Callable[..., Page]]:
    """visit("attention?att_d_model=8", language="ja", width=1280, height=800, scheme="light") -> Page, drawn to the end.

    patience: milliseconds that whatever is waited for may take.
    """
    taken: list[tuple[Page, str]] = []
    complaints: list[str] = []
    hear = {
        "console": lambda message: _note_console(message, complaints),
        "pageerror": lambda error: complaints.append(f"error in the page: {error}"),
        "request": lambda request: _note_request(request.url, server, complaints),
    }

    def visit_(
        path: str = "", *, language: str = "ja", width: int = 1280, height: int = 800, scheme: str = "light", patience: float = 60_000
    ) -> Page:
        page = windows.take(language, width, height, scheme)
        page.set_default_timeout(patience)
        taken.append((page, language))
        for event, listener in hear.items():
            page.on(event, listener)
        page.goto(f"{server}/{path}")
        settle(page)
        return page

    yield visit_
    for page, language in taken:
        for event, listener in hear.items():
            page.remove_listener(event, listener)
        windows.give_back(page, language)
    assert not complaints, "\n".join(complaints)


def settle(page: Page) -> None:
    """Waits until the server has run the page and the browser has drawn its figures."""
    page.wait_for_selector("[data-testid='stApp'][data-test-script-state='notRunning']", state="attached")
    page.wait_for_selector("h1")
    page.wait_for_function("!document.querySelector('[data-testid=stSkeleton]')")
    page.wait_for_function(DRAWN, polling=100)  # Playwright by itself would ask at every frame
    page.wait_for_timeout(250)


def press(page: Page, x: float, y: float) -> None:
    """A click on a figure as a hand does it: Plotly takes what it saw the pointer come to rest on."""
    page.mouse.move(x - 2, y)
    page.mouse.move(x, y)
    page.wait_for_timeout(300)
    page.mouse.click(x, y)


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
