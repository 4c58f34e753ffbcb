"""How long the pages that use BERT take to answer one text of 128 tokens, and how long a change of page takes, in a browser, on a warm server:

    python -m benchmarks.pages [name of a case ...]

Types a text, sends it, and waits until its answer is drawn; two texts by turns, so that nothing comes out of a cache. Which words decided is
computed after the answer and not waited for.
"""

import os
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from components.messages import message
from components.models import load
from scripts.browser import system_chromium
from tests.browser.conftest import FLAGS, ROOT, free_port, settle, wait_until_served

TOKENS = 128
ROUNDS = 8  # and two before, in which the libraries and the models are loaded
LIMIT = 1.0  # seconds
GOOD = "The acting is wonderful, the music in Vienna is warm and every scene with Anna Miller is a pleasure to watch."
BAD = "The acting is dreadful, the plot in Berlin is dull and every scene with Peter Brown is a waste of my time."
CHIPS = "document.querySelector('.tl-chips')?.innerText"
# Rows of a matrix and numbers of a bar chart alike; Plotly holds them as typed arrays.
FIGURE = (
    "JSON.stringify(Array.from(document.querySelector('.js-plotly-plot')?._fullData?.[0]?.{} ?? [], "
    "one => one?.length ? Array.from(one) : one))"
)


@dataclass(frozen=True)
class Case:
    """A page, the text field's label, what stands round the text, and JavaScript for what its answer shows."""

    name: str
    address: str
    field: str
    shape: str
    answer: str


CASES = (
    Case("tokens", "tokens", "Text", "{}", CHIPS),
    Case("fill", "masked_lm?mlm_part=fill", "Text with [MASK]", "[MASK] {}", CHIPS),
    Case("next sentence", "masked_lm?mlm_part=next", "Sentence A", "{}", FIGURE.format("x")),
    Case("classification", "classification", "Text", "{}", FIGURE.format("x")),
    Case("entities", "entities", "Text", "{}", "document.querySelector('.tl-text')?.innerText"),
    Case("questions", "question_answering", "Text", "{}", "document.querySelector('.tl-text')?.innerText"),
    Case("similarity", "similarity", "Sentences", "{}\nA short sentence beside it.", FIGURE.format("z")),
)


def text_of(sentence: str, round_: int) -> str:
    """A text of 128 tokens of the English models, another in each round."""
    words = [str(round_), *sentence.split() * 12]
    aligner = load("sentiment-en").aligner
    while len(aligner.tokenize(" ".join(words)).ids) + sum(aligner.tokenize(" ".join(words)).left_out) > TOKENS:
        words.pop()
    return " ".join(words)


def answered(page: Page, case: Case, text: str) -> float:
    """Seconds from sending the text until another answer is on the screen."""
    field = page.get_by_role("textbox", name=case.field).first
    field.fill(case.shape.format(text))
    before = page.evaluate(case.answer)
    begin = time.perf_counter()
    field.press("Control+Enter" if field.evaluate("node => node.tagName") == "TEXTAREA" else "Enter")
    page.wait_for_function(f"before => {{ const now = {case.answer}; return now && now !== before; }}", arg=before, timeout=120_000)
    seconds = time.perf_counter() - begin
    settle(page)
    return seconds


def change_of_page(page: Page, title: str) -> float:
    """Seconds from the click in the sidebar until the page's title is on the screen."""
    begin = time.perf_counter()
    page.get_by_test_id("stSidebarNavLink").filter(has_text=title).click()
    page.get_by_role("heading", level=1, name=title).wait_for()
    seconds = time.perf_counter() - begin
    settle(page)
    return seconds


def report(name: str, times: list[float]) -> None:
    print(f"{name:16}{statistics.median(times):6.2f} s median {max(times):6.2f} s longest   (aim: {LIMIT:.0f})", flush=True)


def main() -> None:
    wanted = sys.argv[1:]
    texts = [text_of((GOOD, BAD)[number % 2], number) for number in range(ROUNDS + 2)]
    port, log = free_port(), Path(tempfile.mkdtemp()) / "log"
    command = [sys.executable, "-m", "streamlit", "run", "server.py", "--server.port", str(port), "--server.address", "127.0.0.1"]
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else list(FLAGS)
    environment = os.environ | {"HF_HUB_OFFLINE": "1"}
    with log.open("w") as output, subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=subprocess.STDOUT) as server:
        try:
            wait_until_served(f"http://127.0.0.1:{port}", server, log)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=system_chromium(), args=flags)
                for case in (case for case in CASES if not wanted or case.name in wanted):
                    page = browser.new_page(locale="en-US")
                    page.set_default_timeout(120_000)
                    page.goto(f"http://127.0.0.1:{port}/{case.address}")
                    settle(page)
                    report(case.name, [answered(page, case, text) for text in texts][2:])
                    page.close()
                if not wanted or "change of page" in wanted:
                    page = browser.new_page(locale="en-US")
                    page.goto(f"http://127.0.0.1:{port}/attention")
                    settle(page)
                    titles = [message(f"{name}.title", "en") for name in ("similarity", "attention")]
                    report("change of page", [change_of_page(page, title) for title in titles * (ROUNDS // 2 + 1)][2:])
                browser.close()
        finally:
            server.terminate()


if __name__ == "__main__":
    main()
