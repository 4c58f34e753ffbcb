"""What is asked about the names in the text and their tags."""

from collections.abc import Sequence

from components.ui.state.language import t
from components.ui.widgets.check import Question, choose

from .page import Tagged

OUTSIDE = "O"


def questions(answers: Sequence[Tagged]) -> list[Question | None]:
    if not answers:
        return []
    return [_count(answers[0]), _tag(answers[0])]


def _count(answer: Tagged) -> Question | None:
    n = len(answer.result.entities)
    names = t("questions.separator").join(dict.fromkeys(entity.text for entity in answer.result.entities)) or "–"
    wrong = [str(number) for number in (n + 1, n - 1, n + 2, n + 3) if number >= 0]
    return choose("entities-count", str(n), wrong, seed=answer.result.text, quoted={"names": names})


def _tag(answer: Tagged) -> Question | None:
    """The tag of the second token of a name, which goes on; of the first, which begins it, where every name is one token. The model's own tag, where
    it is what the scheme wants."""
    result, labels = answer.result, answer.tagger.labels
    for place, kind in ((1, "I"), (0, "B")):
        for entity in result.entities:
            inside = [number for number, (start, end) in enumerate(result.spans) if entity.start <= start and end <= entity.end]
            if len(inside) <= place or result.tags[inside[place]] != f"{kind}-{entity.label}":
                continue
            other = next((label for label in labels if label != entity.label), None)
            wrong = [f"{'B' if place else 'I'}-{entity.label}", OUTSIDE, *([f"{kind}-{other}"] if other else [])]
            quoted = {"name": entity.text, "token": result.tokens[inside[place]]}
            return choose("entities-tag", f"{kind}-{entity.label}", wrong, seed=result.text, quoted=quoted, values={"place": place + 1})
    return None
