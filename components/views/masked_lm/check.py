"""What is asked about the gap and the length of the text on the screen."""

from collections.abc import Mapping

from components.charts.numbers import per_cent
from components.models.tokenizers import load_tokenizer
from components.text.clip import clip
from components.text.masks import MASK
from components.ui.widgets.check import Question, choose, count

from .filling import ranked

CLEAR = 0.02  # of the probability: how much less a wrong answer has
RATE = 0.15
AROUND = 35  # characters of a sentence on either side of its gap


def questions(settings: Mapping[str, object] | None) -> list[Question | None]:
    """settings: the snippet's of the part on the screen."""
    if not settings:
        return []
    models = settings.get("models", [settings.get("model")])
    id = models[0] if isinstance(models, list) else ""
    text = str(settings.get("text") or " ".join(str(settings.get(name, "")) for name in ("first", "second")))
    found: list[Question | None] = []
    if text.count(MASK) == 1 and "rate" not in settings and "first" not in settings:
        found.append(_gap(str(id), text))
    tokens = len(load_tokenizer(str(id)).align(text))
    if tokens >= 7:
        found.append(count("masked_lm-rate", round(RATE * tokens), tolerance=max(1, round(0.03 * tokens)), values={"n": tokens}))
    return found


def _gap(id: str, text: str) -> Question | None:
    first, *others = ranked(id, text)[0]
    wrong = [fill.token for fill in others if fill.score < first.score - CLEAR]
    before, after = text.split(MASK)
    sentence = f"{'…' if len(before) > AROUND else ''}{before[-AROUND:]}＿＿{clip(after, AROUND)}"
    values = {"percent": per_cent(first.score), "less": per_cent(others[0].score)}
    return choose(
        "masked_lm-gap",
        first.token,
        wrong,
        seed=text,
        quoted={"sentence": sentence, "word": first.token, "other": others[0].token},
        values=values,
    )
