"""A sentence of forty words and every worked example: no label lies on another, no cell is a sliver, and no figure moves."""

from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import settle
from tests.browser.test_face import PHONE, TOP, WIDE, resized

LONG = {
    "ja": "私は昨日友だちと一緒に映画館で新しい映画を見て、そのあと駅前の喫茶店で温かいコーヒーを飲みながら、ゆっくりと長い感想を話し合いました。",
    "en": "Yesterday my friends and I went to the old cinema near the station to see a new film, and afterwards we sat in a small coffee house "
    "for hours, talking slowly about everything that we had liked.",
}
HIDDEN = {"ja": ("コーヒー", "[MASK]"), "en": ("coffee", "[MASK]")}
FIELDS = {
    "vectors": "vec_text",
    "tokens": "tok_text",
    "attention": "att_text",
    "multi_head": "mh_text",
    "bert_attention": "ba_text",
    "bert_attention?ba_view=matrix": "ba_text",
    "feed_forward": "ff_text",
    "masked_lm": "mlm_fill",
    "masked_lm?mlm_part=lens": "mlm_lens",
    "decoder": "dec_text",
    "classification": "cls_text",
    "entities": "ner_text",
}
# The figures of attention and tokens in both languages, the others' by turns: they lay words out in the same way.
LOOKED_AT = [
    (path, language)
    for place, path in enumerate(FIELDS)
    for language in (LONG if path in ("tokens", "attention") else [list(LONG)[place % 2]])
]
CELL = 14  # pixels
# In each figure: pairs of words that lie on one another, by the boxes of upright text; and cells of a matrix that are drawn apart yet too small.
CROWDED = """(least) => {
  const deep = (root) => [...root.querySelectorAll("*")].flatMap((one) => [one, ...(one.shadowRoot ? deep(one.shadowRoot) : [])])
  const found = []
  const figures = deep(document.querySelector("[data-testid=stMain]")).filter((one) => one.matches(".stPlotlyChart, [data-figure]") && one.checkVisibility())
  for (const figure of figures) {
    const seen = { opacityProperty: true, visibilityProperty: true }
    const boxes = deep(figure).filter((one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim()) && one.checkVisibility(seen)
        && !one.closest("script, style, [aria-hidden=true], .hoverlayer, option") && !/rotate\\(-?(?!0)/.test(one.getAttribute("transform") ?? ""))
      .map((one) => { const range = document.createRange(); range.selectNodeContents(one)
        return [one, one.namespaceURI.endsWith("svg") ? one.getBoundingClientRect() : range.getBoundingClientRect()] })
      .filter(([, box]) => box.width > 2 && box.height > 4)
    boxes.forEach(([a, x], i) => boxes.slice(i + 1).forEach(([b, y]) => {
      if (a.contains(b) || b.contains(a)) return
      const wide = Math.min(x.right, y.right) - Math.max(x.left, y.left), high = Math.min(x.bottom, y.bottom) - Math.max(x.top, y.top)
      if (wide > 2 && high > Math.min(x.height, y.height) * 0.4) found.push([a.textContent.slice(0, 20), b.textContent.slice(0, 20), wide, high].join(" "))
    }))
    for (const plot of figure.querySelectorAll(".js-plotly-plot")) for (const trace of plot._fullData ?? []) {
      if (trace.type !== "heatmap" || !trace.xgap) continue
      const axis = plot._fullLayout[trace.xaxis.replace("x", "xaxis")], wide = axis._length / Math.abs(axis.range[1] - axis.range[0])
      if (wide < least - 0.5) found.push(`a cell is ${wide} px wide`)
    }
  }
  return found
}"""


@pytest.mark.parametrize(("path", "language"), LOOKED_AT)
def test_a_sentence_of_forty_words_stays_readable(visit, path, language):
    text = LONG[language].replace(*HIDDEN[language]) if path.startswith("masked_lm") else LONG[language]
    page = visit(f"{path}{'&' if '?' in path else '?'}{FIELDS[path]}={quote(text)}", language=language, **WIDE)
    page.wait_for_timeout(500)
    faults = [("wide", *page.evaluate(CROWDED, CELL))]
    resized(page, PHONE)
    faults.append(("phone", *page.evaluate(CROWDED, CELL)))
    assert not page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    assert [len(fault) for fault in faults] == [1, 1], faults


@pytest.mark.parametrize(
    "path",
    [
        "vectors",
        "tokens",
        "attention",
        "multi_head",
        "bert_attention",
        "feed_forward",
        "masked_lm",
        "decoder",
        "classification",
        "entities",
        "question_answering",
    ],
)
def test_choosing_an_example_moves_no_figure(visit, path):
    page = visit(path, language="ja", **WIDE)
    page.wait_for_timeout(500)
    begun, moved = page.evaluate(TOP), list[float]()
    menu = page.locator("[class*='st-key-bench-slot-examples'] [data-testid='stSelectbox'] button").last
    menu.click()
    page.get_by_role("option").first.wait_for()
    count = page.get_by_role("option").count()
    for place in sorted({0, count // 2, count - 1}, reverse=True):  # the page begins with the first
        if moved:
            menu.click()
        option = page.get_by_role("option").nth(place)
        name = option.inner_text()
        option.click()
        expect(page.locator("[class*='st-key-bench-slot-examples'] input").last).to_have_value(name)
        page.wait_for_timeout(400)
        settle(page)
        moved.append(page.evaluate(TOP) - begun)
    assert len(moved) > 1 and max(map(abs, moved)) <= 2, moved
