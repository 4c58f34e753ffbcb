"""The service behind `serve`. Every bound is met before anything is computed; what goes wrong is a sentence in JSON: {"error": {"code", "message"}}.

Loads nothing from elsewhere: /openapi.json describes it, there is no page that would fetch a viewer.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException as PlainHTTPException

from components.cli.answering import Answering, Row
from components.errors import UserError
from components.settings import version

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]


@dataclass(frozen=True)
class Bounds:
    """Texts and characters a text of one request, bytes of its body, requests that wait while one is answered."""

    texts: int
    characters: int
    bytes: int
    waiting: int


class OneRow(BaseModel):
    model_config = ConfigDict(extra="forbid")
    text: str
    question: str | None = Field(None, description="for a model that answers questions")
    second: str | None = Field(None, description="for a model that reads two texts")


class Asked(BaseModel):
    """One text ("text", with "question" for a model that answers questions, "second" for one that reads two texts), several ("texts"), or several
    rows of both ("rows")."""

    model_config = ConfigDict(extra="forbid")
    text: str | None = None
    question: str | None = None
    second: str | None = None
    texts: list[str] | None = None
    rows: list[OneRow] | None = None


class Answered(BaseModel):
    """An answer a text, in the order of the request."""

    model: str
    task: str
    answers: list[dict[str, Any]]


class Health(BaseModel):
    status: str
    model: str
    task: str


class Refused(HTTPException):
    """An answer other than 200: a code to branch on and a sentence."""

    def __init__(self, status: int, code: str, sentence: str, headers: dict[str, str] | None = None):
        super().__init__(status, {"code": code, "message": sentence}, headers)


def service(model: str, task: str, answering: Answering, bounds: Bounds, token: str = "", hosts: Sequence[str] | None = None) -> FastAPI:
    """The application. token: what `Authorization: Bearer` must show, "" for nothing. hosts: the names that it answers to, None for any: without a
    token a page in a browser on this machine could otherwise ask under a name of its own."""
    app = FastAPI(title="Himotoku", summary=f"{model}: {task}", version=version(), docs_url=None, redoc_url=None)
    turn, waiting = asyncio.Lock(), 0

    def check_token(request: Request) -> None:
        shown = request.headers.get("authorization", "")
        if token and not secrets.compare_digest(shown.encode(), f"Bearer {token}".encode()):
            raise Refused(401, "token", "Show the token of this service: Authorization: Bearer <token>.", {"WWW-Authenticate": "Bearer"})

    @app.get("/healthz")
    def healthz() -> Health:
        return Health(status="ok", model=model, task=task)

    @app.post("/predict")
    async def predict(request: Request, asked: Asked) -> Answered:
        nonlocal waiting
        check_token(request)
        rows = _rows(asked, answering.fields, bounds)
        if waiting >= bounds.waiting:
            raise Refused(503, "busy", f"{waiting} requests are waiting, the maximum. Try again in a second.", {"Retry-After": "1"})
        waiting += 1
        try:
            async with turn:
                answers = await run_in_threadpool(answering.answer, rows, len(rows))
        except UserError as problem:
            raise Refused(422, problem.key, str(problem)) from problem
        finally:
            waiting -= 1
        return Answered(model=model, task=task, answers=answers.records)

    @app.exception_handler(PlainHTTPException)
    async def refused(request: Request, problem: PlainHTTPException) -> JSONResponse:
        told = problem.detail if isinstance(problem.detail, dict) else {"code": "http", "message": str(problem.detail)}
        return JSONResponse({"error": told}, problem.status_code, problem.headers)

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, problem: RequestValidationError) -> JSONResponse:
        first = problem.errors()[0]
        place = ".".join(str(part) for part in first["loc"] if part != "body")
        return JSONResponse({"error": {"code": "malformed", "message": f"{place}: {first['msg']}".removeprefix(": ")}}, 422)

    @app.exception_handler(Exception)
    async def broken(request: Request, problem: Exception) -> JSONResponse:
        return JSONResponse({"error": {"code": "fault", "message": "The model could not answer this."}}, 500)

    app.add_middleware(_Door, most=bounds.bytes, hosts=hosts)
    return app


def _rows(asked: Asked, fields: tuple[str, ...], bounds: Bounds) -> list[Row]:
    """What is asked, as rows of `fields`. Raises Refused."""
    given = [name for name in ("text", "texts", "rows") if getattr(asked, name) is not None]
    if len(given) != 1:
        raise Refused(422, "malformed", 'Give one of "text", "texts" and "rows".')
    rows = asked.rows or [
        OneRow(text=text, question=asked.question, second=asked.second)
        for text in (asked.texts or ([asked.text] if asked.text is not None else []))
    ]
    if not rows:
        raise Refused(422, "malformed", "There is no text.")
    if len(rows) > bounds.texts:
        raise Refused(413, "too_many_texts", f"{len(rows)} texts, the limit is {bounds.texts}.")
    longest = max(len(row.text) + len(row.question or "") + len(row.second or "") for row in rows)
    if longest > bounds.characters:
        raise Refused(413, "text_too_long", f"A text has {longest} characters, the limit is {bounds.characters}.")
    for field, does in (("question", "answers questions"), ("second", "reads two texts")):
        if field in fields and any(getattr(row, field) is None for row in rows):
            raise Refused(422, "malformed", f'This model {does}: give a "{field}" beside each "text".')
        if field not in fields and any(getattr(row, field) is not None for row in rows):
            raise Refused(422, "malformed", f'This model takes no "{field}".')
    return [tuple(str(getattr(row, field)) for field in fields) for row in rows]


class _Door:
    """Refuses what is asked under another name than `hosts`, a body that is no JSON (a form of another site can't send that), and one of more than
    `most` bytes while it comes in."""

    def __init__(self, app: Any, most: int, hosts: Sequence[str] | None):
        self.app, self.most, self.hosts = app, most, hosts

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = {name.lower(): value.decode("latin-1") for name, value in scope["headers"]}
        if self.hosts is not None and _name(headers.get(b"host", "")) not in self.hosts:
            await _refuse(scope, receive, send, 421, "host", "This service answers to this machine alone.")
            return
        if scope["method"] != "POST":
            await self.app(scope, receive, send)
            return
        if headers.get(b"content-type", "").partition(";")[0].strip().lower() != "application/json":
            await _refuse(scope, receive, send, 415, "content_type", "Send JSON: Content-Type: application/json.")
            return
        body = bytearray()
        while True:
            part = await receive()
            if part["type"] == "http.disconnect":
                return
            body += part.get("body", b"")
            if len(body) > self.most:
                await _refuse(scope, receive, send, 413, "too_large", f"The request is larger than {self.most} bytes, the limit.")
                return
            if not part.get("more_body"):
                break
        given = iter([{"type": "http.request", "body": bytes(body), "more_body": False}])

        async def whole() -> Message:
            return next(given, None) or await receive()

        await self.app(scope, whole, send)


def _name(host: str) -> str:
    """Of a Host header, without its port."""
    return host[1:].partition("]")[0] if host.startswith("[") else host.partition(":")[0].lower()


async def _refuse(scope: Message, receive: Receive, send: Send, status: int, code: str, sentence: str) -> None:
    await JSONResponse({"error": {"code": code, "message": sentence}}, status, {"Connection": "close"})(scope, receive, send)
