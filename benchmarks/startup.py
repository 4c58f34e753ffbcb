"""How long a visitor waits after a start: `python -m benchmarks.startup`.

Prints, as medians of several starts: seconds from the command to the first answer of the server, from the first request to the home
page's title on the screen, whether torch was in the process by then, and the change from one page to another on the warm server.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from itertools import chain
from pathlib import Path

import psutil
from playwright.sync_api import Browser, sync_playwright

from scripts.browser import system_chromium
from tests.browser.conftest import FLAGS, ROOT, free_port, settle, wait_until_served

STARTS = 3
CHANGES = 6


def start(browser: Browser) -> tuple[float, float, bool, list[float]]:
    """One start: seconds to the first answer, seconds from the first request to the title, whether torch is loaded, page changes."""
    port, log = free_port(), Path(tempfile.mkdtemp()) / "log"
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    begin = time.perf_counter()
    with (
        log.open("w") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=os.environ | {"HIMOTOKU_LOAD_AHEAD": "0"}, stdout=output, stderr=subprocess.STDOUT
        ) as server,
    ):
        try:
            wait_until_served(address, server, log)
            served = time.perf_counter() - begin
            page = browser.new_page()
            begin = time.perf_counter()
            page.goto(address)
            page.wait_for_selector("h1")
            titled = time.perf_counter() - begin
            settle(page)
            loaded = any("libtorch" in mapped.path for mapped in psutil.Process(server.pid).memory_maps())
            changes = [change(page, turn) for turn in range(CHANGES + 2)][2:]
            page.close()
        finally:
            server.terminate()
    return served, titled, loaded, changes


def change(page, turn: int) -> float:
    """Seconds from a click in the navigation to the other page's title; the first visit of each page loads its libraries."""
    links = page.get_by_test_id("stSidebarNavLink")
    link = links.nth(1 + turn % 2)
    title = link.inner_text()
    begin = time.perf_counter()
    link.click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    seconds = time.perf_counter() - begin
    settle(page)
    return seconds


def main() -> None:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=flags)
        runs = [start(browser) for _ in range(STARTS)]
        browser.close()
    served, titled, loaded, changes = zip(*runs, strict=True)
    print(f"command to first answer    {statistics.median(served):6.2f} s   (aim: 3)")
    print(f"first request to title     {statistics.median(titled):6.2f} s   (aim: 2)")
    print(f"torch loaded by then       {'yes' if any(loaded) else 'no'}")
    print(f"page change, warm server   {1000 * statistics.median([*chain(*changes)]):6.0f} ms  (aim: 500)")


if __name__ == "__main__":
    main()
