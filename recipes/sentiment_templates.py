"""Made sentences that teach the sentiment models what reviews rarely hold: facts, contrast, negation, requests, slips of typing.

The words stand in ``sentiment_ja.toml`` and ``sentiment_en.toml``; the seed alone decides what is drawn. The rows train; nothing is measured on them.
"""

import re
import tomllib
import unicodedata
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Any

from recipes.japanese_forms import inflect
from recipes.polarity import LABELS, Opinion

NEGATIVE, NEUTRAL, POSITIVE = range(len(LABELS))
SIGNS = {"bad": NEGATIVE, "good": POSITIVE}
OTHER = {"bad": "good", "good": "bad"}
SLOT = re.compile(r"\{(\w+)\}")
# kind of sentence -> how many are drawn
COUNTS = {
    "contrast": 1600,
    "turn": 500,
    "negation": 1200,
    "plain": 900,
    "same": 400,
    "facts": 2000,
    "requests": 400,
    "balanced": 900,
    "deeds": 900,
}


class Grammar:
    """One language's words: ``draw(kind)`` gives a sentence and its class."""

    def __init__(self, language: str, seed: int = 0):
        self.words: dict[str, Any] = tomllib.loads(Path(__file__).with_name(f"sentiment_{language}.toml").read_text(encoding="utf-8"))
        self.random = Random(f"{language}{seed}")
        self.domains = list(self.words["domains"].values())

    def pick(self, *path: str) -> str:
        """One of the list at ``path``, its slots filled."""
        found = self.words
        for key in path:
            found = found[key]
        return self.fill(self.random.choice(found))

    def fill(self, template: str) -> str:
        return SLOT.sub(lambda slot: self._slot(slot[1]), template)

    def _slot(self, name: str) -> str:
        return self.fill(self.random.choice(self.random.choice(self.domains)["about"])) if name == "about" else self.pick("slots", name)

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def sign(self) -> str:
        return self.random.choice(["bad", "good"])

    def neutral(self, kind: str) -> tuple[str, int]:
        return self.pick("neutral", kind), NEUTRAL

    def draw(self, kind: str) -> tuple[str, int]:
        if kind == "facts":
            name = self.random.choices(["facts", "not_facts", "two_facts", "questions"], [12, 3, 3, 2])[0]
            text, label = self.neutral(name)
            if name == "facts" and self.chance(0.15):  # two in a row
                text = self.join(text, self.neutral("facts")[0])
        elif kind in ("requests", "balanced"):
            text, label = self.neutral(kind)
        elif kind == "deeds":
            sign = self.sign()
            text, label = self.pick("opinions", sign), SIGNS[sign]
        else:
            text, label = getattr(self, kind)(self.sign())
        return self.ended(text), label

    def join(self, first: str, second: str) -> str:
        raise NotImplementedError

    def ended(self, text: str) -> str:
        return text if not text or text[-1] in "。?？.!" else text + self.pick("slots", "end")


