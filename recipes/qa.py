"""qa-en and qa-ja: the span of a context that answers a question (Devlin et al. 2019, sections 4.2 and 4.3)."""

from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import roc_auc_score
from torch.nn import functional

from components.evaluation import metrics
from components.evaluation.calibration import expected_calibration_error
from components.models import load
from components.models.qa import MAX_QUESTION, Asked, SpanPrediction, WindowLogits
from components.text.windows import windows
from recipes import finetune, questions
from recipes.finetune import Recipe, Row
from recipes.questions import Question

RECIPES = {
    "en": Recipe("qa-en", "qa", "en", epochs=2.5, batch_tokens=4096, max_length=256, learning_rate=1e-3),
    "ja": Recipe("qa-ja", "qa", "ja", rank=64, epochs=4, batch_tokens=12_288, max_length=384, learning_rate=1e-3),
}
SPLITS = {"en": questions.english, "ja": questions.japanese}
UNANSWERABLE = 0.25
STRIDE = 96
REPORTED = {"ja": 1_000}  # questions of the reported part that are read, drawn by a fixed seed, where not all are
TEMPERATURES = (0.7, 0.85, 1.0, 1.2, 1.5, 1.8, 2.2, 2.7)


def rows_of(aligner, question: Question) -> list[Row]:
    """A row for each window of the context, as the app reads it. The target is the answer's first and last place, or 0, 0 (``[CLS]``)
    where the window does not hold it whole."""
    asked, context = aligner.align(question.question), aligner.align(question.context)
    kept = min(len(asked), MAX_QUESTION)
    room = aligner.max_length - aligner.double.specials - kept
    offset = len(aligner.double.prefix) + kept + len(aligner.double.middle)
    found = []
    for low, high in windows(len(context), room, min(STRIDE, room // 2)):
        t = aligner.join(asked, context, (0, kept), (low, high))
        target = _target(context.spans, question.answers[0], low, high, offset) if question.answers else (0, 0)
        found.append(Row(list(t.ids), list(t.token_type_ids), target))
    return found


def _target(spans, answer: tuple[int, str], low: int, high: int, offset: int) -> tuple[int, int]:
    start, end = answer[0], answer[0] + len(answer[1])
    inside = [i for i, (a, b) in enumerate(spans) if a < end and start < b]
    if not inside or inside[0] < low or inside[-1] >= high:
        return 0, 0
    return inside[0] - low + offset, inside[-1] - low + offset


def loss(model, batch, targets) -> dict[str, torch.Tensor]:
    """Cross-entropy of the start and of the end over the window's places."""
    output = model(**batch)
    places = torch.tensor(targets)
    hidden = batch["attention_mask"] == 0
    start, end = (logits.float().masked_fill(hidden, -1e4) for logits in (output.start_logits, output.end_logits))
    return {"span": (functional.cross_entropy(start, places[:, 0]) + functional.cross_entropy(end, places[:, 1])) / 2}


def make(language: str, data: Path, work: Path) -> Path:
    recipe = RECIPES[language]
    parts = SPLITS[language](data, work)
    aligner = finetune.aligner(recipe)
    asked = parts["train"] + questions.unanswerable(parts["train"], UNANSWERABLE)
    rows = [row for question in asked for row in rows_of(aligner, question)]
    model = finetune.fit(recipe, rows, loss, work)
    folder = work / recipe.id / "model"
    finetune.save(recipe, model, folder, stride=STRIDE)
    settings = choose_settings(folder, parts["choose"])
    print(settings, flush=True)
    finetune.save(recipe, model, folder, stride=STRIDE, **settings)
    return folder


def choose_settings(folder: Path, answerable: list[Question]) -> dict[str, float]:
    """The temperature of the span scores and the no-answer threshold, by the app's own decoding of the choosing part.

    The threshold is where answerable and unanswerable questions, as many of each, are told apart most often. The temperature is the
    one under which the best answer's score is the likeliest to tell an exact match (the least log loss).
    """
    model = load(folder)
    model.temperature = 1.0  # a folder that is set already is chosen for anew
    asked, scores = _windows(model, answerable)
    best = _decoded(model, asked, scores, 1.0)
    impossible = model.read_all(_pairs(questions.unanswerable(answerable, 1.0, seed=1)))
    gaps = np.array([reading.lead for reading in [*best, *impossible]])
    has_answer = np.arange(len(gaps)) < len(answerable)
    thresholds = np.quantile(gaps, np.linspace(0.02, 0.98, 97))
    threshold = max(thresholds, key=lambda t: (gaps <= t)[has_answer].mean() + (gaps > t)[~has_answer].mean())
    right = np.array([_exact(reading, row, model.language) for reading, row in zip(best, answerable, strict=True)])
    losses = {}
    for temperature in TEMPERATURES:
        readings = _decoded(model, asked, scores, temperature)
        chance = np.clip([reading.candidates[0].score for reading in readings], 1e-6, 1 - 1e-6)
        losses[temperature] = float(-np.log(np.where(right, chance, 1 - chance)).mean())
    temperature = min(losses, key=losses.get)
    # scores are divided by the temperature before the threshold is read
    return {"temperature": temperature, "no_answer_threshold": round(float(threshold) / temperature, 4)}


def _windows(model, rows: list[Question]) -> tuple[list[Asked], list[list[WindowLogits]]]:
    """Each question's windows, and what the model says of them."""
    asked = [model.ask(row.question, row.context) for row in rows]
    return asked, [model.score(one, range(len(one.windows))) for one in asked]


def _decoded(model, asked: list[Asked], scores: list[list[WindowLogits]], temperature: float) -> list[SpanPrediction]:
    softer = [[WindowLogits(w.start / temperature, w.end / temperature, w.null / temperature) for w in windows] for windows in scores]
    return [model.decode(one, windows, top_k=1) for one, windows in zip(asked, softer, strict=True)]


def _pairs(rows: list[Question]) -> list[tuple[str, str]]:
    return [(row.question, row.context) for row in rows]


def _exact(reading, row: Question, language: str) -> bool:
    return bool(metrics.exact_match(reading.candidates[0].text, [text for _, text in row.answers], language))


def scores(language: str, model, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """F1 and EM of the best span on answerable questions; AUROC of "no answer" with as many unanswerable ones; calibration error."""
    answerable = SPLITS[language](data, work)["report"]
    if language in REPORTED:
        drawn = np.random.default_rng(0).choice(len(answerable), REPORTED[language], replace=False)
        answerable = [answerable[i] for i in sorted(drawn)]
    name = "new_wiki held-out articles" if language == "en" else "JaQuAD dev"
    impossible = questions.unanswerable(answerable, 1.0, seed=1)
    answered, silent = model.read_all(_pairs(answerable)), model.read_all(_pairs(impossible))
    accepted = [[text for _, text in row.answers] for row in answerable]
    given = [reading.candidates[0].text for reading in answered]
    right = np.array([metrics.exact_match(text, gold, language) for text, gold in zip(given, accepted, strict=True)])
    gaps = [reading.lead for reading in [*answered, *silent]]
    confidence = np.array([reading.candidates[0].score for reading in answered])
    return {
        f"f1 {name}": (float(np.mean([metrics.f1(text, gold, language) for text, gold in zip(given, accepted, strict=True)])), len(given)),
        f"exact_match {name}": (float(right.mean()), len(given)),
        f"no_answer_auroc {name}": (float(roc_auc_score([0] * len(answered) + [1] * len(silent), gaps)), len(gaps)),
        "calibration_error": (expected_calibration_error(confidence, right, bins=15), len(given)),
    }
