"""What surrounds the pages on the server: the visitor's cookie, security headers, a health check that knows whether pages can run."""

from http.cookies import SimpleCookie
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from components.training.runs import new_key
from components.ui.state.visitor import COOKIE, KEY_PATTERN, key_in

YEAR = 365 * 86_400


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


class SecurityHeaders:
    """No guessing of content types; the address, which may hold a text or a key, is told to no other site."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "no-referrer")
            await send(message)

        await self.app(scope, receive, with_headers if scope["type"] == "http" else send)


async def healthz(_: Request) -> JSONResponse:
    """200 when the store of runs can be opened, else 503."""
    from components.training.store import RunStore

    try:
        RunStore()
    except Exception as problem:  # whatever it is, the host must learn of it
        return JSONResponse({"status": "failing", "problem": type(problem).__name__}, status_code=503)
    return JSONResponse({"status": "ok"})


def _cookie(key: str, secure: bool) -> str:
    cookie = SimpleCookie({COOKIE: key})
    attributes: dict[str, Any] = {"path": "/", "max-age": YEAR, "httponly": True, "samesite": "Lax", "secure": secure}
    cookie[COOKIE].update(attributes)
    return cookie[COOKIE].OutputString()