class Japanese(Grammar):
    """Clauses of a subject and a predicate, plain or polite, present or past."""

    def clause(self, sign: str, *, polite: bool, past: bool, negated: bool = False, strong: float = 0.3) -> str:
        if negated and sign == "good":
            strong = max(strong, 0.6)
        if not negated and past and self.chance(0.15):
            return (self.pick("slots", "strong") if self.chance(strong) else "") + inflect(
                self.pick("self", sign), past=True, polite=polite
            )
        domain = self.random.choice(self.domains)
        about = self.fill(self.random.choice(domain["about"])) + self.random.choice("はははがも")
        entry = self.random.choice(domain[sign])
        while negated and ("ない/" in entry or domain is self.words["domains"]["business"]):
            domain = self.words["domains"]["place"]
            about, entry = self.random.choice(domain["about"]) + "は", self.random.choice(domain[sign])
        intensifier = (
            self.pick("slots", "none" if negated else "strong") if self.chance(0.8 if negated and sign == "bad" else strong) else ""
        )
        return about + intensifier + inflect(entry, past=past, polite=polite, negated=negated)

    def style(self) -> dict[str, bool]:
        return {"polite": self.chance(0.5), "past": self.chance(0.6)}

    def join(self, first: str, second: str) -> str:
        return f"{first}。{second}"

    def either(self, sign: str, style: dict[str, bool]) -> str:
        """A clause that says ``sign``: by a word for it, by the denial of its opposite, or by what was done."""
        way = self.random.random()
        if way < 0.2:
            return self.clause(OTHER[sign], **style, negated=True)
        return self.pick("opinions", sign) if way < 0.4 else self.clause(sign, **style)

    def contrast(self, sign: str) -> tuple[str, int]:
        """What comes after が, けれど or のに decides; before it stands the opposite, or a fact."""
        style = self.style()
        way = self.random.random()
        if way < 0.15:
            first = self.pick("before", "fact")
        elif way < 0.3:
            first = self.pick("before", sign)
        else:
            first = self.clause(OTHER[sign], **style)
        but = self.pick("slots", "but")
        if first.endswith("だ") and but.startswith(("のに", "ものの")):
            first = first[:-1] + "な"
        return first + but + self.either(sign, style), SIGNS[sign]

    def turn(self, sign: str) -> tuple[str, int]:
        """The same over two sentences."""
        style = self.style()
        return f"{self.clause(OTHER[sign], **style)}。{self.pick('slots', 'then')}{self.either(sign, style)}", SIGNS[sign]

    def negation(self, sign: str) -> tuple[str, int]:
        style = self.style()
        if self.chance(0.25):
            return self.pick("denied", sign), SIGNS[sign]
        if sign == "bad" and self.chance(0.2):
            domain = self.random.choice([d for d in self.domains if d is not self.words["domains"]["business"]])
            praise = inflect(self.random.choice(domain["good"]), past=False, polite=False).removesuffix("だ")
            return f"{self.fill(self.random.choice(domain['about']))}は{praise}{self.pick('slots', 'hardly')}", NEGATIVE
        return self.clause(OTHER[sign], **style, negated=True), SIGNS[sign]

    def plain(self, sign: str) -> tuple[str, int]:
        """One clause, often strengthened, or one beside a fact."""
        text = self.clause(sign, **self.style(), strong=0.6)
        way = self.random.random()
        if way < 0.2:
            text = self.join(self.pick("before", "visit"), text)
        elif way < 0.35:
            text = self.join(text, self.pick("before", "visit"))
        return text, SIGNS[sign]

    def same(self, sign: str) -> tuple[str, int]:
        """Two clauses of one sign: not every が turns, and not the last clause alone counts."""
        style = self.style()
        first = self.clause(sign, **style)
        return first + self.random.choice(["し、", "。", "。それに", "。しかも", "。また、"]) + self.clause(sign, **style), SIGNS[sign]


