"""What is asked about the neurons of the text and the parameters of the model's block."""

import numpy as np

from components.text.token_names import continuing
from components.ui.widgets.check import Question, choose

from .page import EncoderTrace

CLEAR = 0.1  # how much less than the right token a wrong one excites the neuron, as an activation


def questions(traced: EncoderTrace | None) -> list[Question | None]:
    if traced is None:
        return []
    return [_neuron(traced), _share(traced)]


def _neuron(traced: EncoderTrace) -> Question | None:
    """Whose neuron it is: the one in which one of the text's own tokens leads all the others by most."""
    best: dict[str, np.ndarray] = {}
    own = zip(traced.labels, traced.of_text, continuing(traced.text), traced.activity.activation, strict=True)
    for label, of_text, goes_on, active in own:
        if of_text and not goes_on:
            best[label] = np.maximum(active, best.get(label, active))
    if len(best) < 2:
        return None
    labels, values = list(best), np.stack(list(best.values()))  # (labels, d_ff)
    ordered = np.sort(values, axis=0)
    neuron = int((ordered[-1] - ordered[-2]).argmax())
    if ordered[-1, neuron] - ordered[-2, neuron] < CLEAR:
        return None
    order = np.argsort(-values[:, neuron], kind="stable")
    shares = {"value": f"{values[order[0], neuron]:.2f}", "next": f"{values[order[1], neuron]:.2f}".replace("-", "−")}
    wrong = [labels[place] for place in order[1:]]
    quoted = {"token": labels[order[0]], "other": wrong[0]}
    return choose(
        "feed_forward-neuron",
        labels[order[0]],
        wrong,
        seed=traced.text.text,
        quoted=quoted,
        values={"neuron": neuron, "layer": traced.layer + 1, **shares},
    )


def _share(traced: EncoderTrace) -> Question | None:
    """How much of a block's weights and biases is its feed-forward network's."""
    d, inner = traced.config.hidden_size, traced.config.intermediate_size
    network, attention = 2 * d * inner + inner + d, 4 * d * d + 4 * d
    percent = round(100 * network / (network + attention))
    wrong = [f"{other}%" for other in (100 - percent, 50, 10, 90) if abs(other - percent) >= 10]
    values = {"d": d, "inner": f"{inner:,}", "network": f"{network:,}", "attention": f"{attention:,}"}
    return choose("feed_forward-share", f"{percent}%", wrong, seed=(d, inner), values=values)
