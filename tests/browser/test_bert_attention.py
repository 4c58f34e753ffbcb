"""Attention of a real BERT as a visitor uses it."""

from playwright.sync_api import Page, expect

from tests.browser.conftest import settle

LINE = ".st-key-ba_line"


def finding(page: Page):
    return page.locator(f"{LINE} h2")


def count_runs(page: Page) -> None:
    """From now on each message to the server is counted: a run of the page begins with one."""
    page.evaluate(
        """() => { const send = WebSocket.prototype.send; window.sent = 0
      WebSocket.prototype.send = function (...message) { window.sent++; return send.apply(this, message) } }"""
    )


def sent(page: Page) -> int:
    return page.evaluate("window.sent")


def test_pointing_at_a_word_answers_in_the_browser_and_a_click_chooses_it(visit):
    page = visit("bert_attention", language="en")
    expect(finding(page)).to_contain_text("it")
    count_runs(page)
    page.get_by_role("button", name="tired", exact=True).hover()
    expect(finding(page)).to_contain_text("tired")
    page.wait_for_timeout(600)
    assert sent(page) == 0
    page.get_by_role("button", name="tired", exact=True).click()
    settle(page)
    assert sent(page) == 1
    page.mouse.move(5, 5)
    expect(finding(page)).to_contain_text("tired")
    expect(page.get_by_role("button", name="tired", exact=True)).to_have_attribute("aria-pressed", "true")
    assert "ba_chosen=10" in page.url


def test_words_are_reached_by_arrow_keys_within_one_tab_stop(visit):
    page = visit("bert_attention", language="en")
    page.get_by_role("button", name="it", exact=True).focus()
    count_runs(page)
    for _ in range(3):
        page.keyboard.press("ArrowLeft")
    expect(finding(page)).to_contain_text("“the”")
    page.wait_for_timeout(800)
    settle(page)
    assert sent(page) == 1  # three presses, one run
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") == "the"
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.shadowRoot?.activeElement?.textContent") != "mat"


def test_a_small_picture_changes_the_threads(visit):
    page = visit("bert_attention", language="en")
    page.get_by_role("button", name="Layer 1, head 3: Previous word", exact=True).click()
    settle(page)
    expect(page.locator(f"{LINE} .aside")).to_have_text("Layer 1, head 3")
    expect(finding(page)).to_contain_text("because")  # the word before “it”
    expect(page.get_by_role("button", name="Layer 1, head 3: Previous word", exact=True)).to_have_attribute("aria-pressed", "true")
    assert "ba_layer=1" in page.url and "ba_head=3" in page.url


def test_threads_of_a_wrapped_sentence_cross_no_word(visit):
    """A thread that leaves its line runs through the gaps between lines and along the margin."""
    text = "私は昨日友だちと一緒に映画館で新しい映画を見て、そのあと駅前の喫茶店でコーヒーを飲みながら感想を話し合いました。"
    page = visit(f"bert_attention?ba_text={text}&ba_layer=6&ba_head=4&ba_chosen=22", language="ja", width=390, height=844)
    crossed = page.evaluate(
        """() => {
      const root = document.querySelector(".st-key-ba_line").querySelector("[data-figure]").shadowRoot
      const line = root.querySelector(".line").getBoundingClientRect(), found = []
      const boxes = [...root.querySelectorAll("button")].map((button) => [button.textContent, button.getBoundingClientRect()])
      for (const path of root.querySelectorAll("path")) {
        const length = path.getTotalLength()
        for (let at = 0; at <= length; at += 4) {
          const point = path.getPointAtLength(at), x = point.x + line.left, y = point.y + line.top
          for (const [word, box] of boxes) if (x > box.left + 1 && x < box.right - 1 && y > box.top + 8 && y < box.bottom - 8) found.push(word)
        }
      }
      return [root.querySelectorAll("path").length, new Set(boxes.map(([, box]) => Math.round(box.top / 20))).size, found]
    }"""
    )
    assert crossed[0] > 2 and crossed[1] > 3 and not crossed[2]


def test_hostile_text_stays_text(visit):
    hostile = "</script><img src=x onerror=document.title='owned'> \"quoted\" 👍🏽 مرحبا"
    page = visit("bert_attention?ba_words=true", language="en")
    field = page.get_by_label("Text", exact=True)
    field.fill(hostile)
    page.get_by_role("button", name="Analyse").click()
    settle(page)
    expect(page.get_by_role("button", name="مرحبا", exact=True)).to_be_visible()
    for view in ("Columns", "Matrix"):
        page.get_by_text(view, exact=True).click()
        settle(page)
        expect(page.get_by_test_id("stException")).to_have_count(0)
    assert page.title().startswith("Attention in BERT")
    expect(field).to_have_value(hostile)


def test_a_long_text_fits_the_phone(visit):
    page = visit("bert_attention?ba_example=long", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator(f"{LINE} .line button").count() > 200
    box = page.locator(f"{LINE} .box").bounding_box()
    assert box["height"] <= 230
