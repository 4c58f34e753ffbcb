"""A run as ONNX: the same answers as PyTorch's, in a process that knows neither PyTorch nor transformers nor this project."""

import io
import json
import os
import re
import zipfile

import numpy as np
import pandas as pd
import pytest

from components.errors import TrainingError
from components.training import worker
from components.training.export import model_card
from components.training.portable.bundle import onnx_zip
from components.training.portable.job import request_onnx
from components.training.portable.report import onnx_folder, report_of
from components.training.settings import Settings
from components.training.store import RunStore
from tests.pages.clean import Job, run_clean
from tests.unit.training.test_export import FAST

OWNER = "o" * 32
NOTHING_ELSE = "import sys\nfor name in ('torch', 'transformers', 'components'):\n    sys.modules[name] = None\n"


def opened(store: RunStore, run, key=OWNER):
    """The run after its ONNX files were made."""
    job = request_onnx(store, key, run, key)
    worker.train_run(store, store.claim(os.getpid(), job.id))
    job = store.get(job.id, key)
    assert job.state == "done", job.reason
    return store.get(run.id, key)


def readme_program(run, folder, variant: str) -> str:
    """The program in the zip's README, its files unpacked into `folder`."""
    with zipfile.ZipFile(io.BytesIO(onnx_zip(run, variant))) as archive:
        assert {"model.onnx", "tokenizer.json", "settings.json", "README.md"} == set(archive.namelist())
        archive.extractall(folder)
    return re.search(r"```python\n(.*?)```", (folder / "README.md").read_text(encoding="utf-8"), re.DOTALL)[1]


def clean_processes(code: str, folders) -> list[str]:
    """What `code` prints in each of the folders, in one process that knows nothing of this one."""
    done = run_clean([Job(NOTHING_ELSE + code, folder=folder) for folder in folders])
    assert not any(ran.error for ran in done), done
    return [ran.printed for ran in done]


