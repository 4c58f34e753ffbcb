"""The words that decided, as HTML: marked where they did something, escaped whatever they are."""

from types import SimpleNamespace

import numpy as np

from components.ui.widgets.attribution import words_card, words_html


def attribution(text, words, cut=False):
    spans, at = [], 0
    for word in words:
        at = text.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    return SimpleNamespace(words=np.array(list(words.values()), dtype=float), word_spans=tuple(spans), text=SimpleNamespace(cut=cut))


def test_line_and_tint_grow_with_the_share_and_faint_words_have_none():
    text = "a good bad odd film"
    html = words_html(text, attribution(text, {"good": 2.0, "bad": -1.0, "odd": 0.31, "film": 0.29}))
    assert '<span class="at-word" style="--share:1.00" data-share="+2.00" tabindex="0">good</span>' in html
    assert '<span class="at-word at-against" style="--share:0.50" data-share="−1.00" tabindex="0">bad</span>' in html
    assert 'data-share="+0.31"' in html and " film" in html and 'data-share="+0.29"' not in html


def test_markup_of_a_visitor_is_shown_and_what_was_not_read_is_grey():
    text = "<b>x</b> \u202e good rest"
    html = words_html(text, attribution(text, {"x": 1.0, "good": 0.5}, cut=True))
    assert "<b>" not in html and "&lt;b&gt;" in html and "\u202e" not in html
    assert '<span class="at-unread"> rest</span>' in html


def test_only_the_strongest_dozen_is_in_the_way_of_the_tab_key():
    words = {f"w{number:02}": 1.0 + number / 100 for number in range(20)}
    text = " ".join(words)
    assert words_html(text, attribution(text, words)).count('tabindex="0"') == 12


def test_a_card_has_the_marked_words_at_their_places():
    text = "It was good, not bad"
    card = words_card(text, attribution(text, {"good": 1.0, "not": -0.5, "bad": 0.01}), "finding")
    assert list(card.words) == ["It was", "good", ",", "not", "bad"]
    assert [(mark.at, mark.role, mark.share) for mark in card.marks] == [(1, "supports", 1.0), (3, "opposes", 0.5)]
