"""What is asked about the weights on the screen: another row than the one that is looked at first."""

import random
import zlib
from collections.abc import Sequence

import numpy as np

from components.transformer.attention import AttentionSteps
from components.ui.widgets.check import Question, choose, count

from .inputs import AttentionInput

CLEAR = 0.05  # of the attention: how much less than the right answer a wrong one gets


def questions(steps: AttentionSteps | None, inputs: AttentionInput | None) -> list[Question | None]:
    if steps is None or inputs is None:
        return []
    return [*_of_row(steps, inputs), _later(inputs)]


def _of_row(steps: AttentionSteps, inputs: AttentionInput) -> list[Question | None]:
    """Where one word looks, and what is left for all the others."""
    names, keys, special = inputs.query_names, inputs.key_names, inputs.special if not inputs.crossed else ()
    clear = []
    for row, name in enumerate(names):
        told = any(character.isalnum() for character in name) and not (special and special[row]) and list(names).count(name) == 1
        ranked = ranking(steps.weights[row], keys)
        if told and len(ranked) > 1 and ranked[0][1] - ranked[1][1] >= CLEAR:
            clear.append((row, ranked))
    clear = [one for one in clear if names[one[0]] != inputs.begin] or clear
    if not clear:
        return []
    row, ranked = clear[_pick(repr((*names, *keys)), len(clear))]
    target, percent = ranked[0][0], round(100 * float(steps.weights[row].max()))
    quoted = {"query": names[row], "key": target}
    found: list[Question | None] = [
        choose("attention-most", target, [label for label, _ in ranked[1:]], seed=repr(names), quoted=quoted, values={"percent": percent})
    ]
    if 1 < percent < 99:
        found.append(count("attention-rest", 100 - percent, tolerance=1, quoted=quoted, values={"percent": percent}))
    return found


def ranking(weights: np.ndarray, labels: Sequence[str]) -> list[tuple[str, float]]:
    """Label -> the most that a key of that name gets, the most first."""
    best: dict[str, float] = {}
    for label, weight in zip(labels, weights, strict=True):
        best[label] = max(float(weight), best.get(label, 0.0))
    return sorted(best.items(), key=lambda pair: -pair[1])


def _later(inputs: AttentionInput) -> Question | None:
    """How many words are left to one of them where later ones are hidden."""
    names = list(inputs.query_names)
    n = len(names)
    single = [place for place, name in enumerate(names, 1) if 1 < place < n and names.count(name) == 1]
    if inputs.crossed or not single or len(inputs.key_names) != n:
        return None
    place = single[_pick(repr(names), len(single))]
    wrong = [number for number in (n, place - 1, n - place, n - place + 1) if number != place]
    return choose(
        "attention-later",
        str(place),
        map(str, wrong),
        seed=repr(names),
        quoted={"query": names[place - 1]},
        values={"place": place, "n": n},
    )


def _pick(seed: str, count: int) -> int:
    return random.Random(zlib.crc32(seed.encode("utf-8", "replace"))).randrange(count)
