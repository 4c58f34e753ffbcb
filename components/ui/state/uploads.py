"""How many bytes of uploaded files the server holds: of one visitor over all sessions, and of all visitors; closed sessions give theirs back.

Streamlit bounds one file only (server.maxUploadSize) and keeps every file until its session ends, whatever id it was sent under.
"""

import asyncio
import contextlib
import gc
import weakref
from collections import Counter, defaultdict
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.runtime import Runtime

from components.settings import upload_bytes, visitor_upload_bytes

from .visitor import key_in

ROUTE = "/_stcore/upload_file/"
TIDY_SECONDS = 20
MINIMUM = 1_000  # bytes that a file counts at the least: what is kept beside its content


@dataclass
class Ledger:
    """Who holds what. All but `keep` and the reading of `refused` happens on the server's event loop."""

    owners: dict[str, str] = field(default_factory=dict)  # session id -> visitor
    coming: Counter[str] = field(default_factory=Counter)  # visitor -> bytes of uploads under way
    refused: dict[str, str] = field(default_factory=dict)  # session id -> why its last upload was: "visitor" or "all"
    _kept: dict[int, tuple[str, int, int]] = field(default_factory=dict)  # id of a holder -> session id, id and length of its bytes

    def keep(self, session: str, holder: object, data: bytes) -> None:
        """Counts `data` as held by `session` for as long as `holder` lives: what a page keeps of a file that its field has let go."""
        self._kept[id(holder)] = session, id(data), len(data)
        weakref.finalize(holder, self._kept.pop, id(holder), None)

    def held(self) -> dict[str, int]:
        """Bytes of the files of each session, by its id; one that the store and a page share counts once."""
        sizes: dict[str, dict[int, int]] = defaultdict(dict)
        manager: Any = Runtime.instance().uploaded_file_mgr if Runtime.exists() else None
        stored = manager.file_storage if manager else {}
        for session, files in list(stored.items()):
            # By the content's place in memory; small contents may share one, and each file has a cost of its own.
            sizes[session] = {
                id(file.data) if len(file.data) > MINIMUM else id(file): max(len(file.data), MINIMUM) for file in list(files.values())
            }
        for session, identity, size in list(self._kept.values()):
            sizes[session].setdefault(identity, size)
        return {session: sum(each.values()) for session, each in sizes.items()}

    def full(self, visitor: str, more: int = 0) -> str | None:
        """Whose bound `more` bytes would break: "visitor", "all" or None."""
        held = self.held()
        own = sum(size for session, size in held.items() if self.owners.get(session) == visitor)
        if own + self.coming[visitor] + more > visitor_upload_bytes():
            return "visitor"
        return "all" if sum(held.values()) + self.coming.total() + more > upload_bytes() else None

    def forget(self) -> None:
        """Drops what is known of sessions that have ended."""
        runtime, held = Runtime.instance(), self.held()
        for session in [session for session in {*self.owners, *self.refused} if session not in held]:
            if not runtime.is_active_session(session):
                self.owners.pop(session, None)
                self.refused.pop(session, None)


ledger = Ledger()


class UploadLimit:
    """Refuses a PUT to Streamlit's upload address (413) where the visitor, or all visitors together, would hold more than they may."""

    def __init__(self, app: ASGIApp):
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "PUT" or ROUTE not in scope["path"]:
            await self.app(scope, receive, send)
            return
        session = scope["path"].split(ROUTE)[1].split("/")[0]
        known = Runtime.exists() and Runtime.instance().is_active_session(session)
        visitor = ledger.owners.setdefault(session, _visitor(scope)) if known else _visitor(scope)
        if known:
            ledger.refused.pop(session, None)
        stated = Headers(scope=scope).get("content-length", "")
        reserved = int(stated) if stated.isdecimal() and len(stated) < 15 else 0
        if why := ledger.full(visitor, max(reserved, MINIMUM)):
            _refuse(session, why, known)
            await PlainTextResponse("Too many bytes uploaded", 413)(scope, receive, send)
            return
        ledger.coming[visitor] += reserved
        received = 0

        async def counted() -> Message:
            nonlocal received, reserved
            message = await receive()
            received += len(message.get("body", b""))
            if received > reserved:  # no length was stated, or a false one
                if why := ledger.full(visitor, received - reserved):
                    _refuse(session, why, known)
                    raise HTTPException(413, "Too many bytes uploaded")
                ledger.coming[visitor] += received - reserved
                reserved = received
            return message

        try:
            await self.app(scope, counted, send)
        finally:
            ledger.coming[visitor] -= reserved
            ledger.coming += Counter()  # those at nought are dropped


def _visitor(scope: Scope) -> str:
    """The visitor's key, or the address of one without a cookie."""
    return key_in(Request(scope).cookies) or f"from {(scope.get('client') or ('?',))[0]}"


def _refuse(session: str, why: str, known: bool) -> None:
    """Notes why, and draws the session's page again, which says so in the visitor's language: the widget shows the status only."""
    if not known:
        return
    ledger.refused[session] = why
    info = Runtime.instance()._session_mgr.get_active_session_info(session)
    if info is not None:
        info.session.request_rerun(info.session._client_state)


def refusal(session: str) -> str | None:
    """Why the last upload of this session was refused: "visitor", "all", or None where it was not."""
    return ledger.refused.get(session)


@contextlib.asynccontextmanager
async def tidying(_app: object) -> AsyncIterator[None]:
    """While the server runs, closed sessions give back their files soon after Streamlit's two minutes for coming back."""
    task = asyncio.create_task(_tidy())
    try:
        yield
    finally:
        task.cancel()


async def _tidy() -> None:
    while True:
        await asyncio.sleep(TIDY_SECONDS)
        # Streamlit's store of closed sessions lets go of an expired one only when it is written to, which takes another visitor.
        if Runtime.exists():
            sessions: Any = Runtime.instance()._session_mgr
            if expired := sessions._session_storage._cache.expire():
                for _, closed in expired:
                    closed.session.shutdown()
                del expired, closed
                gc.collect()  # what a session's state holds stands in circles with its runners
            ledger.forget()
