"""The Japanese text that the backbone learns from: documents as lists of sentences, with what is reported on left out."""

import html
import itertools
import json
import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from recipes import sources
from recipes.splits import PARTS, Shingles, part
from recipes.vocabulary_ja import WordPieces

JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
SHARES = (0.25, 0.5, 0.25)  # of chunks of each length
SENTENCE = re.compile(r"[^。！？\n]*[。！？]+[」』）)]*|[^。！？\n]+")


@dataclass(frozen=True)
class Document:
    """A document's name (``set/name``; its split follows from it) and its sentences, NFKC-normalised, in order."""

    name: str
    sentences: tuple[str, ...]


def clean(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def sentences(text: str) -> list[str]:
    """The sentences of running text: they end at 。！？ (with closing brackets) or at a line's end."""
    return [s for s in (clean(m.group()) for m in SENTENCE.finditer(text)) if s]


def _mostly_japanese(sentence: str) -> bool:
    return len(JAPANESE.findall(sentence)) >= 0.3 * len(sentence)


def kyoto(data: Path, work: Path) -> Iterator[Document]:
    for path in sorted(sources.folder("kyoto_wiki", data, work).rglob("*.xml")):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            continue  # GNM00155.xml is malformed upstream
        texts = [clean("".join(j.itertext())) for j in root.iterfind(".//sen/j")]
        yield Document(f"kyoto_wiki/{path.stem}", tuple(t for t in texts if t))


def jaquad_contexts(data: Path, work: Path, split: str) -> Iterator[Document]:
    for path in sorted((sources.folder("jaquad", data, work) / "data" / split).glob("*.json")):
        for article in json.loads(path.read_text(encoding="utf-8"))["data"]:
            texts = [s for paragraph in article["paragraphs"] for s in sentences(paragraph["context"])]
            yield Document(f"jaquad/{article['title']}", tuple(texts))


def techdocs(data: Path, work: Path) -> Iterator[Document]:
    root = sources.folder("ja_techdocs", data, work)
    for path in sorted(root.rglob("*.md")):
        text = path.read_text(encoding="utf-8", errors="replace")
        text = re.sub(r"<!--.*?-->|```.*?```|^---\n.*?\n---\n|<[^>]+>", "", text, flags=re.DOTALL)
        text = re.sub(r"!?\[([^\]]*)\]\([^)]*\)|\[([^\]]*)\]\{[^}]*\}", r"\1\2", text)
        text = html.unescape(re.sub(r"^[#>*+\-| ]+|[`*]", "", text, flags=re.MULTILINE))
        kept = [s for s in sentences(text) if len(s) >= 8 and _mostly_japanese(s)]
        if kept:
            yield Document(f"ja_techdocs/{path.relative_to(root)}", tuple(dict.fromkeys(kept)))


def small_sets(data: Path, work: Path) -> Iterator[Document]:
    """The texts of the Japanese task data, without labels. Their splits are those of the tasks."""
    for path in sorted((sources.folder("tanaka_parallel", data, work)).glob("*.ja")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            yield Document(f"tanaka_parallel/{path.stem}/{number}", (clean(line.replace(" ", "")),))
    for path in sorted((sources.folder("chabsa", data, work) / "data/chABSA").glob("*.json")):
        rows = json.loads(path.read_text(encoding="utf-8"))["sentences"]
        yield Document(f"chabsa/{path.stem}", tuple(clean(row["sentence"]) for row in rows))
    for path in sorted((sources.folder("m_absa", data, work) / "data").glob("*/ja/train.txt")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines()):
            yield Document(f"m_absa/{path.parts[-3]}/{number}", (clean(line.split("####")[0]),))
    for row in json.loads((sources.folder("stockmark_ner_ja", data, work) / "ner.json").read_text(encoding="utf-8")):
        yield Document(f"stockmark_ner_ja/{row['curid']}", (clean(row["text"]),))
    for path in sorted((sources.folder("knbc", data, work) / "knbc/corpus2").glob("*.tsv")):
        articles: dict[str, list[str]] = {}
        for line in path.read_text(encoding="euc-jp", errors="replace").splitlines():
            name, text = line.split("\t")[:2]
            articles.setdefault(name.split("_")[0] + path.stem, []).append(clean(text))
        for name, texts in articles.items():
            yield Document(f"knbc/{name}", tuple(texts))
    for path in sorted((sources.folder("ud_japanese_gsd_ne", data, work) / "stanza").glob("*.bio")):
        for number, block in enumerate(path.read_text(encoding="utf-8").split("\n\n")):
            text = clean("".join(line.split("\t")[0] for line in block.splitlines()))
            yield Document(f"ud_japanese_gsd_ne/{path.stem}/{number}", (text,))
    for line in (sources.folder("jglue", data, work) / "datasets/jsts-v1.3/train-v1.3.json").read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        for side in ("sentence1", "sentence2"):
            yield Document(f"jglue/{row['yjcaptions_id']}", (clean(row[side]),))


def aozora(data: Path, work: Path) -> Iterator[Document]:
    """The beginnings of works of Aozora Bunko in modern spelling; a sentence with a character that the file could not write (〓) is left out."""
    root = sources.folder("aozora", data, work)
    for path in sorted(root.glob("*/*.txt")):
        texts = [s for s in sentences(path.read_text(encoding="utf-8")) if "〓" not in s]
        yield Document(f"aozora/{path.parent.name}/{path.stem}", tuple(texts))


def wikipedia(data: Path, work: Path) -> Iterator[Document]:
    """The beginnings of Wikipedia's articles, a line a sentence."""
    for path in sorted((sources.folder("wiki_annotated_ja", data, work) / "org").rglob("*.org")):
        lines = path.read_text(encoding="utf-8").splitlines()
        texts = [clean(line) for line in lines if line and not line.startswith("#")]
        yield Document(f"wiki_annotated_ja/{path.stem}", tuple(t for t in texts if t))


def protected(data: Path, work: Path) -> Shingles:
    """The texts that nothing is ever trained on."""
    texts = [s for document in jaquad_contexts(data, work, "dev") for s in document.sentences]
    jglue = sources.folder("jglue", data, work) / "datasets"
    for article in json.loads((jglue / "jsquad-v1.3/valid-v1.3.json").read_text(encoding="utf-8"))["data"]:
        texts += [clean(paragraph["context"].split("[SEP]")[-1]) for paragraph in article["paragraphs"]]
    for name in ("jsts", "jnli"):
        for line in (jglue / f"{name}-v1.3/valid-v1.3.json").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            texts += [clean(row["sentence1"]), clean(row["sentence2"])]
    for path in sorted((sources.folder("m_absa", data, work) / "data").glob("*/ja/dev.txt")):
        texts += [clean(line.split("####")[0]) for line in path.read_text(encoding="utf-8").splitlines()]
    return Shingles(texts)


def documents(data: Path, work: Path, parts: Collection[str] = PARTS) -> Iterator[tuple[str, Document]]:
    """``(part, document)`` for all documents of the parts that are asked for; sentences that touch a protected text are left out.

    Long documents (Kyoto Wikipedia, technical documents, JaQuAD) hold out 2% to report on and 1% to choose by; the small task sets
    hold out what the tasks hold out. Aozora's works and Wikipedia's articles train only, so they come last and change nothing of the others;
    an article's sentence that touches one of those that ner-ja is chosen and reported by is left out too.
    """
    guard = protected(data, work)
    seen = set()
    held: list[str] = []
    for source, shares in ((kyoto, (0.02, 0.01)), (techdocs, (0.02, 0.01)), (_jaquad_train, (0.1, 0.05)), (small_sets, (0.1, 0.05))):
        for document in source(data, work):
            kept = tuple(s for s in document.sentences if s not in seen and not guard.touches(s))
            seen.update(s for s in kept if len(s) >= 12)
            if not kept:
                continue
            place = part(document.name, *shares)
            if place != "train" and document.name.startswith("stockmark_ner_ja/"):
                held += kept
            if place in parts:
                yield place, Document(document.name, kept)
    if "train" not in parts:
        return
    names = Shingles(held)
    for document in itertools.chain(aozora(data, work), wikipedia(data, work)):
        own = document.name.startswith("wiki_annotated_ja/")
        kept = tuple(s for s in document.sentences if s not in seen and not guard.touches(s) and not (own and names.touches(s)))
        seen.update(s for s in kept if len(s) >= 12)
        if kept:
            yield "train", Document(document.name, kept)


def _jaquad_train(data: Path, work: Path) -> Iterator[Document]:
    return jaquad_contexts(data, work, "train")


def chunks(sentences: Iterable[str], wordpieces: WordPieces, random: np.random.Generator, rooms: tuple[int, int, int]) -> Iterator[str]:
    """Runs of sentences of up to ``rooms`` tokens (0: a single sentence): a quarter of the first, half of the second, a quarter of the third."""
    waiting, count, room = "", 0, random.choice(rooms, p=SHARES)
    for sentence in sentences:
        length = len(wordpieces.encode(sentence)[0])
        if waiting and count + length > room:
            yield waiting
            waiting, count, room = "", 0, random.choice(rooms, p=SHARES)
        waiting, count = waiting + sentence, count + length
    if waiting:
        yield waiting
