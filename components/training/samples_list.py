"""The sample tables that come with the app, with where they are from: real data, small enough to train on in a minute."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
TOPICS = Path(__file__).resolve().parent.parent.parent / "content" / "samples"


@dataclass(frozen=True)
class SampleTable:
    """`path`: the file, read like an upload, with `rows` rows; `title`, a message key; `text`, `label`: its columns (label None for domain
    adaptation). `probe`: a sentence with [MASK] that is not in the file, to ask a model before and after the adaptation."""

    id: str
    path: Path
    rows: int
    language: str
    task: str
    text: str
    label: str | None
    licence: str
    source: str
    probe: str = ""

    @property
    def title(self) -> str:
        return f"training.sample-{self.id}"


_SIB = ("CC BY-SA 4.0", "SIB-200 (Adelani et al. 2024)")
_BANKING = ("CC BY 4.0", "Banking77 (Casanueva et al. 2020)")
_OWN = ("CC0", "Himotoku")
_STOCKMARK = ("CC BY-SA 3.0", "Wikipedia NER data set (Stockmark Inc.)")
_UNER = ("CC BY-SA 4.0", "Universal NER, English EWT (Mayhew et al. 2024)")
SAMPLES = (
    SampleTable("topics-ja", TOPICS / "topics_ja.csv", 800, "ja", "classification", "text", "category", *_SIB),
    SampleTable("topics-en", TOPICS / "topics_en.csv", 800, "en", "classification", "text", "category", *_SIB),
    SampleTable("intents-en", FOLDER / "intents_en.csv", 1000, "en", "classification", "text", "intent", *_BANKING),
    SampleTable("medical-ja", FOLDER / "medical_ja.txt", 36, "ja", "domain_adaptation", "text", None, *_OWN, "[MASK]の治療を始めました。"),
    SampleTable(
        "medical-en", FOLDER / "medical_en.txt", 36, "en", "domain_adaptation", "text", None, *_OWN, "Take one [MASK] before every meal."
    ),
    SampleTable("entities-ja", FOLDER / "entities_ja.jsonl", 900, "ja", "entities", "text", "label", *_STOCKMARK),
    SampleTable("entities-en", FOLDER / "entities_en.jsonl", 1000, "en", "entities", "text", "label", *_UNER),
)
