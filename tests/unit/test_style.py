"""What a machine can see of docs/style.md: terms, punctuation, spaces and quotes of everything that is said on the screen."""

import re
import tomllib
import unicodedata

import pytest

from components.messages import CONTENT, LANGUAGES, catalogue
from components.ui.state.language import sections

# Text of users (examples to try), and patterns over Streamlit's own words: not our voice.
NOT_OURS = re.compile(
    r"(^|[._])(example|sample_ja|typed|story|pronoun|pair|bank|long|chapter_text|default_text|probe_example|hides)(_|$|\d)|_text$|^shell\."
)
CHAPTERS_OWN = re.compile(r"“[^”]*”|「[^」]*」|\*[^*\n]+\*|\"[^\"]*\"")  # quoted: others' words keep their form
KANA_KANJI = r"ぁ-んァ-ヶー一-龥々"


def table(heading: str) -> list[list[str]]:
    """The rows of the table under a heading of docs/style.md."""
    part = (CONTENT.parent / "docs" / "style.md").read_text(encoding="utf-8").split(f"## {heading}\n")[1].split("\n## ")[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in part.splitlines() if line.startswith("|")]
    return rows[2:]


def texts(language: str) -> dict[str, str]:
    """Everything that is said in a language, name -> text."""
    said = {key: text for key, text in catalogue(language).items() if not NOT_OURS.search(key)}
    for path in sorted((CONTENT / language).glob("*.md")):
        said |= {f"{path.name}#{name}": text for name, text in sections(language, path.stem).items()}
    for id, card in tomllib.loads((CONTENT.parent / "recipes" / "cards.toml").read_text(encoding="utf-8")).items():
        said |= {f"card of {id}: {name}": text for name, text in card[language].items()}
    return said


def plain(text: str) -> str:
    """Without formulas, code, addresses and fields: what is left is language."""
    for pattern in (r"\[[^]]*\]\([^)]*\)", r"\$\$.*?\$\$", r"\$[^$\n]+\$", r"`[^`\n]*`", r"<[^>]+>", r"\{\{.*?\}\}"):
        text = re.sub(pattern, "`", text, flags=re.DOTALL)
    return text


def forbidden() -> list[tuple[str, str]]:
    """(what is never written, what is written instead)."""
    never = [(word, write) for write, words in table("Words") for word in re.split(r"[、,]\s*", words) if word]
    for english, japanese, *words in table("Terms"):
        never += [
            (word, write) for write, some in zip((english, japanese), words, strict=True) for word in re.split(r"[、,]\s*", some) if word
        ]
    return never


@pytest.mark.parametrize("language", LANGUAGES)
def test_nothing_is_called_what_the_style_sheet_forbids(language):
    found = []
    for word, write in forbidden():
        edge = r"\b" if word.isascii() else ""
        pattern = re.compile(f"{edge}{re.escape(word)}{edge}", re.IGNORECASE)
        found += [f"{name}: {word} -> {write}" for name, text in texts(language).items() if pattern.search(plain(text))]
    assert not found


def test_every_term_of_the_sheet_is_explained():
    for language, column in (("en", 0), ("ja", 1)):
        explained = [re.match(r"\*\*(.+?)[.。]\*\*", text)[1] for text in sections(language, "glossary").values()]
        assert [term.lower() for term in explained] == [row[column].lower() for row in table("Terms")]


def test_japanese_marks_are_full_width():
    """A bracket, colon, comma or question mark beside Japanese is Japanese."""
    pattern = re.compile(rf"[{KANA_KANJI}」）][(),:;?!](?!\w*//)|[(),;][{KANA_KANJI}「]")
    assert not [
        f"{name}: {found.group()}"
        for name, text in texts("ja").items()
        for found in pattern.finditer(plain(text))
        if name != "common.card_name"
    ]


