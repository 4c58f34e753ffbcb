"""What is asked about the first model's answer and the words that decided."""

from collections.abc import Sequence

import numpy as np

from components.ui.widgets.attribution import signed, words_of
from components.ui.widgets.check import Question, choose, count

from .models import label_name
from .page import Classified

CLEAR = 0.15  # of the strongest word: how much less a wrong answer speaks for the label


def questions(text: str, answers: Sequence[Classified]) -> list[Question | None]:
    if not answers or not text.strip():
        return []
    return [_rest(answers[0]), _word(text, answers[0])]


def _rest(answer: Classified) -> Question | None:
    """What the probability of one class leaves for the others."""
    percent, others = round(100 * answer.prediction.score), len(answer.prediction.scores) - 1
    if answer.chosen.classifier.multi_label or others < 1:
        return None
    return count(
        "classification-rest",
        100 - percent,
        tolerance=1,
        quoted={"label": label_name(answer.prediction.label)},
        values={"percent": percent, "n": others},
    )


def _word(text: str, answer: Classified) -> Question | None:
    """Which word speaks most for the class, as integrated gradients divide it; they are computed for the figure already."""
    found = words_of(answer.chosen.classifier, answer.chosen.identity, text, answer.prediction.label)
    best: dict[str, float] = {}
    for word, share in zip(found.word_texts, np.asarray(found.words, dtype=float), strict=True):
        best[word] = max(float(share), best.get(word, -np.inf))
    ranked = sorted(((word, share) for word, share in best.items() if any(map(str.isalnum, word))), key=lambda pair: -pair[1])
    if len(ranked) < 2 or ranked[0][1] <= 0 or ranked[0][1] < max(best.values()):
        return None
    (word, share), (other, less) = ranked[:2]
    quoted = {"word": word, "other": other, "label": label_name(answer.prediction.label)}
    wrong = [one for one, far in ranked if far < (1 - CLEAR) * share]
    return choose("classification-word", word, wrong, seed=text, quoted=quoted, values={"share": signed(share), "less": signed(less)})
