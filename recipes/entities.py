"""Rows of the named-entity sets: texts with character spans, in the names that the models answer with."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes import sources
from recipes.splits import Shingles, part

ENGLISH = ["PER", "ORG", "LOC", "MISC"]
JAPANESE = ["人名", "法人名", "政治的組織名", "その他の組織名", "地名", "施設名", "製品名", "イベント名"]
UNKNOWN = "?"  # a span that may or may not be an entity in the model's sense: its tokens say nothing in training

# What the fine types of the other sets are here; what is not listed is no entity, UNKNOWN tells nothing.
CROSSNER = {
    **dict.fromkeys(["person", "politician", "writer", "musicalartist", "researcher", "scientist"], "PER"),
    **dict.fromkeys(["organisation", "politicalparty", "band", "university"], "ORG"),
    **dict.fromkeys(["location", "country"], "LOC"),
    **dict.fromkeys(["book", "album", "song", "poem", "event", "award", "election", "academicjournal", "magazine", "conference"], "MISC"),
}  # fmt: skip
WNUT = {"person": "PER", "location": "LOC", "corporation": "ORG", "group": "ORG", "creative-work": "MISC", "product": "MISC"}
GSD = {
    "PERSON": "人名", "GPE": "地名", "LOC": "地名", "FAC": "施設名", "PRODUCT": "製品名", "WORK_OF_ART": "製品名", "EVENT": "イベント名",
    "ORG": UNKNOWN, "NORP": UNKNOWN, "LAW": UNKNOWN, "MOVEMENT": UNKNOWN, "PET_NAME": UNKNOWN,
}  # fmt: skip


@dataclass(frozen=True)
class Tagged:
    """A text with its entities ``(start, end, label)``; ``missing`` names types that the set does not mark, so that "no entity" may be one."""

    text: str
    entities: tuple[tuple[int, int, str], ...]
    source: str
    document: str
    missing: tuple[str, ...] = ()


def spans_of(words: list[str], tags: list[str], joiner: str = " ") -> tuple[str, tuple[tuple[int, int, str], ...]]:
    """The words joined, and the character spans of their BIO tags; ``I-X`` after anything but X begins a span (IOB1)."""
    text, found, before = "", [], "O"
    for word, tag in zip(words, tags, strict=True):
        start = len(text) + (len(joiner) if text else 0)
        text = text + joiner + word if text else word
        kind = tag[2:]
        if tag != "O":
            if tag[0] == "I" and before[2:] == kind and found:
                found[-1] = (found[-1][0], len(text), kind)
            else:
                found.append((start, len(text), kind))
        before = tag
    return text, tuple(found)


def columns(path: Path, word: int, tag: int) -> Iterator[tuple[str, list[str], list[str]]]:
    """``(document, words, tags)`` of each sentence of a CoNLL file; a ``-DOCSTART-`` or ``# newdoc id`` line begins a document."""
    document, words, tags = f"{path.stem}/0", [], []
    for number, line in enumerate([*path.read_text(encoding="utf-8", errors="replace").splitlines(), ""]):
        fields = line.split("\t") if "\t" in line else line.split()
        begins = line.startswith(("-DOCSTART-", "# newdoc id"))
        if begins:
            document = line.removeprefix("# newdoc id = ") if line.startswith("#") else f"{path.stem}/{number}"
        if begins or (line.startswith("# ") and " = " in line):
            continue
        if len(fields) > max(word, tag) and fields[word].strip():
            words.append(fields[word].strip())
            tags.append(fields[tag].strip())
        elif words:
            yield document, words, tags
            words, tags = [], []


def _mapped(entities, names: dict[str, str]):
    return tuple((start, end, names[kind]) for start, end, kind in entities if kind in names)


def wikigold(data: Path, work: Path) -> Iterator[Tagged]:
    path = sources.folder("wikigold_btc", data, work) / "data/wikigold/CONLL-format/data/wikigold.conll.txt"
    for document, words, tags in columns(path, 0, 1):
        yield Tagged(*spans_of(words, tags), "wikigold", document)


