"""Rows of the sentiment sets, negative, neutral or positive, with the name of the document each belongs to."""

import csv
import html
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from recipes import sources
from recipes.splits import Shingles, part, sampled

PHRASES = 0.25  # the share of pros_cons that trains: it is much of the same
CAPTIONS = 0.08  # the share of the captions of JSTS that trains
LABELS = ["negative", "neutral", "positive"]
NEGATIVE, NEUTRAL, POSITIVE = range(len(LABELS))
ASPECT = re.compile(r"""['"](\w+)['"]\]""")  # an aspect's last field; upstream's quoting is no valid Python everywhere
M_ABSA = {"neg": NEGATIVE, "neu": NEUTRAL, "pos": POSITIVE}
KNBC_OPINION = re.compile(r"[＋−+-]")


@dataclass(frozen=True)
class Opinion:
    """A text, its label, the set and the document that it comes from.

    ``label``: an index of ``LABELS``; or, as a float, a teacher's probability of positive against negative, which says nothing of neutral.
    """

    text: str
    label: int | float
    source: str
    document: str


def sentence_polarity(data: Path, work: Path) -> Iterator[Opinion]:
    root = sources.folder("sentence_polarity", data, work) / "sentence_polarity"
    for label, name in ((NEGATIVE, "neg"), (POSITIVE, "pos")):
        for line in (root / f"rt-polarity.{name}").read_text(encoding="utf-8").splitlines():
            yield Opinion(line.strip(), label, "sentence_polarity", line.strip())


def cad_imdb(data: Path, work: Path) -> Iterator[Opinion]:
    """Reviews and their counterfactual rewrites; a pair shares its document."""
    root = sources.folder("cad_imdb", data, work) / "sentiment/combined"
    for name in ("train", "dev"):
        with (root / f"{name}.tsv").open(encoding="utf-8", newline="") as file:
            for number, row in enumerate(csv.DictReader(file, delimiter="\t")):
                text = re.sub(r"<br\s*/?>", " ", row["Text"])
                yield Opinion(" ".join(text.split()), LABELS.index(row["Sentiment"].lower()), "cad_imdb", f"{name}{number // 2}")


def pros_cons(data: Path, work: Path) -> Iterator[Opinion]:
    root = sources.folder("reviews_en", data, work) / "pros_cons"
    for label, name in ((NEGATIVE, "Cons"), (POSITIVE, "Pros")):
        for line in (root / f"Integrated{name}.txt").read_text(encoding="latin-1").splitlines():
            text = html.unescape(re.sub(r"</?\w+>", "", line)).strip()
            if len(text.split()) >= 3 and sampled(text, PHRASES):
                yield Opinion(text, label, "pros_cons", text)


def movie_reviews(data: Path, work: Path) -> Iterator[Opinion]:
    root = sources.folder("reviews_en", data, work) / "movie_reviews"
    for label, name in ((NEGATIVE, "neg"), (POSITIVE, "pos")):
        for path in sorted((root / name).glob("*.txt")):
            words = path.read_text(encoding="utf-8", errors="replace").split()
            yield Opinion(" ".join(words[-150:]), label, "movie_reviews", path.stem)  # the verdict stands at the end


