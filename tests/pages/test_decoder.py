"""The page of the decoder: its views in both languages, their bounds, and that what they say is what their figures show."""

import re

import numpy as np
import pytest
import torch
from transformers import BertConfig, BertModel, LlamaConfig, LlamaForCausalLM

from components.messages import catalogue, message
from components.models import files
from components.models.bundled import ENGLISH
from components.text.words import split_words
from components.transformer.words import embed_words, projection
from components.views.decoder.causal import EXAMPLES
from tests.pages.conftest import assert_well, drawn, findings

PARTS = ("norm", "ffn", "positions", "heads", "counts")
OPENED = [{"dec_part": "causal"}, *({"dec_part": "modern", "dec_modern": part} for part in PARTS)]


def numbers(text: str) -> list[float]:
    return [float(number.replace(",", "")) for number in re.findall(r"\d[\d,]*(?:\.\d+)?", text)]


def row_of(app) -> str:
    """The table of the word that looks."""
    return next(one.proto.body for one in app.get("html") if "class='dec-row'" in one.proto.body)


@pytest.mark.parametrize("query", OPENED, ids=lambda query: "-".join(query.values()))
def test_each_view_opens_with_a_finding_and_its_code(open_page, language, query):
    app = open_page("decoder", language, **query)
    assert findings(app) and all(findings(app))
    assert any("# --- the computation ---" in block.value for block in app.code)


def test_the_weights_are_torch_s_causal_attention(open_page, language):
    app = open_page("decoder", language)
    weights = drawn(app, "figure-decoder-weights")
    X = embed_words(split_words(catalogue(language)["decoder.example_mat"]), 0, 4)
    Q, K = (torch.from_numpy(X @ projection(4, 4, 0, name))[None] for name in ("W_Q", "W_K"))
    identity = torch.eye(len(X), dtype=torch.float64)[None]
    library = torch.nn.functional.scaled_dot_product_attention(Q, K, identity, is_causal=True)[0].numpy()
    assert np.allclose(weights, library, atol=1e-12) and (np.triu(weights, 1) == 0).all()


@pytest.mark.parametrize("place", [1, 3, 7])
def test_the_word_that_looks_is_counted_and_its_row_is_written_out(open_page, language, place):
    app = open_page("decoder", language, dec_at=str(place))
    words = split_words(catalogue(language)["decoder.example_mat"])
    said, table, weights = findings(app)[0], row_of(app), drawn(app, "figure-decoder-weights")
    assert words[place - 1] in said and place in numbers(said) and (place == 7 or 7 - place in numbers(said))
    lines = re.findall(r"<tr( class=hidden)?><th scope='row'>(.*?)</th>(.*?)</tr>", table)
    assert [word for _, word, _ in lines] == words and [bool(hidden) for hidden, _, _ in lines] == [key >= place for key in range(7)]
    cells = [re.findall(r"<td>(.*?)</td>", rest) for _, _, rest in lines]
    assert [float(cell[2]) for cell in cells] == pytest.approx(weights[place - 1], abs=5e-4)
    assert all((cell[1] == "−∞") == (key >= place) and (key >= place or cell[1] == cell[0]) for key, cell in enumerate(cells))
    values = np.array([[float(number.replace("−", "-")) for number in cell[3].split()] for cell in cells])
    total = re.search(r"<tfoot>.*<td>(.*?)</td>", table)[1].replace("−", "-").split()
    assert list(map(float, total)) == pytest.approx(weights[place - 1] @ values, abs=0.02)


def test_the_slider_moves_the_row(open_page, language):
    app = open_page("decoder", language)
    before = findings(app)[0]
    app.slider(key="dec_at").set_value(2).run()
    assert_well(app)
    assert findings(app)[0] != before and row_of(app).count("class=hidden") == 5
    app.text_area(key="dec_text").set_value("a b").run()
    assert_well(app)
    app.text_area(key="dec_text").set_value("one two three four five six seven eight nine").run()
    app.slider(key="dec_at").set_value(9).run()
    app.text_area(key="dec_text").set_value("only three words").run()
    assert_well(app)
    assert app.slider(key="dec_at").value == 3 and "words" in findings(app)[0]


