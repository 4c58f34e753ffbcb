"""What is asked about the table of positions as it is set."""

from collections.abc import Mapping

from components.transformer.positional import sinusoidal
from components.ui.widgets.check import Question, choose

USUAL = {"d_model": 128, "length": 100, "position": 12}
APART = (1, 4, 11, 25)  # how far the positions lie that are compared
CLEAR = 0.02  # of the largest dot product


def questions(settings: Mapping[str, object] | None) -> list[Question | None]:
    """settings: the snippet's; a part of the page without a table is asked about the usual one."""
    asked = {name: int(str((settings or {}).get(name, usual))) for name, usual in USUAL.items()}
    length, position = max(asked["length"], asked["position"] + 1), asked["position"]
    step = 1 if position + APART[-1] < length else -1
    places = [place for place in (position + step * distance for distance in APART) if 0 <= place < length]
    if len(places) < 2:
        return []
    encoding = sinusoidal(max(position, *places) + 1, asked["d_model"])
    products = {place: float(encoding[position] @ encoding[place]) for place in places}
    best, second = sorted(places, key=products.__getitem__, reverse=True)[:2]
    if products[best] - products[second] < CLEAR * abs(products[best]):
        return []
    wrong = [str(place) for place in places if place != best]
    values = {
        "position": position,
        "d": asked["d_model"],
        "product": f"{products[best]:.1f}",
        "second": second,
        "less": f"{products[second]:.1f}",
    }
    return [choose("positional-nearest", str(best), wrong, seed=(position, length, asked["d_model"]), values=values)]
