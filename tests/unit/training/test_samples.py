"""Each bundled sample is read without a problem, and the doctor lets it through."""

import pytest

from components.training import read_table
from components.training.doctor import examine
from components.training.samples_list import SAMPLES
from components.training.task_tables import task_table


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda sample: sample.id)
def test_a_sample_is_read_guessed_and_trainable(sample):
    table = read_table(sample.path.read_bytes(), sample.path.name)
    assert not table.problems and len(table.frame) == sample.rows >= 30
    guess = task_table(sample.task).guess(table.frame)
    assert guess and (guess.columns.text, guess.columns.label) == (sample.text, sample.label)
    assert examine(table.frame, sample.text, sample.label, reads=(sample.language,), task=sample.task).trainable


@pytest.mark.parametrize("sample", [sample for sample in SAMPLES if sample.task == "domain_adaptation"], ids=lambda sample: sample.id)
def test_what_is_asked_before_and_after_was_not_learned(sample):
    before, after = sample.probe.split("[MASK]")
    assert not any(line.startswith(before) and line.endswith(after) for line in sample.path.read_text(encoding="utf-8").splitlines())
