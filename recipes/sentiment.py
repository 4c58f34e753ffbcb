"""sentiment-en and sentiment-ja: negative, neutral or positive, from whole texts.

The first stages know two classes, negative and positive. The last has the third: it begins from the two, on all rows, neutral ones included, and on
made sentences (``sentiment_templates``).
"""

from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score
from torch import nn
from torch.nn import functional

from components.evaluation.calibration import expected_calibration_error, fit_temperature
from components.models.results import Prediction
from components.text.tokens import Aligner
from recipes import device, film_teacher, finetune, polarity, sentiment_templates
from recipes.finetune import Recipe, Row
from recipes.polarity import LABELS, NEGATIVE, NEUTRAL, POSITIVE, Opinion
from recipes.splits import Shingles, sampled

RECIPES = {
    "en": Recipe(
        "sentiment-en", "classification", "en", LABELS, epochs=1, batch_tokens=2048, max_length=128, learning_rate=1e-3, folds_width=True
    ),
    "ja": Recipe("sentiment-ja", "classification", "ja", LABELS, epochs=4, batch_tokens=2048, max_length=192, learning_rate=1e-3),
}
SPLITS = {"en": polarity.english, "ja": polarity.japanese}
# how often a row of a set comes in a pass of the second and the third stage of English, beside the teacher's verdicts
REVIEWS = {"sentence_polarity": 2.0, "m_absa": 1.0}
ALL = {"sentence_polarity": 2.0, "m_absa": 2.0, "goemotions": 1.0, "pros_cons": 1.0, "cad_imdb": 1.0}
# the last stage, with the third class: how often a row of a set comes in a pass
LAST = {
    "en": {"sentence_polarity": 2.0, "m_absa": 1.0, "goemotions": 0.3, "pros_cons": 0.4, "cad_imdb": 0.1},
    "ja": {"chabsa": 1.0, "knbc": 1.0, "m_absa": 1.0, "captions": 1.0},
}
LAST_RECIPES = {
    "en": replace(RECIPES["en"], epochs=1, learning_rate=3e-4, dropout=0.0),
    "ja": replace(RECIPES["ja"], epochs=1.5, learning_rate=5e-4),
}
SLIPS = {
    "en": 0.25,
    "ja": 0.6,
}  # the share of the rows that come a second time with a slip of typing: one letter is more of a Japanese word
# how far the bundled weights lie on the way from the two-way model to the last stage's end (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models")
WAY = {"en": 0.85, "ja": 0.8}
FILM = 0.2  # the share of the film sentences that the two-way model labels for the last stage
BLANKS, BLANK_SHARES = 160, (0.1, 0.8, 0.1)  # texts of blanks alone, and what they are to be called
SILENT = -1e4  # stands for the logit of a class that a row says nothing about


def positive(label: int | float) -> float:
    """The probability of positive against negative; ``label`` is not neutral."""
    return label if isinstance(label, float) else label / POSITIVE


def shares(label: int | float) -> list[float]:
    """What each class's probability is to be; NaN for neutral where a two-way verdict says nothing about it."""
    if isinstance(label, float):
        return [1 - label, float("nan"), label]
    return [float(label == number) for number in range(len(LABELS))]


def taught(model: nn.Module, batch: dict[str, torch.Tensor], targets: list[float]) -> dict[str, torch.Tensor]:
    """Two classes. ``targets``: for each row the probability of ``positive``."""
    wanted = torch.tensor(targets, dtype=torch.float32)  # (B,)
    logits = model(**batch).logits.float()  # (B, 2)
    return {"classes": functional.cross_entropy(logits, torch.stack([1 - wanted, wanted], 1))}


def loss(model: nn.Module, batch: dict[str, torch.Tensor], targets: list[list[float]]) -> dict[str, torch.Tensor]:
    """Three classes. ``targets``: for each row what ``shares`` gives; a class that is NaN takes no part in the row's probabilities."""
    wanted = torch.tensor(targets)  # (B, 3)
    logits = model(**batch).logits.float().masked_fill(wanted.isnan(), SILENT)
    return {"classes": functional.cross_entropy(logits, wanted.nan_to_num())}


