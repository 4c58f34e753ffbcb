"""What surrounds the pages on the server: the visitor's cookie, security headers, a health check that knows whether pages can run."""

import re
import shutil
from base64 import b64encode
from functools import cache
from hashlib import sha256
from html import escape
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import streamlit
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.errors import is_disk_full
from components.messages import LANGUAGES, catalogue
from components.settings import frame_ancestors, metrics_asked_for, wrong_settings
from components.training.runs import new_key
from components.training.settings import Limits
from components.ui.state.visitor import COOKIE, KEY_PATTERN, key_in

YEAR = 365 * 86_400


def stop_where_settings_are_wrong() -> None:
    """Ends the process before it serves anybody, with a sentence for each setting of the host that can't be used."""
    problems = wrong_settings()
    try:
        Limits.from_environment()
    except ValueError as problem:
        problems.append(str(problem))
    if problems:
        raise SystemExit("\n".join(problems))


class VisitorCookie:
    """Gives whoever asks for a page without one a random key in a cookie that no script can read (HttpOnly, SameSite=Lax).

    A key in the cookie of old is kept and moves to today's.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        wanted = scope["type"] == "http" and "text/html" in Request(scope).headers.get("accept", "")
        if not wanted or KEY_PATTERN.fullmatch(Request(scope).cookies.get(COOKIE, "")):
            await self.app(scope, receive, send)
            return
        key = key_in(Request(scope).cookies) or new_key()
        secure = scope.get("scheme") == "https" or Request(scope).headers.get("x-forwarded-proto") == "https"

        async def with_cookie(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", _cookie(key, secure))
            await send(message)

        await self.app(scope, receive, with_cookie)


class SpokenIndex:
    """The first byte in the visitor's language: the document's `lang` and the page's own title, before any script runs.

    The language is that of `?lang=`, else what the browser asks for, else English; the page is the address's last part.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or "text/html" not in Request(scope).headers.get("accept", ""):
            await self.app(scope, receive, send)
            return
        held: list[Message] = []
        parts: list[bytes] = []

        async def spoken(message: Message) -> None:
            if message["type"] == "http.response.start":
                held.append(message)
                return
            html = held and "text/html" in MutableHeaders(scope=held[0]).get("content-type", "") and held[0]["status"] == 200
            if not html or "content-encoding" in MutableHeaders(scope=held[0]):
                if held:
                    await send(held.pop())
                await send(message)
                return
            parts.append(message.get("body", b""))
            if message.get("more_body"):
                return
            body = _in_language(b"".join(parts), Request(scope))
            headers = MutableHeaders(scope=held[0])
            headers["content-length"] = str(len(body))
            headers["vary"] = "accept-language"
            for name in ("etag", "last-modified"):  # of the file, which is the same in every language
                del headers[name]
            await send(held.pop())
            await send({"type": "http.response.body", "body": body})

        await self.app(scope, receive, spoken)


def _in_language(body: bytes, request: Request) -> bytes:
    language = request.query_params.get("lang")
    if language not in LANGUAGES:
        language = "ja" if request.headers.get("accept-language", "").lower().startswith("ja") else "en"
    words = catalogue(language)
    page = request.url.path.rstrip("/").rpartition("/")[2]
    if f"{page}.lead" not in words:
        page = "overview"
    app, title = words["overview.title"], words[f"{page}.title"]
    title = app if page == "overview" else f"{title} · {app}"
    head = f"<title>{escape(title)}</title>\n" + _preview(title, words[f"{page}.lead"], f"{page}.{language}.png", request)
    html = body.decode("utf-8")
    html = re.sub(r'<html lang="[a-z]*">', f'<html lang="{language}">', html, count=1)
    return re.sub(r"<title>[^<]*</title>", lambda _: head, html, count=1).encode("utf-8")


