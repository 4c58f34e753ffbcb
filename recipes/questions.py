"""Rows of the question-answering sets, with unanswerable questions made from other paragraphs of the same article."""

import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from recipes import sources
from recipes.splits import Shingles, part, sampled

SAMPLED = {"amazon_reviews": 0.7, "reddit": 0.7, "qamr": 0.3}


@dataclass(frozen=True)
class Question:
    """A question on a context, the accepted answers ``(start, text)`` (none: it can't be answered there), and the article it is from."""

    question: str
    context: str
    answers: tuple[tuple[int, str], ...]
    source: str
    article: str


def squad(path: Path, source: str) -> Iterator[Question]:
    """SQuAD's JSON; answers whose offset does not point at them are left out."""
    for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
        for paragraph in article["paragraphs"]:
            context = paragraph["context"]
            for qa in paragraph["qas"]:
                answers = dict.fromkeys((a["answer_start"], a["text"]) for a in qa["answers"])
                valid = tuple((s, text) for s, text in answers if text and context[s : s + len(text)] == text)
                if valid:
                    yield Question(qa["question"].strip(), context, valid, source, article["title"])


def squadshifts(data: Path, work: Path) -> Iterator[Question]:
    root = sources.folder("squadshifts", data, work) / "datasets"
    for name in ("new_wiki", "amazon_reviews", "reddit"):
        for question in squad(root / f"{name}_v1.0.json", name):
            # reddit is one "article" upstream: there each context stands alone
            yield replace(question, article=question.context) if name == "reddit" else question


def qamr(data: Path, work: Path) -> Iterator[Question]:
    """Questions on single sentences; the answer is the span of the first answerer's tokens when they are contiguous."""
    root = sources.folder("qamr", data, work) / "data"
    lines = (root / "wiki-sentences.tsv").read_text(encoding="utf-8").splitlines()
    texts = dict(line.split("\t") for line in lines)
    for name in ("dev", "test"):
        for line in (root / f"filtered/{name}.tsv").read_text(encoding="utf-8").splitlines():
            fields = line.split("\t")
            tokens, chosen = texts[fields[0]].split(" "), [int(number) for number in fields[6].split()]
            if chosen != list(range(chosen[0], chosen[-1] + 1)):
                continue
            start = len(" ".join(tokens[: chosen[0]])) + (1 if chosen[0] else 0)
            answer = " ".join(tokens[chosen[0] : chosen[-1] + 1])
            yield Question(fields[5], " ".join(tokens), ((start, answer),), "qamr", ":".join(fields[0].split(":")[:3]))


def jaquad(data: Path, work: Path, split: str) -> Iterator[Question]:
    for path in sorted((sources.folder("jaquad", data, work) / "data" / split).glob("*.json")):
        yield from squad(path, "jaquad")


def unanswerable(rows: list[Question], share: float, seed: int = 0) -> list[Question]:
    """For a share of the rows, the question on another paragraph of its article, where no accepted answer's text occurs.

    Where an article has one paragraph alone, the other paragraph is one of another article of the set.
    """
    random = np.random.default_rng(seed)
    of_article: dict[tuple[str, str], list[str]] = defaultdict(list)
    of_source: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        if row.context not in of_article[row.source, row.article]:
            of_article[row.source, row.article].append(row.context)
            of_source[row.source].append(row.context)
    made = []
    for row in rows:
        if random.random() >= share:
            continue
        others = [c for c in of_article[row.source, row.article] if c != row.context] or of_source[row.source]
        context = others[int(random.integers(len(others)))]
        if not any(text.lower() in context.lower() for _, text in row.answers):
            made.append(replace(row, context=context, answers=()))
    return made


def english(data: Path, work: Path) -> dict[str, list[Question]]:
    """``train``, ``choose`` and ``report``; report is a fifth of new_wiki's articles. Of the other sets a share trains (``SAMPLED``)."""
    parts: dict[str, list[Question]] = {"train": [], "choose": [], "report": []}
    for row in [*squadshifts(data, work), *qamr(data, work)]:
        wiki = row.source == "new_wiki"
        if sampled(f"{row.source}/{row.context}", SAMPLED.get(row.source, 1.0)):
            parts[part(f"{row.source}/{row.article}", 0.2 if wiki else 0.0, 0.06 if wiki else 0.02)].append(row)
    return _guarded(parts)


def japanese(data: Path, work: Path) -> dict[str, list[Question]]:
    """``train`` and ``choose`` from JaQuAD's train by article, ``report``: its dev."""
    parts: dict[str, list[Question]] = {"train": [], "choose": [], "report": list(jaquad(data, work, "dev"))}
    for row in jaquad(data, work, "train"):
        parts[part(f"jaquad/{row.article}", 0.0, 0.04)].append(row)
    return _guarded(parts)


def _guarded(parts: dict[str, list[Question]]) -> dict[str, list[Question]]:
    guard = Shingles((row.context for name in ("choose", "report") for row in parts[name]), width=60)
    near = {context for context in {row.context for row in parts["train"]} if guard.touches(context)}
    parts["train"] = [row for row in parts["train"] if row.context not in near]
    return parts
