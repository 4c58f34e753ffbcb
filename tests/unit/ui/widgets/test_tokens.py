from components.ui.widgets.tokens import Chip, chips_html


def test_tokens_of_one_word_share_a_frame_and_a_repeated_word_does_not():
    html = chips_html([Chip("play", 0), Chip("##ing", 0), Chip("play", 1)])
    assert html.count('class="tl-word"') == 2 and html.count("tl-chip") == 1 + 3  # the list itself and three chips


def test_everything_a_visitor_typed_is_escaped():
    html = chips_html([Chip("</script><b>", note="<i>", tooltip='"><img src=x>')])
    assert "<b>" not in html and "<i>" not in html and "<img" not in html and "</script>" not in html


def test_kind_and_weight_do_not_rest_on_colour_alone():
    assert "tl-unknown" in chips_html([Chip("?", kind="unknown")])
    assert "var(--hi-supports)" in chips_html([Chip("a", weight=0.5)]) and "var(--hi-opposes)" in chips_html([Chip("a", weight=-0.5)])
