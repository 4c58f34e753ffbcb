"""Every bundled model on rows that it never saw, answered by the app's own code, beside the floor that it must reach."""

import itertools
from collections.abc import Callable
from pathlib import Path
from typing import Any

from components.models import load
from components.models.files import MODELS
from recipes import behaviour, causal_ja, causal_scores, embed_ja, embed_ja_en, ner, pretrain, qa, sentiment

# id -> measure -> the least it must be. The calibration error has no floor; it is reported.
FLOORS: dict[str, dict[str, float]] = {
    "backbone-ja": {},
    "mlm-en": {"top5_accuracy held-out documents": 0.63},
    "nsp-en": {"accuracy held-out documents": 0.89},
    "embed-ja": {"spearman JSTS valid": 0.82},
    "embed-ja-en": {"first_of_1000 Tanaka": 0.85, "first_of_1000 Kyoto held-out articles": 0.80, "spearman JSTS valid": 0.74},
    "causal-ja": {},  # the lower, the better; that it beats the trigram model is a test
    "mlm-ja": {"top5_accuracy held-out documents": 0.70},
    "nsp-ja": {"accuracy held-out documents": 0.92},
    "sentiment-en": {"two_way_accuracy sentence_polarity": 0.86, "two_way_accuracy m_absa": 0.90},
    "sentiment-ja": {"two_way_accuracy chabsa": 0.96, "two_way_accuracy knbc": 0.81, "two_way_accuracy m_absa": 0.93},
    "ner-en": {"span_f1 wikigold": 0.74},
    "ner-ja": {"span_f1 stockmark_ner_ja": 0.73},
    "qa-en": {"f1 new_wiki held-out articles": 0.75, "no_answer_auroc new_wiki held-out articles": 0.80},
    "qa-ja": {"f1 JaQuAD dev": 0.80, "no_answer_auroc JaQuAD dev": 0.80},
}
# what to load a model for where its files don't tell
TASKS = {"backbone-ja": "similarity"}
# what is asked as the recipe has it: the app's own answer for a decoder is a text, not what a text is worth
OWN: dict[str, Callable[[Path], Any]] = {"causal-ja": causal_ja.load}
# what a measure's number is: task, or id of a model that is measured otherwise than its task -> (language, the app's model, data, work) -> {measure: (score, rows)}
SCORES: dict[str, Callable[[str, Any, Path, Path], dict[str, tuple[float, int]]]] = {
    "mlm": lambda language, model, *where: pretrain.mlm_scores(language, model.fill, whole_words(model), *where),
    "nsp": lambda language, model, *where: pretrain.nsp_scores(language, model.predict, *where),
    "backbone": lambda _, model, *where: embed_ja.scores(model.encode, *where),
    "embed": lambda _, model, *where: embed_ja.scores(model.encode, *where),
    "embed-ja-en": lambda _, model, *where: embed_ja_en.scores(model.encode, *where),
    "sentiment": lambda language, model, *where: sentiment.scores(language, model.predict, *where),
    "ner": lambda language, model, *where: ner.scores(language, model.predict, *where),
    "qa": qa.scores,
    "causal": lambda _, model, *where: causal_scores.scores(model, *where),
}


def whole_words(model: Any) -> Callable[[str], list[tuple[int, int]]]:
    """Finds the spans of the words that are one entry of the model's vocabulary, letters alone."""

    def spans(text: str) -> list[tuple[int, int]]:
        aligned = model.aligner.align(text)
        words = [list(tokens) for _, tokens in itertools.groupby(range(len(aligned)), key=lambda i: aligned.words[i])]
        alone = [tokens[0] for tokens in words if len(tokens) == 1]
        return [aligned.spans[i] for i in alone if aligned.tokens[i].isalpha()]

    return spans


def model(id: str) -> Any:
    """The bundled model ``id``, as it is scored."""
    return OWN[id](MODELS / id) if id in OWN else load(id, TASKS.get(id))


def score(id: str, asked: Any, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """``{measure with its test set: (score, rows)}`` of the model ``id``, asked as ``asked``."""
    task, language = id.split("-", 1)
    return SCORES[id if id in SCORES else task](language, asked, data, work)


def least(floor: float) -> str:
    """A floor with two digits, or the three that it has: rounded, 0.766 would ask for more than it does."""
    return f"{floor:.2f}" if round(floor, 2) == floor else f"{floor:.3f}"


def table(data: Path, work: Path) -> str:
    """A line for each measure of each bundled model: id, test set, rows, score, floor; then the behaviour tests, kind by kind."""
    lines = [f"{'id':<14}{'measure and test set':<48}{'rows':>6}  {'score':>6}  floor"]
    for id in FLOORS:
        if not (MODELS / id / "scores.json").exists():
            lines.append(f"{id:<14}not trained yet")
            continue
        for measure, (value, rows) in score(id, model(id), data, work).items():
            floor = FLOORS[id].get(measure)
            verdict = "" if floor is None else least(floor) if value >= floor else f"{least(floor)} missed"
            lines.append(f"{id:<14}{measure:<48}{rows:>6}  {value:>6.4f}  {verdict}".rstrip())
    return "\n".join([*lines, "", behaviour.table([])])
