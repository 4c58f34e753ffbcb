"""What is hidden in a text and what is said of it: the words that can be hidden, the one hidden first, the finding and the doubt, by rule."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from components.charts.numbers import per_cent
from components.models.results import Fill
from components.text.function_words import function_words
from components.text.tokens import AlignedText
from components.ui.widgets.verdict import said

from .gap_line import GapWord

SURE, WEAK = 0.6, 0.15  # the first candidate fills the gap; nothing decides
RIVAL = 0.6  # of the first: the second competes
NEAR, BEATEN = 8, 0.1  # a place not far down; a lead that counts
NOTHING = -1
_TELLING = re.compile(r"[一-鿿ァ-ヶ]|[^\W\d_ぁ-ん]{3}")  # kanji, katakana, or three letters: not する, not a year
_MARK = re.compile(r"[\W_]+")


@dataclass(frozen=True)
class Hidden:
    """The word behind a gap. ids: its tokens; start, end: its characters."""

    word: str
    start: int
    end: int
    ids: tuple[int, ...]


def words_of(aligned: AlignedText, mask_id: int) -> list[GapWord]:
    """The words of a text as its model cuts them, marks of punctuation among them; a mask token is a gap."""
    words: list[GapWord] = []
    last, end = None, 0
    for number, id, (start, stop) in zip(aligned.words, aligned.ids, aligned.spans, strict=True):
        spaced = bool(aligned.text[end:start].strip("\n") or aligned.text[end:start]) and start > end
        if number == last and words and id != mask_id:
            first = words[-1]
            if first.kind != "gap":
                text = aligned.text[first.start : stop]
                words[-1] = GapWord(text, first.start, first.spaced, "mark" if _MARK.fullmatch(text) else "word")
                end = max(end, stop)
                continue
        text = aligned.text[start:stop]
        kind = "gap" if id == mask_id else "mark" if _MARK.fullmatch(text) or not text else "word"
        words.append(GapWord(text, start, spaced, kind))  # type: ignore[arg-type]
        last, end = number, max(end, stop)
    return words


def first_hidden(aligned: AlignedText, words: Sequence[GapWord]) -> int:
    """Where the word begins that a text hides at first: the one nearest its middle that says something and is one token; NOTHING where there
    is no word."""
    choices = [word for word in words if word.kind == "word"]
    if not choices:
        return NOTHING
    spans = [(word.start, word.start + len(word.text)) for word in choices]
    telling = [word for word, empty in zip(choices, function_words(aligned.text, spans), strict=True) if not empty] or choices
    telling = [word for word in telling if _TELLING.search(word.text)] or telling
    whole = [word for word in telling if len(hidden_at(aligned, word).ids) == 1] or telling
    middle = len(aligned.text) / 2
    return min(whole, key=lambda word: abs(word.start + len(word.text) / 2 - middle)).start


def hidden_at(aligned: AlignedText, word: GapWord) -> Hidden:
    """The tokens of a word."""
    end = word.start + len(word.text)
    ids = tuple(id for id, (start, stop) in zip(aligned.ids, aligned.spans, strict=True) if word.start <= start and stop <= end)
    return Hidden(word.text, word.start, end, ids)


def finding(fills: Sequence[Sequence[Fill]]) -> str:
    """What stands in the gap or gaps, as HTML."""
    if not fills:
        return said("masked_lm.finding_none")
    if len(fills) > 1:
        first, second = fills[0][0], fills[1][0]
        return said(
            "masked_lm.finding_several",
            quoted={"first": first.token, "second": second.token},
            n=len(fills),
            one=per_cent(first.score),
            two=per_cent(second.score),
        )
    best, *others = fills[0]
    other = others[0] if others else None
    quoted = {"first": best.token, **({"second": other.token} if other else {})}
    shares = {"one": per_cent(best.score), **({"two": per_cent(other.score)} if other else {})}
    if best.score >= SURE:
        return said("masked_lm.finding_sure", quoted=quoted, **shares)
    if other and best.score >= 0.1 and other.score >= RIVAL * best.score:
        return said("masked_lm.finding_rivals", quoted=quoted, **shares)
    return said("masked_lm.finding_weak" if best.score < WEAK else "masked_lm.finding_only", quoted=quoted, **shares)


def doubt(hidden: Hidden | None, ranked: Sequence[Fill]) -> str | None:
    """What speaks against the model where the word behind the gap is known, as HTML. ranked: its first candidates, a hundred or so."""
    if hidden is None:
        return None
    quoted = {"word": hidden.word}
    if len(hidden.ids) > 1:
        return said("masked_lm.doubt_pieces", quoted=quoted, n=len(hidden.ids))
    places = [place for place, fill in enumerate(ranked, 1) if fill.id in hidden.ids]
    if not places:
        return said("masked_lm.doubt_absent", quoted=quoted, most=len(ranked))
    place = places[0]
    if place > NEAR or (place > 1 and ranked[0].score - ranked[place - 1].score > BEATEN):
        return said("masked_lm.doubt_place", quoted=quoted, place=place, percent=per_cent(ranked[place - 1].score))
    return None
