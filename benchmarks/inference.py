"""Answers side by side: this app against transformers' pipelines, a plain batch loop and sentence-transformers, over the same models.

    python -m benchmarks.inference [--n 1000] [--rounds 3] [--language en] [--only sentiment ...] [--no-waiting] [--sleep]

Two processes take turns, so that a slower minute of the machine meets both: one runs the app's models as the app does, the other what anybody would
write, with its adapters merged beforehand, `torch.inference_mode`, all cores, and OpenMP as it comes (`--sleep`: its threads sleep while they wait,
as the app's do, which is the faster way on a machine that others use, and the slower one on a quiet one). Texts are sentences of content/samples
and content/exercises, one to five of them joined. Prints medians and ratios for one text and for n, how many answers are the same, what the
processor's matrix products could do, and one JSON line at the end. benchmarks/README.md holds a run's table.
"""

import argparse
import csv
import json
import os
import platform
import random
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
TASKS = {
    "sentiment": ("sentiment", "classification"),
    "entities": ("ner", "ner"),
    "questions": ("qa", "qa"),
    "embedding": ("embed", "similarity"),
    "masked words": ("mlm", "masked_lm"),
}
ONES = 15  # texts that are asked one at a time, each by both
TABLE_ROWS = 100_000  # of the table during which a sentence is asked
OURS = "this app"
ONE_CORE = "this app, one core a sentence"  # asked one by one alone
Run = Callable[[list[Any]], Any]


