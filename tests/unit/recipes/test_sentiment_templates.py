"""The made sentences: forms of Japanese predicates, one seed one set, words that a reader would give the same class."""

import collections
from random import Random

import pytest

from recipes import sentiment_templates
from recipes.japanese_forms import inflect
from recipes.polarity import NEUTRAL, Opinion

FORMS = {  # plain, plain past, polite past, plain denied, polite past denied
    "美味しい/i": ("美味しい", "美味しかった", "美味しかったです", "美味しくない", "美味しくありませんでした"),
    "親切/na": ("親切だ", "親切だった", "親切でした", "親切ではない", "親切ではありませんでした"),
    "楽しめる/v1": ("楽しめる", "楽しめた", "楽しめました", "楽しめない", "楽しめませんでした"),
    "感動する/vs": ("感動する", "感動した", "感動しました", "感動しない", "感動しませんでした"),
    "落ち着く/v5k": ("落ち着く", "落ち着いた", "落ち着きました", "落ち着かない", "落ち着きませんでした"),
    "気に入る/v5r": ("気に入る", "気に入った", "気に入りました", "気に入らない", "気に入りませんでした"),
    "思う/v5u": ("思う", "思った", "思いました", "思わない", "思いませんでした"),
    "落ち込む/v5m": ("落ち込む", "落ち込んだ", "落ち込みました", "落ち込まない", "落ち込みませんでした"),
    "腹が立つ/v5t": ("腹が立つ", "腹が立った", "腹が立ちました", "腹が立たない", "腹が立ちませんでした"),
}


@pytest.mark.parametrize("entry", FORMS)
def test_predicates_take_the_forms_of_the_grammar(entry):
    plain = {"past": False, "polite": False}
    polite = {"past": True, "polite": True}
    found = (
        inflect(entry, **plain),
        inflect(entry, past=True, polite=False),
        inflect(entry, **polite),
        inflect(entry, **plain, negated=True),
        inflect(entry, **polite, negated=True),
    )
    assert found == FORMS[entry]


def test_an_unknown_class_is_refused():
    with pytest.raises(ValueError, match="no such class"):
        inflect("来る/vk", past=True, polite=False)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_one_seed_gives_one_set_without_repeats_balanced_and_filled(language):
    rows = sentiment_templates.sentences(language)
    assert rows == sentiment_templates.sentences(language) != sentiment_templates.sentences(language, seed=1)
    assert len({row.text for row in rows}) == len(rows) > 6_000
    counts = collections.Counter(row.label for row in rows)
    assert max(counts.values()) < 1.4 * min(counts.values())
    assert not [row.text for row in rows if "{" in row.text or "/" in row.text.replace("10/10", "")]
    assert {row.label for row in rows if row.source in ("made/facts", "made/requests", "made/balanced")} == {NEUTRAL}


@pytest.mark.parametrize("text", ["部屋は広かったが、汚かった。", "It isn't bad, but slow."])
def test_a_slip_keeps_nearly_all_letters(text):
    slips = {sentiment_templates.slip(text, Random(seed)) for seed in range(60)}
    assert len(slips) > 12
    assert all(abs(len("".join(one.split())) - len("".join(text.split()))) <= 3 for one in slips)


def test_slips_come_beside_the_rows_and_keep_their_labels():
    rows = [Opinion(f"部屋{number}は清潔でした。", 2, "made/plain", "") for number in range(1_000)]
    both = sentiment_templates.with_slips(rows, 0.25)
    assert both[:1_000] == rows and 180 < len(both) - 1_000 < 320 and {row.label for row in both} == {2}