def _preview(title: str, lead: str, picture: str, request: Request) -> str:
    """What a chat or a feed shows of a link (Open Graph): the page's title, its sentence, its card."""
    scheme = request.headers.get("x-forwarded-proto", request.url.scheme)
    address = request.url.replace(scheme="https" if scheme == "https" else "http", query="", path="/")
    properties = {
        "og:type": "website",
        "og:title": title,
        "og:description": re.sub(r"[*$`]", "", lead),
        "og:image": f"{address}app/static/cards/{picture}",
        "og:image:width": "1200",
        "og:image:height": "630",
        "twitter:card": "summary_large_image",
    }
    return "\n".join(f'<meta property="{name}" content="{escape(value, quote=True)}">' for name, value in properties.items())


class SecurityHeaders:
    """What a browser may do with what comes from here: no guessing of content types; the address, which may hold a text or a key, is told to
    no other site; nothing is loaded from a foreign host, and only those sites that the host names may put a page into a frame."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "no-referrer")
                if "text/html" in headers.get("content-type", ""):
                    headers.setdefault("content-security-policy", content_security_policy())
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


@cache
def content_security_policy() -> str:
    """The policy of every page. Streamlit starts with one script in its page, let in by its digest; it runs a component's script from a blob;
    Plotly's maps of many points compile their drawing code, which browsers count as eval; styles are made as pages are drawn."""
    index = (Path(streamlit.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    scripts = [part.partition("</script>")[0] for part in index.split("<script>")[1:]]
    digests = " ".join(f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'" for script in scripts)
    return "; ".join(
        [
            "default-src 'self'",
            f"script-src 'self' blob: 'unsafe-eval' {digests}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self' data: blob:",
            "worker-src 'self' blob:",
            "object-src 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            f"frame-ancestors {frame_ancestors()}",
        ]
    )


class Metrics:
    """Numbers of the server's inside at /metrics and where Streamlit has them, for whoever runs it: only where HIMOTOKU_METRICS=1 asks for
    them."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"].rstrip("/") if scope["type"] == "http" else ""
        if not path.endswith(("/_stcore/metrics", "/metrics")):
            await self.app(scope, receive, send)
        elif not metrics_asked_for():
            await PlainTextResponse("Not Found", 404)(scope, receive, send)
        else:
            where = path if path.endswith("/_stcore/metrics") else path.removesuffix("/metrics") + "/_stcore/metrics"
            await self.app({**scope, "path": where, "raw_path": where.encode()}, receive, send)


async def healthz(request: Request) -> JSONResponse:
    """Whether the server is alive: 200 as long as it answers, with what it lacks, so that a full disk doesn't restart it for ever. Under
    /healthz/ready the same with 503 while something is missing, for whoever decides where visitors go."""
    problems = await run_in_threadpool(missing)
    ready = not problems
    asked_ready = request.url.path.rstrip("/").endswith("/ready")
    body = {"status": "ok" if ready else "failing", "ready": ready, "problems": problems}
    return JSONResponse(body, status_code=200 if ready or not asked_ready else 503)


def missing() -> list[str]:
    """What pages need and this server can't give now: "models" (a bundled model's files), "store" (the runs can't be read or written),
    "disk" (too little is free for a new run)."""
    from components.models.bundled import BUNDLED_IDS
    from components.models.files import bundled_complete
    from components.training.database import LEAST_FREE
    from components.training.store import RunStore

    problems = []
    if not all(bundled_complete(id) for id in BUNDLED_IDS):
        problems.append("models")
    try:
        store = RunStore()
        with store.database.connection(write=True) as database:
            database.execute("select count(*) from runs").fetchone()
        if shutil.disk_usage(store.home).free < LEAST_FREE:
            problems.append("disk")
    except Exception as problem:  # whatever it is, the host must learn of it
        problems.append("disk" if is_disk_full(problem) else "store")
    return problems


def _cookie(key: str, secure: bool) -> str:
    cookie = SimpleCookie({COOKIE: key})
    attributes: dict[str, Any] = {"path": "/", "max-age": YEAR, "httponly": True, "samesite": "Lax", "secure": secure}
    cookie[COOKIE].update(attributes)
    return cookie[COOKIE].OutputString()
