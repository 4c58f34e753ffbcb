"""`train`: a table becomes a model, kept as the pages keep one; prints how good it is on rows that it did not learn from."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from pathlib import Path

from components.cli import files
from components.errors import TrainingError
from components.messages import message
from components.tables.columns import guess_columns
from components.training.results import AdaptationResult, ClassificationResult
from components.training.runs import Progress, Run
from components.training.settings import suggested_epochs


def run(options: Namespace, language: str) -> None:
    """Raises UserError, OSError."""
    from components.training.fine_tuning import fine_tune

    out = Path(options.output) if options.output else None
    if out and out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise TrainingError("cli.folder_taken", folder=options.output)
    frame = files.read(options.table, options.kind, options.encoding, language)
    guess = guess_columns(frame)
    text = files.column(frame, options.text, guess.text, "--text")
    label = files.column(frame, options.label, guess.label, "--label") if options.task == "classification" else None
    with files.bar(100, "%") as bar:

        def progress(now: Progress) -> None:
            bar.set_description(message(f"cli.stage_{now.stage or 'prepare'}", language))
            bar.update(round(100 * now.share) - bar.n)

        trained = fine_tune(
            frame,
            text,
            label,
            options.language,
            options.task,
            options.epochs or suggested_epochs(len(frame)),
            options.seed,
            name=options.name or Path(options.table).stem,
            progress=progress,
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


def _scores(run: Run, language: str) -> Iterator[str]:
    result = run.result
    if isinstance(result, ClassificationResult):
        judged = result.judgement
        yield message("cli.judged_on", language, rows=f"{judged.rows:,}")
        for name, score in judged.intervals.items():
            yield f"{name:<24} {score.value:.3f}  ({score.low:.3f} - {score.high:.3f})"
        for name, scores in result.baselines.items():
            one = scores.accuracy
            yield f"{'accuracy, ' + name:<24} {one.value:.3f}  ({one.low:.3f} - {one.high:.3f})"
    elif isinstance(result, AdaptationResult):
        yield message("cli.judged_on", language, rows=f"{result.rows.test:,}")
        for name, value in result.scores.items():
            yield f"{name:<24} {value:.4g}"
        if result.change:
            yield f"{'loss, change':<24} {result.change.value:+.3f}  ({result.change.low:+.3f} - {result.change.high:+.3f})"
    else:
        for name, value in run.scores.items():
            yield f"{name:<24} {value:.4g}"
