"""From a table to a judged model, on a tiny backbone: every task and tuning, stop, kill and resume."""

import json
import math
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from components.errors import TrainingError
from components.models import files as model_files
from components.training import fine_tune, trainer
from components.training import worker as worker_module
from components.training.length_batches import LengthBatches
from components.training.process import is_alive, own_birth, ticks
from components.training.settings import Limits, Settings
from components.training.store import RunStore

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return RunStore(tmp_path)


@pytest.fixture(scope="module")
def straight(tmp_path_factory, tiny, reviews):
    """A run that nothing disturbed."""
    home = tmp_path_factory.mktemp("straight")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(home))
        settings = Settings(backbone=tiny, label="label", epochs=3, checkpoint_seconds=0.1, seed=3, **FAST)
        return fine_tune(reviews, store=RunStore(home), **settings.to_json())


def noted(load, begun):
    """`load`, which notes what it was asked for."""

    def load_and_note(cls, path):
        begun.append(str(path))
        return load(cls, path)

    return load_and_note


def losses(store, run, key) -> dict[int, float]:
    return {event.content["step"]: event.content["loss"] for event in store.events(run.id, key) if event.kind == "loss"}


def test_a_table_becomes_a_model_that_every_page_can_load(store, tiny, reviews):
    from components.models import load

    run = fine_tune(reviews, backbone=tiny, epochs=4, store=store, **FAST)
    assert run.state == "done" and run.scores["accuracy"] > 0.9 > run.result.baselines["majority"].accuracy.value
    for name, paired in run.result.pairs.items():
        assert (paired.first, paired.second) == (run.result.judgement.right, run.result.baselines[name].right)
        assert run.result.against(name) == paired and paired.rows == run.result.rows.test
    judgement = run.result.judgement
    assert judgement.accuracy.low <= judgement.accuracy.value <= judgement.accuracy.high
    assert judgement.confusion.sum() == judgement.rows == run.result.rows.test
    predictions = load(f"run:{run.id}").predict(["the lamp was very lovely", "my chair felt quite nasty"])
    assert [prediction.label for prediction in predictions] == ["good", "bad"]
    rows = pd.read_parquet(run.folder / "predictions.parquet")
    assert (rows["label"] == rows["predicted"]).mean() == pytest.approx(run.scores["accuracy"])
    assert reviews.loc[rows["row"], "label"].tolist() == rows["label"].tolist()
    assert not list(run.folder.glob("checkpoint-*")) and not (run.folder / "best.safetensors").exists()
    assert run.result.peak_memory > 1e8 and run.size_bytes > 0


@pytest.mark.parametrize("task", ["classification", "domain_adaptation"])
def test_half_characters_in_a_table_are_read_like_any_unknown_one(store, tiny, reviews, task):
    probe = "the [MASK] \ud800" if task == "domain_adaptation" else ""
    runs = []
    for odd in ("\ud800\0", "\ufffd "):
        texts = pd.Series([f"{text} {odd}" for text in reviews["text"]], dtype=object)
        runs.append(fine_tune(reviews.assign(text=texts), task=task, backbone=tiny, epochs=1, store=store, probe=probe, **FAST))
    assert [run.state for run in runs] == ["done", "done"] and runs[0].scores == pytest.approx(runs[1].scores)


@pytest.mark.parametrize("tune", ["head", "top", "lora"])
def test_less_can_be_trained_and_the_model_is_still_a_plain_one(store, tiny, reviews, tune):
    from safetensors.torch import load_file

    run = fine_tune(reviews, backbone=tiny, epochs=1, tune=tune, store=store, **FAST)
    before, after = load_file(f"{tiny}/model.safetensors"), load_file(run.model_dir / "model.safetensors")
    changed = {name for name in after if name in before and not before[name].equal(after[name])}
    blocks = json.loads((run.model_dir / "config.json").read_text())["num_hidden_layers"]
    assert blocks == (3 if tune == "head" else 2) and any(f".layer.{blocks - 1}." in name for name in after)
    if tune == "head":
        assert not changed
    else:
        assert changed and all(".layer." in name for name in changed)
    assert not any("lora" in name for name in after)