def test_another_last_word_changes_nothing_before_it_unless_the_mask_is_off(open_page, language):
    app = open_page("decoder", language)
    moved = drawn(app, "figure-decoder-proof")
    assert (moved[:-1, 0] == 0).all() and moved[-1, 0] > 0 and (moved[:, 1] > 0).all()
    assert numbers(findings(app)[1])[0] == 0
    assert numbers(findings(app)[1])[1] == pytest.approx(moved[:-1, 1].max(), rel=5e-3)
    word = {"ja": "海", "en": "sea"}[language]
    app.text_input(key="dec_other").set_value(word).run()
    assert_well(app)
    again = drawn(app, "figure-decoder-proof")
    assert (again[:-1, 0] == 0).all() and not np.allclose(again, moved) and word in findings(app)[1]


def test_the_same_last_word_is_said(open_page, language):
    words = split_words(catalogue(language)["decoder.example_mat"])
    app = open_page("decoder", language, dec_other=words[-1])
    assert (drawn(app, "figure-decoder-proof") == 0).all()
    assert findings(app)[1] == message("decoder.proof_finding_same", language, word=words[-1], other="", masked="", open="")


def test_the_cache_s_counts_are_those_of_the_curves(open_page, language):
    app = open_page("decoder", language)
    n, without, kept, times = numbers(findings(app)[2])[:4]
    curves = [drawn(app, "figure-decoder-cache", trace=trace, field="y") for trace in (0, 1)]
    assert (n, without, kept) == (7, curves[0][6], curves[1][6]) and times == pytest.approx(without / kept, rel=0.02)
    d = 4
    assert kept == 12 * n * d**2 + n * (n + 1) * d and without == 6 * n * (n + 1) * d**2 + n * (n + 1) * (2 * n + 1) * d / 3


@pytest.mark.parametrize("name", ["mat", "door", "be"])
def test_an_example_brings_its_word(open_page, language, name):
    app = open_page("decoder", language, dec_example=name)
    word = split_words(catalogue(language)[f"decoder.example_{name}"])[EXAMPLES[language][name] - 1]
    assert word in findings(app)[0]
    if name != "be":
        assert word in catalogue(language)[f"decoder.ask_{name}"]


def test_one_word_hides_nothing(open_page, language):
    app = open_page("decoder", language, dec_text={"ja": "猫", "en": "cat"}[language])
    assert message("decoder.one_word", language) in [one.value for one in app.caption]
    assert drawn(app, "figure-decoder-weights").tolist() == [[1.0]] and not app.slider


@pytest.mark.parametrize("words", [63, 64, 65])
def test_a_long_text_is_shown_up_to_the_bound(visit_page, language, words):
    app = visit_page("decoder", language, dec_text=" ".join(["word"] * words))
    assert not app.exception
    found = [error.value for error in app.error]
    assert found == ([message("decoder.too_many_words", language, found=65, most=64)] if words == 65 else [])


def test_nothing_to_look_at_gets_a_sentence(visit_page, language):
    app = visit_page("decoder", language, dec_text=" ")
    assert not app.exception and [error.value for error in app.error] == [message("decoder.no_words", language)]


@pytest.mark.parametrize("value", ["0", "-3", "8", "999", "x", "nan", "2.5", "٣"])
def test_an_impossible_word_in_the_address_is_one_that_there_is(open_page, value):
    app = open_page("decoder", "en", dec_at=value)
    place = app.slider(key="dec_at").value
    assert 1 <= place <= 7 and place in numbers(findings(app)[0])


@pytest.mark.parametrize("query", OPENED, ids=lambda query: "-".join(query.values()))
@pytest.mark.parametrize("text", ["<b>x</b> **y** $z$ <script>", "😀😀 😀 👨‍👩‍👧", "a\x00b\ufeff c\u200bd e", "{x} {{y}} %s"])
def test_odd_words_are_text(open_page, query, text):
    app = open_page("decoder", "en", dec_text=text, dec_other=text, **query)
    assert "<b>" not in "".join(one.proto.body for one in app.get("html") if "dec-row" in one.proto.body).replace("<b>x</b>", "<b>")


