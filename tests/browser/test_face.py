"""The face of every page, measured as a visitor meets it: where the figure begins, what can be read, reached and tapped, in which language.

One visit a page and language; the theme and the window change within it.
"""

import re
from contextlib import suppress

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, TimeoutError

from components.messages import catalogue, message
from components.ui.widgets.pages import PAGES
from tests.browser.conftest import settle, shown

NAMES = [name for names in PAGES.values() for name in names]
WIDE, PHONE = {"width": 1280, "height": 800}, {"width": 390, "height": 844}
FIGURE_TOP = {1280: 250, 390: 420}
TAB_STOPS = 8
# Streamlit's own frame, which is not ours to mend, is left out of the accessibility check.
NOT_OURS = (
    "[data-testid='stHeader']",
    "[data-testid='stToolbar']",
    ".modebar",
    "[data-testid='stElementToolbar']",
    "[data-testid='stSidebarNav']",
    "[data-testid='stSlider']",
)
FIGURES = ".stPlotlyChart, [data-figure]"
TOP = f"""() => Math.min(...[...document.querySelectorAll("{FIGURES}")].filter((one) => one.checkVisibility() && one.offsetHeight > 40)
  .map((one) => one.getBoundingClientRect().top + document.querySelector("[data-testid=stMain]").scrollTop))"""
# Every piece of visible text that is too faint for its ground: the nearest opaque background, and the text's colour with all opacities over it.
# A slider's value is a child of its thumb and stands above it, on the page.
FAINT = """() => {
  const numbers = (colour) => { const found = colour.match(/[\\d.]+/g)?.map(Number); return colour.startsWith("color(srgb")
    ? [found[0] * 255, found[1] * 255, found[2] * 255, found[3] ?? 1] : [found[0], found[1], found[2], found[3] ?? 1] }
  const over = (top, bottom) => [0, 1, 2].map((i) => top[i] * top[3] + bottom[i] * (1 - top[3])).concat(1)
  const light = ([r, g, b]) => { const [x, y, z] = [r, g, b].map((v) => v / 255).map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
    return 0.2126 * x + 0.7152 * y + 0.0722 * z }
  const ratio = (a, b) => { const [low, high] = [light(a), light(b)].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05) }
  const parents = function* (node) { while (node) { yield node; node = node.parentElement ?? node.getRootNode().host ?? null } }
  const ground = (element) => { const layers = []
    for (const node of parents(element)) { const colour = numbers(getComputedStyle(node).backgroundColor)
      if (colour[3] > 0) layers.push(colour); if (colour[3] === 1) break }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255, 1]) }
  const found = [], seen = new Set()
  const look = (root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT)
    while (walker.nextNode()) {
      const element = walker.currentNode.parentElement
      if (!element || seen.has(element) || !walker.currentNode.data.trim() || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue
      seen.add(element)
      if (element.closest("script, style, [aria-hidden='true'], :disabled, [aria-disabled='true'], [data-testid='stHeader'], .katex-mathml, [data-testid='stSliderThumbValue']")) continue
      const style = getComputedStyle(element), svg = element.namespaceURI.endsWith("svg")
      if (svg && element.closest(".js-plotly-plot")) { // a number in a heat map's cell stands on paint that no element has: judged by the unit tests
        if (element.closest(".textpoint, .trace, .bars, .heatmaplayer")) continue }
      const box = element.getBoundingClientRect()
      if (box.width < 2 || box.height < 2) continue
      let opacity = 1
      for (const node of parents(element)) opacity *= Number(getComputedStyle(node).opacity)
      const paint = numbers(svg ? style.fill === "none" ? "rgba(0,0,0,0)" : style.fill : style.color)
      if (svg && (style.fill.startsWith("url") || paint[3] === 0)) continue
      const below = ground(svg ? element.ownerSVGElement : element)
      const text = over([paint[0], paint[1], paint[2], paint[3] * opacity], below)
      const least = 4.5
      if (ratio(text, below) < least - 0.02) found.push([walker.currentNode.data.trim().slice(0, 30), +ratio(text, below).toFixed(2)])
    }
    root.querySelectorAll("*").forEach((one) => one.shadowRoot && look(one.shadowRoot))
  }
  look(document.querySelector(".stApp"))
  return found
}"""
# Charts that are seen and show nothing but their axes.
EMPTY = """() => [...document.querySelectorAll(".js-plotly-plot")].filter((plot) => plot.checkVisibility() && plot.offsetHeight > 40)
  .filter((plot) => { const area = plot.querySelector(".plotly .nsewdrag, .plotly .main-svg").getBoundingClientRect()
    return ![...plot.querySelectorAll(".trace path, .trace image, .heatmaplayer image, .point, .textpoint, .bars path, .slice path, .surface, .gl-canvas")]
      .some((mark) => { const box = mark.getBoundingClientRect()
        return box.width + box.height > 1 && box.right > area.left && box.left < area.right && box.bottom > area.top && box.top < area.bottom }) })
  .map((plot) => plot.closest("[class*=st-key-figure]").className.match(/st-key-\\S+/)[0])"""
