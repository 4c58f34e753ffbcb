"""Which names the app answers to, and which pages may talk to it: what a foreign page in a visitor's browser must not get through."""

import ipaddress
import os
import socket
from functools import cache
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from components.settings import hosts

HERE = ("localhost", "127.0.0.1", "::1")
HEALTH = ("/healthz", "/healthz/ready", "/_stcore/health", "/_stcore/script-health-check")  # asked by proxies, under any name
# A proxy adds one of these; a page's script can't add any to a websocket.
_OF_A_PROXY = ("x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "forwarded")
SENTENCE = "This server does not answer to that name. Whoever runs it can add the name to HIMOTOKU_HOSTS (docs/operations.md)."
FOREIGN = "Another site's page may not do that here."


class KnownHosts:
    """Refuses requests under a name that is not the app's (421), and websockets and changes that another page than the app's own asks for (403).

    The names are those of HIMOTOKU_HOSTS, the name as a Hugging Face Space, and localhost. Without that setting also any IP address, this
    machine's name, and whatever a proxy passes on; a name that leads here by a stranger's doing (DNS rebinding) is none of them.
    """

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        refused = None
        if not _known(headers) and not (scope["type"] == "http" and scope["path"].endswith(HEALTH)):
            refused = PlainTextResponse(SENTENCE, 421)
        elif not _own_page(scope, headers):
            refused = PlainTextResponse(FOREIGN, 403)
        if refused is None:
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await refused(scope, receive, send)
        else:
            await receive()
            await send({"type": "websocket.close", "code": 1008, "reason": bytes(refused.body).decode()})


def _known(headers: Headers) -> bool:
    name = _name("//" + headers.get("host", ""))
    if name is None:
        return False
    if name in HERE or name in hosts() or name == os.environ.get("SPACE_HOST", "").lower():
        return True
    return not hosts() and (_is_address(name) or name in _names_of_this_machine() or any(header in headers for header in _OF_A_PROXY))


def _own_page(scope: Scope, headers: Headers) -> bool:
    """Did a page of the app ask? A browser says where a page comes from with every websocket and every change."""
    origin = headers.get("origin")
    if scope["type"] == "http" and (origin is None or scope["method"] in ("GET", "HEAD", "OPTIONS")):
        return True
    return origin is not None and urlsplit(origin).netloc.lower() == headers.get("host", "").lower() != ""


def _name(address: str) -> str | None:
    """The host's name without port, in small letters; None where there is none."""
    try:
        return (urlsplit(address).hostname or "").rstrip(".") or None
    except ValueError:
        return None


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


@cache
def _names_of_this_machine() -> frozenset[str]:
    name = socket.gethostname().lower()
    return frozenset({name, f"{name.partition('.')[0]}.local"})
