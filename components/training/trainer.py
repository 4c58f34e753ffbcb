"""One training with the Hugging Face Trainer: what is trained, checkpoints that survive a kill, the best so far, and stopping.

A resumed run gives what an uninterrupted one gives: batches hang on seed and epoch alone, the Trainer's checkpoint holds the optimizer and
the random state, the best weights so far and their scores, and no checkpoint is written between an epoch's last step and its evaluation.
A checkpoint that is not as it was written is not used: the one before it is.
"""

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from transformers import PreTrainedModel, PrinterCallback, Trainer, TrainerCallback, TrainerControl, TrainerState, TrainingArguments
from transformers.trainer_utils import get_last_checkpoint
from transformers.utils import logging

from components.training.length_batches import LengthBatches
from components.training.precision import uses_bfloat16
from components.training.runs import Progress
from components.training.settings import Settings
from components.training.tasks import TrainingTask
from components.training.tuning import optimizer_for, prepare, restore, snapshot

COMPLETE = "complete"  # a file in a checkpoint whose writing came to its end: the digest of each of its files
BEST, HISTORY = "best.safetensors", "history.json"  # the best weights so far, and the scores of each epoch
CURVE_POINTS = 300
Report = Callable[[str, dict[str, Any]], None]


@dataclass(frozen=True)
class Outcome:
    """How a training ended: "done", "early" or "stopped"; `history`: the scores of each evaluated epoch; the model holds the best
    weights.
    """

    end: str
    history: dict[int, dict[str, float]]
    model: PreTrainedModel


def train(task: TrainingTask, folder: Path, report: Report, should_stop: Callable[[Progress], bool]) -> Outcome:
    """Train `task`, going on from the last whole checkpoint in `folder` if there is one; returns the model with its best weights.

    report(kind, content): "loss" and "evaluation" events. should_stop(progress): asked after every step.
    """
    settings = task.settings
    logging.disable_progress_bar()
    model = prepare(task.load_model(), task)
    sampler = LengthBatches([len(feature["input_ids"]) for feature in task.train], settings.batch_size, settings.seed)
    watcher = _Watcher(task, sampler, folder, report, should_stop)
    optimizer = optimizer_for(model, task)
    trainer = _Trainer(
        model=model,
        args=_arguments(settings, folder, watcher.steps_per_epoch),
        train_dataset=task.train,
        data_collator=task.collate,
        optimizers=(optimizer, None),
        callbacks=[watcher],
    )
    trainer.sampler = sampler
    trainer.remove_callback(PrinterCallback)
    checkpoint = last_checkpoint(folder)
    watcher.go_on_from(Path(checkpoint) if checkpoint else None)
    trainer.train(resume_from_checkpoint=checkpoint)
    watcher.keep_best(model)
    return Outcome(watcher.end, watcher.history, model)


