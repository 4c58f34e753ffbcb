"""Short modern pairs for the next-sentence models: passages of one or two sentences, and their continuations or those of another topic."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from recipes import corpus_en, corpus_ja, questions, sources
from recipes.corpus_ja import Document
from recipes.splits import part

SPLIT = {"en": corpus_en.sentences, "ja": corpus_ja.sentences}
JOINER = {"en": " ", "ja": ""}
LONGEST = {"en": 160, "ja": 60}  # characters of a sentence that counts as short
CHOOSE = 0.12
# how many of the pairs have their first sentence from a source; what is short of the long documents is "documents"
SHARES = {
    "stories": 0.25,
    "sib200": 0.15,
    "documents": 0.2,
    "knbc": 0.1,
    "m_absa": 0.1,
    "tanaka_parallel": 0.05,
    "reddit": 0.1,
    "amazon": 0.1,
}
ALONE = 0.15  # of the unrelated second sentences, those of sources that hold single sentences


@dataclass(frozen=True)
class Passage:
    """Sentences that follow one another; two passages of one source with the same topic never serve as unrelated."""

    source: str
    topic: str
    sentences: tuple[str, ...]


def _lines(source: str, topic: str, texts: list[str], language: str) -> Iterator[Passage]:
    for text in texts:
        found = [s for s in SPLIT[language](text) if len(s) >= 4]
        if found:
            yield Passage(source, topic or text, tuple(found))


def stories(language: str) -> Iterator[Passage]:
    """Own passages on everyday topics and plain facts."""
    for line in Path(__file__).with_name(f"stories.{language}.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            topic, text = line.split("\t")
            yield from _lines("stories", topic, [text], language)


def sib200(language: str, data: Path, work: Path) -> Iterator[Passage]:
    """News and travel guides: sentences whose numbers follow one another in one category are of one article."""
    root = sources.folder("sib200", data, work) / "data/annotated" / ("jpn_Jpan" if language == "ja" else "eng_Latn")
    rows = [line.split("\t") for path in root.glob("*.tsv") for line in path.read_text(encoding="utf-8").splitlines()[1:]]
    run, before = [], None
    for number, category, text in sorted((int(number), category, text) for number, category, text in rows):
        if run and before != (number - 1, category):
            yield Passage("sib200", before[1], tuple(run))
            run = []
        run.append(corpus_ja.clean(text) if language == "ja" else text)
        before = number, category
    yield Passage("sib200", before[1], tuple(run))


def reviews(language: str, data: Path, work: Path) -> Iterator[Passage]:
    for path in sorted((sources.folder("m_absa", data, work) / "data").glob(f"*/{language}/train.txt")):
        texts = [line.split("####")[0] for line in path.read_text(encoding="utf-8").splitlines()]
        yield from _lines("m_absa", path.parts[-3], texts, language)


def tanaka(language: str, data: Path, work: Path) -> Iterator[Passage]:
    path = sources.folder("tanaka_parallel", data, work) / f"train.{language}"
    for line in path.read_text(encoding="utf-8").splitlines():
        text = line.replace(" ", "") if language == "ja" else _untokenised(line)
        yield from _lines("tanaka_parallel", "", [text], language)


def _untokenised(line: str) -> str:
    """Tanaka's English with its capitals at the beginnings of sentences and its spaces before punctuation taken away."""
    text = re.sub(r" ([.,!?;:'])", r"\1", line.strip())
    return re.sub(r"(^|[.!?] )([a-z])|\bi\b", lambda m: m.group().upper(), text)


def comments(data: Path, work: Path) -> Iterator[Passage]:
    """Posts and product reviews that qa-en reads too."""
    root = sources.folder("squadshifts", data, work) / "datasets"
    for name, source in (("amazon_reviews", "amazon"), ("reddit", "reddit")):
        texts = list(dict.fromkeys(q.context for q in questions.squad(root / f"{name}_v1.0.json", name)))
        yield from _lines(source, "", texts, "en")


def passages(language: str, name: str, documents: list[Document], data: Path, work: Path) -> list[Passage]:
    """The short passages of the part ``name`` ("train" or "choose"); ``documents``: the long ones of that part, whose runs of short
    sentences count too. Nothing here stands in a part that is reported on."""
    own = [*stories(language), *sib200(language, data, work), *reviews(language, data, work), *tanaka(language, data, work)]
    own += comments(data, work) if language == "en" else []
    kept = [p for p in own if part(f"{p.source}/{p.sentences[0]}", 0.0, CHOOSE) == name]
    guard = corpus_ja.protected(data, work) if language == "ja" else None
    kept = [p for p in kept if not guard or not any(guard.touches(s) for s in p.sentences)]
    return kept + [passage for document in documents for passage in _short_runs(document, LONGEST[language])]


def _short_runs(document: Document, longest: int) -> Iterator[Passage]:
    source = "knbc" if document.name.startswith("knbc/") else "documents"
    run: list[str] = []
    for sentence in (*document.sentences, None):
        if sentence is None or len(sentence) > longest:
            if len(run) >= 2:
                yield Passage(source, document.name, tuple(run))
            run = []
        else:
            run.append(sentence)


def pairs(found: list[Passage], language: str, count: int, seed: int = 0) -> list[tuple[str, str, int, str]]:
    """``(a, b, label, source of a)``: b goes on where a ends (0) or is of another topic (1), half each.

    Of one or two sentences a side. The first sentences of either label are drawn in the same way, so that no style tells the label;
    half of the unrelated ones are of the same source.
    """
    random = np.random.default_rng(seed)
    longer: dict[str, list[Passage]] = {}
    for passage in found:
        if len(passage.sentences) > 1:
            longer.setdefault(passage.source, []).append(passage)
    alone = [p for p in found if len(p.sentences) == 1]
    names = [name for name in SHARES if name in longer]
    share = np.array([SHARES[name] for name in names]) / sum(SHARES[name] for name in names)
    rows = []
    while len(rows) < count:
        source = names[int(random.choice(len(names), p=share))]
        passage = _drawn(longer[source], random)
        middle = int(random.integers(1, len(passage.sentences)))
        a = passage.sentences[max(0, middle - int(random.integers(1, 3))) : middle]
        rest, label = passage.sentences[middle:], len(rows) % 2
        if label:
            pool = (
                alone
                if alone and random.random() < ALONE
                else longer[source if random.random() < 0.5 else names[int(random.integers(len(names)))]]
            )
            other = _drawn(pool, random)
            if (other.source, other.topic) == (source, passage.topic):
                continue
            rest = other.sentences[int(random.integers(len(other.sentences))) :]
        b = rest[: int(random.integers(1, 3))]
        rows.append((JOINER[language].join(a), JOINER[language].join(b), label, source))
    return rows


def _drawn(pool: list[Passage], random: np.random.Generator) -> Passage:
    return pool[int(random.integers(len(pool)))]
