"""Draws static/cards/<page>.<language>.png, what a link to a page is shown with: its title, its sentence, the app's name and address."""

import base64
import os
import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from components.charts.theme import ROLES  # noqa: E402
from components.messages import LANGUAGES, message  # noqa: E402
from components.ui.widgets.card import DRAWING  # noqa: E402
from components.ui.widgets.pages import PAGES  # noqa: E402
from scripts.browser import system_chromium  # noqa: E402
from tests.browser.conftest import FLAGS  # noqa: E402

COLOURS = {"paper": "paper", "ink": "ink", "ink2": "ink2", "thread": "ai"}


def main() -> None:
    folder = ROOT / "static" / "cards"
    folder.mkdir(exist_ok=True)
    face = base64.b64encode((ROOT / "static" / "himotoku-mincho.woff2").read_bytes()).decode()
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        page = playwright.chromium.launch(executable_path=system_chromium(), args=flags).new_page()
        page.set_content("<p></p>")
        page.evaluate(
            "async (face) => document.fonts.add(await new FontFace('Himotoku Mincho', `url(data:font/woff2;base64,${face})`).load())", face
        )
        for language in LANGUAGES:
            for name in [name for names in PAGES.values() for name in names]:
                url = page.evaluate(f"(data) => {{ {DRAWING}\n return picture(data).toDataURL('image/png') }}", drawn(name, language))
                (folder / f"{name}.{language}.png").write_bytes(base64.b64decode(url.partition(",")[2]))


def drawn(name: str, language: str) -> dict[str, object]:
    """What the card of a page says."""
    lead = message(f"{name}.lead", language).replace("*", "").replace("$", "").replace("`", "")
    title = message(f"{name}.title", language)
    return {
        "finding": lead,
        "words": title.split() if language == "en" else [title],
        "spaced": language == "en",
        "links": [],
        "marks": [],
        "colours": {name: ROLES[role].light for name, role in COLOURS.items()},
        "name": message("common.card_name", language),
        "address": message("common.card_about", language),
    }


if __name__ == "__main__":
    main()
