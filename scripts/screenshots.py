"""Takes the README's pictures of every page in the navigation, in both languages, into docs/<language>/: <page>.png, <page>.dark.png and
<page>.phone.png; and docs/<language>/loop.webp, a sentence whose words are touched one after the other."""

import os
import subprocess
import sys
import tempfile
from io import BytesIO
from pathlib import Path

from PIL import Image
from playwright.sync_api import BrowserContext, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from components.messages import message  # noqa: E402
from components.ui.widgets.pages import PAGES  # noqa: E402
from scripts.browser import system_chromium  # noqa: E402
from tests.browser.conftest import FLAGS, free_port, settle, wait_until_served  # noqa: E402

NAMES = [name for names in PAGES.values() for name in names]
# The ending of a picture's name -> the window's width and height, and the theme.
LOOKS = {"": (1280, 800, "light"), ".dark": (1280, 800, "dark"), ".phone": (390, 844, "light")}


def main() -> None:
    port, log = free_port(), Path(tempfile.mkdtemp()) / "log"
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, stdout=output, stderr=subprocess.STDOUT) as server:
        try:
            wait_until_served(f"http://127.0.0.1:{port}", server, log)
            take(f"http://127.0.0.1:{port}")
            write_index()
        finally:
            server.terminate()


def take(address: str) -> None:
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=system_chromium(), args=flags)
        for language, locale in (("en", "en-US"), ("ja", "ja-JP")):
            folder = ROOT / "docs" / language
            folder.mkdir(parents=True, exist_ok=True)
            for ending, (width, height, scheme) in LOOKS.items():
                context = browser.new_context(locale=locale, viewport={"width": width, "height": height}, color_scheme=scheme)
                for name in NAMES:
                    page = opened(context, f"{address}/{'' if name == 'overview' else name}")
                    save(Image.open(BytesIO(page.screenshot())), folder / f"{name}{ending}.png")
                    page.close()
                if not ending:
                    loop(opened(context, f"{address}/bert_attention"), folder / "loop.webp")
                context.close()
        browser.close()


def opened(context: BrowserContext, address: str) -> Page:
    page = context.new_page()
    page.goto(address)
    settle(page)
    page.wait_for_timeout(3000)
    return page


def save(picture: Image.Image, path: Path) -> None:
    """With 128 colours, which a page of paper and ink doesn't miss: a third of the bytes."""
    picture.convert("RGB").quantize(128, dither=Image.Dither.NONE).save(path, optimize=True)


def loop(page: Page, path: Path) -> None:
    """A few seconds of the sentence: the pointer goes from word to word, the threads follow."""
    line = page.locator("[data-figure]").first
    words = line.get_by_role("button")
    frames = []
    for place in range(words.count()):
        words.nth(place).hover()
        page.wait_for_timeout(250)
        frames.append(Image.open(BytesIO(line.screenshot())).convert("RGB"))
    frames[0].save(path, save_all=True, append_images=frames[1:], duration=450, loop=0, quality=80, method=4)
    page.close()


def write_index() -> None:
    """docs/README.md: every picture under its page's name."""
    lines = [
        "# Every page in pictures",
        "",
        "What is learned where, and what checks it: [English](en/course.md), [日本語](ja/course.md).",
        "",
    ]
    for name in NAMES:
        lines += [f"## {message(f'{name}.title', 'en')} · {message(f'{name}.title', 'ja')}", ""]
        for ending in LOOKS:
            lines += [f"![{message(f'{name}.title', language)}]({language}/{name}{ending}.png)" for language in ("en", "ja")]
        lines.append("")
    (ROOT / "docs" / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