ASIDE = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1
  && !one.closest("[data-testid=stSidebar], [data-testid=stDataFrame], .katex-display, [data-scroll]")
  && [...(function* () { let node = one.parentElement; while (node) { yield node; node = node.parentElement } })()]
    .every((node) => !["auto", "scroll", "hidden", "clip"].includes(getComputedStyle(node).overflowX) || node.matches("html, body, .stApp, [data-testid=stMain], .stMain, [data-testid=stAppViewContainer]")))
  .slice(0, 3).map((one) => one.outerHTML.slice(0, 120))"""
SPOKEN = """() => {
  const said = []
  const look = (root) => root.querySelectorAll("*").forEach((one) => {
    if (one.shadowRoot) look(one.shadowRoot)
    if (!one.checkVisibility() || one.closest("script, style, code, pre, [translate='no'], [lang], .katex, .js-plotly-plot, q, .hi-u, textarea, input, [data-words]")) return
    for (const name of ["aria-label", "title", "placeholder", "alt"]) if (one.getAttribute(name)) said.push(one.getAttribute(name))
    for (const node of one.childNodes) if (node.nodeType === 3 && node.data.trim()) said.push(node.data.trim())
  })
  look(document.querySelector(".stApp"))
  return [...new Set(said)]
}"""
# Nothing has taken another height or width since the last look.
STILL = """() => { const before = window.measured, main = document.querySelector("[data-testid=stMain]")
  window.measured = [innerWidth, main.scrollHeight, ...[...main.querySelectorAll(".main-svg")].map((one) => one.getBoundingClientRect().width)].join()
  return window.measured === before }"""
# From now on it is noted that the page begins a run.
RUNS = """() => { const app = document.querySelector("[data-testid=stApp]"); window.ran = false
  new MutationObserver((_, watch) => { if (app.dataset.testScriptState !== "notRunning") { window.ran = true; watch.disconnect() } })
    .observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] }) }"""
KANA = re.compile(r"[\u3040-\u30ff]")
# English that stands on Japanese pages by right: names, and terms of the field that Japanese writes in Latin letters.
SENTENCE = re.compile(r"\b[A-Za-z][a-z']+(?: [a-z][a-z']+){2,}")


def path_of(name: str) -> str:
    return "" if name == "overview" else name


def resized(page: Page, size: dict[str, int]) -> None:
    page.set_viewport_size(size)
    page.wait_for_timeout(300)  # figures take their new width a moment after the window has
    settle(page)
    page.wait_for_function(STILL, polling=200)


def dressed(page: Page, scheme: str) -> None:
    """The page in another theme, which has its figures drawn anew by a run of its own."""
    page.evaluate(RUNS)
    page.emulate_media(color_scheme=scheme)
    with suppress(TimeoutError):  # a run can be over before it is seen to begin; a figure of the other theme would be found by what follows
        page.wait_for_function("window.ran", timeout=5_000)
    settle(page)
    page.wait_for_function("!document.querySelector('[data-stale=true]')")
    page.wait_for_timeout(300)


def too_low(page: Page, width: int) -> str | None:
    top = page.evaluate(TOP)
    return None if top is not None and top <= FIGURE_TOP[width] else f"first figure at {top} px of {width}"


# How a page comes to each of its four states, through one change of the theme: in one language it opens on a phone.
WAYS = {"ja": (PHONE, WIDE, "dark", PHONE), "en": (WIDE, PHONE, "dark", WIDE)}


@pytest.mark.parametrize("language", WAYS)
@pytest.mark.parametrize("name", NAMES)
def test_the_face_of_a_page(visit, name, language):
    """It opens without a complaint, begins with its figure, fits window and phone, can be read, reached and heard, in one language."""
    size, *changes = WAYS[language]
    page, scheme = visit(path_of(name), language=language, **size), "light"
    page.wait_for_timeout(500)
    shown(page.get_by_role("heading", level=1))
    assert not page.get_by_test_id("stException").count()
    assert not page.get_by_test_id("stAlert").filter(has_text=message("common.unexpected_error", language)).count()
    faults: list[object] = faults_of(page, name, language, size, scheme)
    for change in changes:
        if isinstance(change, str):
            scheme = change
            dressed(page, scheme)
        else:
            size = change
            resized(page, size)
        faults += faults_of(page, name, language, size, scheme)
    assert not faults


def faults_of(page: Page, name: str, language: str, size: dict[str, int], scheme: str) -> list[object]:
    """What is wrong with the page in one state; what hangs on neither window nor theme is looked at in one of them."""
    state, faults = f"{size['width']} {scheme}", list[object]()
    if (size, scheme) == (WIDE, "light"):
        faults += [("other language", text) for text in foreign_words(page, name, language)]
        if (stops := tab_stops(page)) > TAB_STOPS:
            faults.append(f"{stops} tab stops before the figure")
        faults += [("an empty chart", one) for one in page.evaluate(EMPTY)]
        faults += [(state, *one) for one in inaccessible(page, contrast=False)]  # contrast is most of axe's time, and measured below
    if scheme == "light":
        faults += filter(None, [too_low(page, size["width"])])
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            faults.append((state, "scrolls sideways"))
        faults += [(state, "leaves the window", one) for one in page.evaluate(ASIDE)]
    return faults + [(state, "too faint", *one) for one in page.evaluate(FAINT)]


def inaccessible(page: Page, *, contrast: bool = True) -> list[tuple[str, str]]:
    """Serious faults that axe finds in what is ours."""
    options = {"resultTypes": ["violations"], "rules": {"color-contrast": {"enabled": contrast}}}
    found = Axe().run(page, context={"exclude": [[selector] for selector in NOT_OURS]}, options=options).response["violations"]
    return [
        (fault["id"], node["html"][:200]) for fault in found if fault["impact"] in ("serious", "critical") for node in fault["nodes"][:3]
    ]


def foreign_words(page: Page, name: str, language: str) -> list[str]:
    """What stands or is said on the page in the other language, the document's own language and title among it."""
    title = catalogue(language)[f"{name}.title"]
    assert page.evaluate("document.documentElement.lang") == language
    assert page.title() == (title if name == "overview" else f"{title} · {catalogue(language)['overview.title']}")
    said = page.evaluate(SPOKEN)
    if language == "en":
        return [text for text in said if KANA.search(text) and text not in ("日本語", "Language / 言語")]
    return [text for text in said if SENTENCE.search(text) and not KANA.search(text)]


def tab_stops(page: Page) -> int:
    """How often Tab is pressed from the page's title to its first figure."""
    return page.evaluate(
        f"""() => {{
      const deep = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? deep(one.shadowRoot) : [])])
      const all = deep(document.querySelector("[data-testid=stMain]"))
      const figure = all.findIndex((one) => one.matches("{FIGURES}") && one.checkVisibility() && one.offsetHeight > 40)
      const title = all.findIndex((one) => one.matches("h1"))
      const stops = all.slice(title, figure).filter((one) => one.tabIndex >= 0 && one.checkVisibility() && !one.disabled
        && one.matches("a[href], button, input, textarea, select, summary, [tabindex]"))
      // Within a group of choices the arrow keys move: the group is one stop.
      return new Set(stops.map((one) => one.closest("[role=radiogroup], [role=toolbar]") ?? one)).size
    }}"""
    )
