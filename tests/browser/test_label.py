"""Labelling in a real browser: keys that count once and are there after a reload, fields that keep their digits, a phone."""

from playwright.sync_api import Page, expect

from components.messages import message
from tests.browser.conftest import settle, shown
from tests.browser.test_face import FAINT, inaccessible

LONG = 120_000  # milliseconds
ROWS = 60
TABLE = "text\n" + "".join(
    f"{('a fine day at the lake', 'a broken lamp in the hall', 'a train to the coast')[row % 3]} {row}\n" for row in range(ROWS)
)


def t(key: str, **values: object) -> str:
    return message(f"label.{key}", "en", **values)


def counted(page: Page, labelled: int, skipped: int = 0) -> None:
    left = ROWS - labelled - skipped
    expect(page.locator(".desk .count")).to_have_text(t("desk_count", labelled=labelled, skipped=skipped, left=left), timeout=LONG)


def saved(page: Page) -> None:
    """Waits until the server has confirmed every press."""
    page.wait_for_function("() => !Object.keys(sessionStorage).some((key) => key.startsWith('himotoku-label'))", timeout=LONG)


def begin(page: Page) -> None:
    page.locator("input[type=file]").set_input_files({"name": "days.csv", "mimeType": "text/csv", "buffer": TABLE.encode()})
    page.get_by_role("textbox", name=t("class_names")).fill("fine\nbroken\ntravel")
    page.get_by_role("textbox", name=t("name"), exact=True).fill("days")
    page.get_by_role("button", name=t("begin")).click()
    shown(page.locator(".desk .text"), timeout=LONG)
    counted(page, 0)


def test_a_thumb_reaches_every_class(visit):
    page = visit("label", language="en", width=390, height=844)
    begin(page)
    for button in [*page.locator(".class").all(), page.locator(".skip"), page.locator(".back")]:
        box = button.bounding_box()
        assert box["height"] >= 44 and box["x"] >= 0 and box["x"] + box["width"] <= 390
    bottom = page.locator(".skip").bounding_box()
    assert bottom["y"] + bottom["height"] <= 844, "text, classes and skip are on the screen at once"
    assert not page.evaluate(FAINT) and not inaccessible(page)
    page.locator(".class").nth(1).click()
    page.wait_for_timeout(200)
    page.locator(".class").nth(1).click()
    counted(page, 2)
    saved(page)


def test_twelve_keys_undo_skip_and_a_reload(visit):
    page = visit("label", language="en")
    begin(page)
    texts = []
    for number in range(12):  # faster than a hand, and no click before
        texts.append(page.locator(".desk .text").inner_text())
        page.keyboard.press(str(1 + number % 3))
    counted(page, 12)
    assert len(set(texts)) == 12
    page.keyboard.press("u")
    counted(page, 11)
    expect(page.locator(".desk .text")).to_have_text(texts[-1])
    expect(page.locator(".class.before .name")).to_have_text("travel")
    page.keyboard.press("0")
    counted(page, 11, 1)
    expect(page.locator(".desk .live")).to_contain_text(t("desk_skipped"))
    page.keyboard.press("9")  # no class has this key
    page.keyboard.down("2")
    page.keyboard.down("2")  # held down: once
    page.keyboard.up("2")
    counted(page, 12, 1)
    saved(page)

    page.reload()
    settle(page)
    counted(page, 12, 1)
    assert [one.inner_text() for one in page.locator(".class .n").all()] == ["4", "5", "3"]
    page.keyboard.press("u")  # also what was given before the reload can be taken back
    counted(page, 11, 1)
    page.locator(".class").first.click()
    counted(page, 12, 1)
    saved(page)

    page.get_by_role("button", name=t("classes"), exact=True).click()
    new = page.get_by_role("textbox", name=t("class_new"))
    new.fill("class 1230u")
    page.get_by_role("button", name=t("class_add"), exact=True).click()
    expect(page.locator(".class .name").last).to_have_text("class 1230u", timeout=LONG)
    counted(page, 12, 1)
    with page.expect_download() as download:
        page.keyboard.press("Escape")
        page.get_by_role("button", name=t("download_jsonl")).click()
    assert len(download.value.path().read_text(encoding="utf-8").splitlines()) == 12

    other = visit("label", language="en", width=390, height=844)  # somebody else, with a phone
    expect(other.get_by_text("days", exact=True)).to_have_count(0)
    other.goto(page.url)
    expect(other.get_by_test_id("stAlert")).to_contain_text(t("missing"), timeout=LONG)
