"""The sample tables that come with the app, with where they are from: real data, small enough to train on in a minute."""

from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "samples"
TOPICS = Path(__file__).resolve().parent.parent.parent / "content" / "samples"


@dataclass(frozen=True)
class SampleTable:
    """`path`: the file, read like an upload, with `rows` rows; `title`, a message key; `text`, `label`: its columns (label None for domain
    adaptation), `second` the other text of a pair or the question. `probe`: a sentence with [MASK] that is not in the file, to ask a model before and after the adaptation."""

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
    second: str | None = None

    @property
    def title(self) -> str:
        return f"training.sample-{self.id}"


_SIB = ("CC BY-SA 4.0", "SIB-200 (Adelani et al. 2024)")
_BANKING = ("CC BY 4.0", "Banking77 (Casanueva et al. 2020)")
_CHABSA = ("CC BY 4.0", "chABSA (TIS Inc.)")
_EMOTIONS = ("CC BY 4.0", "GoEmotions (Demszky et al. 2020)")
_ABSA = ("Apache-2.0", "M-ABSA (Wu et al. 2025)")
_OWN = ("CC0", "Himotoku")
_JGLUE = ("CC BY-SA 4.0", "JGLUE (Kurihara et al. 2022)")
_STOCKMARK = ("CC BY-SA 3.0", "Wikipedia NER data set (Stockmark Inc.)")
_WIKIGOLD = ("CC BY 4.0", "Wikigold (Balasuriya et al. 2009)")
SAMPLES = (
    SampleTable("topics-ja", TOPICS / "topics_ja.csv", 800, "ja", "classification", "text", "category", *_SIB),
    SampleTable("topics-en", TOPICS / "topics_en.csv", 800, "en", "classification", "text", "category", *_SIB),
    SampleTable("intents-en", FOLDER / "intents_en.csv", 1000, "en", "classification", "text", "intent", *_BANKING),
    SampleTable("reports-ja", FOLDER / "reports_ja.csv", 900, "ja", "several_labels", "文", "話題", *_CHABSA),
    SampleTable("emotions-en", FOLDER / "emotions_en.csv", 900, "en", "several_labels", "text", "emotions", *_EMOTIONS),
    SampleTable("tone-ja", FOLDER / "tone_ja.csv", 900, "ja", "number", "文", "評価", *_CHABSA),
    SampleTable("tone-en", FOLDER / "tone_en.csv", 782, "en", "number", "text", "tone", *_ABSA),
    SampleTable("medical-ja", FOLDER / "medical_ja.txt", 36, "ja", "domain_adaptation", "text", None, *_OWN, "[MASK]の治療を始めました。"),
    SampleTable(
        "medical-en", FOLDER / "medical_en.txt", 36, "en", "domain_adaptation", "text", None, *_OWN, "Take one [MASK] before every meal."
    ),
    SampleTable("pairs-ja", FOLDER / "pairs_ja.csv", 800, "ja", "pairs", "sentence1", "similarity", *_JGLUE, second="sentence2"),
    SampleTable("inference-ja", FOLDER / "inference_ja.csv", 1000, "ja", "pair_classes", "sentence1", "label", *_JGLUE, second="sentence2"),
    SampleTable(
        "questions-ja",
        FOLDER / "questions_ja.json",
        400,
        "ja",
        "questions",
        "context",
        "answers",
        "CC BY-SA 3.0",
        "JaQuAD (So et al. 2022)",
        second="question",
    ),
    SampleTable(
        "questions-en",
        FOLDER / "questions_en.json",
        500,
        "en",
        "questions",
        "context",
        "answers",
        "CC BY 4.0",
        "SQuADShifts (Miller et al. 2020)",
        second="question",
    ),
    SampleTable("entities-ja", FOLDER / "entities_ja.jsonl", 736, "ja", "entities", "text", "entities", *_STOCKMARK),
    SampleTable("entities-en", FOLDER / "entities_en.jsonl", 390, "en", "entities", "text", "entities", *_WIKIGOLD),
)
