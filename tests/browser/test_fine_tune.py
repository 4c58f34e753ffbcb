"""From a file to a model, as visitors do it: reload in the middle, a second visitor, stop and resume, a download that loads elsewhere."""

import re
import subprocess
import sys
import zipfile
from pathlib import Path

from playwright.sync_api import Page, expect

from components.messages import CONTENT, message
from tests.browser.conftest import settle, shown

TABLE = CONTENT / "exercises" / "reviews_en.csv"
LONGER = CONTENT / "samples" / "topics_en.csv"  # 800 rows: early stopping doesn't end it before it is stopped
LONG = 240_000  # milliseconds; a busy machine takes its time


def t(key: str, language: str = "en", **values: object) -> str:
    return message(key, language, **values)


def plan(page: Page, file: Path | dict, epochs: int) -> None:
    """Uploads `file` and starts a training of `epochs`."""
    page.locator("input[type=file]").set_input_files(file)
    start(page, epochs)


def start(page: Page, epochs: int, language: str = "en") -> None:
    """Starts the training of the file that was given. epochs: other than what the page suggests, which stays out of the address."""
    number = page.get_by_role("spinbutton", name=t("tune.epochs", language))
    shown(number, timeout=LONG)
    settle(page)  # what is typed while the page is drawn can be lost
    number.fill(str(epochs))
    number.press("Enter")
    page.wait_for_url(re.compile(rf"[?&]tune_epochs_\d+={epochs}\b"), timeout=LONG)
    page.get_by_role("button", name=re.compile(re.escape(t("tune.start", language, rows="@")).replace("@", r"[\d,]+"))).click(timeout=LONG)


def is_judged(page: Page, language: str = "en", heading: str = "runs.try") -> None:
    """Waits for the verdict. heading: the message over the fields that its task is tried in."""
    shown(page.get_by_role("heading", name=t(heading, language), exact=True), timeout=LONG)


def trains(page: Page) -> None:
    shown(page.get_by_text(re.compile(r"^[\d,]+ / [\d,]+$")), timeout=LONG)


def download(page: Page, folder: Path, language: str = "en") -> Path:
    """The folder in `folder` with the files of the model that the run's page gives."""
    label = t("runs.download_model", language, size="@").split("@")[0].rstrip("(（ ")
    with page.expect_download(timeout=LONG) as saved:
        page.get_by_role("button", name=label).click(timeout=LONG)
    with zipfile.ZipFile(saved.value.path()) as archive:
        archive.extractall(folder / "model")
    saved.value.delete()
    return folder / "model"


def answer_of_the_download(page: Page, folder: Path, text: str, language: str = "en") -> str:
    """The label that the downloaded model gives in a clean process that knows nothing of this project."""
    download(page, folder, language)
    code = (
        "import sys\n"
        "from transformers import AutoModelForSequenceClassification as M, AutoTokenizer as T\n"
        "t, m = T.from_pretrained('model'), M.from_pretrained('model').eval()\n"
        "label = m.config.id2label[int(m(**t(sys.argv[1], return_tensors='pt')).logits.argmax())]\n"
        "sys.stdout.buffer.write(label.encode())\n"
    )
    answer = subprocess.run([sys.executable, "-I", "-c", code, text], cwd=folder, capture_output=True, timeout=240)
    assert answer.returncode == 0, answer.stderr.decode()[-1500:]
    return answer.stdout.decode()


def test_a_run_outlives_a_reload_is_its_owners_alone_and_loads_elsewhere(visit, tmp_path):
    page = visit("fine_tune", language="en")
    plan(page, TABLE, 2)
    shown(page.get_by_text(t("runs.may_close")), timeout=LONG)
    assert "run=" in page.url and "visitor=" not in page.url  # the key is in the cookie

    page.reload()
    shown(page.get_by_role("button", name=t("runs.new")), timeout=LONG)
    is_judged(page)

    stranger = visit(page.url.split("/", 3)[3], language="en")
    expect(stranger.get_by_test_id("stAlert")).to_contain_text(t("training.run-missing"))
    nobody = visit("my_models", language="en")
    shown(nobody.get_by_role("heading", name=t("runs.make_one")))
    assert answer_of_the_download(page, tmp_path, "I love it") in ("positive", "negative")


