"""Writes samples of the tasks that are trained from their upstream files: components/training/samples/{emotions_en,reports_ja,tone_ja,tone_en}.csv and
entities_{ja,en}.jsonl, whose rows the bundled models of names were never trained on.

    python -m scripts.task_samples <folder>

The folder holds goemotions/data/original/{labels.txt,train.tsv} (monologg/GoEmotions-pytorch @ b75f9d3), chabsa/data/chABSA/*_ann.json
(sinjorjob/chABSA-dataset @ 9d33ef9) and m_absa_ja_en/data/<domain>/en/train.txt (swaggy66/M-ABSA @ cb3121a); for names, the archives that
`recipes/ner.py` reads.
"""

import ast
import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from components.training.samples_list import FOLDER
from recipes.entities import Tagged, english, japanese

EMOTIONS = ("admiration", "amusement", "approval", "confusion", "curiosity", "gratitude", "joy", "love", "optimism", "surprise")
ROUGH = re.compile(
    r"fuck|shit|bitch|cunt|dick|ass\b|asshole|whore|slut|rape|retard|nigg|fag|porn|sex|kill|suicid|damn|hell\b|crap|piss|nazi|trump",
    re.IGNORECASE,
)
ATTRIBUTES = {"sales": "売上", "profit": "利益", "amount": "数量", "price": "価格", "cost": "費用", "general": "全般"}
DOMAINS = ("hotel", "restaurant", "food", "laptop", "phone")
POLARITIES = {"positive": 1, "POS": 1, "negative": -1, "NEG": -1}
EACH = 160  # rows of one number, at most


def emotions(folder: Path) -> list[tuple[str, str]]:
    """Comments with two or more of ten emotions, and as many with one of them."""
    names = (folder / "labels.txt").read_text(encoding="utf-8").split()
    rows = [line.split("\t")[:2] for line in (folder / "train.tsv").read_text(encoding="utf-8").splitlines()]
    told = [(text, [names[int(number)] for number in numbers.split(",")]) for text, numbers in rows if not ROUGH.search(text)]
    fitting = [(text, labels) for text, labels in told if set(labels) <= set(EMOTIONS) and len(text) > 20]
    parts = [[row for row in fitting if (len(row[1]) > 1) is several] for several in (True, False)]
    chosen = [row for part in parts for row in _some(part, 450)]
    return [(text, ", ".join(sorted(labels))) for text, labels in _some(chosen, len(chosen))]


def opinions(folder: Path) -> list[tuple[str, list[str], list[int]]]:
    """Each sentence with an opinion: its attributes, and the polarities of its opinions."""
    rows = []
    for path in sorted(folder.glob("*_ann.json")):
        for sentence in json.loads(path.read_text(encoding="utf-8"))["sentences"]:
            if sentence["opinions"]:
                kinds = {opinion["category"].split("#")[1] for opinion in sentence["opinions"]}
                signs = [POLARITIES.get(opinion["polarity"], 0) for opinion in sentence["opinions"]]
                rows.append((sentence["sentence"], [name for kind, name in ATTRIBUTES.items() if kind in kinds], signs))
    return rows


def reviews(folder: Path) -> list[tuple[str, list[int]]]:
    rows = []
    for domain in DOMAINS:
        for line in (folder / domain / "en" / "train.txt").read_text(encoding="utf-8").splitlines():
            text, _, aspects = line.partition("####")
            signs = [POLARITIES.get(polarity, 0) for _, _, polarity in ast.literal_eval(aspects)]
            rows.append((text.strip(), signs))
    return rows


def tone(rows: list[tuple[str, list[int]]]) -> list[tuple[str, str]]:
    """Of texts with two or more opinions the mean of +1, 0 and -1, at most `EACH` texts of one number."""
    told = [(text, f"{np.mean(signs):.2f}") for text, signs in dict(rows).items() if len(signs) > 1]
    counts: Counter[str] = Counter()
    chosen = []
    for text, number in _some(told, len(told)):
        counts[number] += 1
        if counts[number] <= EACH:
            chosen.append((text, number))
    return chosen[:900]


def _some(rows: list, most: int) -> list:
    order = np.random.default_rng(7).permutation(len(rows))
    return [rows[place] for place in order[:most]]


def _write(name: str, header: tuple[str, str], rows: list[tuple[str, str]]) -> None:
    with (FOLDER / name).open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([header, *rows])
    print(name, len(rows), (FOLDER / name).stat().st_size)


def entities(rows: Mapping[str, Sequence[Tagged]], most: int = 900) -> list[str]:
    """Lines as doccano writes them, of the rows by which the bundled model was chosen and judged."""
    held_out = [row for name in ("choose", "report") for row in rows[name] if 15 <= len(row.text) <= 300]
    return [
        json.dumps({"text": row.text, "label": [list(entity) for entity in row.entities]}, ensure_ascii=False)
        for row in _some(held_out, min(most, len(held_out)))
    ]


def main(folder: Path) -> None:
    for language, rows in (("ja", japanese(folder, folder)), ("en", english(folder, folder))):
        (FOLDER / f"entities_{language}.jsonl").write_text("\n".join(entities(rows)) + "\n", encoding="utf-8")
    _write("emotions_en.csv", ("text", "emotions"), emotions(folder / "goemotions" / "data" / "original"))
    reports = opinions(folder / "chabsa" / "data" / "chABSA")
    _write("reports_ja.csv", ("文", "話題"), [(text, "、".join(names)) for text, names, _ in _some(reports, 900)])
    _write("tone_ja.csv", ("文", "評価"), tone([(text, signs) for text, _, signs in reports]))
    _write("tone_en.csv", ("text", "tone"), tone(reviews(folder / "m_absa_ja_en" / "data")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
