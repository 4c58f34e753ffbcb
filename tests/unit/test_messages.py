"""Both languages say everything, each in its own script."""

import ast
import re
import string
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from components.errors import UserError
from components.messages import CONTENT, LANGUAGES, catalogue, message
from components.ui.state.language import sections
from components.ui.widgets import pages

ROOT = CONTENT.parent
JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uff66-\uff9f]")
# Japanese that an English reader must see: the language's own name, and examples of Japanese text (keys ending so).
JAPANESE_ALLOWED_KEYS = re.compile(r"(^|[._])(ja|japanese|example\w*|sample\w*)(_|$)|_ja(_\w+)?$")
PAGES = sorted(path.stem for path in (CONTENT / "en").glob("*.md"))


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_the_languages_have_the_same_messages():
    english, japanese = catalogue("en"), catalogue("ja")
    assert english.keys() == japanese.keys(), english.keys() ^ japanese.keys()
    empty = [key for language in LANGUAGES for key, text in catalogue(language).items() if not text.strip()]
    assert not empty


def test_the_languages_fill_in_the_same_values():
    different = {key for key, text in catalogue("en").items() if "{" in text and fields(text) != fields(catalogue("ja")[key])}
    assert not different


def test_english_holds_no_japanese():
    found = {key: text for key, text in catalogue("en").items() if JAPANESE.search(text) and not JAPANESE_ALLOWED_KEYS.search(key)}
    assert not found


def test_japanese_is_japanese():
    """A sentence of several words without one Japanese character was left untranslated."""
    untranslated = {
        key: text
        for key, text in catalogue("ja").items()
        if len(re.findall(r"[A-Za-z]{2,}", text)) > 4 and not JAPANESE.search(text) and "example" not in key
    }
    assert not untranslated


def keys_in_code() -> set[str]:
    """Every literal first argument of t(...), message(...) and of an exception whose key names a catalogue."""
    found = set()
    domains = {key.split(".")[0] for key in catalogue("en")}
    for path in [ROOT / "app.py", *(ROOT / "pages").glob("*.py"), *(ROOT / "components").rglob("*.py")]:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and node.args and isinstance(node.args[0], ast.Constant) and isinstance(node.args[0].value, str):
                key = node.args[0].value
                if re.fullmatch(r"[a-z_]+\.[A-Za-z0-9_-]+", key) and key.split(".")[0] in domains and callee(node) in {"t", "message"}:
                    found.add(key)
    return found


def callee(node: ast.Call) -> str:
    return node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")


def test_every_key_in_the_code_exists():
    missing = keys_in_code() - catalogue("en").keys()
    assert not missing


@pytest.mark.parametrize("page", PAGES)
def test_both_languages_have_the_same_sections(page):
    english, japanese = sections("en", page), sections("ja", page)
    assert english and english.keys() == japanese.keys()
    assert all(JAPANESE.search(text) for text in japanese.values())


def test_no_page_of_prose_is_missing_in_english():
    assert {path.stem for path in (CONTENT / "ja").glob("*.md")} == set(PAGES)


def test_a_user_error_speaks_both_languages():
    error = UserError("attention.too_many_words", found=70, most=64)
    assert "70" in str(error) and "64" in error.in_language("ja") and JAPANESE.search(error.in_language("ja"))
    with pytest.raises(KeyError):
        message("attention.no_such_key", "en")


def test_pages_in_the_navigation_exist_and_are_the_pages_there_are():
    named = {name for names in pages.PAGES.values() for name in names}
    assert named == {path.stem for path in Path(ROOT / "pages").glob("*.py")}


def test_markdown_leaves_no_asterisk_on_the_screen():
    """A mark of emphasis beside Japanese punctuation doesn't open or close one (CommonMark 0.31, section 6.2), and would be shown."""
    read, formulas = MarkdownIt("commonmark"), re.compile(r"\$\$.*?\$\$|\$[^$\n]+\$", re.DOTALL)
    texts = {f"{language}/{key}": text for language in LANGUAGES for key, text in catalogue(language).items()}
    texts |= {
        f"{language}/{page}.md": (CONTENT / language / f"{page}.md").read_text(encoding="utf-8") for language in LANGUAGES for page in PAGES
    }
    stray = re.compile(r"\*\*|(?<![\w*])\*(?=\S)|(?<=\S)\*(?![\w*])")
    shown = {
        name: part.content
        for name, text in texts.items()
        for block in read.parse(formulas.sub("x", text))
        for part in block.children or []
        if part.type == "text" and stray.search(part.content)
    }
    assert not shown


@pytest.mark.parametrize(
    ("n", "said"),
    [
        (1, "1 row has no label."),
        ("1", "1 row has no label."),
        (0, "0 rows have no label."),
        (2, "2 rows have no label."),
        ("1,001", "1,001 rows have no label."),
    ],
)
def test_one_of_a_thing_is_singular(n, said):
    assert message("training.found-empty-label", "en", n=n) == said


def test_no_english_sentence_counts_a_plural_whatever_the_number():
    """A number beside a plural word of a thing that there can be one of has both wordings."""
    plural = re.compile(r"\{n(:,)?\} (rows|labels|pairs|texts|classes|columns|lines|cells|names|windows|runs|masks|mistakes)\b")
    assert not {key for key, text in catalogue("en").items() if plural.search(text)}
