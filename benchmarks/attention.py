"""What a look into a real model's attention costs at 512 tokens: seconds of computing and bytes sent to the browser, view by view.

    python -m benchmarks.attention [model id]

The last line is what one BertViz model view holds: all weights, layers x heads x n x n numbers, as JSON.
"""

import json
import sys
import time
from collections.abc import Callable

import numpy as np
import plotly.graph_objects as go
import plotly.io as pio

from components.charts.arcs import arc_figure
from components.charts.heatmap import matrix_heatmap
from components.charts.matrices import token_matrix
from components.models import load
from components.models.encoder import EncoderRun
from components.transformer.analysis import head_statistics, merge_words, rollout, select_heads, strongest_links

TEXT = "The Transformer is a deep learning model that was introduced in 2017 and is used in natural language processing. " * 40
REPEATS = 5
BYTES_LIMIT, SECONDS_LIMIT = 2_000_000, 1.5


def matrix(weights: np.ndarray, tokens: list[str]) -> go.Figure:
    return token_matrix(weights[0, 0], tokens, tokens, row_title="from", column_title="to")


def average(weights: np.ndarray, tokens: list[str]) -> go.Figure:
    layers, heads = weights.shape[:2]
    averaged = select_heads(weights, [(layer, head) for layer in range(layers) for head in range(heads)])
    return token_matrix(averaged, tokens, tokens, row_title="from", column_title="to")


def words(weights: np.ndarray, tokens: list[str]) -> go.Figure:
    ids = np.cumsum([not token.startswith("##") for token in tokens]) - 1
    merged = merge_words(weights, ids)
    names = [f"{i}" for i in range(merged.shape[-1])]
    return token_matrix(merged[0, 0], names, names, row_title="from", column_title="to")


def arcs(weights: np.ndarray, tokens: list[str]) -> go.Figure:
    links = strongest_links(weights[0, 0])
    return arc_figure(links.rows, links.columns, links.weights, tokens, tokens, left_title="from", right_title="to")


def rolled_out(weights: np.ndarray, tokens: list[str]) -> go.Figure:
    return token_matrix(rollout(weights)[-1], tokens, tokens, row_title="from", column_title="to")


def statistics(weights: np.ndarray, tokens: list[str]) -> go.Figure:
    found = head_statistics(weights, [token.startswith("[") for token in tokens])
    layers, heads = (range(1, count + 1) for count in found.entropy.shape)
    return matrix_heatmap(found.entropy, [str(layer) for layer in layers], [str(head) for head in heads])


VIEWS: dict[str, Callable[[np.ndarray, list[str]], go.Figure]] = {
    "one head as a matrix": matrix,
    "all heads averaged": average,
    "one head, words": words,
    "one head as arcs": arcs,
    "rollout": rolled_out,
    "entropy and distance": statistics,
}


def cost(run: Callable[[], object]) -> np.ndarray:
    """(2,): median seconds on the clock, and of the processors (all threads together), which other work on the machine doesn't stretch."""
    run()
    costs = []
    for _ in range(REPEATS):
        clock, processors = time.perf_counter(), time.process_time()
        run()
        costs.append((time.perf_counter() - clock, time.process_time() - processors))
    return np.median(costs, axis=0)


def bertviz_bytes(weights: np.ndarray) -> int:
    """Length of the weights as a JSON list of lists, one head at a time so that it need not be held whole."""
    return sum(len(json.dumps(head.tolist())) for layer in weights for head in layer)


def main(id: str = "embed-en") -> None:
    encoder = load(id, task="encoder")

    def forward() -> EncoderRun:
        return encoder.run(TEXT, attentions=True)

    output = forward()
    weights, tokens = output.attentions, list(output.text.tokens)
    model = cost(forward)
    print(f"{id}: {weights.shape[0]} layers, {weights.shape[1]} heads, {len(tokens)} tokens; median of {REPEATS} runs")
    print(
        f"{'view':<26}{'model s':>9}{'view s':>9}{'both s':>9}{'processor s':>13}{'bytes sent':>13}  at most {SECONDS_LIMIT} s and {BYTES_LIMIT:,}"
    )
    for name, view in VIEWS.items():
        own = cost(lambda view=view: view(weights, tokens))
        sent = len(pio.to_json(view(weights, tokens), validate=False))
        seconds, processor_seconds = model + own
        within = "yes" if seconds <= SECONDS_LIMIT and sent <= BYTES_LIMIT else "NO"
        print(f"{name:<26}{model[0]:>9.2f}{own[0]:>9.2f}{seconds:>9.2f}{processor_seconds:>13.2f}{sent:>13,}  {within}")
    print(f"{'a BertViz model view':<66}{bertviz_bytes(weights):>13,}")


if __name__ == "__main__":
    main(*sys.argv[1:])
