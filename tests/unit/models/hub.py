"""A Hugging Face Hub of our own on loopback, small enough to read: what the client asks for, answered from folders on disk.

`Hub(root)` serves every folder root/<owner>/<name>/ as a model. Names listed in `gated` answer their files with 403.
"""

import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Use as a context manager; `url` is the endpoint, `requests` every path that was asked for, `tokens` what was shown for which path."""

    def __init__(self, root: Path, gated: tuple[str, ...] = (), delay: float = 0):
        self.requests: list[str] = []
        self.tokens: list[tuple[str, str]] = []
        handler = type("Handler", (_Handler,), {"root": root, "gated": gated, "seen": self.requests, "tokens": self.tokens, "delay": delay})
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self) -> "Hub":
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    root: Path
    gated: tuple[str, ...]
    seen: list[str]
    tokens: list[tuple[str, str]]
    delay: float

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        if shown := self.headers.get("authorization"):
            self.tokens.append((self.path, shown))
        if self.delay:
            threading.Event().wait(self.delay)
        parts = unquote(urlsplit(self.path).path).strip("/").split("/")
        if parts[:2] == ["api", "models"]:
            self._about("/".join(parts[2:4]), parts[4:])
        elif "resolve" in parts:
            at = parts.index("resolve")
            self._file("/".join(parts[:at]), parts[at + 1], "/".join(parts[at + 2 :]))
        else:
            self._refuse(404, "EntryNotFound")

    do_HEAD = do_GET

    def _about(self, repo: str, rest: list[str]) -> None:
        folder = self.root / repo
        if not folder.is_dir():
            # The Hub does not tell a stranger whether a model is missing or private.
            return self._refuse(401, "RepoNotFound")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        names = [path.relative_to(folder).as_posix() for path in files]
        if rest[:1] == ["tree"]:
            entries = [
                {"type": "file", "path": name, "size": path.stat().st_size, "oid": _digest(path)}
                for name, path in zip(names, files, strict=True)
            ]
            return self._send(200, json.dumps(entries).encode())
        siblings = [
            {"rfilename": name, "size": path.stat().st_size, "blobId": _digest(path)} for name, path in zip(names, files, strict=True)
        ]
        gated = "manual" if repo in self.gated else False
        self._send(200, json.dumps({"id": repo, "modelId": repo, "sha": COMMIT, "siblings": siblings, "gated": gated}).encode())

    def _file(self, repo: str, revision: str, name: str) -> None:
        path = self.root / repo / name
        if repo in self.gated:
            return self._refuse(403, "GatedRepo")
        if not (self.root / repo).is_dir():
            return self._refuse(401, "RepoNotFound")
        if not path.is_file():
            return self._refuse(404, "EntryNotFound")
        self._send(200, path.read_bytes(), {"ETag": f'"{_digest(path)}"', "X-Repo-Commit": COMMIT if revision == "main" else revision})

    def _refuse(self, status: int, code: str) -> None:
        self._send(status, b"{}", {"X-Error-Code": code, "X-Error-Message": code})

    def _send(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in {"Content-Length": str(len(body)), "Content-Type": "application/json", **(headers or {})}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        pass


def _digest(path: Path) -> str:
    return hashlib.sha1(path.read_bytes()).hexdigest()
