"""One text at a time, large, with a button and a key for each class.

Own front-end code (asking.js and .css beside this file): a run of the page for every key would be too slow for a person who labels two texts a
second, so the browser has the next texts already. It builds text nodes, never HTML. A press carries its number and the row that was shown; what
the server hasn't confirmed is sent again, and is written once.

What the model thinks of a text is shown after the answer alone: before it, it would lead the person, and a score against labels that follow the model
says nothing.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from components.training.labelling import SKIPPED, Answer
from components.training.labelling_desk import Question
from components.training.labelling_facts import MOST_AT_ONCE, Change, Labelling
from components.ui.state.language import t
from components.ui.widgets.escaped import printable, printable_lines

AHEAD = 40  # texts that the browser has: 20 seconds of a quick hand, should the server be busy
BACK = 20  # answers that can be taken back after a reload
SHOWN = 2_000  # characters of a text
KEY = "label_desk"  # and the labelling: what was pressed at one desk is no answer at another
_HERE = Path(__file__).parent
_COMPONENT = st.components.v2.component(
    "himotoku_asking",
    html="<section class='desk'><div class='top'><span class='count'></span><span class='row'></span></div><div class='bar' aria-hidden='true'><i></i></div>"
    "<div class='text' data-words dir='auto' tabindex='0'></div><div class='told' data-words></div><div class='classes' role='group' data-words></div>"
    "<div class='others'><button type='button' class='skip'></button><button type='button' class='back'></button>"
    "<button type='button' class='model'></button></div><div class='live' data-words aria-live='polite'></div></section>",
    css=(_HERE / "asking.css").read_text(encoding="utf-8"),
    js=(_HERE / "asking.js").read_text(encoding="utf-8"),
)


@dataclass(frozen=True)
class Pressed:
    """What a tab sent: its token, and the changes with their numbers, rising."""

    token: str
    changes: tuple[tuple[int, Change], ...]

    def after(self, number: int) -> list[Change]:
        """Those that come after the press of this number."""
        return [change for own, change in self.changes if own > number]


def asking(
    labelling: Labelling,
    questions: Sequence[Question],
    answers: Sequence[Answer],
    texts: Sequence[str],
    rows: Sequence[int],
    applied: Mapping[str, int],
    on_press: Callable[[], None],
) -> None:
    """Draws the next text; on_press is called before the next run, `pressed` gives what was pressed. applied: see `Work`."""

    def shown(row: int) -> dict[str, object]:
        return {"row": row, "name": rows[row], "text": printable_lines(texts[row][:SHOWN])}

    token, number = next(reversed(list(applied.items())), ("", 0))
    _COMPONENT(
        key=f"{KEY}_{labelling.id}",
        data={
            "job": labelling.id,
            "language": labelling.language,
            "classes": [{"number": number, "name": printable(name)} for number, name in labelling.named.items()],
            "queue": [
                shown(one.row) | {"random": one.random, "guess": one.guess, "confidence": round(one.confidence, 3)} for one in questions
            ],
            "history": [
                shown(one.row) | {"random": one.random, "guess": one.guess, "confidence": 0, "given": one.given} for one in answers[-BACK:]
            ],
            "counts": {str(given): count for given, count in Counter(answer.given for answer in answers).items()},
            "rows": labelling.rows,
            "skip": SKIPPED,
            "token": token,
            "applied": number,
            "labels": {
                name: t(f"label.desk_{name}")
                for name in ("waiting", "all_done", "skip", "undo", "model", "classes", "skipped", "you", "it")
            }
            | {
                "count": t("label.desk_count", labelled="{labelled}", skipped="{skipped}", left="{left}"),
                "row": t("label.desk_row", row="{row}"),
                "next": t("label.desk_next", text="{text}"),
            },
        },
        on_answers_change=on_press,
        height="content",
    )


def pressed(id: str) -> Pressed | None:
    """What the browser sent last for this labelling, as far as it can be understood."""
    sent = st.session_state.get(f"{KEY}_{id}")
    found = sent.get("answers") if sent else None
    if (
        not isinstance(found, dict)
        or found.get("job") != id
        or not isinstance(found.get("token"), str)
        or not isinstance(found.get("entries"), list)
    ):
        return None
    changes = (_change(entry) for entry in found["entries"][:MOST_AT_ONCE])
    return Pressed(found["token"][:20], tuple(change for change in changes if change))


def _change(entry: Any) -> tuple[int, Change] | None:
    if not isinstance(entry, list) or len(entry) != 5:
        return None
    number, row, given, random, guess = entry
    if not _whole(number) or not _whole(row) or not (given is None or _whole(given)):
        return None
    return number, Change(row, given, bool(random), guess if _whole(guess) else None)


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31