@pytest.fixture
def store(tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return RunStore(tmp_path / "home")


@pytest.fixture(scope="module")
def japanese(tmp_path_factory):
    """The folder of a tiny MeCab + WordPiece BERT with random weights, and lines of text."""
    from transformers import BertConfig, BertForMaskedLM, BertJapaneseTokenizer

    things = ("商品", "電池", "画面", "音質", "配送", "色", "箱")
    lines = [f"{a}と{b}の{c}は{word}です" for a in things for b in things for c in things[:2] for word in ("最高", "残念") if a != b]
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "です", "の", "と", "は", *things, *sorted(set("".join(lines)))]
    words += [f"##{character}" for character in sorted(set("".join(lines)))]
    folder = tmp_path_factory.mktemp("tiny-ja")
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    mecab = {"word_tokenizer_type": "mecab", "subword_tokenizer_type": "wordpiece", "mecab_kwargs": {"mecab_dic": "unidic_lite"}}
    tokenizer = BertJapaneseTokenizer(str(folder / "vocab.txt"), **mecab)
    tokenizer.save_pretrained(folder)
    config = BertConfig(vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
    BertForMaskedLM(config).save_pretrained(folder)
    return str(folder), pd.DataFrame({"文": lines}, dtype="str")


def trained(store: RunStore, frame, **settings):
    run, _ = store.create(OWNER, Settings(**FAST | settings), frame, "reviews")
    worker.train_run(store, store.claim(os.getpid(), run.id))
    done = store.get(run.id, OWNER)
    assert done.state == "done", done.reason
    return done


@pytest.mark.slow
def test_a_classifier_answers_elsewhere_as_in_the_app_and_int8_says_what_it_costs(store, tiny, reviews, tmp_path, monkeypatch):
    from components.models import load

    run = trained(store, reviews, backbone=tiny, epochs=3)
    with pytest.raises(TrainingError) as nothing:
        onnx_zip(run, "int8")
    assert nothing.value.key == "training.onnx-none" and "ONNX" not in model_card(run).split("---")[2]
    before = run.size_bytes
    run = opened(store, run)
    report = report_of(run)
    judged = run.result.judgement
    assert report.rows == report.answers == judged.rows and report.exact == pytest.approx(judged.accuracy.value)
    assert report.difference < 1e-3 and report.small_bytes < report.exact_bytes
    assert run.size_bytes > before + report.exact_bytes + report.small_bytes and not list(run.folder.glob("onnx.part"))
    assert (onnx_folder(run).stat().st_mode & 0o77) == 0, "nobody else's on this machine"
    texts = ["the lamp was very lovely", "my chair felt quite nasty and the door looked fine", "a"]
    expected = load(f"run:{run.id}").predict(texts)
    programs = {variant: readme_program(run, tmp_path / variant, variant) for variant in ("float32", "int8")}
    assert len(set(programs.values())) == 1
    said = clean_processes(programs["int8"].replace('["..."]', json.dumps(texts)), [tmp_path / variant for variant in programs])
    logits = {
        variant: [(line.split()[0], float(line.split()[1])) for line in lines.splitlines()]
        for variant, lines in zip(programs, said, strict=True)
    }
    assert [label for label, _ in logits["float32"]] == [one.label for one in expected]
    assert [score for _, score in logits["float32"]] == pytest.approx([one.score for one in expected], abs=1e-3)
    assert logits["int8"] != logits["float32"]
    for language in ("en", "ja"):
        card = model_card(run, language)
        assert f"{report.exact:.3f}" in card and f"{report.small:.3f}" in card and "components.cli predict" in card
    # Independently: the rows, through both networks, counted here.
    import onnxruntime
    from tokenizers import Tokenizer

    rows = store.rows(run.id, OWNER).loc[list(run.result.test_rows)]
    tokenizer = Tokenizer.from_file(str(onnx_folder(run) / "tokenizer.json"))
    batch = tokenizer.encode_batch(rows["text"].tolist())
    inputs = {"input_ids": np.array([one.ids for one in batch]), "attention_mask": np.array([one.attention_mask for one in batch])}
    said = [
        onnxruntime.InferenceSession(onnx_folder(run) / name).run(None, inputs)[0].argmax(1) for name in ("model.onnx", "model.int8.onnx")
    ]
    assert report.changed == (said[0] != said[1]).sum()
    right = np.array([run.result.labels.index(label) for label in rows["label"]])
    assert [report.exact, report.small] == pytest.approx([(one == right).mean() for one in said])
    # The files are of these weights: other ones make them void.
    os.utime(run.model_dir / "model.safetensors")
    assert report_of(run) is None


@pytest.mark.slow
def test_a_masked_language_model_in_japanese_fills_its_masks_elsewhere(store, tmp_path, japanese):
    from components.models import load

    folder, lines = japanese
    run = opened(store, trained(store, lines, text="文", label=None, language="ja", task="domain_adaptation", backbone=folder, epochs=1))
    report = report_of(run)
    assert report.measure == "masked_accuracy" and report.answers >= report.rows and "fugashi" in report.words
    text = "色と[MASK]の商品は最高です"
    expected = [fill.id for fill in load(f"run:{run.id}").fill(text)[0]]
    code = readme_program(run, tmp_path / "out", "float32").replace('"... [MASK] ..."', json.dumps(text))
    (found,) = clean_processes(code.replace("tokenizer.id_to_token(int(id))", "int(id)"), [tmp_path / "out"])
    assert json.loads(found) == expected


def test_a_network_that_answers_otherwise_is_not_kept(store, tiny, reviews, monkeypatch):
    from components.training.portable import job as making

    run = trained(store, reviews, backbone=tiny, epochs=1)
    write = making.write_onnx

    def other(network, path, **how):
        network.classifier.bias += 0.01
        write(network, path, **how)
        network.classifier.bias -= 0.01

    monkeypatch.setattr(making, "write_onnx", other)
    asked = request_onnx(store, OWNER, run, OWNER)
    worker.train_run(store, store.claim(os.getpid(), asked.id))
    failed = store.get(asked.id, OWNER)
    assert (failed.state, failed.reason.key) == ("failed", "training.onnx-differs") and report_of(run) is None
    assert not list(run.folder.glob("onnx*"))
