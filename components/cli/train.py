"""`train`: a table, or a labelling tool's file, becomes a model, kept as the pages keep one; prints how good it is on rows that it did not learn from."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from components.cli import files
from components.errors import TableError, TrainingError
from components.evaluation.intervals import Interval
from components.messages import message
from components.tables.columns import guess_columns
from components.training.judged import JudgedResult
from components.training.results import AdaptationResult, ClassificationResult
from components.training.runs import Progress, Run
from components.training.settings import TASKS, Settings
from components.training.starting_models import first_epochs
from components.training.task_tables import task_table, widened

UNSURE = 0.2  # a guess of columns that is no surer is none: nobody sees it before it is trained on


def run(options: Namespace, language: str) -> None:
    """Raises UserError, OSError."""
    from components.training.fine_tuning import fine_tune

    out = Path(options.output) if options.output else None
    if out and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TrainingError("cli.folder_taken", folder=options.output)
    frame, marked_for = files.read_marked(options.table, options.kind, options.encoding, language)
    task = options.task or marked_for or TASKS[0]
    frame = widened(task, frame)
    columns = _columns(options, task, frame)
    label = options.label if options.label and len(options.label) > 1 else columns["label"]
    start = {"backbone": options.backbone} if options.backbone else {}
    settings = Settings(str(columns["text"]), label, second=columns["second"], language=options.language, task=task, **start)
    with files.bar(100, "%") as bar:

        def progress(now: Progress) -> None:
            bar.set_description(message(f"cli.stage_{now.stage or 'prepare'}", language))
            bar.update(round(100 * now.share) - bar.n)

        trained = fine_tune(
            frame,
            str(columns["text"]),
            label,
            options.language,
            task,
            options.epochs or first_epochs(settings, len(frame)),
            options.seed,
            name=options.name or Path(options.table).stem,
            progress=progress,
            second=columns["second"],
            start=columns["start"],
            backbone=options.backbone,
            tune=options.how,
            group=options.group,
        )
    for line in _scores(trained, language):
        print(line)
    if out:
        from components.training.export import export_folder

        export_folder(trained, out, language)
        print(message("cli.written", language, folder=options.output))
    print(message("cli.kept_as", language, model=f"run:{trained.id}"))
    sys.stdout.flush()


def _columns(options: Namespace, task: str, frame: pd.DataFrame) -> dict[str, str | None]:
    """The column of each role: the named one, else the guessed one, None where the task needs none. Raises TableError."""
    table, labels = task_table(task), options.label or [None]
    named = {"text": options.text, "label": labels[0], "second": options.second, "start": options.start}
    strange = next((role for role, name in named.items() if name is not None and role not in table.ROLES), None)
    if strange is not None:
        raise TableError("cli.no_role", option=f"--{strange}", task=task)
    if len(labels) > 1 and task != "several_labels":
        raise TableError("cli.one_label", task=task)
    for more in labels[1:]:
        files.column(frame, more, None, "--label")
    guessed = _guessed(task, frame, list(filter(None, (*named.values(), options.group))))
    needed = [role for role in table.ROLES if named[role] or guessed.get(role) or role not in table.OPTIONAL]
    return {role: None for role in named} | {role: files.column(frame, named[role], guessed.get(role), f"--{role}") for role in needed}


def _guessed(task: str, frame: pd.DataFrame, taken: Sequence[str]) -> dict[str, str]:
    """The columns by role, as far as the table tells them and they are none of `taken`."""
    usual, guess = guess_columns(frame), task_table(task).guess(frame)
    found: dict[str, str | None] = {"text": usual.text}
    if task == "classification":
        found["label"] = usual.label
    elif guess is not None and guess.sure > UNSURE:
        columns = guess.columns
        found = {"text": columns.text, "label": columns.label, "second": columns.second, "start": columns.start}
    return {role: name for role, name in found.items() if name is not None and name not in taken}


def _scores(run: Run, language: str) -> Iterator[str]:
    result = run.result
    if isinstance(result, ClassificationResult):
        judged = result.judgement
        yield message("cli.judged_on", language, rows=f"{judged.rows:,}")
        for name, score in judged.intervals.items():
            yield _line(name, score)
        for name, scores in result.baselines.items():
            yield _line(f"accuracy, {name}", scores.accuracy)
    elif isinstance(result, JudgedResult):
        yield message("cli.judged_on", language, rows=f"{result.rows.test:,}")
        for name, score in result.measures.items():
            yield _line(name, score)
        for method, measures in result.baselines.items():
            for name, score in measures.items():
                yield _line(f"{name}, {method}", score)
    elif isinstance(result, AdaptationResult):
        yield message("cli.judged_on", language, rows=f"{result.rows.test:,}")
        for name, value in result.scores.items():
            yield f"{name:<24} {value:.4g}"
        if result.change:
            yield f"{'loss, change':<24} {result.change.value:+.3f}  ({result.change.low:+.3f} - {result.change.high:+.3f})"
    else:
        for name, value in run.scores.items():
            yield f"{name:<24} {value:.4g}"


def _line(name: str, score: Interval) -> str:
    return f"{name:<24} {score.value:.3f}  ({score.low:.3f} - {score.high:.3f})"
