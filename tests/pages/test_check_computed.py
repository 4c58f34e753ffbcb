"""Questions about the visitor's own text: the right answer, computed here from the models and libraries themselves, is the one that the page takes."""

import math
import re

import numpy as np
import pytest
import torch

from components.messages import message
from components.models import bundled, load
from components.models.attribution import attribute
from components.models.masked_lm import bare
from components.text.clip import clip
from components.text.japanese import is_japanese_tokenizer
from components.text.token_names import names
from components.text.word_grouping import group_words
from components.transformer.analysis import merge_words
from components.transformer.head_kind import KINDS, head_kind
from components.vectors.sample_map import sample_map
from components.views.attention.trained import DEFAULT_HEADS
from tests.pages.checking import answer, asked, opened, options, quoted, words

TEXTS = {
    "en": (
        "The old man gave his dog a bone.",
        "Anna moved from Paris to Berlin because the rent was too high, and now she works for a small company that makes wooden toys, "
        "which her brother in London sells in his shop every summer to people who like old things.",
    ),
    "ja": (
        "祖母は庭で花に水をやった。",
        "田中さんは東京から大阪に引っ越して、今は小さな会社で木のおもちゃを作っており、兄が横浜の店でそれを毎年夏に売っている。",
    ),
}
CASES = [(language, text) for language, texts in TEXTS.items() for text in texts]
both = pytest.mark.parametrize(("language", "text"), CASES)


def numbers(text: str) -> list[int]:
    return [int(one.replace(",", "")) for one in re.findall(r"\d[\d,]*", text)]


def own(language: str, task: str):
    return bundled.models_for(language).tasks[task]


def attentions(language: str, text: str):
    """The library's own attention weights over words (layers, heads, N, N), and the words."""
    encoder = load(own(language, "similarity"), "encoder")
    run, tokenizer = encoder.run(text, attentions=True), encoder.aligner.tokenizer
    units = group_words(run.text, True, is_japanese_tokenizer(tokenizer), names(run.text, tokenizer))
    layers, heads = run.attentions.shape[:2]
    merged = [[merge_words(run.attentions[layer, head], units.unit_of_token) for head in range(heads)] for layer in range(layers)]
    return np.array(merged), units


def right(app, id: str, value) -> None:
    """`value` is taken as right, and every other answer on offer as wrong."""
    if isinstance(value, str):
        assert value in options(app, id), (id, value, options(app, id))
        for other in options(app, id):
            if other != value:
                assert "✗" in answer(app, id, other), (id, other)
    assert "✓" in answer(app, id, value), (id, value)


@both
def test_vectors(open_page, language, text):
    app = open_page("vectors", language, vec_text=text, **opened("vectors"))
    model = load(own(language, "masked_lm"), "masked_lm")
    tokenizer, weight = model.aligner.tokenizer, model.model.get_input_embeddings().weight.detach().double().numpy()
    word = quoted(words(app, "vectors-size"))[0]
    right(app, "vectors-size", len(tokenizer(text).input_ids) * weight.shape[1])
    id = tokenizer.convert_tokens_to_ids(word)
    cosines = weight @ weight[id] / np.linalg.norm(weight, axis=1) / np.linalg.norm(weight[id])
    order = (tokenizer.convert_ids_to_tokens(int(row)) for row in np.argsort(-cosines))
    right(app, "vectors-nearest", next(token for token in order if bare(token) != bare(word)))


@both
def test_tokens(open_page, language, text):
    app = open_page("tokens", language, tok_text=text, **opened("tokens"))
    tokenizer = load(own(language, "similarity"), "encoder").aligner.tokenizer
    right(app, "tokens-count", len(tokenizer.tokenize(text)))
    right(app, "tokens-pieces", str(len(tokenizer.tokenize(quoted(words(app, "tokens-pieces"))[-1]))))


def test_a_predicted_number_of_tokens_may_be_a_tenth_off(open_page):
    app = open_page("tokens", "en", tok_text="cat " * 40, **opened("tokens"))
    assert ["✓" in answer(app, "tokens-count", n) for n in (35, 36, 44, 45)] == [False, True, True, False]


@both
def test_similarity_on_the_map(open_page, language, text):
    app = open_page("similarity", language, sim_text=text, **opened("similarity"))
    drawn = sample_map(language)
    vector = load(own(language, "similarity"), "similarity").encode([text])[0]
    best = max(range(len(drawn.texts)), key=lambda row: float(drawn.vectors[row] @ vector))
    right(app, "similarity-nearest", clip(drawn.texts[best], 80))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_similarity_of_a_list(open_page, language):
    sentences = {
        "en": ["The cat sleeps.", "A kitten is asleep.", "The bank raised its rates.", "It will rain tomorrow."],
        "ja": ["猫が眠っている。", "子猫が寝ている。", "銀行が金利を上げた。", "明日は雨が降る。"],
    }[language]
    app = open_page("similarity", language, sim_mode="sentences", sim_sentences="\n".join(sentences), **opened("similarity"))
    vectors = load(own(language, "similarity"), "similarity").encode(sentences)
    pairs = [(i, j) for i in range(4) for j in range(i + 1, 4)]
    first, second = max(pairs, key=lambda pair: float(vectors[pair[0]] @ vectors[pair[1]]))
    right(app, "similarity-pair", f"{first + 1} – {second + 1}")