def test_all_weights_are_trained_and_words_that_no_row_uses_keep_theirs(store, tiny, reviews):
    from safetensors.torch import load_file

    run = fine_tune(reviews, backbone=tiny, epochs=1, store=store, **FAST)
    before, after = load_file(f"{tiny}/model.safetensors"), load_file(run.model_dir / "model.safetensors")
    (words,) = (name for name in after if "word_embeddings" in name)  # the embedding whole, under its own name
    assert words in before and after[words].shape == before[words].shape
    changed = (after[words] != before[words]).any(1)
    assert changed.any() and not changed.all()
    assert all(not before[name].equal(after[name]) for name in after if name in before and name.endswith("dense.weight"))


def test_labels_as_numbers_keep_their_order_and_rows_without_one_are_left_out(store, tiny, reviews):
    frame = reviews.assign(label=[number % 12 for number in range(len(reviews))]).astype({"label": "Int64"})
    frame.loc[5, "label"] = pd.NA
    run = fine_tune(frame, backbone=tiny, epochs=1, store=store, **FAST)
    assert run.result.labels == tuple(str(number) for number in range(12))
    assert run.result.rows.left_out == 1
    assert 5 not in run.result.test_rows


def test_domain_adaptation_lowers_the_perplexity_and_gives_a_backbone(store, tiny, reviews):
    from components.models import load

    run = fine_tune(reviews, task="domain_adaptation", backbone=tiny, epochs=6, store=store, probe="the [MASK] was very lovely", **FAST)
    assert run.scores["perplexity_after"] < 0.8 * run.scores["perplexity_before"] and not run.result.new_head
    assert math.isclose(run.scores["perplexity_after"], math.exp(run.scores["loss_after"]))
    before, after, change = run.result.before, run.result.after, run.result.change
    assert before.masked_tokens == after.masked_tokens >= 250 and before.draws > 1
    assert change.value == pytest.approx(run.scores["loss_after"] - run.scores["loss_before"]) and change.high < 0
    assert [len(fills) for fills in (before.probe[0], after.probe[0])] == [5, 5]
    filled = load(f"run:{run.id}").fill("the [MASK] was very lovely", 5)[0]
    assert [fill.token for fill in filled] == [fill.token for fill in after.probe[0]]
    onward = fine_tune(reviews, backbone=f"run:{run.id}", epochs=1, store=store, **FAST)
    assert onward.state == "done"


def test_what_cannot_be_trained_on_says_why(store, tiny, reviews, tmp_path, monkeypatch):
    with pytest.raises(TrainingError, match="at least two"):
        fine_tune(reviews.assign(label="same"), backbone=tiny, store=store)
    with pytest.raises(TrainingError, match="not made for"):
        fine_tune(pd.DataFrame({"text": ["とても良いです"] * 20, "label": ["a", "b"] * 10}), language="en", store=store)
    monkeypatch.setattr(model_files, "MODELS", tmp_path)
    with pytest.raises(TrainingError, match="backbone-ja"):
        fine_tune(pd.DataFrame({"text": ["とても良いです"] * 20, "label": ["a", "b"] * 10}), store=store)
    with pytest.raises(TrainingError, match="belong together"):
        fine_tune(pd.DataFrame({"text": ["the lamp was fine"] * 20, "label": ["a", "b"] * 10}), backbone=tiny, store=store)
    with pytest.raises(TrainingError, match="no column"):
        fine_tune(reviews, label="nothing", store=store)
    assert {run.state for run in store.runs("nobody")} == set()


def start_worker(store) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", "components.training.worker", "--home", str(store.home), "--once"],
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=(store.home / "worker.log").open("ab"),
        stderr=subprocess.STDOUT,
    )


def wait_until(condition, seconds=90):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if found := condition():
            return found
        time.sleep(0.02)
    raise AssertionError("waited too long")


