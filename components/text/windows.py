"""Long texts in overlapping windows, and for every token the window that sees most of its surroundings."""

from collections.abc import Sequence

Window = tuple[int, int]

MAX_CHARACTERS = 200_000  # of a text that is read in windows: some minutes of work on a small machine


def windows(count: int, size: int, stride: int) -> list[Window]:
    """Token ranges (start, end) of at most `size` that cover 0..count; neighbours share at least `stride` tokens. One at least."""
    step = max(1, size - stride)
    starts = [0]
    while starts[-1] + size < count:
        starts.append(min(starts[-1] + step, count - size))
    return [(start, min(start + size, count)) for start in starts]


def best_window(count: int, parts: Sequence[Window]) -> list[int]:
    """For every token the window that holds most context on its poorer side ("max context" of BERT's SQuAD code); the first of equals."""
    best = [0] * count
    room = [-1.0] * count
    for number, (start, end) in enumerate(parts):
        for token in range(start, end):
            # Half a tie is broken by the window's length, as in the original: 0.01 of it.
            context = min(token - start, end - 1 - token) + 0.01 * (end - start)
            if context > room[token]:
                best[token], room[token] = number, context
    return best
