"""A Hugging Face Hub of our own on loopback, small enough to read: what the client asks for, answered from folders on disk.

`Hub(root)` serves every folder root/<owner>/<name>/ as a model. Names listed in `gated` answer their files with 403. `writers`: token -> owner
who may make repositories and commit to them, by the client's own steps (preupload, LFS batch, commit); `readers`: tokens that may not.
"""

import base64
import hashlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


class Hub:
    """Use as a context manager; `url` is the endpoint, `requests` every path that was asked for, `tokens` what was shown for which path."""

    def __init__(
        self,
        root: Path,
        gated: tuple[str, ...] = (),
        delay: float = 0,
        writers: dict[str, str] | None = None,
        readers: tuple[str, ...] = (),
    ):
        self.requests: list[str] = []
        self.tokens: list[tuple[str, str]] = []
        self.private: dict[str, bool] = {}
        shared = {"root": root, "gated": gated, "seen": self.requests, "tokens": self.tokens, "delay": delay}
        written = {"writers": writers or {}, "readers": readers, "private": self.private, "objects": {}}
        handler = type("Handler", (_Handler,), shared | written)
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
    writers: dict[str, str]
    readers: tuple[str, ...]
    private: dict[str, bool]
    objects: dict[str, bytes]

    def _token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")

    def do_PUT(self) -> None:
        """An LFS object, to the address that the batch gave."""
        content = self.rfile.read(int(self.headers["Content-Length"]))
        oid = self.path.rpartition("/")[2]
        assert hashlib.sha256(content).hexdigest() == oid
        self.objects[oid] = content
        self._send(200, b"")

    def do_POST(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if self._token() not in (*self.writers, *self.readers):
            return self._refuse(401, "InvalidToken")
        if self._token() in self.readers:
            return self._refuse(403, "Forbidden")
        path = urlsplit(self.path).path
        if path == "/api/repos/create":
            return self._create(json.loads(body))
        if path == "/api/validate-yaml":
            return self._json({"errors": [], "warnings": []})
        if "/preupload/" in path:
            large = (".safetensors", ".onnx")
            files = [{"path": one["path"], "uploadMode": "lfs" if one["path"].endswith(large) else "regular", "shouldIgnore": False, "oid": None}
                     for one in json.loads(body)["files"]]  # fmt: skip
            return self._json({"files": files})
        if path.endswith("/info/lfs/objects/batch"):
            host = f"http://{self.headers['Host']}/lfs/"
            objects = [{**one, "actions": {"upload": {"href": host + one["oid"], "header": {}}}} for one in json.loads(body)["objects"]]
            return self._json({"transfer": "basic", "objects": objects})
        repo = "/".join(path.split("/")[3:5])
        return self._commit(repo, [json.loads(line) for line in body.splitlines()])

    def _create(self, asked: dict) -> None:
        repo = f"{asked['organization'] or self.writers[self._token()]}/{asked['name']}"
        if asked["organization"] not in (None, self.writers[self._token()]):
            return self._refuse(403, "Forbidden")
        if (self.root / repo).exists():
            return self._send(409, json.dumps({"url": f"http://{self.headers['Host']}/{repo}"}).encode(), {"X-Error-Code": "Conflict"})
        (self.root / repo).mkdir(parents=True)
        self.private[repo] = asked.get("visibility") == "private" or bool(asked.get("private"))
        return self._json({"url": f"http://{self.headers['Host']}/{repo}", "id": repo, "name": repo})

    def _commit(self, repo: str, lines: list[dict]) -> None:
        for line in lines:
            if line["key"] not in ("file", "lfsFile"):
                continue
            value = line["value"]
            path = self.root / repo / value["path"]
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(base64.b64decode(value["content"]) if line["key"] == "file" else self.objects[value["oid"]])
        url = f"http://{self.headers['Host']}/{repo}/commit/{COMMIT}"
        self._json({"success": True, "commitOid": COMMIT, "commitUrl": url, "pullRequestUrl": None})

    def _json(self, value: object) -> None:
        self._send(200, json.dumps(value).encode())

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        if shown := self.headers.get("authorization"):
            self.tokens.append((self.path, shown))
        if self.delay:
            threading.Event().wait(self.delay)
        parts = unquote(urlsplit(self.path).path).strip("/").split("/")
        if parts == ["api", "whoami-v2"]:
            known = {**self.writers, **dict.fromkeys(self.readers, "reader")}
            return (
                self._json({"name": known[self._token()], "type": "user"}) if self._token() in known else self._refuse(401, "InvalidToken")
            )
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