@pytest.mark.parametrize("shift", ["0.0", "3.0"])
def test_the_norms_are_torch_s(open_page, language, shift):
    app = open_page("decoder", language, dec_part="modern", dec_shift=shift)
    x, layer, rms = (torch.from_numpy(drawn(app, "figure-decoder-norm", trace=trace, field="y").copy()) for trace in range(3))
    assert torch.allclose(layer, torch.nn.functional.layer_norm(x, (16,)), atol=1e-4)
    assert torch.allclose(rms, torch.nn.functional.rms_norm(x, (16,), eps=1e-5), atol=1e-9)
    assert sorted(numbers(findings(app)[0])[:2]) == [576, 1152]


def test_a_gated_network_costs_what_its_matrices_have(open_page, language):
    app = open_page("decoder", language, dec_part="modern", dec_modern="ffn")
    assert numbers(findings(app)[0])[-2:] == [1536, 2304] or {1536, 2304} <= set(numbers(findings(app)[0]))
    assert 3 * 576 * 1536 == 2 * 576 * 2304
    curves = {trace: drawn(app, "figure-decoder-ffn", trace=trace, field="y") for trace in range(3)}
    x = torch.from_numpy(drawn(app, "figure-decoder-ffn", field="x").copy())
    for trace, function in enumerate((torch.relu, torch.nn.functional.gelu, torch.nn.functional.silu)):
        assert np.allclose(curves[trace], function(x).numpy(), atol=1e-9)


def test_rotary_products_are_the_same_from_every_start(open_page, language):
    app = open_page("decoder", language, dec_part="modern", dec_modern="positions", dec_start="33")
    turned, added = (
        np.stack([drawn(app, f"figure-decoder-positions-{kind}", trace=trace, field="y") for trace in range(3)])
        for kind in ("rotary", "added")
    )
    assert np.abs(turned - turned[0]).max() < 1e-10 and np.abs(added - added[0]).max() > 1
    assert numbers(findings(app)[0])[-1] == pytest.approx(np.abs(added - added[0]).max(), rel=5e-3)


@pytest.mark.parametrize("kv_heads", [9, 3, 1])
def test_shared_heads_keep_their_share(open_page, language, kv_heads):
    app = open_page("decoder", language, dec_part="modern", dec_modern="heads", dec_kv=str(kv_heads))
    assert drawn(app, "figure-decoder-kv-bytes", field="x").tolist() == [69_120, 23_040, 7_680]
    shared = drawn(app, "figure-decoder-kv-shared")
    assert shared.shape == (kv_heads, 9) and (shared.sum(axis=0) == 1).all() and (shared.sum(axis=1) == 9 / kv_heads).all()
    assert {9: 69_120, 3: 23_040, 1: 7_680}[kv_heads] in numbers(findings(app)[0])


def test_the_bars_add_up_to_the_libraries_models(open_page, language):
    app = open_page("decoder", language, dec_part="modern", dec_modern="counts")
    bars = np.stack([drawn(app, "figure-decoder-counts", trace=trace, field="x") for trace in range(6)])
    with torch.device("meta"):
        bert = BertModel(BertConfig(**files.find(ENGLISH.encoder).config))
        llama = LlamaForCausalLM(
            LlamaConfig(
                vocab_size=49_152, hidden_size=576, num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3,
                intermediate_size=1_536, tie_word_embeddings=True,
            )
        )  # fmt: skip
    wanted = [sum(one.numel() for one in model.parameters()) for model in (bert, llama)]
    assert bars.sum(axis=0)[1:].tolist() == wanted and 63e6 < bars.sum(axis=0)[0] < 65e6
    shares = bars[3] / bars.sum(axis=0)
    assert wanted[1] in numbers(findings(app)[0])
    assert {round(100 * shares[0]), round(100 * shares[2])} <= set(numbers(findings(app)[0]))
