"""The sample tables that come with the app, with where they are from: real data, small enough to train on in a minute."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
TOPICS = Path(__file__).resolve().parent.parent.parent / "content" / "samples"


@dataclass(frozen=True)
class Sample:
    """`path`: the file, read like an upload; `title`, a message key; `text`, `label`: its columns (label None for domain adaptation)."""

    id: str
    path: Path
    language: str
    task: str
    text: str
    label: str | None
    licence: str
    source: str

    @property
    def title(self) -> str:
        return f"training.sample-{self.id}"


SAMPLES = (
    Sample(
        "topics-ja", TOPICS / "topics_ja.csv", "ja", "classification", "text", "category", "CC BY-SA 4.0", "SIB-200 (Adelani et al. 2024)"
    ),
    Sample(
        "intents-en", FOLDER / "intents_en.csv", "en", "classification", "text", "intent", "CC BY 4.0", "Banking77 (Casanueva et al. 2020)"
    ),
    Sample(
        "topics-en", TOPICS / "topics_en.csv", "en", "classification", "text", "category", "CC BY-SA 4.0", "SIB-200 (Adelani et al. 2024)"
    ),
    Sample("medical-ja", FOLDER / "medical_ja.txt", "ja", "domain_adaptation", "text", None, "CC0", "Transformer Lab"),
    Sample("medical-en", FOLDER / "medical_en.txt", "en", "domain_adaptation", "text", None, "CC0", "Transformer Lab"),
)
