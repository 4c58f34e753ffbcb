"""The tracks of the tokens page in a browser."""

from playwright.sync_api import expect

from tests.browser.conftest import shown


def left(page, name: str, row: int) -> float:
    return (
        page.locator(f'.st-key-tok_tracks button[data-row="{row}"]')
        .get_by_text(name, exact=True)
        .first.evaluate("one => one.parentElement.getBoundingClientRect().left")
    )


def test_a_piece_pressed_is_told_of_and_cuts_stand_on_one_line(visit):
    page = visit("tokens?tok_text=猫は疲れていたので、マットの上で眠った。", language="ja")
    tracks = page.locator(".st-key-tok_tracks")
    expect(tracks.get_by_role("button", name="[UNK] 100").first).to_have_attribute("aria-pressed", "true", timeout=60_000)
    tracks.get_by_role("button", name="眠っ").first.click()
    card = tracks.locator(".card")
    expect(card).to_contain_text("ネムッ")
    expect(card).to_contain_text("[UNK] 100")
    assert len({round(left(page, "眠っ", row)) for row in (3, 4)}) == 1
    page.keyboard.press("ArrowRight")
    expect(card.locator(".big")).to_have_text("た")


def test_a_long_text_wraps_on_a_phone_and_nothing_leaves_its_line(visit):
    text = "<img src=x onerror=alert(1)>私は昨日友だちと一緒に映画館で新しい映画を見て、駅前の喫茶店で感想を話し合いました。"
    page = visit(f"tokens?tok_text={text}", language="ja", width=390, height=844)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    shown(page.locator(".st-key-tok_tracks .legend"), timeout=60_000)
    wider = """() => [...document.querySelector(".st-key-tok_tracks [data-figure]").shadowRoot.querySelectorAll("button")]
      .filter((one) => one.getBoundingClientRect().right > innerWidth || one.scrollWidth > one.clientWidth + 2).map((one) => one.textContent)"""
    assert page.evaluate(wider) == []
