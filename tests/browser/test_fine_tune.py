"""From a file to a model, as visitors do it: reload in the middle, a second visitor, a download that loads in a clean process."""

import subprocess
import sys
import zipfile

from playwright.sync_api import expect

from components.messages import CONTENT, message

TABLE = CONTENT / "exercises" / "reviews_en.csv"
LONG = 240_000  # milliseconds; a busy machine takes its time


def t(key: str, **values: object) -> str:
    return message(key, "en", **values)


def test_a_run_outlives_a_reload_is_its_owners_alone_and_loads_elsewhere(visit, tmp_path):
    page = visit("fine_tune", language="en")
    page.locator("input[type=file]").set_input_files(TABLE)
    expect(page.get_by_text("60 rows", exact=False).first).to_be_visible(timeout=LONG)
    epochs = page.get_by_role("spinbutton", name=t("tune.epochs"))
    epochs.fill("2")
    epochs.press("Enter")
    page.get_by_role("button", name=t("tune.start"), exact=True).click(timeout=LONG)
    expect(page.get_by_text(t("runs.may_close"))).to_be_visible(timeout=LONG)
    assert "run=" in page.url and "visitor=" not in page.url  # the key is in the cookie

    page.reload()
    expect(page.get_by_role("button", name=t("runs.new"))).to_be_visible(timeout=LONG)
    expect(page.get_by_text(t("runs.use"), exact=True)).to_be_visible(timeout=LONG)

    stranger = visit(page.url.split("/", 3)[3], language="en")
    expect(stranger.get_by_test_id("stAlert")).to_contain_text(t("training.run-missing"))
    nobody = visit("my_models", language="en")
    expect(nobody.get_by_text(t("runs.none"))).to_be_visible()

    with page.expect_download(timeout=LONG) as download:
        page.get_by_role("button", name="Download the model").click()
    download.value.save_as(tmp_path / "model.zip")
    zipfile.ZipFile(tmp_path / "model.zip").extractall(tmp_path / "model")
    code = (
        "from transformers import AutoModelForSequenceClassification as M, AutoTokenizer as T\n"
        "t, m = T.from_pretrained('model'), M.from_pretrained('model').eval()\n"
        "print(m.config.id2label[int(m(**t('I love it', return_tensors='pt')).logits.argmax())])\n"
    )
    answer = subprocess.run([sys.executable, "-I", "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert answer.stdout.strip() in ("positive", "negative"), answer.stderr[-1500:]


def test_a_run_can_be_stopped_and_goes_on(visit):
    page = visit("fine_tune", language="en")
    page.locator("input[type=file]").set_input_files(TABLE)
    expect(page.get_by_text("60 rows", exact=False).first).to_be_visible(timeout=LONG)
    epochs = page.get_by_role("spinbutton", name=t("tune.epochs"))
    epochs.fill("60")
    epochs.press("Enter")
    page.get_by_role("button", name=t("tune.start"), exact=True).click(timeout=LONG)
    expect(page.get_by_text("Step", exact=False).first).to_be_visible(timeout=LONG)
    page.get_by_role("button", name=t("runs.stop"), exact=True).click(timeout=LONG)
    go_on = page.get_by_role("button", name=t("runs.resume"))
    expect(go_on).to_be_visible(timeout=LONG)
    go_on.click()
    stop = page.get_by_role("button", name=t("runs.stop"), exact=True)
    expect(stop).to_be_visible(timeout=LONG)
    stop.click()
    expect(go_on).to_be_visible(timeout=LONG)
