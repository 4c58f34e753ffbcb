"""The code tab of fine-tuning: before the start, the same training as a program, run as a visitor runs it."""

import pandas as pd
import pytest

from components.messages import CONTENT
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
    """A folder with the project's models and no more, to start a program in."""
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path / "home"))
    folder = tmp_path / "project"
    folder.mkdir()
    (folder / "models").symlink_to(ROOT / "models")
    yield folder
    from components.ui.state.runs import launcher

    launcher().close()


@pytest.mark.slow
def test_the_program_trains_on_the_rows_with_the_columns_and_settings_of_the_page(open_page, language, project):
    rows = pd.read_csv(CONTENT / "exercises" / f"reviews_{language}.csv", dtype=str).groupby("label").head(40)
    table = rows.rename(columns={"text": 'what it\'s "$said"', "label": "評価"})
    app = open_page("fine_tune", language)
    app.file_uploader(key="tune:file").upload("reviews.csv", table.to_csv(index=False).encode(), "text/csv").run()
    next(box for box in app.number_input if box.key.startswith("tune_epochs")).set_value(1).run()
    (project / DATA).write_bytes(write_table(table).data)
    (ran,) = run_clean(
        [Job(shown(app), ["len(parts['train'])", "len(parts['test'])", "labels", "float(accuracy)", "settings['epochs']"])], project
    )
    assert not ran.error, ran.error
    train, test, labels, accuracy, epochs = ran.values.values()
    assert (train + test, test, epochs) == (len(rows), round(len(rows) * 0.2), 1)
    assert labels == ["negative", "positive"] and 0 <= accuracy <= 1 and f"accuracy {accuracy}" in ran.printed
    assert (project / "model" / "model.safetensors").exists()


@pytest.mark.slow
def test_the_program_adapts_a_language_model_from_the_bundled_one(open_page, project):
    app = open_page("fine_tune", "en")
    app.selectbox(key="tune_sample").set_value("medical-en").run()
    next(box for box in app.number_input if box.key.startswith("tune_epochs")).set_value(1).run()
    code = shown(app)
    lines = (ROOT / "components" / "training" / "samples" / "medical_en.txt").read_text(encoding="utf-8").splitlines()[:100]
    (project / DATA).write_bytes(write_table(pd.DataFrame({"text": lines})).data)
    before = code[: code.index("def in_head")]  # the model as it is before any step
    question = "float(model(**collate(features(parts['test'])[:4])).loss)"
    trained, untrained = run_clean([Job(code), Job(before, [question])], project)  # fewer lines than the page's, the same program
    assert not trained.error, trained.error
    assert "perplexity" in trained.printed
    assert untrained.values[question] < 6  # chance is ln 30,522 = 10.3: a head that nobody trained


@pytest.mark.slow
@pytest.mark.parametrize("spoken", bundled.BY_LANGUAGE)
def test_the_masked_language_model_of_the_program_is_the_bundled_one(spoken, project):
    models = bundled.models_for(spoken)
    (project / DATA).write_bytes(write_table(pd.DataFrame({"text": ["猫 a cat", "犬 a dog"]})).data)
    code = program(Settings(task="domain_adaptation", label=None, language=spoken))
    text = "The weather is [MASK] today." if spoken == "en" else "今日の天気は[MASK]です。"
    inputs = f"tokenizer({text!r}, return_tensors='pt', return_token_type_ids=True)"
    answer = f"(lambda batch: model.eval()(**batch).logits[0][batch['input_ids'][0] == tokenizer.mask_token_id].softmax(-1).topk(3)[0][0])({inputs})"
    (ran,) = run_clean([Job(code[: code.index("def features")], [answer])], project)
    assert not ran.error, ran.error
    expected = [one.score for one in load(models.masked_lm, "masked_lm").fill(text, 3)[0]]
    assert ran.values[answer] == pytest.approx(expected, abs=1e-4)


def test_a_backbone_that_plain_code_cannot_load_has_no_program():
    assert program(Settings(backbone="run:mine")) is None and "owner/model" in program(Settings(backbone="owner/model"))