def goemotions(data: Path, work: Path) -> Iterator[Opinion]:
    """Comments of one group alone; the ambiguous ones are left out."""
    root = sources.folder("goemotions", data, work) / "data/group"
    groups = (root / "labels.txt").read_text(encoding="utf-8").split()
    for name in ("train", "dev", "test"):
        for line in (root / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
            text, numbers, _ = line.split("\t")
            chosen = [groups[int(number)] for number in numbers.split(",")]
            if len(chosen) == 1 and chosen[0] in LABELS:
                yield Opinion(text, LABELS.index(chosen[0]), "goemotions", text)


def m_absa(data: Path, work: Path, language: str, split: str) -> Iterator[Opinion]:
    """Reviews whose aspects are all of one sign; one without aspects may be of any. The labels are mixed upstream: ``positive``, ``POS`` ..."""
    root = sources.folder("m_absa", data, work) / "data"
    for path in sorted(root.glob(f"*/{language}/{split}.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            text, _, aspects = line.rpartition("####")
            signs = {sign.lower()[:3] for sign in ASPECT.findall(aspects)}
            if text.strip() and len(signs) == 1 and signs <= M_ABSA.keys():
                domain = path.parts[-3]
                yield Opinion(text.strip(), M_ABSA[signs.pop()], "m_absa", f"{domain}/{number}")


def chabsa(data: Path, work: Path) -> Iterator[Opinion]:
    """Sentences of securities reports whose aspects all have one polarity; without any they are neutral."""
    for path in sorted((sources.folder("chabsa", data, work) / "data/chABSA").glob("*.json")):
        for row in json.loads(path.read_text(encoding="utf-8"))["sentences"]:
            signs = {opinion["polarity"] for opinion in row["opinions"]}
            if len(signs) <= 1:
                yield Opinion(row["sentence"], LABELS.index(signs.pop() if signs else "neutral"), "chabsa", path.stem)


def knbc(data: Path, work: Path) -> Iterator[Opinion]:
    """Sentences of blog articles with opinions of one sign, or of none: neutral."""
    for path in sorted((sources.folder("knbc", data, work) / "knbc/corpus2").glob("*.tsv")):
        for line in path.read_text(encoding="euc-jp", errors="replace").splitlines():
            name, text, _holder, _opinion, kinds, *_ = [*line.split("\t"), "", "", "", ""]
            signs = {"＋" if sign in "＋+" else "−" for sign in KNBC_OPINION.findall(kinds)}
            if text and len(signs) <= 1:
                label = NEUTRAL if not signs else POSITIVE if signs == {"＋"} else NEGATIVE
                yield Opinion(text, label, "knbc", name.split("_")[0] + path.stem)


def captions(data: Path, work: Path) -> Iterator[Opinion]:
    """What is to be seen in pictures: neutral."""
    with next(sources.folder("jglue", data, work).glob("**/jsts*/train*.json")).open(encoding="utf-8") as file:
        for text in {json.loads(line)["sentence1"]: None for line in file}:
            if sampled(text, CAPTIONS):
                yield Opinion(text, NEUTRAL, "captions", text)


def english(data: Path, work: Path) -> dict[str, list[Opinion]]:
    """``train``, ``choose`` and ``report``; report is a tenth of sentence_polarity, 2.5% of goemotions and the clear-cut rows of m_absa's dev."""
    mixed = [
        *sentence_polarity(data, work),
        *cad_imdb(data, work),
        *pros_cons(data, work),
        *movie_reviews(data, work),
        *goemotions(data, work),
    ]
    return _split(
        [*mixed, *m_absa(data, work, "en", "train")],
        list(m_absa(data, work, "en", "dev")),
        {"sentence_polarity": (0.1, 0.15), "goemotions": (0.025, 0.025)},
    )


def japanese(data: Path, work: Path) -> dict[str, list[Opinion]]:
    """``train``, ``choose`` and ``report``; report is a tenth of the documents of chabsa and knbc and the clear-cut rows of m_absa's dev."""
    rows = [*chabsa(data, work), *knbc(data, work), *captions(data, work), *m_absa(data, work, "ja", "train")]
    return _split(rows, list(m_absa(data, work, "ja", "dev")), {"chabsa": (0.1, 0.05), "knbc": (0.1, 0.05)})


def _split(rows: list[Opinion], report: list[Opinion], shares: dict[str, tuple[float, float]]) -> dict[str, list[Opinion]]:
    """``shares``: what a set holds out to report on and to choose by; the others hold out a twentieth to choose by."""
    parts: dict[str, list[Opinion]] = {"train": [], "choose": [], "report": list(report)}
    for row in rows:
        parts[part(f"{row.source}/{row.document}", *shares.get(row.source, (0.0, 0.05)))].append(row)
    guard = Shingles(row.text for row in parts["report"])
    for name in ("train", "choose"):
        parts[name] = [row for row in {row.text: row for row in parts[name]}.values() if not guard.touches(row.text)]
    return parts