def test_a_space_parts_japanese_from_latin_and_digits():
    pattern = re.compile(rf"[{KANA_KANJI}][A-Za-z0-9]|[A-Za-z0-9%][{KANA_KANJI}]|[、。（「] (?=\S)|\S (?=[、。）」])")
    found = [
        f"{name}: {text[max(0, one.start() - 6) : one.end() + 6]}"
        for name, text in texts("ja").items()
        for one in pattern.finditer(re.sub(r"「[^」]*」|\{[^{}]*\}|^\|.*$", "「」", plain(text), flags=re.MULTILINE))
    ]
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_space_stands_twice(language):
    assert not [name for name, text in texts(language).items() if re.search(r"\S  +\S", re.sub(r"(?m)^\|.*$", "", plain(text)))]


def test_english_marks_are_english():
    """No full-width mark, one kind of quotation mark, no space before a mark or per cent. A card quotes code."""
    said = {name: text for name, text in texts("en").items() if not name.startswith("card")}
    wide = [
        name
        for name, text in said.items()
        for letter in plain(text)
        if unicodedata.east_asian_width(letter) in "FW" and unicodedata.category(letter).startswith("P") and letter not in "？「」…"
    ]
    spaced = [name for name, text in said.items() if re.search(r"\w [,;.?!%](?=\s|$)", plain(text))]
    straight = [name for name, text in said.items() if re.search(r"\"\w", re.sub(r"\*\"[^\"]*\"\*", "", plain(text)))]
    assert (wide, spaced, straight) == ([], [], [])


def test_japanese_sentences_are_polite():
    """Prose ends its sentences in です・ます, and so do the remarks' headings; other titles, labels, lists and quoted words needn't."""
    blunt = re.compile(r"(?:である|だ|する|った|ない|いる|ある|れる|せる)(?:（[^）]*）)?。")
    said = {name: text for name, text in texts("ja").items() if name.endswith(".md") or ".md#" in name}
    found = []
    for name, text in said.items():
        for line in plain(text).splitlines():
            if line.startswith(("|", "-", ">")) or not line.strip():
                continue
            body = CHAPTERS_OWN.sub("", re.sub(r"\*\*(.*?)\*\*", r"\1" if "#chapter-" in name else "", line))
            found += [f"{name}: {one.group()} {body[max(0, one.start() - 15) : one.end()]}" for one in blunt.finditer(body)]
    assert not found


def test_english_spelling_is_british():
    american = re.compile(
        r"\b(?:color|behavior|normalize[sd]?|normalization|organization|recognize[sd]?|optimize[sd]?|center|license|labeled|modeling|catalog)\b",
        re.IGNORECASE,
    )
    assert not [
        f"{name}: {one.group()}" for name, text in texts("en").items() for one in american.finditer(CHAPTERS_OWN.sub("", plain(text)))
    ]


CITED = re.compile(
    r"((?:Tjong Kim Sang|[A-Z][A-Za-z'-]+))(?: et al\.| & ([A-Z][A-Za-z-]+(?: [A-Z][a-z]+)?)|(?='s))"
    r"(?:, | |（|\()((?:19|20)\d\d)"
)
ALONE = re.compile(r"(Viterbi|Wilson|McNemar)")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_paper_that_is_cited_is_in_the_references_with_a_link(language):
    listed = sections(language, "sources")["references"].splitlines()
    cited = set()
    for name, text in texts(language).items():
        if name != "sources.md#references":
            cited |= {(first, second or "", year) for first, second, year in CITED.findall(text)}
            cited |= {(who, "", "") for who in ALONE.findall(text)}
    assert len(cited) > 30

    def is_listed(first: str, second: str, year: str) -> bool:
        return any(
            line.startswith(f"- {first},") and second in line and f"({year or ''}" in line and re.search(r"\]\(https://\S+\)", line)
            for line in listed
        )

    assert not [one for one in cited if not is_listed(*one)]


def test_the_languages_have_the_same_references():
    papers = [
        [line for line in sections(language, "sources")["references"].splitlines() if re.search(r"\(\d{4}\)", line)]
        for language in LANGUAGES
    ]
    assert papers[0] == papers[1] == sorted(papers[0])
