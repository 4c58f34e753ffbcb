"""The same texts before training and beside a bundled model: both pages say the same of their language."""

from html import unescape

import pytest

from components.messages import message
from tests.pages.conftest import assert_well, plain

GERMAN = (
    "Das Essen war wirklich sehr gut und die Bedienung freundlich",
    "Ich bin mit dem Zimmer nicht zufrieden, es war zu laut",
    "Der Kundendienst hat auf meine Frage leider nicht geantwortet",
    "Sehr schöne Farbe, passt prima zu meinen Möbeln",
)
ENGLISH = (
    "The food was really good and the waiters were friendly",
    "We are not happy with the room, it was far too loud",
    "Nobody at the service desk had an answer to my question",
    "A lovely colour that goes well with all of my furniture",
)


@pytest.mark.parametrize(("texts", "foreign"), [(GERMAN, True), (ENGLISH, False)])
def test_a_table_and_a_text_of_it_get_the_same_answer(open_page, texts, foreign):
    app = open_page("fine_tune", "en")
    rows = [f'"{text} {copy}",{"good" if row % 2 else "bad"}' for copy in ("today", "again") for row, text in enumerate(texts)]
    app.file_uploader(key="tune:file").upload("reviews.csv", "\n".join(["text,label", *rows]).encode(), "text/csv").run()
    assert_well(app)
    shown = " ".join([*(one.value for one in app.markdown), *(unescape(one.proto.body) for one in app.get("html"))])
    said = message("training.found-wrong-language", "en", n=len(rows), languages=message("models.language_other", "en"))
    assert (said in plain(shown)) == foreign
    for text in texts:
        app = open_page("classification", "en", cls_text=text)
        assert (message("models.flag_other_language", "en") in [one.value for one in app.warning]) == foreign, text