def broad_twitter(data: Path, work: Path) -> Iterator[Tagged]:
    for path in sorted((sources.folder("wikigold_btc", data, work) / "data/BTC/CONLL-format/data").glob("*.conll")):
        for _, words, tags in columns(path, 0, 1):
            text, entities = spans_of(words, tags)
            yield Tagged(text, entities, "broad_twitter", text, ("MISC",))


def web_treebank(data: Path, work: Path) -> Iterator[Tagged]:
    for path in sorted(sources.folder("uner_en_ewt", data, work).glob("*.iob2")):
        for document, words, tags in columns(path, 1, 2):
            yield Tagged(*spans_of(words, tags), "uner_en_ewt", document, ("MISC",))


def wnut(data: Path, work: Path, name: str = "wnut17train.conll") -> Iterator[Tagged]:
    for _, words, tags in columns(sources.folder("wnut17", data, work) / name, 0, 1):
        text, entities = spans_of(words, tags)
        yield Tagged(text, _mapped(entities, WNUT), "wnut17", text, ("MISC",))


def crossner(data: Path, work: Path) -> Iterator[Tagged]:
    for path in sorted((sources.folder("crossner", data, work) / "ner_data").glob("*/*.txt")):
        for _, words, tags in columns(path, 0, 1):
            text, entities = spans_of(words, tags)
            yield Tagged(text, tuple((s, e, CROSSNER.get(kind, UNKNOWN)) for s, e, kind in entities), "crossner", text)


def stockmark(data: Path, work: Path) -> Iterator[Tagged]:
    for row in json.loads((sources.folder("stockmark_ner_ja", data, work) / "ner.json").read_text(encoding="utf-8")):
        entities = tuple(sorted((*entity["span"], entity["type"]) for entity in row["entities"]))
        yield Tagged(row["text"], entities, "stockmark_ner_ja", row["curid"])


def gsd(data: Path, work: Path) -> Iterator[Tagged]:
    """OntoNotes-like types under the eight names; which of the three kinds of organisation a name is, this set does not tell."""
    for path in sorted((sources.folder("ud_japanese_gsd_ne", data, work) / "stanza").glob("*.bio")):
        for number, (_, words, tags) in enumerate(columns(path, 0, 1)):
            text, entities = spans_of(words, tags, joiner="")
            yield Tagged(text, _mapped(entities, GSD), "ud_japanese_gsd_ne", f"{path.stem}/{number}")


def english(data: Path, work: Path) -> dict[str, list[Tagged]]:
    """``train``, ``choose`` and ``report``; report is a fifth of Wikigold's articles."""
    rows = [*wikigold(data, work), *broad_twitter(data, work), *web_treebank(data, work), *wnut(data, work), *crossner(data, work)]
    return _split(rows, {"wikigold": 0.2}, {"wikigold": 0.1})


def japanese(data: Path, work: Path) -> dict[str, list[Tagged]]:
    """``train``, ``choose`` and ``report``; report is a tenth of stockmark's articles."""
    return _split([*stockmark(data, work), *gsd(data, work)], {"stockmark_ner_ja": 0.1}, {"stockmark_ner_ja": 0.05})


def _split(rows: list[Tagged], report: dict[str, float], choose: dict[str, float]) -> dict[str, list[Tagged]]:
    """Sets without a share only train; training rows that nearly stand in the other parts are left out."""
    parts: dict[str, list[Tagged]] = {"train": [], "choose": [], "report": []}
    for row in rows:
        parts[part(f"{row.source}/{row.document}", report.get(row.source, 0.0), choose.get(row.source, 0.0))].append(row)
    guard = Shingles(row.text for name in ("choose", "report") for row in parts[name])
    parts["train"] = [row for row in {row.text: row for row in parts["train"]}.values() if not guard.touches(row.text)]
    return parts
