"""A real server with a page of one word and chosen middleware, for tests that come through its sockets."""

import http.client
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[3]


@contextmanager
def serving(folder: Path, app: str, *flags: str, **settings: str) -> Iterator[int]:
    """Runs the source `app` (a `st.App` over page.py) in `folder`; its port. Hosts that the environment names are not passed on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    (folder / "page.py").write_text("import streamlit as st\nst.write('page')\n")
    (folder / "server.py").write_text(app)
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.headless", "true", "--browser.gatherUsageStats", "false", *flags]
    environment = {name: value for name, value in os.environ.items() if not name.endswith("_HOSTS") and name != "SPACE_HOST"}
    process = subprocess.Popen(command, cwd=folder, env=environment | {"PYTHONPATH": str(ROOT)} | settings, stdout=subprocess.DEVNULL)
    try:
        wait_until(lambda: ask(port, "GET", "/_stcore/health") == 200, 60)
        yield port
    finally:
        process.terminate()
        process.wait(20)


def wait_until(true, seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if true():
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("it did not become true in time")


def ask(port: int, method: str, path: str, body: object = None, headers: dict[str, str] | None = None, chunked: bool = False) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    try:
        connection.request(method, path, body, headers or {}, encode_chunked=chunked)
        return connection.getresponse().status
    finally:
        connection.close()