@pytest.mark.parametrize("language", ["en", "ja"])
def test_a_denial_is_near_to_what_it_denies_as_the_question_says(language):
    pair = re.findall(r"[“「](.+?)[”」]", message("questions.similarity-negation", language))[:2]
    one, other = load(own(language, "similarity"), "similarity").encode(pair)
    assert float(one @ other) > 0.7 > sample_map(language).low + 0.3


@both
def test_attention(open_page, language, text):
    app = open_page("attention", language, att_text=text, **opened("attention"))
    layer, head = map(int, DEFAULT_HEADS[language].split("-"))
    weights, units = attentions(language, text)
    labels, weights = list(units.labels), weights[layer - 1, head - 1]
    query = quoted(words(app, "attention-most"))[0]
    row = weights[labels.index(query)]
    right(app, "attention-most", labels[int(row.argmax())])
    right(app, "attention-rest", round(100 - 100 * float(row.max())))
    right(app, "attention-later", str(labels.index(quoted(words(app, "attention-later"))[0]) + 1))


def test_attention_of_typed_numbers(open_page):
    app = open_page("attention", "en", att_mode="numbers", att_Q="1 0\n0 5", att_K="3 0\n0 1\n0 3", att_V="1\n2\n3", **opened("attention"))
    query = int(quoted(words(app, "attention-most"))[0].removeprefix("q")) - 1
    Q, K = np.array([[1, 0], [0, 5]]), np.array([[3, 0], [0, 1], [0, 3]])
    right(app, "attention-most", f"k{int((Q[query] @ K.T).argmax()) + 1}")


