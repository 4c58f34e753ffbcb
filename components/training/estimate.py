"""Time, memory and disk before a training starts: a few steps are measured once for a kind of training, the rest is arithmetic."""

import resource
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from components.text.windows import windows
from components.training.features import Feature
from components.training.length_batches import LengthBatches
from components.training.precision import autocast, uses_bfloat16
from components.training.quick_head import MOST_ROWS
from components.training.results import Result
from components.training.runs import Estimate, Run
from components.training.settings import WINDOWED, Settings
from components.training.store import RunStore
from components.training.stored import from_stored
from components.training.tasks import TrainingTask

SAMPLE_ROWS = 300
STEPS = 3
MEASURE_SECONDS = 20.0
# What the model's size does not change: the Trainer's own work a step, and judging with its baselines and intervals.
TRAINER_STEP = 0.008
JUDGING, JUDGING_ROW = 1.5, 0.0005
UNTRIED = (0.6, 1.0, 1.7)  # how far a few measured steps can be off
REMEMBERED = 8  # trainings
SPECIALS, STRIDE = 2, 32  # tokens of a window that are not the text's, and that two windows share


@dataclass(frozen=True)
class Speed:
    """Seconds: to load, for a row to become tokens, for a step whatever its size, for a token of it, for a token only read. Bytes:
    memory at the longest batch, weights, and what a checkpoint adds to them. `ratios`: what the last trainings took against what these
    steps foretold; `judging`: the same of the last one's judging."""

    load: float
    row: float
    step: float
    token: float
    read_token: float
    memory: int
    weights: int
    checkpoint: int
    ratios: tuple[float, ...] = ()
    judging: float = 1.0

    @property
    def factors(self) -> tuple[float, float, float]:
        """By what a training's foretold seconds are to be multiplied: lowest, likeliest, highest. A machine shared with others is never
        twice the same, so three trainings are wanted before theirs count as the ends."""
        if not self.ratios:
            return UNTRIED
        middle = float(np.exp(np.log(self.ratios).mean()))
        if len(self.ratios) < 3:
            low, likeliest, high = (middle * factor for factor in UNTRIED)
            return low, likeliest, high
        return min(*self.ratios, 0.9 * middle), middle, max(*self.ratios, 1.1 * middle)


def speed_key(settings: Settings) -> str:
    precision = "bfloat16" if uses_bfloat16(settings.precision) else "float32"
    tune = f"{settings.tune}, read once" if settings.encodes_once else settings.tune
    return "|".join(map(str, (settings.task, settings.backbone, tune, precision, settings.batch_size, settings.max_length)))


