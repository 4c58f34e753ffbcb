"""Takes the README's pictures: every page in the navigation, light theme, in both languages, into docs/<language>/<page>.png."""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from components.messages import message  # noqa: E402
from components.ui.widgets.pages import PAGES  # noqa: E402
from scripts.browser import system_chromium  # noqa: E402
from tests.browser.conftest import FLAGS, free_port, settle, wait_until_served  # noqa: E402


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
            context = browser.new_context(locale=locale, viewport={"width": 1280, "height": 800}, color_scheme="light")
            for name in [name for names in PAGES.values() for name in names]:
                page = context.new_page()
                page.goto(f"{address}/{'' if name == 'overview' else name}")
                settle(page)
                page.wait_for_timeout(3000)
                page.screenshot(path=folder / f"{name}.png")
                page.close()
        browser.close()


def write_index() -> None:
    """docs/README.md: every picture under its page's name."""
    lines = ["# Every page in pictures", ""]
    for name in [name for names in PAGES.values() for name in names]:
        lines += [f"## {message(f'{name}.title', 'en')} · {message(f'{name}.title', 'ja')}", ""]
        lines += [f"![{message(f'{name}.title', language)}]({language}/{name}.png)" for language in ("en", "ja")] + [""]
    (ROOT / "docs" / "README.md").write_text("\n".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
