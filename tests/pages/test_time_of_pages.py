"""A table that takes longer than the host allows at a stretch, as its visitor sees it."""

from components.messages import message
from tests.pages.conftest import assert_well


def test_a_table_stops_says_why_shows_what_is_done_and_goes_on(open_page, monkeypatch):
    rows = "text\n" + "\n".join(f"The film number {number} was quite good, and its end was not." for number in range(1_500)) + "\n"
    app = open_page("classification", "en", cls_mode="table")
    app.file_uploader(key="cls:file").set_value(("films.csv", rows.encode(), "text/csv")).run()
    monkeypatch.setenv("HIMOTOKU_MAX_SECONDS", "1")
    app.button(key="cls:start").click().run()
    assert_well(app)
    work = app.session_state["cls:batch"].latest()[1]
    assert 0 < work.done < 1_500 and not work.running
    assert message("tables.batch_time", "en", limit="1 s") in [one.value for one in app.warning]
    assert f"{1_500 - work.done:,}" in app.button(key="cls:start").label and app.dataframe
    monkeypatch.setenv("HIMOTOKU_MAX_SECONDS", "900")
    app.button(key="cls:start").click().run()
    assert_well(app)
    assert work.finished and not app.warning
