"""The cases of the behaviour tests, made from the sentences in ``behaviour_sentences/``: always the same ones, none of which trains a model.

Ribeiro et al. 2020, "Beyond Accuracy: Behavioral Testing of NLP Models with CheckList": templates whose slots are filled (section 3), tests
of a known answer and tests of an answer that must not change (section 2.1).
"""

import random
import re
import tomllib
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from math import prod
from pathlib import Path
from typing import Any

SENTENCES = Path(__file__).with_name("behaviour_sentences")
LABELS = ("negative", "neutral", "positive")
FOLLOWS, OTHER = "next", "not next"
ENTITIES = {
    "en": {
        "person": "PER",
        "man": "PER",
        "woman": "PER",
        "rare": "PER",
        "named": "PER",
        "place": "LOC",
        "far": "LOC",
        "town": "LOC",
        "company": "ORG",
    },
    "ja": {
        "person": "人名",
        "man": "人名",
        "woman": "人名",
        "rare": "人名",
        "named": "人名",
        "place": "地名",
        "far": "地名",
        "town": "地名",
        "company": "法人名",
    },
}
EACH = 6  # sentences of a template
CHANGED = 60  # pairs of an invariance
UNRELATED = 100
SLOT = re.compile(r"\{(\w+?)(\d?)\}")
HIRAGANA = re.compile(r"[ぁ-ん]{3,}")
WORD = re.compile(r"[a-z]{5,}")

Span = tuple[int, int, str]


@dataclass(frozen=True)
class Case:
    """One question to a model.

    given: a text; two sentences; a text with [MASK]; a question and its text; a sentence with the one that must be nearer to it and another;
    or, of an opinion without a label, a text and the same one changed, whose labels must agree. wanted: the right label, or any of the
    right words or answers, none where there is no answer. spans: the names in the text, (start, end, type).
    """

    kind: str
    given: tuple[str, ...]
    wanted: tuple[str, ...] = ()
    spans: tuple[Span, ...] = ()


def cases(task: str, language: str) -> list[Case]:
    """All cases of a task (a name of `TASKS`) in a language, kind by kind. The same at every call."""
    return list(_cases(task, language))


@lru_cache(maxsize=16)
def _cases(task: str, language: str) -> tuple[Case, ...]:
    name, make = TASKS[task]
    written = tomllib.loads((SENTENCES / f"{name}_{language}.toml").read_text(encoding="utf-8"))
    return tuple(make(written, language))


def opinions(written: Mapping[str, Any], language: str) -> Iterator[Case]:
    """Texts with their labels, then pairs of texts whose label must be one."""
    fillers, labelled = written["fillers"], []
    for kind in ("negation", "contrast", "intensifiers", "facts", "complaints"):
        for label, templates in written[kind].items():
            labelled += [Case(kind, (text,), (label,)) for template in templates for text, _ in rendered(template, fillers)]
    yield from labelled
    for template in written["swapped"]["templates"]:
        texts = [text for text, _ in rendered(template, {**fillers, "hour": fillers["hour"][:1]}, 2 * EACH)]
        yield from (Case("names_swapped", pair) for pair in zip(texts[::2], texts[1::2], strict=False))
    texts = sorted({case.given[0] for case in labelled})
    yield from changed("spaces", texts, spaced if language == "en" else spaced_japanese)
    yield from changed("full_width", texts, widened)
    yield from changed("typing", texts, mistyped if language == "en" else mistyped_japanese)


def names(written: Mapping[str, Any], language: str) -> Iterator[Case]:
    for kind in ("plain", "emoji", "handles", "addresses", "titles", "unusual", "either", "organisations"):
        for template in written[kind]:
            for text, slots in rendered(template, written["fillers"]):
                spans = tuple((start, end, ENTITIES[language][slot]) for start, end, slot in slots if slot in ENTITIES[language])
                yield Case(kind, (text,), spans=spans)
                if kind == "plain" and language == "en":
                    yield Case("small_letters", (text.lower(),), spans=spans)
                    yield Case("capitals", (text.upper(),), spans=spans)


