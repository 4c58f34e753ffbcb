"""Many visitors at once on a real server: how long pages take to answer, what fails, what it costs.

    python -m benchmarks.sessions --minutes 10 --visitors 30 [--pause 3] [--attacker]

Each visitor is what a browser is to the server: a websocket with a session and a cookie, which asks for a page every `pause` seconds, with a text
that nobody has asked before. The attacker repeats what once stopped the server: text that MeCab can't stand, an address full of masks, uploads
without an end. Nothing is drawn, so the time is the server's: from the request to the end of the page's run. Beside it stands what the server
costs (memory, threads, open files, disk), before, meanwhile and once the visitors are gone, and whether the database of runs is whole.
"""

import argparse
import http.client
import json
import os
import platform
import random
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import uuid
from collections import Counter, defaultdict
from contextlib import closing
from http.cookies import SimpleCookie
from pathlib import Path

import psutil
from streamlit.proto.Alert_pb2 import Alert
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect

from tests.browser.conftest import ROOT, free_port, wait_until_served

JA = (
    "駅前の喫茶店で友だちと映画の感想を話しました。",
    "田中さんは京都大学で情報学を教えています。",
    "この店の料理は期待より美味しかったです。",
)
EN = (
    "The acting was wonderful and the music warm.",
    "Ada Lovelace worked in London on the first programs.",
    "The train to Berlin was late again today.",
)
# Page -> the name of its text in the address; None: a page without one.
PAGES = {"overview": None, "tokens": "tok_text", "attention": "att_text", "multi_head": None, "bert_attention": "ba_text", "positional": None,
         "masked_lm": None, "classification": "cls_text", "entities": "ner_text", "question_answering": "qa_question", "similarity": "sim_sentences",
         "exercises": None, "my_models": None, "sources": None}  # fmt: skip
GONE_SECONDS = 30  # after the last visitor has left: sessions are closed and tidied
ATTACKS = {
    "classification": {"cls_text": "word " * 1_000},
    "masked_lm": {"mlm_fill": "[MASK]" * 560},
    "question_answering": {"qa_question": "A" * 5_000},
}


