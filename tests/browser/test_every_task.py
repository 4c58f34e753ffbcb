"""Every task but classification, from a visitor's file to a model of their own: the task is guessed, the model trained and judged, used on its page
and taken home, where the code of its card gives the page's answers in a process that knows nothing of this project.

One test for all of them: what costs is the server's first training, and the libraries of the clean process.
"""

import ast
import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Page, expect

from components.training.samples_list import FOLDER, SAMPLES
from components.training.settings import TASKS
from components.ui.widgets.marked_text import MEANINGS
from tests.browser.conftest import settle, shown
from tests.browser.test_fine_tune import LONG, download, is_judged, start, t
from tests.pages.clean import Job, run_clean

ROWS = 64
SHORT = 500  # characters of a passage: the card's code reads one window
ANSWER = ".st-key-runs-answer"
MATRIX = ".st-key-figure-similarity-matrix .js-plotly-plot"
CODE = re.compile(r"```python\n(.*?)```", re.DOTALL)


def rows_of(name: str) -> dict:
    """The first rows of a sample in the form that it has: a CSV table, a line of JSON for each text, or SQuAD's articles."""
    path = FOLDER / name
    if path.suffix == ".csv":
        data = pd.read_csv(path, dtype=str, keep_default_na=False).head(ROWS).to_csv(index=False)
    elif path.suffix == ".jsonl":
        data = "".join(path.read_text(encoding="utf-8").splitlines(keepends=True)[:ROWS])
    else:
        whole = json.loads(path.read_text(encoding="utf-8"))
        short = [article for article in whole["data"] if all(len(one["context"]) < SHORT for one in article["paragraphs"])]
        data = json.dumps(whole | {"data": short[: ROWS // 5]}, ensure_ascii=False)  # some four questions each
    return {"name": f"mine{path.suffix}", "mimeType": "application/octet-stream", "buffer": data.encode()}


def marked_names(page: Page, language: str, texts: list[str]) -> list[tuple[str, str]]:
    """The names in the text and their kinds, in the words of the page."""
    field = page.get_by_role("textbox", name=t("entities.text", language))
    shown(field, timeout=LONG)
    field.fill(texts[0])
    field.press("Control+Enter")
    expect(page.locator(".text").first).to_contain_text(texts[0].split()[0], timeout=LONG)
    settle(page)
    kinds = page.locator(".text .name").evaluate_all(
        "names => names.map(one => [one.querySelector('.words').textContent, one.querySelector('small').firstChild.textContent])"
    )
    return [(words, kind) for words, kind in kinds]


def cosine(page: Page, language: str, texts: list[str]) -> float:
    """The cosine of the two texts in the matrix of all pairs."""
    page.get_by_test_id("stMain").get_by_role("radio", name=t("similarity.mode_sentences", language)).click(timeout=LONG)
    field = page.get_by_role("textbox", name=t("similarity.sentences", language))
    shown(field, timeout=LONG)
    field.fill("\n".join(texts))
    field.press("Control+Enter")
    page.wait_for_function(f"document.querySelector('{MATRIX}')?._fullData?.[0]?.z.length === 2", timeout=LONG)
    return float(page.evaluate(f"document.querySelector('{MATRIX}')._fullData[0].z[0][1]"))


def marked_answer(page: Page, language: str, texts: list[str]) -> str:
    """The words that are marked in the passage."""
    question, passage = texts
    field = page.get_by_label(t("question_answering.question", language), exact=True)
    shown(field, timeout=LONG)
    field.fill(question)
    field.press("Enter")
    settle(page)
    page.get_by_text(t("question_answering.change_text", language)).click()
    field = page.get_by_label(t("question_answering.context", language))
    field.fill(passage)
    field.press("Control+Enter")
    expect(page.locator(".qa-passage").first).to_contain_text(passage[:30], timeout=LONG)
    settle(page)
    return page.locator("mark.qa-first").first.evaluate("mark => mark.firstChild.textContent")


def labels_said(page: Page, language: str) -> set[str]:
    return set(page.locator(f"{ANSWER} .hi-finding q").inner_text(timeout=LONG).split(t("evaluation.separator", language)))


def number_said(page: Page, language: str) -> float:
    return float(page.locator(f"{ANSWER} .hi-range strong").inner_text(timeout=LONG))


def class_said(page: Page, language: str) -> tuple[str, int]:
    """The most probable class and its per cent."""
    label, share = page.locator(f"{ANSWER} .hi-bars span.first").all_inner_texts()
    return label, int(share.removesuffix("%"))


def names_printed(printed: str, language: str) -> list[tuple[str, str]]:
    return [(text, t(f"entities.type_{MEANINGS[kind]}", language)) for text, kind in ast.literal_eval(printed)]


def class_printed(printed: str, language: str) -> tuple[str, int]:
    label, share = printed.split()
    return label, round(100 * float(share))


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


@dataclass(frozen=True)
class Way:
    """A task's way through the app. heading: over the fields of its trial; fields: their names. said: what the run's page answers there, or, where
    the task has a `page` of its own, what that page answers to the same texts. read: the same from what the card's code prints."""

    task: str
    sample: str
    fields: tuple[str, ...]
    said: Callable
    read: Callable
    page: str = ""
    heading: str = "runs.try"

    @property
    def language(self) -> str:
        return self.sample.split(".")[0][-2:]


WAYS = (
    Way("entities", "entities_en.jsonl", ("try",), marked_names, names_printed, "entities"),
    Way("several_labels", "reports_ja.csv", ("try",), labels_said, lambda printed, _: set(ast.literal_eval(printed))),
    Way("number", "tone_en.csv", ("try",), number_said, lambda printed, _: pytest.approx(float(printed), abs=0.006)),
    Way("pairs", "pairs_ja.csv", ("try_text", "try_second"), cosine, lambda printed, _: pytest.approx(float(printed), abs=1e-3),
        "similarity", "runs.try_pair"),
    Way("questions", "questions_en.json", ("question", "passage"), marked_answer, lambda printed, _: words(printed),
        "question_answering", "runs.try_question"),
    Way("pair_classes", "inference_ja.csv", ("try_text", "try_second"), class_said, class_printed, heading="runs.try_pair"),
)  # fmt: skip


@dataclass(frozen=True)
class Made:
    """A model as it left the app: its folder, the texts that it was asked about, and what the app said of them."""

    folder: Path
    texts: list[str]
    said: object


def train(page: Page, way: Way) -> None:
    """From the file to the judged model, the head alone trained for one epoch."""
    page.locator("input[type=file]").set_input_files(rows_of(way.sample))
    expect(page.get_by_role("combobox", name=t("tune.task", way.language))).to_have_value(
        t(f"tune.task_{way.task}", way.language), timeout=LONG
    )
    start(page, 1, way.language)
    is_judged(page, way.language, way.heading)
    settle(page)


def made(page: Page, way: Way, folder: Path) -> Made:
    """The trained model, taken home and used: on the page of its kind, by the link of the run's page, where there is one."""
    texts = [page.get_by_role("textbox", name=t(f"runs.{name}", way.language), exact=True).input_value() for name in way.fields]
    home = download(page, folder, way.language)
    if not way.page:
        return Made(home, texts, way.said(page, way.language))
    page.get_by_role("link", name=t(f"runs.to_{way.page}", way.language)).click()
    page.wait_for_url(re.compile(f"/{way.page}\\?"), timeout=LONG)
    return Made(home, texts, way.said(page, way.language, texts))


def code_of(made: Made) -> str:
    """The code of the model's card with the texts in the places that it leaves for them."""
    code = CODE.search((made.folder / "README.md").read_text(encoding="utf-8"))[1]
    for text in made.texts:
        code = code.replace('"..."', json.dumps(text), 1)
    return code


def test_the_ways_are_those_of_all_tasks_that_have_a_sample_in_both_languages_of_the_page():
    others = {"classification", "domain_adaptation"}  # the first is trained in test_fine_tune.py; the second answers nothing of a file
    assert {way.task for way in WAYS} == set(TASKS) - others
    assert {(way.task, way.sample) for way in WAYS} <= {(sample.task, sample.path.name) for sample in SAMPLES}
    assert [way.language for way in WAYS] == ["en", "ja"] * 3


@pytest.mark.timeout(1800)
def test_a_file_of_each_task_becomes_a_model_that_answers_here_and_elsewhere(visit, tmp_path):
    page = visit(language="en", patience=LONG)
    home = page.url.split("?")[0]
    models = []
    for way in WAYS:
        page.goto(f"{home}fine_tune?lang={way.language}&tune_how=head")
        settle(page)
        train(page, way)
        models.append(made(page, way, tmp_path / way.task))
    told = run_clean([Job(code_of(model), folder=model.folder) for model in models])
    for way, model, ran in zip(WAYS, models, told, strict=True):
        assert not ran.error, f"{way.task}: {ran.error[-1500:]}"
        assert model.said, f"{way.task}: an answer that tells something"
        said = words(model.said) if way.task == "questions" else model.said
        found = way.read(ran.printed, way.language)
        assert said == (words(found) if way.task == "questions" else found), way.task
