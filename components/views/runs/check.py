"""What is asked about a training as it is planned, or as it was run."""

from components.training.settings import Settings
from components.ui.widgets.check import Question, choose


def questions(settings: Settings | None, rows: int) -> list[Question | None]:
    """rows: of the table. Training rows are those that testing and validation leave."""
    if settings is None or settings.task != "classification" or rows < 1:
        return []
    left = rows - round(rows * settings.test) - round(rows * settings.validation)
    batches = -(-left // settings.batch_size)
    steps = batches * settings.epochs
    wrong = [f"{number:,}" for number in (left * settings.epochs, batches, left, settings.epochs * settings.batch_size) if number != steps]
    values = {"rows": f"{left:,}", "batch": settings.batch_size, "epochs": settings.epochs, "batches": f"{batches:,}"}
    return (
        [choose("fine_tune-steps", f"{steps:,}", wrong, seed=(left, settings.batch_size, settings.epochs), values=values)]
        if left > 0
        else []
    )