def columns(path: Path, count: int) -> list[list[str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return [row[:count] for row in list(csv.reader(file))[1:]]


def texts_of(language: str, count: int) -> list[str]:
    """`count` texts of one, two, three or five sentences each."""
    content = ROOT / "content"
    files = (content / "samples" / f"topics_{language}.csv", content / "exercises" / f"reviews_{language}.csv")
    found = [text for file in files for (text,) in columns(file, 1)]
    draw, glue = random.Random(0), " " if language == "en" else ""
    return [glue.join(draw.sample(found, draw.choices([1, 2, 3, 5], [60, 25, 10, 5])[0])) for _ in range(count)]


def inputs_of(workload: str, language: str, count: int) -> list[Any]:
    texts, glue = texts_of(language, count), " " if language == "en" else ""
    if workload == "questions":
        asked = columns(ROOT / "content" / "samples" / f"questions_{language}.csv", 2)
        return [(asked[row % len(asked)][0], asked[row % len(asked)][1] + glue + text) for row, text in enumerate(texts)]
    if workload == "masked words":
        parts = [list(text) if language == "ja" else text.split() for text in texts]
        return [glue.join([*part[: len(part) // 2], "[MASK]", *part[len(part) // 2 + 1 :]]) for part in parts]
    return texts


def ours(workload: str, language: str) -> dict[str, Run]:
    from components.models import load

    model = load(f"{TASKS[workload][0]}-{language}")
    run: dict[str, Run] = {
        "sentiment": lambda texts: [prediction.label for prediction in model.predict(texts)],
        "entities": lambda texts: [[(one.start, one.end, one.label) for one in found] for found in model.predict(texts)],
        "questions": lambda pairs: [[read.candidates[0].start, read.candidates[0].end] for read in model.read_all(pairs)],
        "embedding": lambda texts: model.encode(texts),
        "masked words": lambda texts: [fills[0][0].id for fills in model.fill_all(texts, 1)],
    }

    def on_one_core(inputs: list[Any]) -> Any:
        from components.models import lanes

        before, lanes.IDLE_CORES = lanes.IDLE_CORES, 1
        try:
            return run[workload](inputs)
        finally:
            lanes.IDLE_CORES = before

    return {OURS: run[workload], ONE_CORE: on_one_core}


def peers(workload: str, language: str) -> dict[str, Run]:
    """What one writes with the libraries, over the same merged weights; texts are cut where the model's are."""
    import torch
    import transformers

    from components.models import adapters, files
    from components.models.tasks import TASKS as MODEL_TASKS

    found = files.find(f"{TASKS[workload][0]}-{language}")
    model, tokenizer = adapters.assemble(found, MODEL_TASKS[TASKS[workload][1]], merged=True), adapters.tokenizer(found)
    longest = int(found.settings.get("max_length", 512))
    if workload == "embedding":
        from sentence_transformers import SentenceTransformer

        encoder = SentenceTransformer(str(files.find(found.backbone).folder if found.backbone else found.folder), device="cpu")
        encoder[0].model = model
        if found.backbone:
            encoder.max_seq_length = longest
        return {"SentenceTransformer.encode": lambda texts: encoder.encode(texts, normalize_embeddings=True, show_progress_bar=False)}
    if workload == "questions":

        def loop(pairs: list[Any], size: int = 32) -> list[list[int]]:
            spans = []
            for start in range(0, len(pairs), size):
                questions, contexts = zip(*pairs[start : start + size], strict=True)
                cut = {"truncation": "only_second", "max_length": longest, "padding": True, "return_tensors": "pt"}
                inputs = tokenizer(list(questions), list(contexts), return_token_type_ids=True, **cut)
                with torch.inference_mode():
                    output = model(**inputs)
                outside = (inputs["token_type_ids"] == 0) | (inputs["attention_mask"] == 0)
                first, last = output.start_logits.masked_fill(outside, -1e9), output.end_logits.masked_fill(outside, -1e9)
                allowed = torch.ones(first.shape[1], first.shape[1], dtype=torch.bool).triu().tril(29)
                best = (first[:, :, None] + last[:, None, :]).masked_fill(~allowed, -1e18).flatten(1).argmax(1)
                spans += [[int(place) // first.shape[1], int(place) % first.shape[1]] for place in best]
            return spans

        return {"a loop of batches of 32": loop, "a loop, one by one": lambda pairs: loop(pairs, 1)}
    name = {"sentiment": "text-classification", "entities": "token-classification", "masked words": "fill-mask"}[workload]
    more = {"aggregation_strategy": "simple"} if workload == "entities" else {}
    pipeline = transformers.pipeline(name, model=model, tokenizer=tokenizer, device="cpu", **more)
    arguments: dict[str, Any] = {"sentiment": {"truncation": True, "max_length": longest}, "masked words": {"top_k": 1}}.get(workload, {})

    def run(texts: list[Any], **batching: int) -> list[Any]:
        with torch.inference_mode():
            answers = pipeline(texts, **arguments, **batching)
        if workload == "sentiment":
            return [one["label"] for one in answers]
        if workload == "entities":
            return [[(one["start"], one["end"], one["entity_group"]) for one in each] for each in answers]
        return [(one[0] if isinstance(one, list) else one)["token"] for one in answers]

    return {"pipeline(texts)": run, "pipeline(texts, batch_size=32)": lambda texts: run(texts, batch_size=32)}


def flops(workload: str, language: str, count: int) -> float:
    """Multiplications and additions that the encoder needs for the first `count` inputs, without padding."""
    from components.models import load

    model, inputs = load(f"{TASKS[workload][0]}-{language}"), inputs_of(workload, language, count)
    if workload == "embedding":
        lengths = np.minimum(model.token_counts(inputs), model.max_length)
    else:
        lengths = np.array([len(model.aligner.tokenize(*(pair if isinstance(pair, tuple) else [pair]))) for pair in inputs])
    return forward_flops(model.model.config, lengths)


def forward_flops(config: Any, lengths: np.ndarray) -> float:
    """Of texts of so many tokens through a BERT encoder: 2 for each weight of its blocks and token, and 4 T d for each token and block of
    attention over T tokens."""
    weights = config.num_hidden_layers * (4 * config.hidden_size**2 + 2 * config.hidden_size * config.intermediate_size)
    return float((2.0 * weights * lengths + 4.0 * config.num_hidden_layers * config.hidden_size * lengths.astype(float) ** 2).sum())


def equal_to_library(workload: str, language: str, count: int) -> dict[str, float]:
    """Share of the first `count` inputs answered the same, by the same rules, as over the library's own modules with their adapters beside the
    weights, in float32: by the app's way in float32, and in bfloat16 where it pays here."""
    from components.models import load
    from components.models.precision import faster_in_bfloat16, reduced_precision

    model, inputs, run = load(f"{TASKS[workload][0]}-{language}"), inputs_of(workload, language, count), ours(workload, language)[OURS]
    answers = {"float32": run(inputs)}
    if faster_in_bfloat16():
        with reduced_precision():
            answers["bfloat16"] = run(inputs)
    packed, model.network._packed = model.network._packed, None
    try:
        wanted = run(inputs)
    finally:
        model.network._packed = packed
    return {name: float(np.mean([a == b for a, b in zip(found, wanted, strict=True)])) for name, found in answers.items()}


def ceiling() -> dict[str, Any]:
    """Floating-point operations a second of a block's products on all cores, a core each, in both precisions; and the versions."""
    import torch
    import transformers

    cores = torch.get_num_threads()
    shapes = ((1024, 384, 384), (1024, 384, 1536), (1024, 1536, 384))
    rates = {}
    for dtype in (torch.float32, torch.bfloat16):
        made = [(torch.ones(m, k, dtype=dtype), torch.ones(n, k, dtype=dtype)) for m, k, n in shapes]

        def spin(rounds: int, made: Any = made) -> None:
            torch.set_num_threads(1)
            for _ in range(rounds):
                for state, weight in made:
                    torch.nn.functional.linear(state, weight)

        spin(1)  # makes the kernels
        start = time.perf_counter()
        spin(1)
        rounds = max(1, min(10, round(0.2 / (time.perf_counter() - start))))  # without bfloat16 in hardware one may take a second
        best = 0.0
        for _ in range(5):
            threads = [threading.Thread(target=spin, args=(rounds,)) for _ in range(cores)]
            start = time.perf_counter()
            for thread in threads:
                thread.start()
            for thread in threads:
                thread.join()
            best = max(best, cores * rounds * sum(2.0 * m * k * n for m, k, n in shapes) / (time.perf_counter() - start))
        rates[str(dtype).removeprefix("torch.")] = best
    torch.set_num_threads(cores)
    return rates | {"cores": cores, "torch": torch.__version__, "transformers": transformers.__version__}


def waiting(language: str, asks: int = 30) -> dict[str, Any]:
    """How long one visitor's sentence takes while another's table of 100,000 rows is read, and how long by itself."""
    from components.models import load

    model, some = load(f"sentiment-{language}"), texts_of(language, 1_000)
    stop, done = threading.Event(), [0]

    def table() -> None:
        for rows, _ in model.stream([some[row % len(some)] for row in range(TABLE_ROWS)]):
            done[0] += len(rows)
            if stop.is_set():
                return

    def asked(count: int, pause: float) -> list[float]:
        taken = []
        for row in range(count):
            start = time.perf_counter()
            model.predict([some[row % len(some)]])
            taken.append(time.perf_counter() - start)
            time.sleep(pause)
        return taken

    asked(3, 0)
    alone = asked(20, 0.05)
    thread = threading.Thread(target=table)
    thread.start()
    time.sleep(2)
    beside = asked(asks, 0.7)
    stop.set()
    thread.join()
    return {"alone": statistics.median(alone), "beside": statistics.median(beside), "longest": max(beside), "rows": done[0], "asked": asks}


def answer(request: dict[str, Any], language: str, runs: Callable[[str], dict[str, Run]], keep_in: Path) -> Any:
    workload, n = request.get("workload", ""), request.get("n", 0)
    match request["do"]:
        case "ceiling":
            return ceiling()
        case "waiting":
            return waiting(language)
        case "names":
            return list(runs(workload))
        case "equal":
            return equal_to_library(workload, language, n)
        case "flops":
            return flops(workload, language, n)
    inputs = inputs_of(workload, language, n)
    chosen = inputs if request["do"] == "many" else [inputs[request["row"]]]
    start, busy = time.perf_counter(), time.process_time()
    result = runs(workload)[request["name"]](chosen)
    seconds = time.perf_counter() - start, time.process_time() - busy
    if workload == "embedding":
        np.save(keep_in, result)
        result = str(keep_in)
    return {"seconds": seconds, "result": result}


def work(kind: str, language: str) -> None:
    """A process of its own: a request a line, an answer a line."""
    if kind == "peers":
        import torch  # before the app's package, which has OpenMP's threads sleep at once

        assert torch.get_num_threads()
    import warnings

    warnings.simplefilter("ignore")
    from components.text.libraries import transformers

    transformers.logging.set_verbosity_error()
    made: dict[str, dict[str, Run]] = {}

    def runs(workload: str) -> dict[str, Run]:
        if workload not in made:
            made[workload] = (ours if kind == "ours" else peers)(workload, language)
        return made[workload]

    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # whatever a library prints is no answer
    with tempfile.TemporaryDirectory() as folder:
        for line in sys.stdin:
            out.write(json.dumps(answer(json.loads(line), language, runs, Path(folder) / "vectors.npy")) + "\n")
            out.flush()


class Worker:
    def __init__(self, kind: str, language: str, sleep: bool, spin: int | None = None):
        environment = {name: value for name, value in os.environ.items() if name != "OMP_WAIT_POLICY"} | {"HF_HUB_OFFLINE": "1"}
        environment |= {"OMP_WAIT_POLICY": "PASSIVE"} if sleep else {}
        environment |= {} if spin is None else {"GOMP_SPINCOUNT": str(spin)}
        command = [sys.executable, "-m", "benchmarks.inference", "--worker", kind, "--language", language]
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT, env=environment)

    def ask(self, do: str, **request: Any) -> Any:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps({"do": do} | request) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
        self.process.wait()


def alike(workload: str, mine: Any, theirs: Any) -> str:
    """How alike the answers are. Entities and spans are decoded by rules of the app's own: `equal_to_library` compares those."""
    if workload == "embedding":
        return f"cosine at least {(mine * theirs).sum(axis=1).min():.6f}"
    if workload in ("questions", "entities"):
        return ""
    return f"{np.mean([a == b for a, b in zip(mine, theirs, strict=True)]):.2%} of {len(mine):,} answers the same"


def measure(workload: str, mine: Worker, theirs: Worker, n: int, rounds: int) -> dict[str, Any]:
    entries = [(mine, OURS), *((theirs, name) for name in theirs.ask("names", workload=workload))]
    singly = [entries[0], (mine, ONE_CORE), *entries[1:]]
    one, many, busy = {name: [] for _, name in singly}, *({name: [] for _, name in entries} for _ in range(2))
    answers: dict[str, Any] = {}
    for worker, name in entries:
        worker.ask("many", workload=workload, name=name, n=min(n, 64))  # warm-up
    for row in range(min(ONES, n)):
        for worker, name in singly:
            one[name].append(worker.ask("one", workload=workload, name=name, n=n, row=row)["seconds"][0])
    for number in range(rounds):
        for worker, name in entries if number % 2 == 0 else entries[::-1]:
            got = worker.ask("many", workload=workload, name=name, n=n)
            many[name].append(got["seconds"][0])
            busy[name].append(got["seconds"][1])
            answers[name] = np.load(got["result"]) if workload == "embedding" else got["result"]
    medians = [{name: statistics.median(times) for name, times in timed.items()} for timed in (one, many, busy)]
    return {
        "workload": workload,
        "flops": mine.ask("flops", workload=workload, n=n),
        "alike": alike(workload, answers[OURS], answers[entries[1][1]]),
        "equal": {} if workload == "embedding" else mine.ask("equal", workload=workload, n=n),
        **dict(zip(("one", "many", "busy"), medians, strict=True)),
    }


def report(found: dict[str, Any], top: dict[str, Any]) -> None:
    print(f"\n{found['workload']}")
    for name in found["many"]:
        times = [found[kind][name] for kind in ("one", "many", "busy")]
        ratios = [taken / found[kind][OURS] for taken, kind in zip(times, ("one", "many", "busy"), strict=True)]
        share = found["flops"] / found["many"][name] / top["float32"]
        print(
            f"  {name:32}{1e3 * times[0]:8.1f} ms {times[1]:9.2f} s {times[2]:9.2f} s   {ratios[0]:5.2f} x {ratios[1]:7.2f} x {ratios[2]:7.2f} x "
            f"{share:7.0%} {found['flops'] / found['many'][name] / top['bfloat16']:7.0%}",
            flush=True,
        )
    print(f"  {ONE_CORE:32}{1e3 * found['one'][ONE_CORE]:8.1f} ms {found['one'][ONE_CORE] / found['one'][OURS]:36.2f} x")
    if found["alike"]:
        print(f"  {found['alike']}")
    for precision, share in found["equal"].items():
        print(f"  {share:.2%} equal to the library's modules by the same rules, in {precision}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--n", type=int, default=1_000)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--language", choices=("en", "ja"), default="en")
    parser.add_argument("--only", nargs="+", default=list(TASKS), choices=list(TASKS))
    parser.add_argument("--no-waiting", action="store_true", help="leave out the sentence beside a table")
    parser.add_argument("--sleep", action="store_true", help="the peers' threads sleep while they wait for each other")
    parser.add_argument("--spin", type=int, help="GOMP_SPINCOUNT of the app's process: how long its threads wait before they sleep, to try")
    parser.add_argument("--worker", choices=("ours", "peers"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.worker:
        work(options.worker, options.language)
        return
    mine, theirs = Worker("ours", options.language, True, options.spin), Worker("peers", options.language, options.sleep)
    top = mine.ask("ceiling")
    lines = Path("/proc/cpuinfo").read_text().splitlines() if Path("/proc/cpuinfo").exists() else []
    name = next((line.split(":")[1].strip() for line in lines if line.startswith("model name")), platform.processor())
    machine = f"{name}, {top['cores']} cores, torch {top['torch']}, transformers {top['transformers']}, Python {platform.python_version()}"
    print(f"{machine}, load {os.getloadavg()[0]:.1f}")
    print(f"a block's products: {top['float32'] / 1e9:.0f} GFLOP/s in float32, {top['bfloat16'] / 1e9:.0f} in bfloat16")
    print(
        f"medians of {ONES} texts asked one by one and of {options.rounds} rounds over n = {options.n:,}, clock and processor; ratios to this app;"
    )
    print("share of what the products alone could do in float32, in bfloat16")
    print(f"  {'':32}{'one':>11} {'n':>11} {'processor':>11}   {'one':>7} {'n':>9} {'proc.':>9} {'float32':>7} {'bf16':>7}", flush=True)
    found = []
    for workload in options.only:
        found.append(measure(workload, mine, theirs, options.n, options.rounds))
        report(found[-1], top)
    waited = {} if options.no_waiting else mine.ask("waiting")
    if waited:
        print(
            f"\na sentence during another visitor's table of {TABLE_ROWS:,} rows: median {waited['beside']:.3f} s, longest {waited['longest']:.3f} s "
            f"of {waited['asked']}, {waited['alone']:.3f} s without it; {waited['rows']:,} rows of the table were read meanwhile"
        )
    mine.close()
    theirs.close()
    print(json.dumps({"machine": machine, "n": options.n, "language": options.language, "ceiling": top, "found": found, "waiting": waited}))


if __name__ == "__main__":
    main()