def sentence_pairs(written: Mapping[str, Any], language: str) -> Iterator[Case]:
    """Each sentence with the next of its story; and sentences with one of a story on another topic."""
    del language
    stories = [(topic, story) for topic, found in written["stories"].items() for story in found]
    for _, story in stories:
        yield from (Case("related", pair, (FOLLOWS,)) for pair in pairwise(story))
    near = {(topic, other) for topic, others in written["near"].items() for other in others}
    strange = [
        (topic, first, elsewhere, other)
        for topic, first in stories
        for elsewhere, other in stories
        if topic != elsewhere and not near & {(topic, elsewhere), (elsewhere, topic)}
    ]
    # What stands second here stands second in a related pair too, so that it does not tell by itself.
    apart = [(first[at], other[at + 1]) for _, first, _, other in strange for at in (0, 1)]
    facts = [(first[0], other[0]) for _, first, elsewhere, other in strange if elsewhere in written["facts"]]
    drawn = random.Random("unrelated")
    for pair in drawn.sample(apart, UNRELATED * 3 // 4) + drawn.sample(facts, UNRELATED // 4):
        yield Case("unrelated", pair, (OTHER,))


def blanks(written: Mapping[str, Any], language: str) -> Iterator[Case]:
    del language
    yield from (Case("blanks", (text,), tuple(words)) for text, words in written.items())


def questions(written: Mapping[str, Any], language: str) -> Iterator[Case]:
    del language
    for kind in ("alike", "numbers", "unanswerable"):
        for one in written[kind]:
            for text, _ in rendered("\n".join((one["question"], one["text"], *one["answers"])), written["fillers"]):
                question, context, *answers = text.split("\n")
                yield Case(kind, (question, context), tuple(answers))


def meanings(written: Mapping[str, Any], language: str) -> Iterator[Case]:
    """A paraphrase against a sentence on another matter, and against the opposite in almost the same words."""
    del language
    yield from (Case("matters", (sentence, same, other)) for sentence, same, _, other in written["sets"])
    yield from (Case("opposites", (sentence, same, opposite)) for sentence, same, opposite, _ in written["sets"])


def across(first: str, second: str) -> list[Case]:
    """A sentence of one language against the paraphrase and another matter in the other, both ways."""
    return [
        Case("across", (one.given[0], *other.given[1:]))
        for here, there in ((first, second), (second, first))
        for one, other in zip(cases("embed", here), cases("embed", there), strict=True)
        if one.kind == "matters"
    ]


# of an id: sentiment-ja ... -> the files' name, and what makes cases of them
TASKS: dict[str, tuple[str, Callable[[Mapping[str, Any], str], Iterator[Case]]]] = {
    "sentiment": ("sentiment", opinions),
    "ner": ("names", names),
    "nsp": ("next", sentence_pairs),
    "mlm": ("masks", blanks),
    "qa": ("questions", questions),
    "embed": ("meaning", meanings),
}


def rendered(template: str, fillers: Mapping[str, Sequence[str]], count: int = EACH) -> list[tuple[str, list[Span]]]:
    """Up to `count` different texts of a template, each with the places of what filled it: (start, end, name of the slot).

    {name} and {name2} get two fillers of one list; {Name} gets one with a capital. Which are drawn depends on the template alone.
    """
    slots = list(dict.fromkeys(match[1] + match[2] for match in SLOT.finditer(template)))
    lists = [fillers[slot.rstrip("23").lower()] for slot in slots]
    numbers = list(range(prod(map(len, lists))))
    random.Random(template).shuffle(numbers)
    texts: list[tuple[str, list[Span]]] = []
    for number in numbers:
        chosen = {}
        for slot, options in zip(slots, lists, strict=True):
            number, at = divmod(number, len(options))
            chosen[slot] = options[at]
        if len(set(chosen.values())) == len(chosen):
            texts.append(_filled(template, chosen))
        if len(texts) == count:
            break
    return texts


def _filled(template: str, chosen: Mapping[str, str]) -> tuple[str, list[Span]]:
    text, places, done = "", [], 0
    for match in SLOT.finditer(template):
        text += template[done : match.start()]
        word = chosen[match[1] + match[2]]
        word = word[:1].upper() + word[1:] if match[1][0].isupper() else word
        places.append((len(text), len(text) + len(word), match[1].lower()))
        text, done = text + word, match.end()
    return text + template[done:], places


def changed(kind: str, texts: Sequence[str], change: Callable[[str, random.Random], str]) -> Iterator[Case]:
    """Texts beside their changed selves; those that the change leaves alone are passed over."""
    drawn = random.Random(kind)
    pairs = [(text, change(text, drawn)) for text in drawn.sample(texts, len(texts))]
    yield from (Case(kind, pair) for pair in [pair for pair in pairs if pair[0] != pair[1]][:CHANGED])


def spaced(text: str, drawn: random.Random) -> str:
    """Spaces too many: doubled ones, and some before or after the text."""
    words = text.split(" ")
    at = drawn.randrange(1, len(words))
    return drawn.choice(("", "  ")) + " ".join(words[:at]) + "  " + " ".join(words[at:]) + drawn.choice((" ", "\n"))


def spaced_japanese(text: str, drawn: random.Random) -> str:
    """Spaces where no reader needs one: after a comma and around the text."""
    space = drawn.choice((" ", "\u3000"))
    return drawn.choice(("", space)) + text.replace("、", f"、{space}").replace("。", f"。{space}")


def widened(text: str, drawn: random.Random) -> str:
    """Letters, digits and signs of ASCII in full width; katakana in half width."""
    del drawn
    return "".join(_other_width(letter) for letter in text)


def _other_width(letter: str) -> str:
    if letter == " ":
        return "\u3000"
    if "!" <= letter <= "~":
        return chr(ord(letter) + 0xFEE0)
    return "".join(HALF_WIDTH.get(part, part) for part in unicodedata.normalize("NFD", letter)) if letter in KATAKANA else letter


KATAKANA = frozenset(map(chr, range(0x30A1, 0x30FD)))
HALF_WIDTH = {unicodedata.normalize("NFKC", chr(code)): chr(code) for code in range(0xFF66, 0xFFA0)}


def mistyped(text: str, drawn: random.Random) -> str:
    """One word of five letters or more with two neighbours swapped, one letter twice, or one left out; its ends stay."""
    words = [match for match in WORD.finditer(text) if match.group() not in ("never", "nobody", "however")]
    if not words:
        return text
    word = drawn.choice(words)
    at = drawn.randrange(word.start() + 1, word.end() - 2)
    here, there = text[at], text[at + 1]
    return text[:at] + drawn.choice((there + here, here + here + there, here)) + text[at + 2 :]


def mistyped_japanese(text: str, drawn: random.Random) -> str:
    """In a run of hiragana two neighbours swapped, or one of them twice."""
    runs = list(HIRAGANA.finditer(text))
    if not runs:
        return text
    run = drawn.choice(runs)
    at = drawn.randrange(run.start(), run.end() - 1)
    here, there = text[at], text[at + 1]
    return text[:at] + drawn.choice((there + here, here + here + there)) + text[at + 2 :]
