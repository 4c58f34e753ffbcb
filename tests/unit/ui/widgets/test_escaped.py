"""A visitor's words in a line of Markdown."""

import re

import pytest
from markdown_it import MarkdownIt

from components.ui.widgets.escaped import escaped_markdown, printable


@pytest.mark.parametrize(
    "text",
    [
        "see http://evil.example/a-b_c.html",
        "www.a-b.example",
        "me.and@you.example",
        "**bold** _it_ `code`",
        "<script>alert(1)</script>",
        "[a](http://b) ![c](d)",
        "# 1. - > a|b ~~x~~",
        "$x_1$ \\(y\\)",
    ],
)
def test_a_markdown_reader_gives_the_words_back(text):
    [inline] = [token for token in MarkdownIt("commonmark").parse(escaped_markdown(text)) if token.type == "inline"]
    assert "".join(part.content for part in inline.children).replace("\u200b", "") == text
    assert {part.type for part in inline.children} <= {"text", "text_special"}


@pytest.mark.parametrize(
    "text", ["see http://evil.example/p", "HTTPS://evil.example", "www.evil.example", "WWW.evil.example", "me@evil.example"]
)
def test_an_address_makes_no_link_of_itself(text):
    shown = escaped_markdown(text).replace("\\", "")
    assert not re.search(r"https?://|www\.|\w@\w", shown, re.IGNORECASE)  # what GitHub's Markdown, which Streamlit reads, takes for one


def test_colours_and_emoji_codes_are_disarmed_and_long_words_cut():
    assert ":red" not in escaped_markdown(":red[x] :smile:") and "$" not in escaped_markdown("$a$").replace(r"\$", "")
    assert escaped_markdown("a\n b" * 200, most=10) == "a ba ba b…"


def test_what_can_not_be_seen_is_shown_and_joined_emoji_stay_whole():
    assert printable("a\x00\u202eb\x1b") == "a��b�" and printable("1\n2\t") == "1↵2⇥"
    assert printable("👨\u200d👩\u200d👧 می\u200cخواهم") == "👨\u200d👩\u200d👧 می\u200cخواهم"
