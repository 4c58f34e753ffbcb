"""Uploads over a real server: what one visitor and all visitors may hold, by addresses made up as well."""

import time
import urllib.parse
import uuid

import pytest

from tests.unit.ui.serving import ask, serving

MEGABYTE = 1_000_000
KEYS = ["a" * 32, "b" * 32, "c" * 32]


APP = """import streamlit as st
from starlette.middleware import Middleware
from components.ui.state import uploads
app = st.App('page.py', middleware=[Middleware(uploads.UploadLimit)], lifespan=uploads.tidying)
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    bounds = {"HIMOTOKU_VISITOR_UPLOADS_MB": "10", "HIMOTOKU_UPLOADS_MB": "18"}
    with serving(tmp_path_factory.mktemp("app"), APP, "--server.enableXsrfProtection", "false", **bounds) as port:
        yield port


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
