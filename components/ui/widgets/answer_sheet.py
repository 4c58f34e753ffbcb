"""The visitor's answers as a sheet of their own: one HTML file that needs nothing else and prints well."""

from collections.abc import Mapping
from datetime import datetime
from html import escape

from babel.dates import format_date

from components.charts.theme import ROLES
from components.messages import catalogue, message
from components.ui.state.understood import Given

from .check import questions_of
from .pages import PAGES

_INK, _FAINT, _LINE = (ROLES[name].light for name in ("ink", "ink2", "edge"))
_STYLE = f"""
@page {{ margin: 18mm; }}
body {{ max-width: 42em; margin: 2em auto; padding: 0 1em; font: 11pt/1.65 "Noto Sans JP", "Hiragino Sans", "Yu Gothic", Meiryo, sans-serif; color: {_INK}; }}
h1 {{ font-size: 1.5em; margin: 0; }} h2 {{ font-size: 1.15em; margin: 1.6em 0 .4em; border-bottom: 1px solid {_LINE}; break-after: avoid; }}
h2 small, .when {{ font-weight: 400; color: {_FAINT}; }} article {{ margin: 0 0 1em; break-inside: avoid; }} p {{ margin: .1em 0; overflow-wrap: anywhere; }}
.ask {{ font-weight: 600; }} .why {{ color: {_INK}; }}
"""


def sheet(given: Mapping[str, Given], understood: Mapping[str, bool], language: str, now: datetime) -> str:
    """The page's questions as they were asked and answered, with their reasons, page by page, in `language`; of those understood on earlier visits
    what is still known, which is no text of the visitor."""
    pages = [page for names in PAGES.values() for page in names if questions_of(page)]
    all_ = [id for page in pages for id in questions_of(page)]
    title, date = (escape(one) for one in (message("check.sheet_title", language), format_date(now.date(), "long", locale=language)))
    return (
        f'<!doctype html>\n<html lang="{language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">'
        f"<title>{title}</title><style>{_STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        f'<p class="when">{date} · {_done(len(all_), sum(id in understood for id in all_), language)}</p>\n'
        f"{''.join(_page(page, given, understood, language) for page in pages)}</body></html>\n"
    )


def _done(all_: int, done: int, language: str) -> str:
    return escape(message("check.done", language, done=done, n=all_))


def _page(page: str, given: Mapping[str, Given], understood: Mapping[str, bool], language: str) -> str:
    """A page's part; "" where nothing was answered."""
    ids = questions_of(page)
    answered = [one for one in given.values() if one.question in ids]
    earlier = [id for id in ids if id in understood and id not in {one.question for one in answered if one.right}]
    if not answered and not earlier:
        return ""
    done = _done(len(ids), sum(id in understood for id in ids), language)
    body = [*(_answered(one, language) for one in answered), *(_earlier(id, understood[id], language) for id in earlier)]
    return f"<section><h2>{escape(message(f'{page}.title', language))} <small>{done}</small></h2>\n{''.join(body)}</section>\n"


def _answered(one: Given, language: str) -> str:
    said = message("check.sheet_said", language, answers=message("check.then", language).join(one.answers))
    kind = "first" if one.right and len(one.answers) == 1 else "later" if one.right else "open"
    sign = "✓" if one.right else "✗"
    return _article(
        one.text,
        f"{said} {sign} {message(f'check.sheet_{kind}', language)}",
        one.answer,
        one.reason,
        language,
        one.language,
        f"{one.at:%H:%M}",
    )


def _earlier(id: str, first: bool, language: str) -> str:
    """What was understood on another visit: its words are known only where they are the same for everybody."""
    said = f"✓ {message('check.sheet_earlier_first' if first else 'check.sheet_earlier', language)}"
    if f"questions.{id}-right" not in catalogue(language):
        return _article(message("check.sheet_own", language), said, "", "", language, language, "")
    text, right, reason = (message(f"questions.{id}{part}", language) for part in ("", "-right", "-reason"))
    return _article(text, said, right, reason, language, language, "")


def _article(text: str, said: str, right: str, reason: str, language: str, spoken: str, when: str) -> str:
    why = (
        f'<p class="why" lang="{spoken}">{escape(message("check.right_is", language, answer=right))} {escape(reason)}</p>' if reason else ""
    )
    time = f' <span class="when">{when}</span>' if when else ""
    return f'<article><p class="ask" lang="{spoken}">{escape(text)}</p><p>{escape(said)}{time}</p>{why}</article>\n'