def encode(aligner: Aligner, opinions: list[Opinion], target=positive) -> list[Row]:
    tokenized = [aligner.tokenize(opinion.text) for opinion in opinions]
    return [Row(list(t.ids), list(t.token_type_ids), target(o.label)) for t, o in zip(tokenized, opinions, strict=True)]


def often(opinions: list[Opinion], times: dict[str, float]) -> list[Opinion]:
    """Each opinion as often in a pass as its set says; of a fraction the texts' names decide."""
    found = []
    for opinion in opinions:
        whole, fraction = divmod(times.get(opinion.source, 0.0), 1.0)
        found += [opinion] * (int(whole) + (fraction > 0 and sampled(f"last/{opinion.text}", fraction)))
    return found


def logits_of(model: nn.Module, rows: list[Row]) -> torch.Tensor:
    return torch.stack([result.logits[place].float() for result, place in finetune.outputs(model, rows)])


def two_way(language: str, parts: dict[str, list[Opinion]], data: Path, work: Path) -> nn.Module:
    """Negative or positive: the model after the first stage of Japanese, the first three of English."""
    recipe = replace(RECIPES[language], labels=[LABELS[NEGATIVE], LABELS[POSITIVE]])
    parts = {name: [opinion for opinion in opinions if opinion.label != NEUTRAL] for name, opinions in parts.items()}
    model, kept = finetune.build(recipe), work / recipe.id / "two-way.pt"
    trained = {name: parameter for name, parameter in model.named_parameters() if parameter.requires_grad}
    if kept.exists():
        for name, value in torch.load(kept, weights_only=True).items():
            trained[name].data.copy_(value)
        return model.to(device.chosen()).eval()
    aligner = finetune.aligner(recipe)
    model = finetune.fit(recipe, encode(aligner, parts["train"]), taught, work, model)
    if language == "en":
        verdicts = film_teacher.verdicts(parts, data, work)
        rows = encode(aligner, [*often(parts["train"], REVIEWS), *verdicts])
        model = finetune.fit(replace(recipe, epochs=2, learning_rate=5e-4), rows, taught, work, model, "last")
        for module in model.modules():
            if isinstance(module, nn.Dropout):
                module.p = 0.0  # it no longer fits too closely, but too little
        rows = encode(aligner, [*often(parts["train"], ALL), *verdicts])
        model = finetune.fit(replace(recipe, epochs=2, learning_rate=7e-4, batch_tokens=4096), rows, taught, work, model, "all")
    torch.save({name: parameter.data for name, parameter in trained.items()}, kept)
    return model


def widened(recipe: Recipe, two: nn.Module) -> nn.Module:
    """The two-way model with a third logit between its two, at first their mean."""
    model, known = finetune.build(recipe), dict(two.named_parameters())
    for name, parameter in model.named_parameters():
        if parameter.requires_grad:
            value = known[name].data
            parameter.data.copy_(torch.stack([value[0], value.mean(0), value[1]]) if ".classifier." in name else value)
    return model


def between(start: nn.Module, end: nn.Module, way: float) -> None:
    """Moves the trained weights of ``end`` back to ``way`` of the way from ``start``: all that it learnt, and less forgotten."""
    before = dict(start.named_parameters())
    with torch.no_grad():
        for name, parameter in end.named_parameters():
            if parameter.requires_grad:
                parameter.copy_(torch.lerp(before[name].to(parameter.device), parameter, way))