@pytest.mark.timeout(240)
@pytest.mark.parametrize(("task", "tune"), [("classification", "head"), ("domain_adaptation", "all")])
def test_killed_and_resumed_gives_what_an_uninterrupted_run_gives(store, tiny, reviews, task, tune):
    label = "label" if task == "classification" else None
    settings = Settings(task=task, tune=tune, backbone=tiny, label=label, epochs=6, checkpoint_seconds=0.05, seed=3, **FAST)
    straight = fine_tune(reviews, store=store, **settings.to_json())
    run, key = store.create("v", settings, reviews)
    worker = start_worker(store)
    wait_until(lambda: list(run.folder.glob("checkpoint-*/complete")) and len(losses(store, run, key)) >= 30)
    worker.send_signal(signal.SIGKILL)
    worker.wait()
    store.database.update(run.id, beat=ticks() - 60)
    interrupted = store.get(run.id, key)
    assert interrupted.state == "interrupted" and interrupted.reason[0] == "training.reason-killed"
    before = len(losses(store, run, key))
    store.resume(run.id, key)
    worker_module.train_run(store, store.claim(os.getpid()))  # another process than the one that was killed
    done = store.get(run.id, key)
    assert done.state == "done", done.reason
    resumed = losses(store, run, key)
    assert len(resumed) > before
    with store.database.connection() as database:
        expected = {
            json.loads(row["content"])["step"]: json.loads(row["content"])["loss"]
            for row in database.execute("select content from events where run = ? and kind = 'loss'", (straight.id,))
        }
    assert set(expected) == set(resumed)
    assert max(abs(expected[step] - resumed[step]) for step in expected) < 1e-3
    for name, value in straight.scores.items():
        assert done.scores[name] == pytest.approx(value, abs=1e-3)
    assert {epoch: scores["loss"] for epoch, scores in done.result.epochs.items()} == pytest.approx(
        {epoch: scores["loss"] for epoch, scores in straight.result.epochs.items()}, abs=1e-3
    )


@pytest.mark.timeout(120)
def test_stop_keeps_the_best_so_far_and_can_go_on(store, tiny, reviews, monkeypatch):
    from components.training import worker

    settings = Settings(backbone=tiny, epochs=4, **FAST)
    run, key = store.create("v", settings, reviews)
    claimed = store.claim(os.getpid())
    asked = []
    real = worker._Pulse.step
    monkeypatch.setattr(worker._Pulse, "step", lambda self, progress: real(self, progress) or asked.append(1) or len(asked) > 25)
    worker.train_run(store, claimed)
    stopped = store.get(run.id, key)
    assert stopped.state == "stopped" and stopped.reason[0] == "training.reason-stopped"
    assert stopped.model_dir.joinpath("model.safetensors").exists() and stopped.scores["accuracy"] > 0
    monkeypatch.setattr(worker._Pulse, "step", real)
    store.resume(run.id, key)
    worker.train_run(store, store.claim(os.getpid()))
    done = store.get(run.id, key)
    assert done.state == "done" and max(losses(store, run, key)) == math.ceil(done.result.rows.train / 8) * 4
    straight = fine_tune(reviews, store=store, **settings.to_json())
    assert done.scores == pytest.approx(straight.scores, abs=1e-3)


def test_stop_that_comes_when_the_training_has_ended_is_told(store, tiny, reviews, monkeypatch):
    from components.training.tasks.classification import Classification

    run, key = store.create("v", Settings(backbone=tiny, epochs=1, **FAST), reviews)
    real = Classification.finish

    def finish(self, model, folder):
        store.stop(run.id, key)
        time.sleep(1.5)  # longer than two beats
        return real(self, model, folder)

    monkeypatch.setattr(Classification, "finish", finish)
    worker_module.train_run(store, store.claim(os.getpid()))
    done = store.get(run.id, key)
    assert (done.state, done.reason[0]) == ("done", "training.reason-stopped-late") and done.result


