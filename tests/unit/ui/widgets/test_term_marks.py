"""Terms that are marked in prose: once a page, as words of their own, and nothing else becomes HTML."""

import re
from html import unescape

import pytest

from components.messages import CONTENT, LANGUAGES
from components.ui.state.language import sections
from components.ui.widgets.page import _explained
from components.ui.widgets.pages import PAGES
from components.ui.widgets.term_marks import ALSO_USUAL, with_terms

MARK = re.compile(r'<abbr tabindex="0" title="([^"]*)">([^<]*)</abbr>')
EXPLAINING = [page for names in PAGES.values() for page in names if "explain" in sections("en", page)]


def found(text: str, language: str, seen: set[str] | None = None) -> list[tuple[str, str]]:
    return [(word, unescape(title)) for title, word in MARK.findall(with_terms(text, language, set() if seen is None else seen))]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", EXPLAINING)
def test_every_explanation_marks_terms_once_and_changes_nothing_else(page, language):
    opened, closed = _explained(language, page)
    text = "\n\n".join([*opened, *(answer for _, answer in closed)])
    titles = [title for title, _ in MARK.findall(text)]
    assert (titles or page == "exercises") and len(set(titles)) == len(titles)
    bare = MARK.sub(r"\2", text)
    assert all(part.strip() in sections(language, page)["explain"] for part in bare.split("\n\n"))
    # what is left must be read as Markdown alone: a sign of a tag outside formulas and code would be one
    assert not re.search(r"<[A-Za-z/!]", re.sub(r"\$\$.*?\$\$|\$[^$]+\$|`[^`]+`", "", bare, flags=re.DOTALL))


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_term_is_found_by_its_own_name_and_says_its_sentence(language):
    for text in sections(language, "glossary").values():
        name, sentence = re.match(r"\*\*(.+?)[.。]\*\*\s*(.+)", text, re.DOTALL).groups()
        around = f"It is a {name}, as said." if language == "en" else f"これが{name}です。"
        marks = found(around, language)
        if name in ALSO_USUAL:
            assert marks == []
            continue
        assert [word for word, _ in marks] == [name] and re.sub(r"[*`$]", "", sentence).split()[0] in marks[0][1]


def test_a_part_of_another_word_is_no_term():
    assert found("subtokens and tokenised text", "en") == []
    assert [word for word, _ in found("Two tokens, one token.", "en")] == ["tokens"]
    assert found("数値と価値を比べます。", "ja") == [] and [word for word, _ in found("キーと値。", "ja")] == ["キー", "値"]
    assert found("キーボード", "ja") == []


def test_formulas_code_links_and_titles_stay():
    for text in ("$softmax$", "`token`", "[token](https://a.example/token)", "**Token.** x", "| token |", "# token"):
        assert found(text, "en") == []
    assert len(found("`token` is a token", "en")) == 1


def test_what_was_seen_is_not_marked_again():
    seen: set[str] = set()
    assert found("a token", "en", seen) and not found("another token", "en", seen)


def test_every_prose_file_is_there():
    assert all((CONTENT / language / "glossary.md").exists() for language in LANGUAGES) and len(EXPLAINING) > 12


def test_an_emphasised_term_keeps_its_emphasis():
    """A sign of emphasis beside a tag would stay a star on the screen."""
    assert [word for word, _ in found("各単語は*クエリ*です。", "ja")] == ["*クエリ*"]
    assert found("*クエリの行*です。", "ja") == [] and [word for word, _ in found("*クエリの行*とクエリ", "ja")] == ["クエリ"]
