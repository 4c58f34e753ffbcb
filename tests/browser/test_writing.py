"""The decoder with real models, as a visitor uses it."""

import pytest
from playwright.sync_api import expect

from components.models import load
from components.models.bundled import WRITERS
from components.transformer.sampling import Sampling, distribution, entropy_bits
from tests.browser.conftest import settle

PROMPT = {"en": "The capital of France is", "ja": "東京都千代田"}
SENT = """() => { const send = WebSocket.prototype.send; window.sent = 0
  WebSocket.prototype.send = function (...message) { window.sent++; return send.apply(this, message) } }"""


def slide(page, name: str, value: float) -> None:
    """Moves a slider without letting it go."""
    page.evaluate(
        """([name, value]) => { const deep = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? deep(one.shadowRoot) : [])])
          const input = deep(document).find((one) => one.dataset?.name === name); input.value = value; input.dispatchEvent(new Event("input", { bubbles: true })) }""",
        [name, value],
    )


@pytest.mark.parametrize("language", PROMPT)
def test_the_sliders_act_in_the_browser_as_the_formulas_say(visit, language):
    page = visit("decoder?dec_part=next", language=language)
    rows = page.locator("button.candidate, div.candidate:not(.rest)")
    expect(rows.first).to_be_visible()
    settle(page)
    page.evaluate(SENT)
    asked = load(WRITERS[language], "causal_lm")
    logits = asked.next_logits(asked.ids(PROMPT[language]))
    now = {"temperature": 1.0, "top_k": 0, "top_p": 1.0, "min_p": 0.0}
    for name, value in (
        ("temperature", 1.6),
        ("top_k", 9),
        ("top_p", 0.6),
        ("min_p", 0.2),
        ("top_k", 0),
        ("temperature", 0.4),
        ("temperature", 0),
    ):
        slide(page, name, value)
        now[name] = value
        chances = distribution(logits, Sampling(**now))
        for place, id in enumerate(logits.topk(4).indices.tolist()):
            shown, wanted = rows.nth(place).locator(".number").inner_text(), float(chances[id])
            if shown.endswith("%") and not shown.startswith("<"):
                assert float(shown[:-1]) / 100 == pytest.approx(wanted, abs=0.006), (now, place)
            else:
                assert wanted < 0.001, (now, place, shown)
        words = page.locator(".kept").inner_text()
        kept = int((chances > 0).sum())
        assert f"{kept:,}" in words and f"{entropy_bits(chances):.2f}" in words, (now, kept, words)
    assert page.evaluate("window.sent") == 0


def test_a_word_that_is_pressed_goes_on_with_the_text(visit):
    page = visit("decoder?dec_part=next", language="en")
    page.locator("button.candidate", has_text="Paris").click()
    expect(page.locator("textarea").first).to_have_value("The capital of France is Paris")
    expect(page.locator(".hi-finding").first).to_contain_text("France is Paris")


def test_a_slider_that_is_let_go_stays_for_the_writing(visit):
    page = visit("decoder?dec_part=next", language="en")
    slider = page.locator("input[data-name=top_k]")
    slider.focus()
    slider.press("ArrowRight")
    settle(page)
    assert "dec_top_k=1" in page.url
    page.get_by_role("radio", name="Writing").or_(page.get_by_role("button", name="Writing")).first.click()
    settle(page)
    expect(page.locator(".hi-finding").first).to_contain_text("tokens")
    wanted = [step.token.text for step in load(WRITERS["en"], "causal_lm").write(PROMPT["en"], Sampling(0), 0, 3)]
    expect(page.locator(".line").first).to_contain_text("".join(wanted).strip())


@pytest.mark.parametrize("language", PROMPT)
@pytest.mark.parametrize("part", ["next", "write", "surprise"])
def test_each_part_fits_a_phone(visit, part, language):
    page = visit(f"decoder?dec_part={part}", language=language, width=390, height=844)
    settle(page)
    page.wait_for_timeout(300)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390


def test_another_token_is_told_of_in_the_browser(visit):
    page = visit("decoder?dec_part=surprise", language="en")
    settle(page)
    page.evaluate(SENT)
    tokens = page.locator(".line button")
    tokens.nth(2).focus()
    before = page.locator(".side .said").inner_text()
    page.keyboard.press("ArrowRight")
    expect(page.locator(".side .said")).not_to_have_text(before)
    assert page.evaluate("window.sent") == 0