def test_early_stopping_gives_the_best_epoch(store, tiny, reviews, monkeypatch):
    from components.training.tasks.classification import Classification

    scores = iter([0.5, 0.9, 0.4, 0.3, 0.2, 0.1])
    real = Classification.validate
    monkeypatch.setattr(Classification, "validate", lambda self, model: real(self, model) | {"score": next(scores)})
    run = fine_tune(reviews, backbone=tiny, epochs=6, patience=2, store=store, **FAST)
    assert run.state == "done" and run.reason == ("training.reason-early", {"patience": 2})
    assert list(run.result.epochs) == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("error", "state", "key"),
    [
        (OSError(28, "No space left on device"), "interrupted", "reason-disk"),
        (MemoryError(), "failed", "reason-memory"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:121] DefaultCPUAllocator: can't allocate memory"), "failed", "reason-memory"),
        (ValueError("odd"), "failed", "reason-error"),
    ],
)
def test_what_goes_wrong_leaves_a_clear_state(store, tiny, reviews, monkeypatch, error, state, key):
    from components.training import trainer, worker

    def fail(*_):
        raise error

    monkeypatch.setattr(trainer, "train", fail)
    run, owner = store.create("v", Settings(backbone=tiny, **FAST), reviews)
    worker.train_run(store, store.claim(os.getpid()))
    found = store.get(run.id, owner)
    assert (found.state, found.reason[0]) == (state, f"training.{key}")
    assert "Traceback" in (run.folder / "log.txt").read_text()


def test_a_file_removed_under_it_is_named(store, tiny, reviews):
    from components.training import worker

    run, owner = store.create("v", Settings(backbone=tiny, **FAST), reviews)
    (run.folder / "data.parquet").unlink()
    worker.train_run(store, store.claim(os.getpid()))
    found = store.get(run.id, owner)
    assert found.state == "failed" and found.reason == ("training.reason-files", {"file": "data.parquet"})


def test_a_half_written_checkpoint_is_not_used(tmp_path):
    from components.training.trainer import last_checkpoint

    for step, complete in ((5, True), (9, False)):
        folder = tmp_path / f"checkpoint-{step}"
        folder.mkdir()
        if complete:
            (folder / "complete").write_text("{}")
    assert last_checkpoint(tmp_path).endswith("checkpoint-5")
    assert not (tmp_path / "checkpoint-9").exists()
    assert last_checkpoint(tmp_path / "nowhere") is None


