"""Reduced precision is near float32, nobody else's business, and chosen by what was measured."""

import json
import threading

import numpy as np
import pytest
import torch

from components.models import classification, load, precision
from components.models.precision import bfloat16_gain, measured_gain, reduced_precision

TEXTS = ["The cat sits on the mat.", "Deep learning uses neural networks. " * 10, "tim cook is the ceo of apple inc."]


def test_vectors_and_probabilities_stay_near():
    embed = load("embed-en")
    exact = embed.encode(TEXTS), embed.encode(TEXTS, pooling="cls", layer=3)
    with reduced_precision():
        near = embed.encode(TEXTS), embed.encode(TEXTS, pooling="cls", layer=3)
    for a, b in zip(exact, near, strict=True):
        assert b.dtype == np.float32 and (a * b).sum(axis=1).min() > 0.999


def test_other_threads_keep_float32():
    embed = load("embed-en")
    exact = embed.encode(TEXTS)
    found: list[float] = []
    with reduced_precision():
        thread = threading.Thread(target=lambda: found.append(float(np.abs(embed.encode(TEXTS) - exact).max())))
        thread.start()
        embed.encode(TEXTS)
        thread.join()
    assert found[0] < 1e-5
    assert np.abs(embed.encode(TEXTS) - exact).max() < 1e-5


def test_answers_in_bfloat16_stay_near_whatever_this_machine_is_faster_in(monkeypatch):
    monkeypatch.setattr(precision, "faster_in_bfloat16", lambda: True)
    model = load("sentiment-en")
    exact = np.array([list(prediction.scores.values()) for prediction in model.predict(TEXTS)])
    with reduced_precision():
        near = np.array([list(prediction.scores.values()) for prediction in model.predict(TEXTS)])
    assert 0 < np.abs(exact - near).max() < 0.02
    assert model.network._reduced.bert.layers[0].query[0].dtype == torch.bfloat16
    again = np.array([list(prediction.scores.values()) for prediction in model.predict(TEXTS)])
    assert np.array_equal(exact, again)


def test_close_labels_are_asked_for_in_float32(monkeypatch):
    """Every row whose two best are nearer than bfloat16 is exact, in any order of batches; the others are not asked for twice."""
    monkeypatch.setattr(precision, "faster_in_bfloat16", lambda: True)
    model, texts = load("sentiment-en"), [text + f" Number {n}." for n, text in enumerate(TEXTS * 20)]
    exact = model.predict(texts)
    margins = [prediction.score - prediction.scores[prediction.next_label] for prediction in exact]
    middle = float(np.median(margins))
    monkeypatch.setattr(classification, "CLOSE", middle)
    with reduced_precision():
        near = model.predict(texts)
    same = [abs(a.score - b.score) < 1e-5 for a, b in zip(exact, near, strict=True)]
    assert all(is_same for is_same, margin in zip(same, margins, strict=True) if margin < middle - 0.04)
    assert not all(is_same for is_same, margin in zip(same, margins, strict=True) if margin > middle + 0.04)


def test_what_was_measured_is_kept_until_processor_or_torch_is_another(monkeypatch, tmp_path):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path / "new"))
    measured = iter([1.9, 0.3])
    monkeypatch.setattr(precision, "measured_gain", lambda: next(measured))
    assert bfloat16_gain() == bfloat16_gain() == 1.9  # measured once
    kept = json.loads((tmp_path / "new" / "precision.json").read_text())
    assert kept["gain"] == 1.9 and kept["machine"]["torch"] == torch.__version__
    monkeypatch.setattr(precision, "processor", lambda: "another one")
    assert bfloat16_gain() == bfloat16_gain() == 0.3
    (tmp_path / "new" / "precision.json").write_text("{")
    monkeypatch.setattr(precision, "measured_gain", lambda: 0.5)
    assert bfloat16_gain() == 0.5


def test_a_folder_that_cannot_be_written_to_is_no_obstacle(monkeypatch, tmp_path):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path / "file" / "home"))
    monkeypatch.setattr(precision, "measured_gain", lambda: 2.5)
    assert bfloat16_gain() == 2.5


@pytest.mark.parametrize(("slower", "pays"), [(0.4, True), (2.0, False), (70.0, False)])
def test_the_clock_decides_and_not_the_processors_flag(monkeypatch, slower, pays):
    """A machine whose bfloat16 takes `slower` times as long as its float32; a hopeless one is not tried for long."""
    clock, linear, calls = [0.0], torch.nn.functional.linear, [0]

    def timed(state, weight):
        calls[0] += 1
        clock[0] += 1e-3 * len(state) * (slower if state.dtype == torch.bfloat16 else 1)
        return linear(state[:1], weight)

    monkeypatch.setattr(torch.nn.functional, "linear", timed)
    monkeypatch.setattr(precision.time, "thread_time", lambda: clock[0])
    monkeypatch.setattr(torch.cpu, "_is_avx512_bf16_supported", lambda: True)
    gain = measured_gain()
    assert gain == pytest.approx(1 / slower, rel=0.3) and (gain >= precision.FASTER) == pays
    assert calls[0] < 20 if slower > precision.HOPELESS else calls[0] > 20