def _arguments(settings: Settings, folder: Path, steps_per_epoch: int) -> TrainingArguments:
    return TrainingArguments(
        output_dir=str(folder),
        num_train_epochs=settings.epochs,
        per_device_train_batch_size=settings.batch_size,
        learning_rate=settings.learning_rate,
        lr_scheduler_type="linear",
        # Below 1 it is a share of all steps. The first step of a warm-up moves nothing, which a handful of steps cannot spare.
        warmup_steps=0.1 if steps_per_epoch * settings.epochs > 10 else 0,
        seed=settings.seed,
        bf16=uses_bfloat16(settings.precision),
        use_cpu=True,
        save_strategy="no",  # the watcher decides, by the clock
        save_total_limit=2,
        logging_steps=max(steps_per_epoch * settings.epochs // CURVE_POINTS, 1),
        report_to=[],
        disable_tqdm=True,
        dataloader_pin_memory=False,
        remove_unused_columns=False,
    )


class _Trainer(Trainer):
    sampler: LengthBatches

    def _get_train_sampler(self, train_dataset: object = None) -> LengthBatches:
        return self.sampler


def last_checkpoint(folder: Path) -> str | None:
    """The newest checkpoint that is as it was written; half-written and damaged ones are removed."""
    while newest := get_last_checkpoint(str(folder)) if folder.is_dir() else None:
        if _is_whole(Path(newest)):
            return str(newest)
        shutil.rmtree(newest)
    return None


def remove_checkpoints(folder: Path) -> None:
    """Everything that only resuming needs."""
    for path in folder.glob("checkpoint-*"):
        shutil.rmtree(path, ignore_errors=True)
    for name in (BEST, HISTORY):
        (folder / name).unlink(missing_ok=True)


def _seal(checkpoint: Path, folder: Path) -> None:
    """Puts the best weights and scores of now into a checkpoint, and says that it is complete and what it holds."""
    for name in (BEST, HISTORY):
        if (folder / name).exists():
            try:
                os.link(folder / name, checkpoint / name)  # the next best ones are other files
            except OSError:
                shutil.copy2(folder / name, checkpoint / name)
    _write(checkpoint / COMPLETE, json.dumps(_digests(checkpoint)))


def _is_whole(checkpoint: Path) -> bool:
    try:
        return bool(json.loads((checkpoint / COMPLETE).read_text(encoding="utf-8")) == _digests(checkpoint))
    except (OSError, ValueError):
        return False


def _digests(checkpoint: Path) -> dict[str, str]:
    digests = {}
    for path in sorted(checkpoint.rglob("*")):
        if path.is_file() and path.name != COMPLETE:
            with path.open("rb") as file:
                digests[str(path.relative_to(checkpoint))] = hashlib.file_digest(file, "sha256").hexdigest()
    return digests


class _Watcher(TrainerCallback):
    """Reports, evaluates at each epoch's end, keeps the best weights, saves by the clock, and stops."""

    def __init__(self, task: TrainingTask, sampler: LengthBatches, folder: Path, report: Report, should_stop: Callable[[Progress], bool]):
        self.task, self.sampler, self.folder, self.report, self.should_stop = task, sampler, folder, report, should_stop
        self.steps_per_epoch = -(-len(sampler) // task.settings.batch_size)
        self.end = "done"
        self._best, self._history = folder / BEST, folder / HISTORY
        self.history: dict[int, dict[str, float]] = {}
        self._saved = self._begun = time.monotonic()
        self._first_step = 0

    def go_on_from(self, checkpoint: Path | None) -> None:
        """Puts the best weights and scores back to where they were at the checkpoint; None: there are none yet."""
        for path in (self._best, self._history):
            path.unlink(missing_ok=True)
            if checkpoint and (checkpoint / path.name).exists():
                shutil.copy2(checkpoint / path.name, path)
        if self._history.exists():
            self.history = {int(epoch): scores for epoch, scores in json.loads(self._history.read_text(encoding="utf-8")).items()}

    def on_train_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object) -> None:
        self._first_step = state.global_step
        self._begun = self._saved = time.monotonic()

    def on_epoch_begin(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object) -> None:
        self.sampler.epoch = self.task.epoch = state.global_step // self.steps_per_epoch

    def on_step_end(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object) -> None:
        if self.should_stop(self._progress(state)):
            self.end = "stopped"
            control.should_training_stop = True
        last_of_epoch = state.global_step % self.steps_per_epoch == 0
        late = time.monotonic() - self._saved >= self.task.settings.checkpoint_seconds
        if not last_of_epoch and (late or self.end == "stopped"):
            control.should_save = True

    def on_epoch_end(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, model: PreTrainedModel = None, **kwargs: object
    ) -> None:
        if state.global_step % self.steps_per_epoch:
            return  # stopped within the epoch
        epoch = state.global_step // self.steps_per_epoch
        scores = self.task.validate(model)
        if scores:
            before = self._best_score()
            self.history[epoch] = scores
            if scores["score"] > before:
                snapshot(model, self._best)
            _write(self._history, json.dumps(self.history))
            self.report("evaluation", {"epoch": epoch, "step": state.global_step} | scores)
            best_epoch = max(self.history, key=lambda number: (self.history[number]["score"], -number))
            if epoch - best_epoch >= self.task.settings.patience and self.end == "done" and epoch < self.task.settings.epochs:
                self.end = "early"
                control.should_training_stop = True
        if time.monotonic() - self._saved >= self.task.settings.checkpoint_seconds / 2 or self.end == "stopped":
            control.should_save = True

    def on_log(
        self, args: TrainingArguments, state: TrainerState, control: TrainerControl, logs: dict[str, float] | None = None, **kwargs: object
    ) -> None:
        if logs and "loss" in logs:
            content = {
                "step": state.global_step,
                "epoch": state.epoch,
                "loss": float(logs["loss"]),
                "learning_rate": float(logs["learning_rate"]),
            }
            self.report("loss", content | {"rows_per_second": self._progress(state).rows_per_second})

    def on_save(self, args: TrainingArguments, state: TrainerState, control: TrainerControl, **kwargs: object) -> None:
        _seal(Path(args.output_dir) / f"checkpoint-{state.global_step}", self.folder)
        self._saved = time.monotonic()

    def keep_best(self, model: PreTrainedModel) -> None:
        """Put the best weights into `model`: of the epochs judged, and of the last steps where it was stopped within an epoch."""
        if not self.history:
            return
        if self.end == "stopped":
            now = self.task.validate(model)
            if now and now["score"] > self._best_score():
                return
        restore(model, self._best)

    def _best_score(self) -> float:
        return max((scores["score"] for scores in self.history.values()), default=float("-inf"))

    def _progress(self, state: TrainerState) -> Progress:
        steps = self.steps_per_epoch * self.task.settings.epochs
        passed = time.monotonic() - self._begun
        speed = (state.global_step - self._first_step) / max(passed, 1e-9)
        return Progress(
            step=state.global_step,
            steps=steps,
            epoch=state.global_step / self.steps_per_epoch,
            rows_per_second=speed * self.task.settings.batch_size,
            seconds_left=(steps - state.global_step) / speed if speed else None,
        )


def _write(path: Path, text: str) -> None:
    """Whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(text, encoding="utf-8")
    os.replace(part, path)
