"""Pairs of a Japanese sentence and its English translation, held out by article (Kyoto Wikipedia) or by row (Tanaka)."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
from scipy.sparse import csr_matrix
from sklearn.feature_extraction.text import CountVectorizer

from components.text.duplicates import normalised
from components.text.language import detect
from recipes import sources
from recipes.corpus_ja import clean, protected
from recipes.splits import Shingles, part, sampled

JAPANESE_LENGTH, ENGLISH_LENGTH = (8, 120), (15, 400)  # characters of a Kyoto pair
RATIO = (1.5, 7.0)  # English characters a Japanese one; nine pairs of ten lie between 1.9 and 6.9
KYOTO_SHARE = 0.2  # of the training articles
SAME = 0.6  # overlap of two short sentences' pieces of three characters (Jaccard) from which they count as near-duplicates
# "don 't" -> "don't", "o 'clock", "father 's"; a comma, a full stop, a closing bracket; and an opening one
BEFORE, AFTER = re.compile(r"\s+(?='\w)|\s+(?=[.,!?;:)\]])"), re.compile(r"(?<=[(\[$])\s+")


@dataclass(frozen=True)
class Translation:
    """A sentence in both languages. source: ``tanaka_parallel`` or ``kyoto_wiki``."""

    japanese: str
    english: str
    source: str


def untokenised(english: str) -> str:
    """English as it is written, from words and marks with spaces between them: ``i 'm here .`` -> ``i'm here.``"""
    return AFTER.sub("", BEFORE.sub("", clean(english)))


def tanaka(data: Path, work: Path) -> Iterator[tuple[str, Translation]]:
    """``(part, pair)``. The parts are those that hold Japanese rows out of the backbone's text."""
    root = sources.folder("tanaka_parallel", data, work)
    for name in ("dev", "test", "train"):
        japanese, english = ((root / f"{name}.{language}").read_text(encoding="utf-8").splitlines() for language in ("ja", "en"))
        for number, (ja, en) in enumerate(zip(japanese, english, strict=True)):
            pair = Translation(clean(ja.replace(" ", "")), untokenised(en), "tanaka_parallel")
            yield part(f"tanaka_parallel/{name}/{number}", 0.1, 0.05), pair


def kyoto(data: Path, work: Path) -> Iterator[tuple[str, Translation]]:
    """``(part, pair)`` by article: the checked translation of each sentence, where sides and lengths agree. A malformed file is passed over."""
    for path in sorted(sources.folder("kyoto_wiki", data, work).rglob("*.xml")):
        name = f"kyoto_wiki/{path.stem}"
        place = part(name, 0.02, 0.01)
        if place == "train" and not sampled(name, KYOTO_SHARE):
            continue
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            continue
        for sentence in root.iterfind(".//sen"):
            ja, en = sentence.findtext("j") or "", sentence.findtext("e[@type='check']") or ""
            pair = Translation(clean(ja), " ".join(en.split()), "kyoto_wiki")
            if agree(pair):
                yield place, pair


def agree(pair: Translation) -> bool:
    """Is each side in its language, and are their lengths those of a translation?"""
    ja, en = len(pair.japanese), len(pair.english)
    fits = JAPANESE_LENGTH[0] <= ja <= JAPANESE_LENGTH[1] and ENGLISH_LENGTH[0] <= en <= ENGLISH_LENGTH[1]
    return fits and RATIO[0] <= en / ja <= RATIO[1] and detect(pair.japanese) == "ja" and detect(pair.english) == "en"


def splits(data: Path, work: Path) -> dict[str, list[Translation]]:
    """``train``, ``choose``, ``report``: no sentence twice, and no near-duplicate of a held-out one, in either language, in training.

    It takes two minutes, so that what was found is kept in ``work/translations.json``.
    """
    kept = work / "translations.json"
    if not kept.exists():
        found = {name: [(pair.japanese, pair.english, pair.source) for pair in pairs] for name, pairs in _split(data, work).items()}
        kept.with_suffix(".tmp").write_text(json.dumps(found, ensure_ascii=False), encoding="utf-8")
        kept.with_suffix(".tmp").replace(kept)
    return {name: [Translation(*pair) for pair in pairs] for name, pairs in json.loads(kept.read_text(encoding="utf-8")).items()}


def _split(data: Path, work: Path) -> dict[str, list[Translation]]:
    parts: dict[str, list[Translation]] = {"report": [], "choose": [], "train": []}
    for source in (tanaka, kyoto):
        found = list(source(data, work))
        for name, pairs in parts.items():
            pairs += [pair for place, pair in found if place == name]
    seen: set[str] = set()
    for name, pairs in parts.items():  # report first: what stands there is nowhere else
        kept = []
        for pair in pairs:
            keys = {normalised(pair.japanese), normalised(pair.english)}
            if not keys & seen:
                seen |= keys
                kept.append(pair)
        parts[name] = kept
    held = [*parts["report"], *parts["choose"]]
    guards = [Shingles(text for pair in held for text in (pair.japanese, pair.english)), protected(data, work)]
    train = [p for p in parts["train"] if not any(guard.touches(text) for guard in guards for text in (p.japanese, p.english))]
    return parts | {"train": _apart(train, held)}


def _apart(train: list[Translation], held: list[Translation]) -> list[Translation]:
    """Without Tanaka's rows that are near-duplicates of a held-out row of it: short sentences share no run of 30 characters."""
    short = [pair for pair in train if pair.source == "tanaka_parallel"]
    kept = [pair for pair in held if pair.source == "tanaka_parallel"]
    twice = np.zeros(len(short), bool)
    for side in ("japanese", "english"):
        twice |= near([getattr(pair, side) for pair in short], [getattr(pair, side) for pair in kept])
    near_held = {id(pair) for pair, same in zip(short, twice, strict=True) if same}
    return [pair for pair in train if id(pair) not in near_held]


def near(texts: list[str], held: list[str], step: int = 1000) -> np.ndarray:
    """Which texts' sets of three-character pieces overlap by ``SAME`` (Jaccard) or more with one of ``held``: bool (n,)."""
    pieces = CountVectorizer(analyzer="char", ngram_range=(3, 3), binary=True, dtype=np.float32)
    sets: csr_matrix = pieces.fit_transform([normalised(text).ljust(3) for text in [*texts, *held]])
    sizes = np.asarray(sets.sum(1)).ravel()
    own, others = sets[: len(texts)], sets[len(texts) :].T.tocsr()
    found = np.zeros(len(texts), bool)
    for start in range(0, len(texts), step):
        rows = slice(start, min(start + step, len(texts)))
        common = (own[rows] @ others).tocoo()
        union = sizes[: len(texts)][rows][common.row] + sizes[len(texts) :][common.col] - common.data
        found[start + np.unique(common.row[common.data >= SAME * union])] = True
    return found
