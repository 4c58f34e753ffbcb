"""The page's frame without a browser: prose as open parts and questions, findings with a reader's words in them, the first byte of a page."""

import asyncio
import struct
from html import escape
from itertools import product
from pathlib import Path

import pytest

from components.messages import catalogue
from components.ui.server import SpokenIndex
from components.ui.widgets.page import paragraphs
from components.ui.widgets.pages import PAGES
from components.ui.widgets.verdict import said

ROOT = Path(__file__).resolve().parents[3]
INDEX = b'<!DOCTYPE html><html lang="en"><head><title>Streamlit</title></head><body></body></html>'


def test_prose_opens_with_two_parts_and_asks_the_rest():
    text = "Lead.\n\n$$x$$\n\n**Why?** Because.\n\nStill.\n\n**How.** So.\n\nAnd so.\n\n**What。** That."
    opened, questions = paragraphs(text)
    assert opened == ["Lead.\n\n$$x$$", "**Why?** Because.\n\nStill."]
    assert questions == [("How", "So.\n\nAnd so."), ("What", "That.")]
    assert paragraphs("") == ([], [])


def test_a_readers_words_are_escaped_and_set_apart_in_a_finding(monkeypatch):
    monkeypatch.setattr("components.ui.widgets.verdict.t", lambda key, **values: "{a} <looks> at {b}: {w}".format(**values))
    html = said("any", quoted={"a": "<img src=x onerror=1>", "b": "{w}"}, w="70%")
    assert html == "<q>&lt;img src=x onerror=1&gt;</q> &lt;looks&gt; at <q>{w}</q>: 70%"


async def fetched(path: str, query: str = "", language: str = "", accept: str = "text/html", body: bytes = INDEX) -> tuple[dict, bytes]:
    async def app(scope, receive, send):
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"text/html; charset=utf-8"), (b"content-length", b"1")],
            }
        )
        await send({"type": "http.response.body", "body": body[:20], "more_body": True})
        await send({"type": "http.response.body", "body": body[20:]})

    headers = [(b"accept", accept.encode()), (b"accept-language", language.encode()), (b"host", b"lab")]
    scope = {
        "type": "http",
        "method": "GET",
        "path": path,
        "query_string": query.encode(),
        "headers": headers,
        "scheme": "http",
        "server": ("lab", 80),
    }
    sent = []

    async def send(message):
        sent.append(message)

    await SpokenIndex(app)(scope, None, send)
    return dict(sent[0]["headers"]), b"".join(message.get("body", b"") for message in sent[1:])


@pytest.mark.parametrize(
    ("path", "query", "browser", "language", "page"),
    [
        ("/attention", "", "ja-JP,ja;q=0.9", "ja", "attention"),
        ("/attention", "lang=en", "ja", "en", "attention"),
        ("/lab/attention/", "lang=ja", "en-US", "ja", "attention"),
        ("/", "", "fr", "en", None),
        ("/", "lang=xx", "ja", "ja", None),
        ("/nothing<script>", "", "en", "en", None),
    ],
)
def test_language_and_title_are_right_at_the_first_byte(path, query, browser, language, page):
    headers, body = asyncio.run(fetched(path, query, browser))
    words = catalogue(language)
    title = f"{words[f'{page}.title']} · {words['overview.title']}" if page else words["overview.title"]
    assert f'<html lang="{language}">'.encode() in body and f"<title>{title}</title>".encode() in body
    assert int(headers[b"content-length"]) == len(body)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_link_is_shown_with_its_pages_sentence_and_card(language):
    _, body = asyncio.run(fetched("/attention", f"lang={language}&att_text=<script>"))
    html, words = body.decode(), catalogue(language)
    assert f'property="og:title" content="{escape(words["attention.title"])} ·' in html
    assert f'content="http://lab/app/static/cards/attention.{language}.png"' in html and "<script>" not in html


def test_every_page_has_its_card_in_both_languages():
    names = [name for names in PAGES.values() for name in names]
    for name, language in product(names, ("ja", "en")):
        picture = (ROOT / "static" / "cards" / f"{name}.{language}.png").read_bytes()
        assert picture[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">II", picture[16:24]) == (1200, 630)


def test_what_is_no_page_passes_as_it_is():
    _, body = asyncio.run(fetched("/attention", accept="*/*"))
    assert body == INDEX
