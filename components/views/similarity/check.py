"""What is asked about the sentence on the map, or about a list's pairs."""

import numpy as np

from components.ui.widgets.check import Question, choose
from components.vectors.pairs import Pair, most_similar_pairs

from .page import Compared
from .sample import Placed, topic_name

CLEAR = 0.03  # between the cosines of the right answer and of a wrong one


def of_map(placed: Placed | None) -> list[Question | None]:
    """Which sentence of the sample is nearest; the others are the nearest of other topics, which lie clearly farther."""
    if placed is None:
        return []
    cosines = placed.drawn.vectors @ placed.vector
    order = [int(row) for row in np.argsort(-cosines, kind="stable")]
    best, drawn = order[0], placed.drawn
    wrong: dict[str, int] = {}
    for row in order[1:]:
        if cosines[row] < cosines[best] - CLEAR and drawn.topics[row] != drawn.topics[best]:
            wrong.setdefault(drawn.topics[row], row)
    values = {"cosine": f"{cosines[best]:.2f}", "topic": topic_name(drawn.topics[best])}
    return [choose("similarity-nearest", drawn.texts[best], [drawn.texts[row] for row in wrong.values()], seed=placed.text, values=values)]


def of_list(compared: Compared | None) -> list[Question | None]:
    """Which two sentences of the list are most alike, by their numbers."""
    if compared is None:
        return []
    pairs = most_similar_pairs(compared.cosines(), 200)
    if not pairs:
        return []
    right, *others = pairs
    names = [_numbers(pair) for pair in others if pair.score < right.score - CLEAR]
    values = {"cosine": f"{right.score:.2f}", "n": len(compared.sentences)}
    return [choose("similarity-pair", _numbers(right), names, seed=compared.sentences, values=values)]


def _numbers(pair: Pair) -> str:
    """The sentences' numbers, as at the rows of the figure."""
    return f"{pair.first + 1} – {pair.second + 1}"
