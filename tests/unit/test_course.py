"""The course's table holds every page of the navigation once, in its order, and checks every exercise."""

import re

import pytest

from components.messages import CONTENT, LANGUAGES, catalogue
from components.ui.widgets.pages import PAGES

NO_IDEA = {"overview", "sources", "teach"}  # home, what is looked up, and what is for teachers


def rows(language: str) -> list[list[str]]:
    lines = (CONTENT.parent / "docs" / language / "course.md").read_text(encoding="utf-8").splitlines()
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if re.match(r"\| \d", line)]


def pages(language: str) -> list[str]:
    return [re.search(r"`(\w+)`", row[2])[1] for row in rows(language)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_page_stands_in_the_table_once_and_in_order(language):
    order = [name for names in PAGES.values() for name in names if name not in NO_IDEA]
    assert pages(language) == order
    assert [row[0] for row in rows(language)] == [str(number) for number in range(1, len(rows(language)) + 1)]
    titles = {name: catalogue(language).get(f"{name}.title") for name in order}
    assert all(row[2].startswith(titles[name]) for name, row in zip(pages(language), rows(language), strict=True) if name in titles)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_has_an_idea_and_a_check_and_the_five_exercises_are_among_them(language):
    assert all(all(cell for cell in row) and len(row) == 5 for row in rows(language))
    checks = " ".join(row[4] for row in rows(language))
    assert {int(number) for number in re.findall(r"\*\*(?:Exercise|問題) (\d)\*\*", checks)} == {1, 2, 3, 4, 5}
