"""Pages of arithmetic wait neither for a model that computes nor for one that is loaded."""

import threading

import pytest

from components.models.loading import LOAD_LOCK
from components.models.turns import TURNS

PAGES = [
    ("attention", {"att_mode": "words"}),
    ("attention", {"att_mode": "numbers"}),
    ("attention", {"att_mode": "chapter"}),
    ("multi_head", {"mh_mode": "random"}),
    ("positional", {}),
    ("positional", {"pe_view": "distance"}),
    ("positional", {"pe_view": "shift"}),
    ("positional", {"pe_view": "table"}),
    ("positional", {"pe_view": "kinds"}),
    ("decoder", {}),
    ("decoder", {"dec_part": "modern", "dec_modern": "heads"}),
    ("decoder", {"dec_part": "modern", "dec_modern": "counts"}),
    ("sources", {}),
    ("exercises", {}),
]


@pytest.fixture
def busy():
    """Somebody's model computes and somebody's is loaded, for as long as the test takes."""
    held, free = threading.Event(), threading.Event()

    def hold() -> None:
        with TURNS.turn(), LOAD_LOCK:
            held.set()
            free.wait(300)

    thread = threading.Thread(target=hold, daemon=True)
    thread.start()
    assert held.wait(5)
    yield
    free.set()
    thread.join(5)


@pytest.mark.parametrize(("page", "query"), PAGES)
def test_a_page_of_arithmetic_waits_for_no_model(monkeypatch, open_page, busy, page, query):
    monkeypatch.setenv("HIMOTOKU_MAX_SECONDS", "20")  # waiting for a turn would end in a sentence
    app = open_page(page, "en", **query)
    assert app.main.children and TURNS.waiting == 0