class Visitor:
    """A session over a websocket; `ask` runs a page and waits for its end. received: the bytes of its last run."""

    received = 0

    def __init__(self, port: int, number: int):
        self.port, self.session, self.known = port, "", dict[str, None]()
        self.cookie = {"Cookie": f"himotoku_visitor={number:032d}"}
        self.socket: ClientConnection = connect(
            f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"], max_queue=None, max_size=None, ping_interval=None,
            additional_headers=self.cookie, origin=f"http://127.0.0.1:{port}",
        )  # fmt: skip

    def ask(self, page: str, query: dict[str, str], seconds: float = 120) -> tuple[float, list[str]]:
        """(seconds to the end of the run, what it showed as an error)."""
        message = BackMsg()
        message.rerun_script.page_name = "" if page == "overview" else page
        message.rerun_script.query_string = urllib.parse.urlencode(query)
        message.rerun_script.cached_message_hashes.extend(self.known)  # what a browser keeps, large messages, is not sent again
        began = time.monotonic()
        self.socket.send(message.SerializeToString())
        errors, self.received = [], 0
        while True:
            content = self.socket.recv(timeout=seconds)
            self.received += len(content)
            received = ForwardMsg.FromString(content)
            if received.metadata.cacheable:
                self.known[received.hash] = None
            element = received.delta.new_element if received.HasField("delta") else None
            if element is not None and element.HasField("exception"):
                errors.append(element.exception.message[:200])
            if element is not None and element.HasField("alert") and element.alert.format == Alert.ERROR:
                errors.append(element.alert.body[:200])
            if received.HasField("new_session"):
                self.session = received.new_session.initialize.session_id
            if received.HasField("script_finished") and received.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                return time.monotonic() - began, errors

    def upload(self, megabytes: int) -> int:
        """Sends a file under a new name, as a script would, and gives the answer's status."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("GET", "/_stcore/health")
        asked = connection.getresponse()
        asked.read()
        token = SimpleCookie(asked.getheader("set-cookie", ""))["_streamlit_xsrf"].value
        body = (
            b'--line\r\nContent-Disposition: form-data; name="f"; filename="a.csv"\r\n\r\n' + bytes(megabytes * 10**6) + b"\r\n--line--\r\n"
        )
        headers = {
            "Content-Type": "multipart/form-data; boundary=line",
            "X-Xsrftoken": token,
            "Cookie": f"{self.cookie['Cookie']}; _streamlit_xsrf={token}",
        }
        connection.request("PUT", f"/_stcore/upload_file/{self.session}/{uuid.uuid4()}", body, headers)
        status = connection.getresponse().status
        connection.close()
        return status


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--visitors", type=int, default=30)
    parser.add_argument("--pause", type=float, default=3)
    parser.add_argument("--attacker", action="store_true")
    options = parser.parse_args()
    port, home = free_port(), Path(tempfile.mkdtemp(prefix="himotoku-sessions-"))
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    environment = os.environ | {"HIMOTOKU_HOME": str(home), "HF_HUB_OFFLINE": "1"}
    with (home / "log").open("w") as log, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=log, stderr=log) as server:
        try:
            wait_until_served(f"http://127.0.0.1:{port}", server, home / "log")
            report(options, *crowd(port, server, options, home))
            print(f"runs.sqlite: {integrity(home / 'runs.sqlite')}; words in the log: {log_words(home / 'log')}")
        finally:
            server.terminate()


def crowd(
    port: int, server: subprocess.Popen, options: argparse.Namespace, home: Path
) -> tuple[dict[str, list[float]], list[str], list[dict[str, float]], Counter[str]]:
    """(seconds by page, errors, the server's costs every ten seconds and when all are gone, what the attacker was answered)."""
    times: dict[str, list[float]] = defaultdict(list)
    errors: list[str] = []
    answers: Counter[str] = Counter()
    costs = [cost(server, home)]
    visitors: list[Visitor] = []
    ended = time.monotonic() + 60 * options.minutes

    def visit(number: int) -> None:
        chance = random.Random(number)
        try:
            visitor = Visitor(port, number)
            visitors.append(visitor)
            while time.monotonic() < ended:
                page = chance.choice(list(PAGES))
                language = chance.choice(("ja", "en"))
                text = f"{chance.choice(JA if language == 'ja' else EN)} {chance.randrange(10**6)}"
                texts = "\n".join((text, *(JA if language == "ja" else EN))) if page == "similarity" else text
                query = {"lang": language} | ({PAGES[page]: texts} if PAGES[page] else {})
                seconds, failed = visitor.ask(page, query)
                times[page].append(seconds)
                errors.extend(f"{page}: {one}" for one in failed)
                time.sleep(max(0.0, options.pause * (0.5 + chance.random()) - seconds))
        except Exception as problem:
            errors.append(f"visitor {number}: {type(problem).__name__}: {problem}")

    def attack() -> None:
        visitor = Visitor(port, 999)
        while time.monotonic() < ended:
            for page, query in ATTACKS.items():
                try:
                    _, refused = visitor.ask(page, {"lang": "en", **query})
                    answers[f"{page}: {'refused' if refused else 'answered'}"] += 1
                    answers[f"upload: {visitor.upload(150)}"] += 1
                except Exception as problem:
                    answers[f"{page}: {type(problem).__name__}"] += 1
                    visitor = Visitor(port, 999)

    threads = [threading.Thread(target=visit, args=(number,), daemon=True) for number in range(options.visitors)]
    threads += [threading.Thread(target=attack, daemon=True)] if options.attacker else []
    for thread in threads:
        thread.start()
    while time.monotonic() < ended and server.poll() is None:
        time.sleep(10)
        if server.poll() is None:
            costs.append(cost(server, home))
    for thread in threads:
        thread.join(150)
    for visitor in visitors:
        visitor.socket.close()
    time.sleep(GONE_SECONDS)
    if server.poll() is not None:
        errors.append(f"the server ended with {server.returncode}")
    else:
        costs.append(cost(server, home))
    return times, errors, costs, answers


def cost(server: subprocess.Popen, home: Path) -> dict[str, float]:
    process = psutil.Process(server.pid)
    disk = sum(path.stat().st_size for path in home.rglob("*") if path.is_file())
    return {
        "memory_mb": process.memory_info().rss / 1e6,
        "threads": process.num_threads(),
        "files": process.num_fds(),
        "disk_mb": disk / 1e6,
    }


def integrity(file: Path) -> str:
    """What SQLite says of the database: "ok" where it is whole."""
    if not file.exists():
        return "not there"
    with closing(sqlite3.connect(file)) as database:
        return str(database.execute("pragma integrity_check").fetchone()[0])


def log_words(log: Path) -> int:
    """How often a visitor's own words stand in the server's log, which must hold none."""
    return sum(log.read_text(encoding="utf-8", errors="replace").count(text) for text in (*JA, *EN))


def report(
    options: argparse.Namespace, times: dict[str, list[float]], errors: list[str], costs: list[dict[str, float]], answers: Counter[str]
) -> None:
    print(f"{options.visitors} visitors, a page about every {options.pause:g} s, {options.minutes:g} minutes{', an attacker' if options.attacker else ''}; "
          f"{platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}")  # fmt: skip
    for page in sorted(times):
        print(f"{page:20} n {len(times[page]):5}  median {statistics.median(times[page]):6.2f} s  95% {at_95(times[page]):6.2f} s")
    every = [seconds for page in times.values() for seconds in page]
    print(f"{'all':20} n {len(every):5}  median {statistics.median(every):6.2f} s  95% {at_95(every):6.2f} s  longest {max(every):.2f} s")
    print(f"errors: {len(errors)}", *errors[:5], sep="\n  ")
    if options.attacker:
        print("the attacker:", ", ".join(f"{answer} {number}" for answer, number in sorted(answers.items())))
    for name in costs[0]:
        meanwhile = [one[name] for one in costs[1:-1]] or [costs[0][name]]
        print(f"{name:10} before {costs[0][name]:8.1f}  at most {max(meanwhile):8.1f}  after {costs[-1][name]:8.1f}")
    print(json.dumps({"visitors": options.visitors, "minutes": options.minutes, "attacker": options.attacker, "n": len(every), "median": statistics.median(every),
                      "p95": at_95(every), "errors": len(errors), "first": costs[0], "last": costs[-1]}))  # fmt: skip


def at_95(values: list[float]) -> float:
    return sorted(values)[min(len(values) - 1, int(0.95 * len(values)))]


if __name__ == "__main__":
    main()
