"""What is shown of trainings on the samples is what comes of them: as much of it as can be computed at once is computed again, and one
training is repeated. Where one of these fails because a sample, a backbone or a rule has changed: `python -m scripts.sample_runs`.
"""

import numpy as np
import pytest

from components.text.duplicates import near_duplicate_groups
from components.training import read_table
from components.training.baselines import tfidf_probabilities
from components.training.sample_runs import file_fingerprint, sample_runs
from components.training.samples_list import SAMPLES
from components.training.settings import Settings, suggested_epochs
from components.training.splits import split_rows
from components.training.starting_weights import fingerprints
from components.training.store import RunStore
from components.training.tasks.classification import label_order
from scripts.sample_runs import measured, train

# Those whose trainings are drawn before there is one of the visitor's own.
DRAWN = [sample for sample in SAMPLES if sample.task in ("classification", "domain_adaptation")]
SORTED = [sample for sample in SAMPLES if sample.task == "classification"]


def named(sample) -> str:
    return sample.id


@pytest.mark.parametrize("sample", DRAWN, ids=named)
def test_it_was_measured_on_todays_file_and_weights(sample):
    run = sample_runs()[sample.id]
    assert run.file == file_fingerprint(sample)
    assert run.weights == fingerprints(Settings(language=sample.language, task=sample.task, label=sample.label))
    epochs = suggested_epochs(sample.rows)
    assert run.steps == epochs * -(-run.rows.train // 16) or run.checks[-1].step == run.steps
    assert run.rows.train + run.rows.validation + run.rows.test == sample.rows and not run.rows.left_out
    assert run.seconds > 0 and run.size_bytes > 1e6 and len(run.losses) > 5


@pytest.mark.slow
@pytest.mark.parametrize("sample", SORTED, ids=named)
def test_classes_parts_and_the_baselines_score_are_computed_again(sample):
    run = sample_runs()[sample.id]
    frame = read_table(sample.path.read_bytes(), sample.path.name).frame
    names, texts = frame[sample.label].str.strip(), frame[sample.text].tolist()
    assert dict(run.classes) == names.value_counts().to_dict()
    assert [rows for _, rows in run.classes] == sorted((rows for _, rows in run.classes), reverse=True)
    parts = split_rows(names.tolist(), near_duplicate_groups(texts), 0.2, 0.1, 0)
    assert (len(parts.train), len(parts.validation), len(parts.test)) == (run.rows.train, run.rows.validation, run.rows.test)
    labels = label_order(names.unique().tolist())
    classes = np.array([labels.index(name) for name in names])
    held_out = [texts[row] for row in parts.test]
    said = tfidf_probabilities([texts[row] for row in parts.train], classes[parts.train], held_out, len(labels), sample.language)
    assert int((said.argmax(axis=1) == classes[parts.test]).sum()) == run.against.second
    assert run.against.rows == len(parts.test)


def test_what_the_pages_begin_with_is_better_by_more_than_chance():
    assert all(sample_runs()[f"topics-{language}"].against.verdict == "first" for language in ("ja", "en"))


@pytest.mark.slow
def test_a_training_repeated_gives_what_is_shown(tmp_path):
    sample = next(sample for sample in SAMPLES if sample.id == "medical-en")
    shown, store = sample_runs()[sample.id], RunStore(tmp_path)
    again = measured(sample, train(sample, store), store)
    assert again.perplexity == pytest.approx(shown.perplexity, rel=0.05)
    assert again.masked_accuracy == pytest.approx(shown.masked_accuracy, abs=0.03)
    assert (again.rows, again.steps, again.size_bytes) == (shown.rows, shown.steps, pytest.approx(shown.size_bytes, rel=0.01))
