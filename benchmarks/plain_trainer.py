"""The library's Trainer as it comes, on the model and the rows of one of our tasks: what our trainings are held against."""

import tempfile
from collections.abc import Callable
from typing import Any

import transformers

from components.training.settings import Settings
from components.training.tasks import TrainingTask


def train_plainly(
    task: TrainingTask,
    model: transformers.PreTrainedModel,
    settings: Settings,
    collate: Callable[[list[Any]], Any],
    clock: Callable[[], float],
) -> float:
    """Trains `model` on `task.train` in random batches with the learning rate and the epochs of `settings`; seconds by `clock`."""
    with tempfile.TemporaryDirectory() as folder:
        arguments = transformers.TrainingArguments(
            output_dir=folder,
            num_train_epochs=settings.epochs,
            per_device_train_batch_size=settings.batch_size,
            learning_rate=settings.learning_rate,
            warmup_steps=0.1,
            seed=settings.seed,
            use_cpu=True,
            save_strategy="no",
            report_to=[],
            disable_tqdm=True,
            dataloader_pin_memory=False,
            remove_unused_columns=False,
        )
        trainer = transformers.Trainer(model=model, args=arguments, train_dataset=task.train, data_collator=collate)
        trainer.remove_callback(transformers.PrinterCallback)
        begun = clock()
        trainer.train()
        return clock() - begun
