"""Each bundled sample is read without a problem, and the doctor lets it through."""

import pytest

from components.tables.annotated import read_annotated
from components.training import read_table
from components.training.doctor import examine
from components.training.samples_list import SAMPLES
from components.training.task_tables import guess_task, task_table


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_a_sample_is_read_guessed_and_trainable(sample):
    data = sample.path.read_bytes()
    annotated = read_annotated(data, sample.path.name)
    table = annotated.table if annotated else read_table(data, sample.path.name)
    assert not table.problems and len(table.frame) == sample.rows >= 30 and len(data) < 400_000
    guess = task_table(sample.task).guess(table.frame)
    assert guess is not None and (guess.columns.text, guess.columns.label, guess.columns.second) == (
        sample.text,
        sample.label,
        sample.second,
    )
    frame, named = task_table(sample.task).prepare(table.frame, guess.columns)
    assert examine(frame, named.text, named.label, reads=(sample.language,), task=sample.task, second=named.second).trainable
    if sample.task != "domain_adaptation":  # a file of two columns or more that anybody would upload
        assert (annotated.task if annotated else guess_task(table.frame)) == sample.task


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.task == "domain_adaptation"], ids=lambda sample: sample.id)
def test_what_is_asked_before_and_after_was_not_learned(sample):
    before, after = sample.probe.split("[MASK]")
    assert not any(line.startswith(before) and line.endswith(after) for line in sample.path.read_text(encoding="utf-8").splitlines())
