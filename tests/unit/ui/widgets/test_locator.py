"""The small map in each page's head: every page of the course stands somewhere on it, in the reader's words."""

import pytest

from components.messages import message
from components.ui.state.language import language
from components.ui.widgets.locator import HERE, PARTS, locator
from components.ui.widgets.pages import CHAPTER, PAGES


def test_every_page_about_a_part_of_the_model_is_on_the_map():
    names = {name for names in PAGES.values() for name in names}
    assert set(HERE) == names - {"overview", "exercises", "sources", "teach"} and set(CHAPTER) <= set(HERE)
    assert all(set(here) <= set(PARTS) for here in HERE.values())


@pytest.mark.parametrize("page", HERE)
def test_it_fills_the_page_s_parts_and_says_them(page):
    drawn = locator(HERE[page])
    assert drawn.count('class="on"') == len(HERE[page]) and drawn.count("<i ") == len(PARTS)
    assert all(message(f"common.part_{part}", language()) in drawn.split(">")[0] for part in HERE[page])