@both
def test_multi_head(open_page, language, text):
    app = open_page("multi_head", language, mh_text=text, **opened("multi_head"))
    config = load(own(language, "similarity"), "encoder").config
    tokens, h = len(load(own(language, "similarity"), "encoder").tokenize(text)), config.num_attention_heads
    right(app, "multi_head-weights", f"{h * tokens * tokens:,}")
    right(app, "multi_head-width", config.hidden_size // h)
    weights, units = attentions(language, text)
    query, key = (list(units.labels).index(word) for word in quoted(words(app, "multi_head-head"))[:2])
    heads = {one: tuple(int(part) - 1 for part in one.split()[-1].split("-")) for one in options(app, "multi_head-head")}
    right(app, "multi_head-head", max(heads, key=lambda one: weights[heads[one]][query, key]))


@pytest.mark.parametrize(
    "query",
    [{}, {"pe_at": "60"}, {"pe_view": "distance", "pe_d_model": "64", "pe_length": "40"}, {"pe_view": "order"}, {"pe_view": "kinds"}],
)
def test_positional(open_page, query):
    app = open_page("positional", "en", **query, **opened("positional"))
    d, position = numbers(words(app, "positional-nearest").split(".", 1)[1])

    def product(other: int) -> float:
        """Of two sinusoidal encodings, which depends on their distance: sin a sin b + cos a cos b = cos(a - b)."""
        return sum(math.cos((position - other) / 10_000 ** (2 * i / d)) for i in range(d // 2))

    right(app, "positional-nearest", max(options(app, "positional-nearest"), key=lambda one: product(int(one))))


@both
def test_feed_forward(open_page, language, text):
    app = open_page("feed_forward", language, ff_text=text, **opened("feed_forward"))
    encoder = load(own(language, "similarity"), "encoder")
    _, *found = numbers(words(app, "feed_forward-neuron"))
    layer, neuron = sorted(found)  # the layer is the smaller number
    block, tokenizer = encoder.bert.encoder.layer[layer - 1], encoder.aligner.tokenizer
    caught = []
    hook = block.intermediate.register_forward_hook(lambda _, __, output: caught.append(output[0, :, neuron]))
    ids = torch.tensor([list(encoder.tokenize(text).ids)])
    with torch.inference_mode():
        encoder.bert(input_ids=ids)
    hook.remove()
    tokens = tokenizer.convert_ids_to_tokens(ids[0].tolist())
    right(app, "feed_forward-neuron", tokens[1 + int(caught[0][1:-1].argmax())])
    counts = [sum(p.numel() for name, p in block.named_parameters() if "LayerNorm" not in name and name.startswith("attention") is own_) for own_ in (True, False)]  # fmt: skip
    right(app, "feed_forward-share", f"{100 * counts[1] / sum(counts):.0f}%")


@both
def test_bert_attention(open_page, language, text):
    app = open_page("bert_attention", language, ba_text=text, ba_words="true", ba_view="matrix", **opened("bert_attention"))
    tokens = load(own(language, "similarity"), "encoder").run(text, attentions=True)
    weights, units = attentions(language, text)
    whole = len(units) == len(options_units(app))
    layer, head = numbers(words(app, "bert_attention-collects"))[-2:] if "bert_attention-collects" in asked(app) else (1, 1)
    labels = list(units.labels) if whole else list(tokens.text.tokens)
    shown = weights if whole else tokens.attentions
    if "bert_attention-collects" in asked(app):
        right(app, "bert_attention-collects", labels[int(shown[layer - 1, head - 1].sum(axis=0).argmax())])
    special = units.special if whole else tokens.text.special
    kinds = [head_kind(matrix, special).kind for heads in shown for matrix in heads]
    most = max(KINDS, key=kinds.count)
    if sorted(map(kinds.count, KINDS))[-2] == kinds.count(most):
        assert "bert_attention-kinds" not in asked(app), "two kinds share the first place"
    else:
        right(app, "bert_attention-kinds", message(f"head_kind.{most}", language))


def options_units(app) -> list[str]:
    """The words that the matrix names, special tokens among them."""
    return app.multiselect(key="ba_chosen").options


@pytest.mark.parametrize(
    ("language", "text"),
    [("en", "The capital of France is [MASK] and many people live there."), ("ja", "日本の首都は[MASK]で、多くの人が住んでいる。")],
)
def test_masked_lm(open_page, language, text):
    app = open_page("masked_lm", language, mlm_fill=text, **opened("masked_lm"))
    model = load(own(language, "masked_lm"), "masked_lm")
    tokenizer = model.aligner.tokenizer
    ids = torch.tensor([list(model.tokenize(text).ids)])
    with torch.inference_mode():
        logits = model.model(input_ids=ids).logits[0, ids[0].tolist().index(tokenizer.mask_token_id)]
    right(app, "masked_lm-gap", bare(tokenizer.convert_ids_to_tokens(int(logits.argmax()))))
    right(app, "masked_lm-rate", round(0.15 * (ids.shape[1] - 2)))


@both
def test_classification(open_page, language, text):
    app = open_page("classification", language, cls_text=text, **opened("classification"))
    model = load(own(language, "classification"), "classification")
    best = model.predict([text])[0]
    right(app, "classification-rest", round(100 - 100 * best.score))
    shares = attribute(model, text, best.label)
    if "classification-word" in asked(app):
        right(app, "classification-word", shares.word_texts[int(shares.words.argmax())])


@both
def test_entities(open_page, language, text):
    app = open_page("entities", language, ner_text=text, **opened("entities"))
    found = load(own(language, "ner"), "ner").predict([text])[0]
    right(app, "entities-count", str(len(found)))
    assert ("entities-tag" in asked(app)) is bool(found)
    if found:
        said = words(app, "entities-tag").split(".", 1)[1]
        entity = next(one for one in found if one.text in quoted(said))
        right(app, "entities-tag", f"{'I' if numbers(said)[0] == 2 else 'B'}-{entity.label}")


@pytest.mark.parametrize(("place", "silent"), [(0, False), (1, False), (0, True)])
@pytest.mark.parametrize("language", ["en", "ja"])
def test_question_answering(open_page, language, place, silent):
    text = {"en": ("Mary was born in Paris in 1950 and moved to Rome when she was ten.", "The shop sells bread, milk and cheese."),
            "ja": ("花子は 1950 年に京都で生まれ、十歳のとき東京に引っ越した。", "その店ではパンと牛乳とチーズを売っている。")}[language][place]  # fmt: skip
    question = {
        "en": ("Where was Mary born?", "What does the shop sell?"),
        "ja": ("花子はどこで生まれましたか。", "店では何を売っていますか。"),
    }[language][place]
    strict = {"qa_strictness": "-10"} if silent else {"qa_strictness": "10"}
    app = open_page("question_answering", language, qa_question=question, qa_context=text, **strict, **opened("question_answering"))
    model = load(own(language, "qa"), "qa")
    reading = model.decode(asked_ := model.ask(question, text), model.score(asked_, range(1)), 3)
    none = message("question_answering.none", language)
    expected = none if reading.lead > model.threshold + float(strict["qa_strictness"]) else reading.candidates[0].text
    right(app, "question_answering-answer", expected)
    right(app, "question_answering-never", next(one for one in options(app, "question_answering-never") if one not in text))


@pytest.mark.parametrize("language", ["en", "ja"])
def test_fine_tune(open_page, language):
    app = open_page("fine_tune", language, **opened("fine_tune"))
    assert "fine_tune-steps" not in asked(app)
    table = "text,label\n" + "".join(f"good film {n},yes\nbad film {n * 7},no\n" for n in range(50))
    app.file_uploader(key="tune:file").upload("reviews.csv", table.encode(), "text/csv").run()
    rows, batch, epochs = numbers(words(app, "fine_tune-steps").split(".", 1)[1])
    assert rows == 70, "of 100 rows 20 are tested on and 10 validate"
    right(app, "fine_tune-steps", f"{math.ceil(rows / batch) * epochs:,}")
