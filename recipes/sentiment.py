"""sentiment-en and sentiment-ja: positive or negative, from whole texts."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from components.evaluation.calibration import expected_calibration_error, fit_temperature
from recipes import film_teacher, finetune, polarity
from recipes.finetune import Recipe, Row

RECIPES = {
    "en": Recipe("sentiment-en", "classification", "en", polarity.LABELS, epochs=1, batch_tokens=2048, max_length=128, learning_rate=1e-3),
    "ja": Recipe("sentiment-ja", "classification", "ja", polarity.LABELS, epochs=4, batch_tokens=2048, max_length=192, learning_rate=1e-3),
}
# how often a row of a set comes in a pass of the second and the third stage of English, beside the teacher's verdicts
REVIEWS = {"sentence_polarity": 2, "m_absa": 1}
ALL = {"sentence_polarity": 2, "m_absa": 2, "goemotions": 1, "pros_cons": 1, "cad_imdb": 1}
SPLITS = {"en": polarity.english, "ja": polarity.japanese}


def loss(model, batch, targets) -> dict[str, torch.Tensor]:
    logits = model(**batch).logits.float()  # (B, 2)
    return {"classes": functional.cross_entropy(logits, torch.tensor(targets))}


def taught(model, batch, targets) -> dict[str, torch.Tensor]:
    """``targets``: for each row the probability of ``positive``."""
    positive = torch.tensor(targets, dtype=torch.float32)  # (B,)
    logits = model(**batch).logits.float()  # (B, 2)
    return {"classes": functional.cross_entropy(logits, torch.stack([1 - positive, positive], 1))}


def encode(aligner, opinions) -> list[Row]:
    tokenized = [aligner.tokenize(opinion.text) for opinion in opinions]
    return [Row(list(t.ids), list(t.token_type_ids), o.label) for t, o in zip(tokenized, opinions, strict=True)]


def mixed(aligner, parts: dict[str, list[polarity.Opinion]], often: dict[str, int], verdicts: list[polarity.Opinion]) -> list[Row]:
    """Training rows, each as often as its set says, and the teacher's verdicts."""
    return encode(aligner, [*(opinion for opinion in parts["train"] for _ in range(often.get(opinion.source, 0))), *verdicts])


def logits_of(model, rows: list[Row]) -> torch.Tensor:
    return torch.stack([result.logits[place].float() for result, place in finetune.outputs(model, rows)])


def make(language: str, data: Path, work: Path) -> Path:
    recipe = RECIPES[language]
    parts = SPLITS[language](data, work)
    aligner = finetune.aligner(recipe)
    model = finetune.fit(recipe, encode(aligner, parts["train"]), loss, work)
    if language == "en":
        verdicts = film_teacher.verdicts(parts, data, work)
        model = finetune.fit(
            replace(recipe, epochs=2, learning_rate=5e-4), mixed(aligner, parts, REVIEWS, verdicts), taught, work, model, "last"
        )
        for module in model.modules():
            if isinstance(module, torch.nn.Dropout):
                module.p = 0.0  # it no longer fits too closely, but too little
        recipe = replace(recipe, epochs=2, learning_rate=7e-4, batch_tokens=4096)
        model = finetune.fit(recipe, mixed(aligner, parts, ALL, verdicts), taught, work, model, "all")
    rows = encode(aligner, parts["choose"])
    targets = torch.tensor([row.target for row in rows])
    logits = logits_of(model, rows)
    right = (logits.argmax(1) == targets).float()
    for source in sorted({opinion.source for opinion in parts["choose"]}):
        of_source = torch.tensor([opinion.source == source for opinion in parts["choose"]])
        print("choose accuracy", source, int(of_source.sum()), right[of_source].mean().item(), flush=True)
    folder = work / recipe.id / "model"
    finetune.save(recipe, model, folder, temperature=round(fit_temperature(logits.numpy(), targets.numpy()), 4))
    return folder


def scores(language: str, predict, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """Accuracy for each set of the report part and the calibration error over all, from the app's own ``predict``."""
    opinions = SPLITS[language](data, work)["report"]
    predictions = predict([opinion.text for opinion in opinions])
    correct = np.array([p.label == polarity.LABELS[o.label] for p, o in zip(predictions, opinions, strict=True)])
    confidence = np.array([p.score for p in predictions])
    sets = np.array([o.source for o in opinions])
    found = {f"accuracy {name}": (float(correct[sets == name].mean()), int((sets == name).sum())) for name in sorted(set(sets))}
    return found | {"calibration_error": (expected_calibration_error(confidence, correct, bins=15), len(correct))}