def test_a_second_visitor_waits_in_the_queue_and_neither_sees_the_others_run(visit):
    first = visit("fine_tune", language="en")
    plan(first, LONGER, 60)
    trains(first)
    second = visit("fine_tune", language="en")
    plan(second, {"name": "mine.csv", "mimeType": "text/csv", "buffer": LONGER.read_bytes()}, 60)
    shown(second.get_by_text(t("runs.waiting_for", position=1)), timeout=LONG)
    theirs, waiting = first.url, second.url

    second.goto(theirs)
    expect(second.get_by_test_id("stAlert")).to_contain_text(t("training.run-missing"), timeout=LONG)
    second.goto(waiting.split("fine_tune")[0] + "my_models")
    shown(second.get_by_text(t("runs.waiting", position=1)), timeout=LONG)
    shown(second.get_by_text("mine", exact=True))
    expect(second.get_by_text("topics_en", exact=True)).to_have_count(0)

    first.get_by_role("button", name=t("runs.stop"), exact=True).click(timeout=LONG)
    second.goto(waiting)
    trains(second)  # its turn has come
    second.get_by_role("button", name=t("runs.stop"), exact=True).click(timeout=LONG)
    shown(second.get_by_role("button", name=t("runs.resume")), timeout=LONG)


def test_a_run_can_be_stopped_and_goes_on(visit):
    page = visit("fine_tune", language="en")
    plan(page, LONGER, 60)
    trains(page)
    page.get_by_role("button", name=t("runs.stop"), exact=True).click(timeout=LONG)
    go_on = page.get_by_role("button", name=t("runs.resume"))
    shown(go_on, timeout=LONG)
    go_on.click()
    stop = page.get_by_role("button", name=t("runs.stop"), exact=True)
    shown(stop, timeout=LONG)
    stop.click()
    shown(go_on, timeout=LONG)


def test_stop_is_said_at_the_press_with_what_it_waits_for(visit):
    page = visit("fine_tune", language="ja")
    page.locator("input[type=file]").set_input_files(LONGER)
    start(page, 60, "ja")
    stop = page.get_by_role("button", name=t("runs.stop", "ja"), exact=True)
    shown(stop, timeout=LONG)
    shown(page.get_by_text(re.compile(r"^[\d,]+ / [\d,]+$")), timeout=LONG)
    told = stop.evaluate("button => { button.click(); return [button.textContent, button.disabled]; }")
    assert told == [t("runs.stopping", "ja"), True], "said in the browser, before the server answers"
    shown(page.locator(".hi-stopping [aria-current]"), timeout=LONG)
    expect(page.locator(".hi-stopping li")).to_have_count(4)
    shown(page.get_by_role("button", name=t("runs.resume", "ja")), timeout=LONG)


def test_a_cure_moves_nothing_and_the_keyboard_stays_on_it(visit):
    page = visit("fine_tune", language="ja")
    rows = TABLE.read_text(encoding="utf-8") + "Same words,positive\nSame words,positive\n,negative\n"
    page.locator("input[type=file]").set_input_files({"name": "reviews.csv", "mimeType": "text/csv", "buffer": rows.encode()})
    cure = page.locator(".st-key-tune-cure-duplicates button")
    shown(cure, timeout=LONG)
    shown(
        page.get_by_text(re.compile(t("tune.estimate", "ja", time="@", memory="@", disk="@", kept="@").split("@")[0].split("*")[0])),
        timeout=LONG,
    )
    cure.focus()  # which may scroll the page a little
    settle(page)
    before, top = cure.bounding_box(), page.locator(".hi-sum").bounding_box()
    page.keyboard.press("Enter")
    expect(cure).to_have_text(t("tune.undo", "ja"), timeout=LONG)
    settle(page)
    after = cure.bounding_box()
    assert abs(after["x"] - before["x"]) <= 2 and abs(page.locator(".hi-sum").bounding_box()["y"] - top["y"]) <= 2
    expect(cure).to_be_focused()


def test_a_japanese_table_in_shift_jis_becomes_a_model_that_loads_elsewhere(visit, tmp_path):
    table = (CONTENT / "exercises" / "reviews_ja.csv").read_text(encoding="utf-8").encode("cp932")
    page = visit("fine_tune", language="ja")
    page.locator("input[type=file]").set_input_files({"name": "口コミ.csv", "mimeType": "text/csv", "buffer": table})
    shown(page.get_by_placeholder(t("tables.found_as", "ja", found="cp932")), timeout=LONG)
    start(page, 2, "ja")
    is_judged(page, "ja")
    labels = {line.rsplit(",", 1)[1] for line in table.decode("cp932").split()[1:]}
    assert answer_of_the_download(page, tmp_path, "とても満足しています", "ja") in labels
