"""What is asked about the chosen word and its text."""

import numpy as np

from components.models.word_vectors import nearest, table
from components.ui.widgets.check import Question, choose, count

from .page import Chosen

CLEAR = 0.02  # how far under the nearest row's cosine a wrong answer's must lie


def questions(chosen: Chosen | None) -> list[Question | None]:
    if chosen is None:
        return []
    seed = (chosen.reading.text.text, chosen.place, chosen.id)
    n, d = chosen.reading.rows.shape
    return [
        _nearest(chosen, seed),
        count("vectors-size", n * d, quoted={"word": chosen.token}, values={"n": n, "d": d}),
    ]


def _nearest(chosen: Chosen, seed: object) -> Question | None:
    """The nearest row of the whole table against the rows of the text's other tokens."""
    best = nearest(chosen.model, chosen.token_id, 1)
    if not best:
        return None
    text = chosen.reading.text
    own = table(chosen.model)[chosen.token_id].float().numpy()
    lengths = np.linalg.norm(chosen.reading.rows, axis=1) * np.linalg.norm(own)
    cosines = chosen.reading.rows @ own / np.maximum(lengths, 1e-12)
    others = [place for place, special in enumerate(text.special) if not special and text.ids[place] != chosen.token_id]
    far = sorted((place for place in others if cosines[place] < best[0].cosine - CLEAR), key=lambda place: -cosines[place])
    wrong = [text.tokens[place] for place in far]
    return choose(
        "vectors-nearest", best[0].token, wrong, seed=seed, quoted={"word": chosen.token, "far": wrong[0] if wrong else ""},
        values={"near": f"{best[0].cosine:.2f}", "beside": f"{cosines[far[0]]:.2f}".replace("-", "−") if far else ""},
    )  # fmt: skip