class English(Grammar):
    """Clauses of a subject, *is* or *was*, and what is said of it; or of somebody and what they felt."""

    def clause(self, sign: str, *, past: bool, negated: bool = False, strong: float = 0.3) -> str:
        if not negated and self.chance(0.25):
            return self.pick("self", sign)
        domain = self.random.choice(self.domains)
        about, said = self.fill(self.random.choice(domain["about"])), self.random.choice(domain[sign])
        plural = about.endswith("s") and not about.endswith("ss")
        verb = ("were" if plural else "was") if past else ("are" if plural else "is")
        if not negated:
            return f"{about} {verb} {self.pick('slots', 'strong') + ' ' if self.chance(strong) else ''}{said}"
        denial = self.pick("slots", "never" if sign == "bad" else "not")
        contracted = {"was": "wasn't", "were": "weren't", "is": "isn't", "are": "aren't"}[verb]
        if denial.startswith("n't"):
            denial, verb = denial.removeprefix("n't").strip(), contracted
        after = " at all" if self.chance(0.25) else ""
        return " ".join(f"{about} {verb} {denial} {said}{after}".split())

    def style(self) -> dict[str, bool]:
        return {"past": self.chance(0.65)}

    def join(self, first: str, second: str) -> str:
        return f"{first}. {second[:1].upper()}{second[1:]}"

    def either(self, sign: str, style: dict[str, bool]) -> str:
        way = self.random.random()
        if way < 0.2:
            return self.clause(OTHER[sign], **style, negated=True)
        return self.pick("opinions", sign) if way < 0.4 else self.clause(sign, **style)

    def first(self, sign: str, style: dict[str, bool]) -> str:
        """What stands before the turn to ``sign``."""
        way = self.random.random()
        return self.pick("before", "fact") if way < 0.15 else self.pick("before", sign) if way < 0.3 else self.clause(OTHER[sign], **style)

    def contrast(self, sign: str) -> tuple[str, int]:
        """The main clause decides: what follows *but*, what *although* does not open."""
        style = self.style()
        first, last = self.first(sign, style), self.either(sign, style)
        way = self.random.random()
        if way < 0.5:
            return f"{first}{self.pick('slots', 'but')} {last}", SIGNS[sign]
        if way < 0.9:
            return f"{self.pick('slots', 'although')} {first}, {last}", SIGNS[sign]
        return (
            f"{self.clause(sign, **style)} {self.random.choice(['even though', 'despite the fact that'])} {self.clause(OTHER[sign], **style)}",
            SIGNS[sign],
        )

    def turn(self, sign: str) -> tuple[str, int]:
        style = self.style()
        return f"{self.first(sign, style)}. {self.pick('slots', 'then')} {self.either(sign, style)}", SIGNS[sign]

    def negation(self, sign: str) -> tuple[str, int]:
        if self.chance(0.35):
            return self.pick("denied", sign), SIGNS[sign]
        return self.clause(OTHER[sign], **self.style(), negated=True), SIGNS[sign]

    def plain(self, sign: str) -> tuple[str, int]:
        text = self.clause(sign, **self.style(), strong=0.6)
        way = self.random.random()
        if way < 0.2:
            text = self.join(self.pick("before", "visit"), text)
        elif way < 0.35:
            text = self.join(text, self.pick("before", "visit"))
        return text, SIGNS[sign]

    def same(self, sign: str) -> tuple[str, int]:
        style = self.style()
        joint = self.random.choice([" and ", ", and ", ". ", ". Also, "])
        return f"{self.clause(sign, **style)}{joint}{self.clause(sign, **style)}", SIGNS[sign]

    def ended(self, text: str) -> str:
        text = super().ended(text)
        return text if self.chance(0.15) else text[:1].upper() + text[1:]


def sentences(language: str, seed: int = 0, counts: dict[str, int] | None = None) -> list[Opinion]:
    """The made rows of a language, no text twice; ``counts``: how many of each kind are drawn, by default ``COUNTS``."""
    grammar = {"ja": Japanese, "en": English}[language](language, seed)
    drawn = {}
    for kind, count in (counts or COUNTS).items():
        for _ in range(count):
            text, label = grammar.draw(kind)
            drawn.setdefault(text, Opinion(text, label, f"made/{kind}", text))
    return list(drawn.values())


def with_slips(rows: list[Opinion], share: float, seed: int = 0) -> list[Opinion]:
    """The rows, and a ``share`` of them again as somebody in a hurry types them: what is meant stays."""
    random = Random(f"slips{seed}")
    slips = [replace(row, text=slip(row.text, random)) for row in rows if random.random() < share]
    return [*rows, *slips]


def slip(text: str, random: Random) -> str:
    """One of: two neighbours swapped, a character lost or doubled, spaces, full width, other ends, small letters."""
    if len(text) < 4:
        return text
    place = random.randrange(1, len(text) - 2)
    ways: list[Callable[[], str]] = [
        lambda: text[:place] + text[place + 1] + text[place] + text[place + 2 :],
        lambda: text[:place] + text[place + 1 :],
        lambda: text[:place] + text[place] + text[place:],
        lambda: text[:place] + " " + text[place:],
        lambda: re.sub(r"(?<=[、。が,.])", "\u3000", text) if not text.isascii() else text.replace(" ", "  "),
        lambda: text.translate(WIDE),
        lambda: text.rstrip("。.!！") + random.choice(["", "!!", "！！", "...", "〜", " ", "。。。"]),
        lambda: text.lower() if text.isascii() else text.replace("っ", "つ").replace("、", ""),
        lambda: text.upper() if text.isascii() else unicodedata.normalize("NFKC", text),
        lambda: f"  {text} ",
    ]
    return random.choice(ways)()


WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)} | {0x20: 0x3000}
