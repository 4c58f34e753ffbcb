"""ner-en and ner-ja: BIO tags on tokens, from sets that do not all mark the same types."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from components.evaluation.calibration import expected_calibration_error
from components.models import load
from recipes import entities, finetune
from recipes.finetune import IGNORED, Recipe, Row
from recipes.splits import sampled
from recipes.token_batches import padded

PREFIXES = ("B-", "I-")
TEMPERATURES = (1.0, 1.3, 1.7, 2.2, 2.8, 3.5, 4.5)


def tags_of(names: list[str]) -> list[str]:
    return ["O", *(prefix + name for name in names for prefix in PREFIXES)]


RECIPES = {
    "en": Recipe(
        "ner-en",
        "ner",
        "en",
        tags_of(entities.ENGLISH),
        epochs=3,
        batch_tokens=2048,
        max_length=256,
        learning_rate=1e-3,
        marks_capitals=True,
    ),
    "ja": Recipe("ner-ja", "ner", "ja", tags_of(entities.JAPANESE), epochs=4, batch_tokens=2048, max_length=256, learning_rate=1e-3),
}
SPLITS = {"en": entities.english, "ja": entities.japanese}
# the set whose guidelines the model follows has the last word
LAST = {"en": ("wikigold", 3), "ja": ("stockmark_ner_ja", 16)}
UNCAPITALISED = 0.15  # the share of rows that also train without their capitals, as people type
REPEATED = {"wikigold": 3, "stockmark_ner_ja": 2}  # the sets whose names and guidelines the model follows count several times


def encode(aligner, tagged: entities.Tagged, tags: list[str]) -> Row:
    """Every token of an entity is tagged, the first ``B-``; the target is ``(tags, missing)``, specials and unknown spans ignored."""
    t = aligner.tokenize(tagged.text)
    target = []
    for (start, end), special in zip(t.spans, t.special, strict=True):
        inside = next((e for e in tagged.entities if e[0] < end and start < e[1]), None)
        if special or (inside and inside[2] == entities.UNKNOWN):
            target.append(IGNORED)
        elif inside is None:
            target.append(0)
        else:
            target.append(tags.index(("B-" if start <= inside[0] else "I-") + inside[2]))
    missing = [tags.index(prefix + name) for name in tagged.missing for prefix in PREFIXES]
    return Row(list(t.ids), list(t.token_type_ids), (target, missing))


def rows_of(recipe: Recipe, aligner, tagged: list[entities.Tagged]) -> list[Row]:
    """A row for each text; where the model is told of capitals, a share comes a second time without them."""
    rows = [encode(aligner, one, recipe.labels) for one in tagged]
    if not recipe.marks_capitals:
        return rows
    return rows + [
        replace(row, types=[0] * len(row.types)) for row, one in zip(rows, tagged, strict=True) if sampled(one.text, UNCAPITALISED)
    ]


def loss(model, batch, targets) -> dict[str, torch.Tensor]:
    """Cross-entropy; where a set does not mark a type, "no entity" there means that type or none."""
    scores = functional.log_softmax(model(**batch).logits.float(), dim=-1)  # (B, n, tags)
    wanted = padded([target for target, _ in targets], IGNORED)  # (B, n)
    none = torch.zeros(len(targets), scores.shape[-1], dtype=torch.bool)  # (B, tags): what "no entity" may mean in a row
    for place, (_, missing) in enumerate(targets):
        none[place, [0, *missing]] = True
    nothing = scores.masked_fill(~none[:, None, :], -torch.inf).logsumexp(-1)
    tagged = scores.gather(-1, wanted.clamp(min=0).unsqueeze(-1)).squeeze(-1)
    known = wanted != IGNORED
    return {"tags": -torch.where(wanted == 0, nothing, tagged)[known].sum() / max(1, int(known.sum()))}


def make(language: str, data: Path, work: Path) -> Path:
    recipe = RECIPES[language]
    parts = SPLITS[language](data, work)
    aligner = finetune.aligner(recipe)
    repeated = [row for row in parts["train"] for _ in range(REPEATED.get(row.source, 1))]
    model = finetune.fit(recipe, rows_of(recipe, aligner, repeated), loss, work)
    source, epochs = LAST[language]
    last = rows_of(recipe, aligner, [row for row in parts["train"] if row.source == source])
    model = finetune.fit(replace(recipe, epochs=epochs, learning_rate=4e-4), last, loss, work, model, "last")
    folder = work / recipe.id / "model"
    settings = {"stride": 64, "tags_on": "sequence"}
    finetune.save(recipe, model, folder, **settings)
    finetune.save(recipe, model, folder, **settings, temperature=choose_temperature(folder, parts["choose"]))
    return folder


def choose_temperature(folder: Path, rows: list[entities.Tagged]) -> float:
    """The temperature under which the app's entity scores best tell right entities from wrong ones (the least log loss).

    Scaled for tokens it would be that of "no entity", which most tokens are.
    """
    model, losses = load(folder), {}
    for model.temperature in TEMPERATURES:
        answers = model.predict([row.text for row in rows])
        given = [(e.score, (e.start, e.end, e.label) in row.entities) for answer, row in zip(answers, rows, strict=True) for e in answer]
        score = np.clip([s for s, _ in given], 1e-6, 1 - 1e-6)
        losses[model.temperature] = float(-np.log(np.where([right for _, right in given], score, 1 - score)).mean())
    found = span_f1([{(e.start, e.end, e.label) for e in answer} for answer in answers], [set(row.entities) for row in rows])
    print(f"choose span F1 {found:.4f} on {len(rows)} rows; log loss by temperature {losses}", flush=True)
    return min(losses, key=losses.get)


def span_f1(found: list[set], expected: list[set]) -> float:
    """Micro F1 of exact spans: start, end and type all right."""
    right = sum(len(f & e) for f, e in zip(found, expected, strict=True))
    total = sum(map(len, found)) + sum(map(len, expected))
    return 2 * right / total if total else 1.0


def scores(language: str, predict, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """Span F1 on the report part, and the calibration error of the entities' scores, from the app's own ``predict``."""
    rows = SPLITS[language](data, work)["report"]
    answers = predict([row.text for row in rows])
    found = [{(e.start, e.end, e.label) for e in answer} for answer in answers]
    expected = [set(row.entities) for row in rows]
    confidence = [e.score for answer in answers for e in answer]
    correct = [(e.start, e.end, e.label) in truth for answer, truth in zip(answers, expected, strict=True) for e in answer]
    return {
        f"span_f1 {rows[0].source}": (span_f1(found, expected), len(rows)),
        "calibration_error": (expected_calibration_error(np.array(confidence), np.array(correct), bins=15), len(correct)),
    }
