"""English documents for masked words and next sentences: Kyoto Wikipedia's translations and ten Standard Ebooks."""

import re
from collections.abc import Collection, Iterator
from pathlib import Path
from xml.etree import ElementTree

from recipes import sources
from recipes.corpus_ja import Document
from recipes.splits import PARTS, part

SENTENCE = re.compile(r"(?<=[.!?][”’\"'])\s+(?=[A-Z“‘])|(?<=[.!?])\s+(?=[A-Z“‘\"])")
XHTML = "{http://www.w3.org/1999/xhtml}"


def sentences(text: str) -> list[str]:
    return [s for s in SENTENCE.split(" ".join(text.split())) if s]


def kyoto(data: Path, work: Path) -> Iterator[Document]:
    """The checked translations; a malformed file is passed over."""
    for path in sorted(sources.folder("kyoto_wiki", data, work).rglob("*.xml")):
        try:
            root = ElementTree.parse(path).getroot()
        except ElementTree.ParseError:
            continue
        texts = [" ".join((e.text or "").split()) for e in root.iterfind(".//sen/e[@type='check']")]
        yield Document(f"kyoto_wiki/{path.stem}", tuple(t for t in texts if t))


def ebooks(data: Path, work: Path) -> Iterator[Document]:
    """Each chapter is a document; the book is its group."""
    for path in sorted(sources.folder("standardebooks", data, work).glob("*/src/epub/text/*.xhtml")):
        if path.stem in ("colophon", "imprint", "uncopyright", "titlepage", "halftitlepage", "endnotes", "loi"):
            continue
        body = re.sub(r'<a[^>]*epub:type="noteref"[^>]*>.*?</a>', "", path.read_text(encoding="utf-8"))
        texts = [s for p in ElementTree.fromstring(body).iter(f"{XHTML}p") for s in sentences("".join(p.itertext()))]
        yield Document(f"standardebooks/{path.parts[-5]}/{path.stem}", tuple(texts))


def documents(data: Path, work: Path, parts: Collection[str] = PARTS) -> Iterator[tuple[str, Document]]:
    """``(part, document)`` of the parts that are asked for: 2% of the articles and one of the ten books (The Great Gatsby) are held out to report on, 1% to choose by."""
    for document in ebooks(data, work):
        place = "report" if "gatsby" in document.name else part(document.name, 0.0, 0.01)
        if place in parts:
            yield place, document
    for document in kyoto(data, work):
        if document.sentences and (place := part(document.name, 0.02, 0.01)) in parts:
            yield place, document