def own_verdicts(language: str, two: nn.Module, aligner: Aligner, parts: dict[str, list[Opinion]], data: Path, work: Path) -> list[Opinion]:
    """Film sentences with the two-way model's own probability: what it knew of them is to stay (Li & Hoiem 2016, "Learning without Forgetting")."""
    if language != "en":
        return []
    guard = Shingles(opinion.text for name in ("choose", "report") for opinion in parts[name] if opinion.label != NEUTRAL)
    texts = [text for text in film_teacher.film_sentences(data, work, guard) if sampled(f"own/{text}", FILM)]
    rows = encode(aligner, [Opinion(text, 0.5, "film_sentences", text) for text in texts])
    chances = logits_of(two, rows).softmax(1)[:, 1].tolist()
    return [Opinion(text, chance, "film_sentences", text) for text, chance in zip(texts, chances, strict=True)]


def blanks(aligner: Aligner, most: int = 60) -> list[Row]:
    """Texts without a word, as attributions begin from: [PAD] between the special tokens, read like any token. Neutral, and balanced."""
    special = list(aligner.tokenize("").ids)
    rows = []
    for number in range(BLANKS):
        ids = [special[0], *[aligner.pad_id] * (number * most // BLANKS), special[-1]]
        rows.append(Row(ids, [0] * len(ids), list(BLANK_SHARES)))
    return rows


def last_rows(language: str, opinions: list[Opinion], verdicts: list[Opinion], aligner: Aligner) -> list[Row]:
    """What the last stage trains on."""
    labelled = [*often(opinions, LAST[language]), *sentiment_templates.sentences(language)]
    return [*encode(aligner, [*sentiment_templates.with_slips(labelled, SLIPS[language]), *verdicts], shares), *blanks(aligner)]


def make(language: str, data: Path, work: Path) -> Path:
    parts, recipe = SPLITS[language](data, work), LAST_RECIPES[language]
    aligner = finetune.aligner(recipe)
    two = two_way(language, parts, data, work)
    rows = last_rows(language, parts["train"], own_verdicts(language, two, aligner, parts, data, work), aligner)
    model = finetune.fit(recipe, rows, loss, work, widened(recipe, two), "neutral")
    between(widened(recipe, two), model, WAY[language])
    chosen = parts["choose"]
    logits, labels = logits_of(model, encode(aligner, chosen, shares)).numpy(), np.array([opinion.label for opinion in chosen])
    for measure, (value, count) in measures(logits, labels, np.array([opinion.source for opinion in chosen])).items():
        print("choose", measure, count, round(value, 4), flush=True)
    folder = work / recipe.id / "model"
    finetune.save(recipe, model, folder, temperature=round(fit_temperature(logits, labels), 4))
    return folder


def measures(scores: np.ndarray, labels: np.ndarray, sets: np.ndarray) -> dict[str, tuple[float, int]]:
    """Of scores (n, 3), the higher the surer: for each set the accuracy of the larger of negative and positive on the rows with an opinion, and
    macro F1 over three classes on all rows where some are neutral."""
    found: dict[str, tuple[float, int]] = {}
    three: dict[str, tuple[float, int]] = {}
    for name in sorted(set(sets)):
        inside = sets == name
        opinion = inside & (labels != NEUTRAL)
        if opinion.any():
            said = np.where(scores[opinion, POSITIVE] > scores[opinion, NEGATIVE], POSITIVE, NEGATIVE)
            found[f"two_way_accuracy {name}"] = float((said == labels[opinion]).mean()), int(opinion.sum())
        if opinion.any() and (inside & (labels == NEUTRAL)).any():
            three[f"macro_f1 {name}"] = float(f1_score(labels[inside], scores[inside].argmax(1), average="macro")), int(inside.sum())
    return found | three


def scores(language: str, predict, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """``measures`` of the report part and the calibration error over all its rows, from the app's own ``predict``."""
    opinions = SPLITS[language](data, work)["report"]
    predictions: list[Prediction] = predict([opinion.text for opinion in opinions])
    given = np.array([[prediction.scores[label] for label in LABELS] for prediction in predictions])
    labels = np.array([opinion.label for opinion in opinions])
    found = measures(given, labels, np.array([opinion.source for opinion in opinions]))
    error = expected_calibration_error(given.max(1), given.argmax(1) == labels, bins=15)
    return found | {"calibration_error": (error, len(labels))}
