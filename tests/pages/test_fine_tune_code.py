"""The code tab of fine-tuning: before the start, the same training as a program, run as a visitor runs it."""

from pathlib import Path

import pandas as pd
import pytest

from components.messages import CONTENT, LANGUAGES
from components.models import bundled, load
from components.tables.writing import write_table
from components.training.notebook import DATA, program
from components.training.settings import Settings
from tests.pages.clean import ROOT, Job, run_clean
from tests.pages.conftest import assert_well

MARK = "settings = {"


def shown(app) -> str:
    """The program in the code tab."""
    assert_well(app)
    return next(block.value for block in app.code if MARK in block.value)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """project(name, rows) -> a folder with the project's models, that table and no more, to start a program in."""
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path / "home"))

    def made(name: str, rows: pd.DataFrame) -> Path:
        folder = tmp_path / name
        folder.mkdir()
        (folder / "models").symlink_to(ROOT / "models")
        (folder / DATA).write_bytes(write_table(rows).data)
        return folder

    yield made
    from components.ui.state.runs import launcher

    launcher().close()


@pytest.mark.slow
def test_the_program_trains_on_the_rows_with_the_columns_and_settings_of_the_page(open_page, project):
    wanted, tables, jobs = ["len(parts['train'])", "len(parts['test'])", "labels", "float(accuracy)", "settings['epochs']"], {}, []
    for language in LANGUAGES:
        rows = pd.read_csv(CONTENT / "exercises" / f"reviews_{language}.csv", dtype=str).groupby("label").head(15)
        tables[language] = table = rows.rename(columns={"text": 'what it\'s "$said"', "label": "評価"})
        app = open_page("fine_tune", language)
        app.file_uploader(key="tune:file").upload("reviews.csv", table.to_csv(index=False).encode(), "text/csv").run()
        next(box for box in app.number_input if box.key.startswith("tune_epochs")).set_value(1).run()
        jobs.append(Job(shown(app), wanted, project(language, table)))
    for language, job, ran in zip(LANGUAGES, jobs, run_clean(jobs), strict=True):
        assert not ran.error, ran.error
        train, test, labels, accuracy, epochs = ran.values.values()
        assert (train + test, test, epochs) == (len(tables[language]), round(len(tables[language]) * 0.2), 1)
        assert labels == ["negative", "positive"] and 0 <= accuracy <= 1 and f"accuracy {accuracy}" in ran.printed
        assert (job.folder / "model" / "model.safetensors").exists()


@pytest.mark.slow
def test_the_program_adapts_a_language_model_from_the_bundled_one(open_page, project):
    app = open_page("fine_tune", "en")
    app.selectbox(key="tune_sample").set_value("medical-en").run()
    next(box for box in app.number_input if box.key.startswith("tune_epochs")).set_value(1).run()
    code = shown(app)
    lines = (ROOT / "components" / "training" / "samples" / "medical_en.txt").read_text(encoding="utf-8").splitlines()[:20]
    folder = project("medical", pd.DataFrame({"text": lines}))
    before = code[: code.index("def in_head")]  # the model as it is before any step
    question = "float(model(**collate(features(parts['test'])[:4])).loss)"
    # fewer lines than the page's, the same program
    trained, untrained = run_clean([Job(code, folder=folder), Job(before, [question], folder)])
    assert not trained.error, trained.error
    assert "perplexity" in trained.printed
    assert untrained.values[question] < 6  # chance is ln 30,522 = 10.3: a head that nobody trained


@pytest.mark.slow
def test_the_masked_language_model_of_the_program_is_the_bundled_one(project):
    folder = project("few", pd.DataFrame({"text": ["猫 a cat", "犬 a dog"]}))
    texts = {"en": "The weather is [MASK] today.", "ja": "今日の天気は[MASK]です。"}
    jobs = []
    for spoken in bundled.BY_LANGUAGE:
        code = program(Settings(task="domain_adaptation", label=None, language=spoken))
        inputs = f"tokenizer({texts[spoken]!r}, return_tensors='pt', return_token_type_ids=True)"
        answer = f"(lambda batch: model.eval()(**batch).logits[0][batch['input_ids'][0] == tokenizer.mask_token_id].softmax(-1).topk(3)[0][0])({inputs})"
        jobs.append(Job(code[: code.index("def features")], [answer], folder))
    for spoken, ran in zip(bundled.BY_LANGUAGE, run_clean(jobs), strict=True):
        assert not ran.error, ran.error
        expected = [one.score for one in load(bundled.models_for(spoken).masked_lm, "masked_lm").fill(texts[spoken], 3)[0]]
        assert list(ran.values.values()) == [pytest.approx(expected, abs=1e-4)]


def test_a_backbone_that_plain_code_cannot_load_has_no_program():
    assert program(Settings(backbone="run:mine")) is None and "owner/model" in program(Settings(backbone="owner/model"))
