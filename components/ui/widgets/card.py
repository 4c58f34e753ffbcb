"""A result as a picture to show: 1200 x 630 pixels with the sentence, its threads or marks, the finding in words and the app's name; drawn in the
browser, so that no text leaves it."""

from collections.abc import Sequence
from dataclasses import dataclass, field

import streamlit as st

from components.charts.theme import ROLES
from components.ui.state.language import t

from .style import in_the_dark

WORDS, LINKS = 120, 40  # drawn at most

DRAWING = """
const WIDTH = 1200, HEIGHT = 630, SIDE = 72, TEXT = 1056
const GOTHIC = "'Noto Sans JP', 'Noto Sans CJK JP', 'Hiragino Sans', 'Yu Gothic UI', Meiryo, sans-serif"
const MINCHO = "'Himotoku Mincho', 'Noto Serif JP', 'Noto Serif CJK JP', 'Hiragino Mincho ProN', serif"

// Pieces side by side, broken into lines of TEXT pixels: [{text, x, y, width}] with y counted in lines.
function laid(draw, pieces, gap) {
  let x = 0, y = 0
  return pieces.map((text) => {
    const width = draw.measureText(text).width
    if (x && x + width > TEXT) { x = 0; y += 1 }
    const place = { text, x, y, width }
    x += width + gap
    return place
  })
}

function sentence(draw, data) {
  const gap = data.spaced ? 0.28 : 0.06
  for (const [size, most] of [[58, 1], [50, 1], [42, 1], [50, 9], [42, 9], [36, 9], [30, 9], [24, 9]]) { // rather on one line than large
    draw.font = `${size}px ${GOTHIC}`
    const places = laid(draw, data.words, size * gap), lines = (places.at(-1)?.y ?? 0) + 1
    const height = size * (data.links.length ? 2.1 : 1.6)
    if ((lines <= most && lines * height < 300) || size === 24) return { places: places.filter((one) => one.y * height < 320), size, height }
  }
}

function picture(data) {
  const canvas = document.createElement("canvas")
  canvas.width = WIDTH; canvas.height = HEIGHT
  const draw = canvas.getContext("2d"), colour = data.colours
  draw.fillStyle = colour.paper; draw.fillRect(0, 0, WIDTH, HEIGHT)
  const { places, size, height } = sentence(draw, data)
  const top = data.links.length ? 190 : 130, centre = (one) => SIDE + one.x + one.width / 2, base = (one) => top + one.y * height
  draw.textBaseline = "alphabetic"
  for (const mark of data.marks) {
    const one = places[mark.at]
    if (!one) continue
    draw.globalAlpha = 0.16 + 0.24 * mark.share; draw.fillStyle = mark.colour
    draw.fillRect(SIDE + one.x - 2, base(one) - size, one.width + 4, size * 1.3)
    draw.globalAlpha = 1; draw.fillRect(SIDE + one.x - 2, base(one) + size * 0.26, one.width + 4, 4)
  }
  draw.strokeStyle = colour.thread; draw.lineCap = "round"
  for (const [from, to, weight] of data.links.toReversed()) {
    const a = places[from], b = places[to]
    if (!a || !b) continue
    const x1 = centre(a), x2 = centre(b), y1 = base(a) - size * 1.02, y2 = base(b) - size * 1.02, rise = Math.min(96, 30 + Math.abs(x2 - x1) * 0.22)
    draw.globalAlpha = 0.3 + 0.7 * Math.min(1, weight * 1.6); draw.lineWidth = 1.5 + 8 * weight
    draw.beginPath(); draw.moveTo(x1, y1); draw.bezierCurveTo(x1, y1 - rise, x2, y2 - rise, x2, y2); draw.stroke()
  }
  draw.globalAlpha = 1; draw.fillStyle = colour.ink; draw.font = `${size}px ${GOTHIC}`
  for (const one of places) draw.fillText(one.text, SIDE + one.x, base(one))
  draw.font = `600 40px ${MINCHO}`
  const pieces = data.spaced ? data.finding.split(/(?<= )/) : [...data.finding], lines = laid(draw, pieces, 0)
  for (const one of lines) if (one.y < 3) draw.fillText(one.text, SIDE + one.x, 470 + one.y * 52 - Math.min(2, lines.at(-1)?.y ?? 0) * 26)
  draw.strokeStyle = colour.thread; draw.lineWidth = 3
  draw.stroke(new Path2D("M72 578H100C118 578 116 552 106 552S94 578 112 578H140"))
  draw.font = `600 26px ${MINCHO}`; draw.fillText(data.name, 158, 586)
  draw.font = `22px ${GOTHIC}`; draw.fillStyle = colour.ink2; draw.textAlign = "right"; draw.fillText(data.address || location.host, WIDTH - SIDE, 586)
  return canvas
}

"""
_CARD = st.components.v2.component(
    "himotoku_card",
    html="<button type='button'></button>",
    css="""
button { font: inherit; font-size: 0.875rem; color: var(--st-text-color); background: transparent; cursor: pointer;
  border: 1px solid var(--hi-edge); border-radius: var(--st-base-radius); padding: 0.35rem 0.75rem; }
button:hover, button:focus-visible { border-color: var(--hi-ai); color: var(--hi-ai); }
""",
    js=DRAWING
    + """
export default function ({ data, parentElement }) {
  const button = parentElement.querySelector("button")
  button.textContent = data.label
  button.onclick = async () => {
    await document.fonts.load(`600 40px ${MINCHO}`, data.finding + data.name).catch(() => null) // without the face: in the next one
    picture(data).toBlob((blob) => {
      const link = document.createElement("a")
      link.href = URL.createObjectURL(blob); link.download = data.filename + ".png"; link.click()
      setTimeout(() => URL.revokeObjectURL(link.href), 10000)
    })
  }
}
""",
)


@dataclass(frozen=True)
class CardMark:
    """A word of a card that is tinted. at: its place among the words; role: of its colour; share: 0 to 1, how strong."""

    at: int
    role: str
    share: float = 1.0


@dataclass(frozen=True)
class Card:
    """What a card shows: a finding as plain text, the words of the sentence, threads (from, to, weight 0 to 1) between them, and marked words."""

    finding: str
    words: Sequence[str]
    links: Sequence[tuple[int, int, float]] = ()
    marks: Sequence[CardMark] = field(default=())


def save_card(card: Card, *, key: str) -> None:
    """A button that saves the card as "<key>-card.png"."""
    dark = in_the_dark()
    links = sorted((link for link in card.links if link[0] < WORDS and link[1] < WORDS), key=lambda link: -link[2])[:LINKS]
    _CARD(
        key=f"card-{key}",
        data={
            "label": t("common.save_card"),
            "finding": card.finding,
            "words": [word[:60] for word in card.words[:WORDS]],
            "spaced": all(word.isascii() for word in card.words[:WORDS]),
            "links": [[start, end, round(float(weight), 3)] for start, end, weight in links],
            "marks": [{"at": mark.at, "share": mark.share, "colour": ROLES[mark.role][dark]} for mark in card.marks if mark.at < WORDS],
            "colours": {"paper": ROLES["paper"][dark], "ink": ROLES["ink"][dark], "ink2": ROLES["ink2"][dark], "thread": ROLES["ai"][dark]},
            "name": t("common.card_name"),
            "filename": f"{key}-card",
        },
    )