def predict(store: RunStore, settings: Settings, lengths: Sequence[int], rows: int) -> Estimate | None:
    """The prediction for `rows` rows whose tokens are like `lengths` (a sample of them); None until this kind of training was measured."""
    known = store.database.speed(speed_key(settings))
    if known is None or not len(lengths) or not rows:
        return None
    speed = from_stored(Speed, known)
    scale = rows / len(lengths)
    share = (1 - settings.test - settings.validation) * settings.train_share
    cut = _read_lengths(settings, lengths)
    padded = LengthBatches(cut, settings.batch_size, settings.seed).padded_tokens() * scale
    pieces = rows if len(cut) == len(lengths) else len(cut) * scale
    steps = -(-pieces * share // settings.batch_size) * settings.epochs
    trained = padded * share * settings.epochs
    passes = 1 if settings.encodes_once else settings.epochs + 1
    read = padded * (settings.validation * passes + settings.test) + padded * _baseline_share(settings, share, rows)
    training = _training_seconds(speed, settings, steps, padded * share, settings.epochs)
    around = speed.load + rows * (speed.row + JUDGING_ROW) + read * speed.read_token + JUDGING
    low, likeliest, high = (factor * training + max(factor, 0.9) * around for factor in speed.factors)
    return Estimate(
        seconds=likeliest,
        low_seconds=low,
        high_seconds=high,
        memory_bytes=speed.memory,
        disk_bytes=2 * speed.weights + 2 * (speed.weights + speed.checkpoint),
        kept_bytes=speed.weights,
        tokens=round(trained),
    )


def _read_lengths(settings: Settings, lengths: Sequence[int]) -> np.ndarray:
    """Tokens of what is read of each text: its beginning, or all of its windows."""
    if settings.task not in WINDOWED:
        return np.minimum(lengths, settings.max_length)
    size = settings.max_length - SPECIALS
    parts = [windows(max(length - SPECIALS, 0), size, min(STRIDE, size // 2)) for length in lengths]
    return np.array([end - start + SPECIALS for own in parts for start, end in own])


def _training_seconds(speed: Speed, settings: Settings, steps: float, tokens: float, epochs: int) -> float:
    """Of `steps` steps over `epochs` epochs of `tokens` tokens each, evaluations left out."""
    first = tokens * speed.read_token if settings.encodes_once else 0.0  # the encoder reads them once; steps are then of vectors
    return steps * (speed.step + TRAINER_STEP) + epochs * tokens * speed.token + first


def request_measurement(store: RunStore, visitor: str, settings: Settings, frame: pd.DataFrame) -> tuple[Run, str]:
    """Queue the measuring of this kind of training on a sample of the rows; when the run is done, `predict` knows. Takes some seconds."""
    sample = frame
    if len(frame) > SAMPLE_ROWS:
        picked = frame.sample(SAMPLE_ROWS, random_state=settings.seed)
        if (
            settings.label and settings.task == "classification"
        ):  # a sample in which a class is missing would still do, one with a single class would not
            picked = pd.concat([picked, frame.groupby(settings.label).head(2)])
        sample = picked[~picked.index.duplicated()]
    return store.create(visitor, settings, sample, data={"purpose": "measure"}, hidden=True)


def measure_run(store: RunStore, run: Run, task: TrainingTask) -> Speed:
    """In the worker: some steps on short and on long batches of `task`. Returns the Speed and keeps it in the store."""
    import torch

    from components.training.frozen import FrozenEncoder
    from components.training.tuning import optimizer_for, prepare

    settings = run.settings
    begun = time.perf_counter()
    model = task.load_model()
    load = time.perf_counter() - begun
    model = prepare(model, task).train()
    optimizer = optimizer_for(model, task)
    by_size = sorted(task.train, key=lambda feature: len(feature["input_ids"]))
    size = min(settings.batch_size, len(by_size))

    def step(features: list[Feature]) -> tuple[float, int]:
        batch = task.collate(features)
        start = time.perf_counter()
        with autocast(settings.precision):
            loss = model(**batch).loss
        loss.backward()
        optimizer.step()
        optimizer.zero_grad()
        return time.perf_counter() - start, batch["input_ids"].numel()

    deadline = time.perf_counter() + MEASURE_SECONDS
    step(by_size[-size:])  # the first allocates and compiles kernels
    seen: list[tuple[float, int]] = []
    for number in range(2 * STEPS):
        seen.append(step(by_size[:size] if number % 2 else by_size[-size:]))
        if time.perf_counter() > deadline:
            break
    fixed, per_token = _line(seen)
    for module in model.modules():
        if isinstance(module, FrozenEncoder):
            module.forget()
    start = time.perf_counter()
    model.eval()
    with torch.inference_mode(), autocast(settings.precision):
        batch = task.collate(by_size[-size:])
        model(**batch)
    read = (time.perf_counter() - start) / batch["input_ids"].numel()
    start = time.perf_counter()
    texts = [task.tokenizer.decode(feature["input_ids"], skip_special_tokens=True) for feature in by_size[:50]]
    task.tokenizer(texts)
    parameters = sum(parameter.numel() for parameter in model.parameters())
    trained = sum(parameter.numel() for parameter in model.parameters() if parameter.requires_grad)
    if settings.tune == "all":  # a longer file may use every row of the embedding
        trained = parameters
    speed = Speed(
        load=load,
        row=(time.perf_counter() - start) / max(len(texts), 1),
        step=fixed,
        token=per_token,
        read_token=read,
        memory=peak_memory(),
        weights=4 * parameters,
        checkpoint=8 * trained,  # AdamW's two moments in float32
    )
    store.database.remember_speed(speed_key(settings), asdict(speed))
    return speed


def _baseline_share(settings: Settings, trained: float, rows: int) -> float:
    """The share of the rows that the backbone reads once more, as it is, for what a classifier is held against; trained: that of the training rows."""
    return min(trained, MOST_ROWS / rows) + settings.test if settings.task == "classification" else 0.0


def judging_seconds(store: RunStore, task: TrainingTask) -> float | None:
    """What the judging after the training of `task` will take; None where this kind of training was never measured."""
    known = store.database.speed(speed_key(task.settings))
    if known is None:
        return None
    speed = from_stored(Speed, known)
    return speed.judging * _judging_seconds(speed, task)


def _judging_seconds(speed: Speed, task: TrainingTask) -> float:
    """As the measured steps foretell it: validation rows set the temperature, test rows are judged."""
    read = len(task.parts.test) + len(task.parts.validation)
    read += round(_baseline_share(task.settings, len(task.trained) / len(task.rows), len(task.rows)) * len(task.rows))
    tokens = float(np.mean([len(feature["input_ids"]) for feature in task.train]))
    return JUDGING + JUDGING_ROW * len(task.rows) + read * tokens * speed.read_token


def remember_run(store: RunStore, run: Run, task: TrainingTask, result: Result) -> None:
    """Hold the prediction against what the training took, so that the next one is closer."""
    key = speed_key(run.settings)
    known = store.database.speed(key)
    if known is None or run.seconds:  # a resumed run trained only its last part here
        return
    speed = from_stored(Speed, known)
    lengths = [len(feature["input_ids"]) for feature in task.train]
    padded = LengthBatches(lengths, run.settings.batch_size, run.settings.seed).padded_tokens()
    epochs = len(result.epochs) or run.settings.epochs
    steps = epochs * -(-len(task.train) // run.settings.batch_size)
    expected = _training_seconds(speed, run.settings, steps, padded, epochs)
    ratio = min(max(result.seconds.train / max(expected, 1e-9), 0.2), 5.0)
    judging = min(max(result.seconds.finish / max(_judging_seconds(speed, task), 1e-9), 0.2), 5.0)
    known = {"ratios": (*speed.ratios, ratio)[-REMEMBERED:], "memory": max(speed.memory, peak_memory()), "judging": judging}
    store.database.remember_speed(key, asdict(speed) | known)


def peak_memory() -> int:
    """The largest resident size of this process so far, in bytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _line(seen: list[tuple[float, int]]) -> tuple[float, float]:
    """Seconds of a step = fixed + per_token x tokens, through the medians of the short and the long batches; neither below zero."""
    sizes = sorted({tokens for _, tokens in seen})
    times = {size: float(np.median([seconds for seconds, tokens in seen if tokens == size])) for size in sizes}
    low, high = sizes[0], sizes[-1]
    if high < 1.5 * low:
        return 0.0, times[high] / high
    per_token = max((times[high] - times[low]) / (high - low), times[high] / high * 0.2)
    return max(times[high] - per_token * high, 0.0), per_token
