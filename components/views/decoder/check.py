"""What is asked about the words under the mask and the token that comes next."""

from collections.abc import Mapping

from components.charts.numbers import per_cent
from components.models import load
from components.ui.widgets.check import Question, choose, count

from .following import ending, logits_of

CLEAR = 0.02  # of the probability: how much less a wrong answer has
CANDIDATES = 20


def questions(settings: Mapping[str, object] | None) -> list[Question | None]:
    """settings: the snippet's of the part on the screen."""
    if not settings:
        return []
    words = settings.get("words")
    if isinstance(words, list) and len(words) > 1:
        n = len(words)
        return [count("decoder-weights", n * (n + 1) // 2, values={"n": n, "all": n * n})]
    if "temperature" in settings:
        return [_next(str(settings["model"]), str(settings["text"]))]
    return []


def _next(id: str, text: str) -> Question | None:
    first, *others = load(id, "causal_lm").best(logits_of(id, text).softmax(-1), CANDIDATES)
    wrong = [one.text.strip() for one in others if one.probability < first.probability - CLEAR]
    values = {"percent": per_cent(first.probability), "less": per_cent(others[0].probability)}
    quoted = {"text": ending(text), "other": others[0].text.strip()}
    return choose("decoder-next", first.text.strip(), wrong, seed=text, quoted=quoted, values=values)