def flipped(path) -> None:
    """Other bytes in the middle of the file."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    content[middle : middle + 64] = bytes(255 - byte for byte in content[middle : middle + 64])
    path.write_bytes(content)


def cut(path) -> None:
    """The second half of the file is gone."""
    with path.open("r+b") as file:
        file.truncate(path.stat().st_size // 2)


@pytest.mark.slow
@pytest.mark.timeout(240)
@pytest.mark.parametrize(
    ("name", "damage"),
    [
        ("model.safetensors", flipped),
        ("optimizer.pt", cut),
        ("scheduler.pt", cut),
        ("rng_state.pth", cut),
        ("trainer_state.json", cut),
        ("best.safetensors", flipped),
        ("history.json", cut),
        ("optimizer.pt", os.unlink),
        ("complete", cut),
    ],
)
def test_a_damaged_newest_checkpoint_falls_back_to_the_one_before(store, tiny, reviews, monkeypatch, straight, name, damage):
    run, key = store.create("v", straight.settings, reviews)
    real = worker_module._Pulse.step
    seen = lambda: sorted(run.folder.glob("checkpoint-*/complete"), key=lambda path: path.stat().st_mtime)  # noqa: E731
    monkeypatch.setattr(worker_module._Pulse, "step", lambda self, progress: real(self, progress) or progress.step >= 40)
    worker_module.train_run(store, store.claim(os.getpid()))
    assert store.get(run.id, key).state == "stopped" and len(seen()) == 2
    monkeypatch.setattr(worker_module._Pulse, "step", real)
    before, newest = (path.parent for path in seen())
    same = [path for path in (before / name,) if path.exists() and path.samefile(newest / name)]
    damage(newest / name)
    begun = []
    monkeypatch.setattr(trainer.TrainerState, "load_from_json", classmethod(noted(trainer.TrainerState.load_from_json.__func__, begun)))
    store.resume(run.id, key)
    worker_module.train_run(store, store.claim(os.getpid()))
    done = store.get(run.id, key)
    assert done.state == "done", done.reason
    assert {path.split("/")[-2] for path in begun} == ({before.name} if not same else set())
    assert done.scores == pytest.approx(straight.scores, abs=1e-3)
    assert {epoch: scores["loss"] for epoch, scores in done.result.epochs.items()} == pytest.approx(
        {epoch: scores["loss"] for epoch, scores in straight.result.epochs.items()}, abs=1e-3
    )


@pytest.mark.timeout(180)
def test_the_launcher_keeps_one_warm_worker_that_takes_the_queue_and_ends_when_idle(store, tiny, reviews, monkeypatch):
    from components.training.launcher import LocalLauncher

    monkeypatch.setenv("HIMOTOKU_WORKER_IDLE_SECONDS", "60")
    launcher = LocalLauncher(store)
    launcher.ensure()
    pid, born = launcher._recorded()
    launcher.ensure()
    assert launcher._recorded() == (pid, born) and born == own_birth(pid)
    runs = [store.create("v", Settings(backbone=tiny, epochs=1, **FAST), reviews) for _ in range(2)]
    wait_until(lambda: all(store.get(run.id, key).state == "done" for run, key in runs))
    first, second = (store.get(run.id, key) for run, key in runs)
    assert first.ended <= second.started
    wait_until(launcher.is_warm)
    launcher.close()
    wait_until(lambda: not is_alive(pid, born))


def test_a_prediction_comes_from_measured_steps_and_is_held_against_the_truth(store, tiny, reviews, monkeypatch):
    from components.training import worker
    from components.training.estimate import predict, request_measurement

    settings = Settings(backbone=tiny, epochs=3, **FAST)
    lengths = [len(text.split()) + 2 for text in reviews["text"]]
    assert predict(store, settings, lengths, len(reviews)) is None
    measured, key = request_measurement(store, "v", settings, reviews)
    worker.train_run(store, store.claim(os.getpid()))
    assert store.get(measured.id, key).state == "done" and store.runs("v") == []
    estimate = predict(store, settings, lengths, len(reviews))
    told = []
    real = worker._Pulse.set
    monkeypatch.setattr(worker._Pulse, "set", lambda self, **facts: told.append(facts) or real(self, **facts))
    run = fine_tune(reviews, store=store, **settings.to_json())
    assert estimate.seconds / 6 < run.seconds < estimate.seconds * 6
    assert estimate.kept_bytes == pytest.approx((run.model_dir / "model.safetensors").stat().st_size, rel=0.1)
    judging = next(facts["judging"] for facts in told if facts["stage"] == "train")
    assert judging >= 1.5 and run.result.seconds.finish / 6 < judging < run.result.seconds.finish * 6 + 2
    assert run.progress.judging == judging, "the page can say it while the run stops"
    twice = predict(store, replace(settings, epochs=6), lengths, len(reviews))
    assert twice.tokens == 2 * estimate.tokens and twice.seconds > estimate.seconds


def test_batches_hold_every_row_once_hang_on_seed_and_epoch_and_waste_little():
    lengths = np.random.default_rng(0).integers(5, 60, 1_003)
    sampler = LengthBatches(lengths, 16, seed=1)
    assert sorted(sampler.order(0).tolist()) == list(range(1_003))
    assert (sampler.order(2) == LengthBatches(lengths, 16, seed=1).order(2)).all()
    assert (sampler.order(0) != sampler.order(1)).any()
    assert sampler.padded_tokens() < 1.1 * lengths.sum()


def test_memory_is_limited_in_the_worker(tmp_path):
    code = (
        "from components.training.worker import limit_memory; from components.training.settings import Limits\n"
        "limit_memory(Limits(worker_bytes=300_000_000))\n"
        "try:\n    bytearray(600_000_000)\nexcept MemoryError:\n    print('limited')"
    )
    assert Limits().worker_bytes > 0
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "limited"


@pytest.mark.timeout(120)
def test_japanese_with_mecab_from_csv_to_a_model_that_loads_elsewhere(store, tmp_path):
    """cp932 bytes -> reader -> training -> zip -> plain AutoTokenizer in another folder, the same pieces."""
    from transformers import AutoTokenizer, BertConfig, BertForMaskedLM, BertJapaneseTokenizer

    from components.models import load
    from components.training import read_table

    good, bad = ("素晴らしい", "最高", "満足", "快適"), ("最悪", "不良", "不満", "残念")
    things = ("商品", "電池", "画面", "音質", "配送", "説明", "色", "箱", "値段", "対応")
    lines = [f"{a}と{b}の{c}は{word}です,{label}" for a in things for b in things for c in things[:2] for word, label in (
        (good[(len(a) + len(b)) % 4], "良い"), (bad[(len(b) + len(c)) % 4], "悪い")) if a != b]  # fmt: skip
    table = read_table("\r\n".join(["文,評価", *lines]).encode("cp932"), "reviews.csv")
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "です", "の", "と", "は", *good, *bad, *things, *sorted(set("".join(lines)))]
    words += [f"##{character}" for character in sorted(set("".join(lines)))]
    folder = tmp_path / "tiny-ja"
    folder.mkdir()
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    tokenizer = BertJapaneseTokenizer(
        str(folder / "vocab.txt"),
        word_tokenizer_type="mecab",
        subword_tokenizer_type="wordpiece",
        mecab_kwargs={"mecab_dic": "unidic_lite"},
    )
    tokenizer.save_pretrained(folder)
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertForMaskedLM(config).save_pretrained(folder)
    run = fine_tune(table.frame, text="文", label="評価", language="ja", backbone=str(folder), epochs=3, store=store, **FAST)
    assert run.scores["accuracy"] > 0.9 and run.result.labels == ("悪い", "良い")
    assert load(f"run:{run.id}").predict(["色と箱の商品は最悪です"])[0].label == "悪い"
    elsewhere = AutoTokenizer.from_pretrained(run.model_dir)
    assert type(elsewhere).__name__ == "BertJapaneseTokenizer"
    assert elsewhere("色と箱の商品は最悪です")["input_ids"] == tokenizer("色と箱の商品は最悪です")["input_ids"]


@pytest.mark.parametrize(
    "shaped",
    [
        lambda frame: frame.set_index("id", drop=False),
        lambda frame: frame.set_axis([f"id{number}" for number in range(len(frame))]),
        lambda frame: pd.concat([frame.head(20), frame.tail(20)]).set_axis([*range(20), *range(20)]),
    ],
    ids=["a column as index", "names as index", "an index with doubles"],
)
def test_frames_with_any_index_are_trained_on(store, tiny, reviews, shaped):
    frame = reviews.head(40).reset_index(drop=True).assign(id=[f"r{number}" for number in range(40)])
    run = fine_tune(shaped(frame), backbone=tiny, epochs=1, store=store)
    assert run.state == "done" and run.scores


def test_columns_named_by_numbers_are_trained_on(store, tiny, reviews):
    frame = reviews.head(40)[["text", "label"]].set_axis([0, 1], axis=1)
    assert fine_tune(frame, text=0, label=1, backbone=tiny, epochs=1, store=store).state == "done"


@pytest.mark.parametrize(
    ("change", "options", "key"),
    [
        (lambda frame: frame.set_axis(["text", "text"], axis=1), {"label": "text"}, "training.column-twice"),
        (lambda frame: frame.assign(shop="A"), {"group": "shop"}, "training.one-group-column"),
        (lambda frame: frame, {"test": 0.5, "validation": 0.5}, "training.setting-shares"),
    ],
)
def test_what_cannot_be_trained_is_said_before_a_run_is_made(store, tiny, reviews, change, options, key):
    with pytest.raises(TrainingError) as error:
        fine_tune(change(reviews.head(40)[["text", "label"]]), backbone=tiny, store=store, **options)
    assert error.value.key == key and not list(store.home.glob("runs/*"))
