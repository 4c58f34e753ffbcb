"""A table of texts as vectors: how fast it is embedded, mapped and searched, and what it holds in memory.

    python -m benchmarks.similarity [--rows 100000] [--embed 2000] [--whole]

Embeds `--embed` texts of the sample in float32 and as a long table is, and then takes vectors for `--rows` rows: made from the real ones
by mixing two of them with some noise, so that they lie in groups as texts do. `--whole` embeds that many rows instead. Everything after
the embedding is the page's own code on those vectors: exact and approximate search side by side on the same queries, PCA, t-SNE on the
fair sample, groups.
"""

import argparse
import time
from collections.abc import Callable

import numpy as np
import psutil

from components.messages import CONTENT
from components.models import load
from components.models.precision import faster_in_bfloat16, precision_for, reduced_precision
from components.training import read_table
from components.vectors.clusters import cluster
from components.vectors.index import ApproximateIndex, ExactIndex, VectorIndex, index_bytes
from components.vectors.projection import fair_sample, pca, tsne
from components.vectors.store import vector_bytes

SEARCH_LIMIT = 100.0  # ms a query
QUERIES = 50
NEAREST = 10
TOLERANCE = 0.01  # of a cosine, in reduced precision


def timed(run: Callable[[], object]) -> tuple[object, float, float]:
    """(result, seconds on the clock, seconds of the processors), the latter of all threads; other work stretches the first alone."""
    clock, processors = time.perf_counter(), time.process_time()
    result = run()
    return result, time.perf_counter() - clock, time.process_time() - processors


def sample_texts(count: int) -> list[str]:
    """Short texts, each another: the sample's sentences with a number in front from the second time on."""
    texts = read_table((CONTENT / "samples" / "topics_en.csv").read_bytes(), "topics_en.csv").frame["text"].tolist()
    return [texts[row % len(texts)] if row < len(texts) else f"{row}. {texts[row % len(texts)]}" for row in range(count)]


def embed(model: str, count: int) -> np.ndarray:
    """Embeds `count` texts in both precisions, prints both rates and how far they lie apart; float32 vectors (count, d)."""
    encoder, texts = load(model), sample_texts(count)
    encoder.encode(texts[:64])
    exact, clock, processors = timed(lambda: encoder.encode(texts))
    print(f"embed, float32              {count / clock:8.0f} rows/s   {1000 * processors / count:8.2f} ms of a processor a row")
    if faster_in_bfloat16():
        with reduced_precision():
            near, clock, processors = timed(lambda: encoder.encode(texts))
        print(f"embed, bfloat16             {count / clock:8.0f} rows/s   {1000 * processors / count:8.2f} ms of a processor a row")
        some = slice(0, 2_000)
        apart = np.abs(exact[some] @ exact[some].T - near[some] @ near[some].T).max()
        print(f"  largest change of a cosine{apart:12.4f}          (aim: {TOLERANCE})")
    return exact


def spread(vectors: np.ndarray, rows: int, seed: int = 0) -> np.ndarray:
    """`rows` vectors of length 1 that lie like the given ones."""
    random = np.random.default_rng(seed)
    made = np.empty((rows, vectors.shape[1]), np.float32)
    for start in range(0, rows, 10_000):
        count = min(10_000, rows - start)
        first, second = random.integers(0, len(vectors), (2, count))
        share = random.uniform(0.6, 1.0, (count, 1)).astype(np.float32)
        noise = random.standard_normal((count, vectors.shape[1]), np.float32) / np.sqrt(vectors.shape[1])
        mixed = share * vectors[first] + (1 - share) * vectors[second] + 0.35 * noise
        made[start : start + count] = mixed / np.linalg.norm(mixed, axis=1, keepdims=True)
    return made


def resident() -> float:
    return psutil.Process().memory_info().rss / 1e6


def search(name: str, make: Callable[[], VectorIndex], queries: np.ndarray, truth: np.ndarray | None) -> np.ndarray:
    """Builds an index and asks it one query at a time; prints the times, the memory it added and its recall of `truth`. Rows (q, k)."""
    before = resident()
    index, seconds, _ = timed(make)
    added = resident() - before
    index.search(queries[:1], NEAREST)
    times, busy, found = [], [], []
    for query in queries:
        hits, clock, processors = timed(lambda query=query: index.search(query[None], NEAREST))
        times.append(1000 * clock)
        busy.append(1000 * processors)
        found.append(hits.rows[0])
    rows = np.stack(found)
    recall = 1.0 if truth is None else np.mean([len(set(a) & set(b)) / NEAREST for a, b in zip(truth, rows, strict=True)])
    median, worst = np.median(times), np.percentile(times, 95)
    print(
        f"search, {name:12}  {median:8.1f} ms median {worst:8.1f} ms 95% {np.median(busy):8.1f} ms of the processors   "
        f"built in {seconds:6.1f} s, {added:7.0f} MB more, recall {recall:.3f}   (aim: {SEARCH_LIMIT:.0f} ms)"
    )
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", default="embed-en")
    parser.add_argument("--rows", type=int, default=100_000)
    parser.add_argument("--embed", type=int, default=2_000)
    parser.add_argument("--whole", action="store_true", help="embed all rows, as the page does")
    parser.add_argument("--tsne", type=int, default=20_000, help="rows of the t-SNE map")
    options = parser.parse_args()
    vectors = embed(options.model, options.embed)
    if options.whole:
        encoder, texts = load(options.model), sample_texts(options.rows)
        with precision_for(options.rows):
            vectors, clock, _ = timed(lambda: encoder.encode(texts))
        print(f"embed, whole table          {options.rows / clock:8.0f} rows/s   {clock:8.0f} s for {options.rows:,} rows")
    else:
        vectors = spread(vectors, options.rows)
    rows, width = vectors.shape
    stated = vector_bytes(rows, width) / 1e6
    print(f"memory, {rows:,} x {width}     {vectors.nbytes / 1e6:8.1f} MB of vectors, {stated:.1f} MB stated beforehand")
    queries = spread(vectors[:: max(1, rows // 2_000)], QUERIES, seed=1)
    truth = search("exact", lambda: ExactIndex(vectors), queries, None)
    search("approximate", lambda: ApproximateIndex(vectors), queries, truth)
    print(
        f"  the approximate index holds {(rows * (4 * width + 8)) / 1e6:.1f} MB; the page takes it above 100,000 rows ({index_bytes(rows, width) / 1e6:.1f} MB here)"
    )
    sample = fair_sample(rows)
    for name, run in (
        (f"map, PCA, {len(sample):,} rows", lambda: pca(vectors, sample)),
        (f"map, t-SNE, {min(options.tsne, rows):,} rows", lambda: tsne(vectors, fair_sample(rows, most=options.tsne))),
        (f"8 groups, {rows:,} rows", lambda: cluster(vectors, 8)),
    ):
        _, clock, processors = timed(run)
        print(f"{name:28}{clock:8.1f} s {processors:8.1f} s of the processors")
    print(f"resident at the end         {resident():8.0f} MB")


if __name__ == "__main__":
    main()
