"""A run as ONNX: the same answers as PyTorch's, in a process that knows neither PyTorch nor transformers nor this project."""

import io
import json
import os
import re
import unicodedata
import zipfile
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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


ASKED = {
    "en": [
        ("who is the ceo?", "Tim Cook is the CEO of Apple Inc. The cat sat on the mat, playing; was it $27 (or 3.5) in 1984? Paris it is!"),
        ("who was in Paris " * 20, "Cafe\u0301 the mate\u0301 is Tim   sat in Paris,the CAT was 3.5 on it"),
        ("is it the cat?", "the"),
    ],
    "ja": [
        (
            "東京大学はどこですか",
            "ﾄｳｷｮｳの株式会社㍿は、ｶﾞｶﾞと　自然言語処理 の人工知能です。\n京都大学は①公務員、大阪はABC株式会社。ヰヱヲとか、そのあたりです。",
        ),
        ("ABCはどこの会社ですか" * 4, "東京 か\u3099 大阪です"),
        ("は", "京都"),
    ],
}


@pytest.mark.parametrize("language", ASKED)
def test_answers_are_the_same_characters_elsewhere(tmp_path, monkeypatch, language):
    """A reader with random weights: windows, long questions, composed and half-width characters, no answer, word by word."""
    from components.models import load
    from components.training.portable.bundle import program
    from components.training.portable.job import _make
    from tests.unit.models import tiny as models

    kept = {
        "task": "qa",
        "language": language,
        "max_length": 32,
        "stride": 8,
        "max_answer_length": 6,
        "no_answer_threshold": -7.65 if language == "en" else -4.5,
    }
    folder = models.save(tmp_path / "model", "BertForQuestionAnswering", language, settings=kept, seed=3)
    pairs = [(question, passage[start:]) for question, passage in ASKED[language] for start in range(0, len(passage), 11)]
    frame = pd.DataFrame([(passage, question, "cat") for question, passage in pairs], columns=["text", "second", "label"], dtype="str")
    asked = Settings(text="text", second="second", label="label", task="questions", language=language, max_length=32)
    out = tmp_path / "out"
    out.mkdir()
    report = _make(asked, folder, frame, out, SimpleNamespace(set=lambda **_: None, step=lambda _: False))
    assert report.rows == report.answers == len(pairs) and report.difference < 1e-3
    (out / "settings.json").write_text(json.dumps(kept))
    monkeypatch.chdir(out)
    inside: dict = {"print": lambda *_: None}
    exec(program(SimpleNamespace(settings=asked, model_dir=folder, id="tiny", result=None), report), inside)
    model = load(folder)
    readings = model.read_all(pairs)
    assert max(len(reading.windows) for reading in readings) > 2 and any(reading.question_left_out for reading in readings)
    expected = [tuple(vars(reading.answers[0]).values()) if reading.answers else None for reading in readings]
    found = [inside["answer"](*pair) for pair in pairs]
    assert [one and one[:3] for one in found] == [one and one[:3] for one in expected]
    assert [one[3] for one in found if one] == pytest.approx([one[3] for one in expected if one], abs=1e-4)
    assert 0.2 < sum(one is None for one in found) / len(found) < 0.8
    assert inside["answer"]("", "the") is inside["answer"]("the", " ") is None


@settings(max_examples=50, deadline=None)
@given(st.text(st.sampled_from("aé ｶﾞﾊﾟが㍿①ｱ日\u3000\n\u0301\u0327\u3099ᄀ가각ᆨﬁ"), max_size=12))
def test_characters_are_found_again_behind_nfkc(text):
    from components.text.japanese import normalize
    from components.training.portable.question_program import ORIGINS

    inside: dict = {"unicodedata": unicodedata}
    exec(ORIGINS, inside)
    normal = normalize(text)
    spans = [span for character, span in zip(normal.text, normal.spans, strict=True) if not character.isspace()]
    found = inside["origins"](text)
    # A Korean letter that could join but has nothing to join is a part of its own here.
    assert len(found) == len(spans) and all(low <= start < end <= high for (start, end), (low, high) in zip(found, spans, strict=True))
    assert found == spans or "ᆨ" in text


def test_a_japanese_pair_is_judged_as_its_page_reads_it(store, japanese):
    """With the token types that tell its two texts apart, which its tokenizer gives only when told to."""
    from transformers import AutoTokenizer

    from components.models import load

    folder, _ = japanese
    things = ("商品", "電池", "画面", "音質", "配送", "色", "箱")
    pairs = [(f"{a}は{b}です", f"{b}の{c}", "同じ" if c == "色" else "他") for a in things for b in things for c in things[-2:] if a != b]
    frame = pd.DataFrame(pairs, columns=["前", "後", "関係"], dtype="str")
    run = trained(store, frame, text="前", second="後", label="関係", language="ja", task="pair_classes", backbone=folder, epochs=1)
    said = store.rows(run.id, OWNER, "predictions")
    found = load(f"run:{run.id}").predict_pairs(frame.loc[said.index, ["前", "後"]].apply(tuple, axis=1).tolist())
    assert [one.score for one in found] == pytest.approx(said["confidence"].tolist(), abs=1e-5)
    assert AutoTokenizer.from_pretrained(run.model_dir)("色", "箱")["token_type_ids"] == [0, 0, 0, 1, 1]


def test_a_network_that_answers_otherwise_is_not_kept(store, tiny, reviews, monkeypatch):
    from components.training.portable import job as making

    run = trained(store, reviews, backbone=tiny, epochs=1)
    write = making.write_onnx

    def other(network, path, outputs, **how):
        network.classifier.bias += 0.01
        write(network, path, outputs, **how)
        network.classifier.bias -= 0.01

    monkeypatch.setattr(making, "write_onnx", other)
    asked = request_onnx(store, OWNER, run, OWNER)
    worker.train_run(store, store.claim(os.getpid(), asked.id))
    failed = store.get(asked.id, OWNER)
    assert (failed.state, failed.reason.key) == ("failed", "training.onnx-differs") and report_of(run) is None
    assert not list(run.folder.glob("onnx*"))
