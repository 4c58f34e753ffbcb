"""How long it takes to read 200,000 rows in several encodings, and to tell the encoding alone:

    python -m benchmarks.tables [encoding ...]

To compare two commits, run it in a checkout of each, by turns.
"""

import statistics
import sys
import time
from collections.abc import Callable

from components.tables import encoding
from components.tables.table import read_table

ROWS = 200_000
ROUNDS = 5
LINES = {
    "utf-8": "店員の対応がとても丁寧で、また来たいと思いました {},1",
    "cp932": "店員の対応がとても丁寧で、また来たいと思いました {},1",
    "euc_jp": "店員の対応がとても丁寧で、また来たいと思いました {},1",
    "cp1252": "The café’s coffee didn’t arrive for hours {},1",
    "ascii": "The coffee was cold and nobody was sorry {},1",
}


def table_in(codec: str) -> bytes:
    return "\n".join(["text,label", *(LINES[codec].format(number) for number in range(ROWS))]).encode(codec)


def fastest(work: Callable[[], object]) -> tuple[float, float]:
    """The least and the median of the seconds that `work` takes of the processor."""
    times = []
    for _ in range(ROUNDS):
        began = time.process_time()
        work()
        times.append(time.process_time() - began)
    return min(times), statistics.median(times)


def main() -> None:
    for codec in sys.argv[1:] or LINES:
        data = table_in(codec)
        least, median = fastest(lambda data=data: read_table(data, "table.csv"))
        telling, _ = fastest(lambda data=data: encoding.find_encoding(data))
        print(f"{codec:8} {len(data) / 1e6:5.1f} MB: read in {least:.2f} s (median {median:.2f}), of which its encoding {telling:.3f} s")


if __name__ == "__main__":
    main()
