"""Uploads over a real server: what one visitor and all visitors may hold, by addresses made up as well."""

import http.client
import os
import socket
import subprocess
import sys
import time
import urllib.parse
import uuid
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
MEGABYTE = 1_000_000
KEYS = ["a" * 32, "b" * 32, "c" * 32]


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    app = tmp_path_factory.mktemp("app")
    (app / "page.py").write_text("import streamlit as st\nst.write('page')\n")
    (app / "server.py").write_text(
        "import streamlit as st\nfrom starlette.middleware import Middleware\n"
        "from components.ui.state import uploads\n"
        "app = st.App('page.py', middleware=[Middleware(uploads.UploadLimit)], lifespan=uploads.tidying)\n"
    )
    settings = {"HIMOTOKU_VISITOR_UPLOADS_MB": "10", "HIMOTOKU_UPLOADS_MB": "18", "PYTHONPATH": str(ROOT)}
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    command += ["--server.enableXsrfProtection", "false", "--server.headless", "true", "--browser.gatherUsageStats", "false"]
    process = subprocess.Popen(command, cwd=app, env=os.environ | settings, stdout=subprocess.DEVNULL)
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


class Visitor:
    """A browser as the server sees it: a websocket with a session, and PUTs."""

    def __init__(self, port: int, key: str):
        from websockets.sync.client import connect

        self.port, self.cookie = port, {"Cookie": f"himotoku_visitor={key}"}
        self.socket = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream",
            subprotocols=["streamlit"],
            max_queue=None,
            ping_interval=None,
            additional_headers=self.cookie,
            origin=f"http://127.0.0.1:{port}",
        )
        from streamlit.proto.BackMsg_pb2 import BackMsg
        from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

        message = BackMsg()
        message.rerun_script.query_string = ""
        self.socket.send(message.SerializeToString())
        while True:
            received = ForwardMsg.FromString(self.socket.recv(timeout=30))
            if received.HasField("new_session"):
                self.session = received.new_session.initialize.session_id
                return

    def put(self, megabytes: float, name: str = "", cookie: str | None = None, chunked: bool = False) -> int:
        boundary = "line"
        start = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.csv"\r\nContent-Type: text/csv\r\n\r\n'.encode()
        body = start + b"a" * int(megabytes * MEGABYTE) + f"\r\n--{boundary}--\r\n".encode()
        headers = self.cookie | {"Content-Type": f"multipart/form-data; boundary={boundary}"}
        if cookie:
            headers["Cookie"] = f"himotoku_visitor={cookie}"
        path = f"/_stcore/upload_file/{self.session}/{urllib.parse.quote(name or str(uuid.uuid4()))}"
        if chunked:
            headers["Transfer-Encoding"] = "chunked"
            return ask(self.port, "PUT", path, iter([body[i : i + 65_536] for i in range(0, len(body), 65_536)]), headers, chunked=True)
        return ask(self.port, "PUT", path, body, headers)

    def delete(self, name: str) -> int:
        return ask(self.port, "DELETE", f"/_stcore/upload_file/{self.session}/{name}", headers=self.cookie)


@pytest.mark.slow
@pytest.mark.timeout(240)
def test_one_visitor_and_all_visitors_hold_no_more_than_they_may(server):
    first, other_tab, second = Visitor(server, KEYS[0]), Visitor(server, KEYS[0]), Visitor(server, KEYS[1])
    assert first.put(4, "one") == 204
    assert other_tab.put(4) == 204
    assert first.put(4) == 413  # 12 MB of 10, over two sessions
    assert first.put(4, chunked=True) == 413
    assert first.put(4, cookie=KEYS[2]) == 413  # a session stays its first visitor's
    assert first.delete("one") == 204
    assert first.put(4, chunked=True) == 204
    assert second.put(8) == 204
    third = Visitor(server, KEYS[2])
    assert third.put(4) == 413  # 20 MB of 18 with the others'
    began = time.monotonic()
    assert ask(server, "GET", "/_stcore/health") == 200 and time.monotonic() - began < 1
