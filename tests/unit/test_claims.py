"""Every number in the prose is computed here, or its sentence names its source, or it only names or sets something.

A claim is a piece of a sentence with {} for its numbers, in one language or both, and the function that computes them. When a model, a sample
or a bound changes, the sentence with the new numbers is not in the prose any more, and the test says how it should read.
"""

import inspect
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import torch

from components.messages import CONTENT, LANGUAGES, catalogue
from components.models import catalog, load
from components.models.adapters import backbone
from components.models.classification import untrained
from components.models.files import find
from components.transformer.ablation import cosine
from components.transformer.attention import softmax
from components.transformer.encoder import Encoder
from components.transformer.head_kind import head_kind
from components.transformer.multi_head import MultiHeadAttention
from components.transformer.parameters import BERT_BASE, BERT_LARGE, count_parameters
from components.transformer.positional import check_shift, wavelengths
from components.transformer.recurrent import measure_gradients
from components.transformer.scaling import scaling_curves
from components.transformer.tracing import trace

torch.set_num_threads(1)


@dataclass(frozen=True)
class Claim:
    page: str
    numbers: Callable[[], tuple[object, ...]]
    en: str = ""
    ja: str = ""


def words(key: str, language: str) -> str:
    return catalogue(language)[key]


@cache
def encoder(id: str):
    return load(id, "encoder")


@cache
def attention(id: str, key: str):
    """(L, h, T, T) weights, tokens, special tokens, of an example of the page of attention."""
    run = encoder(id).run(words(f"bert_attention.{key}", "ja" if id.endswith("ja") else "en"), attentions=True)
    return np.array(run.attentions), list(run.text.tokens), np.array(run.text.special)


def to_specials(id: str):
    weights = attention(id, "pronoun_a")[0].mean(axis=(0, 1, 2))
    return f"{weights[0]:.0%}", f"{weights[-1]:.0%}"


def link(id: str, key: str, layer: int, head: int, word: str, to: str, place: int = 0):
    """What the head gives from the word's occurrence number `place` to the other word, and how many tokens back that is."""
    weights, tokens, _ = attention(id, key)
    row, column = [at for at, token in enumerate(tokens) if token == word][place], tokens.index(to)
    return f"{weights[layer - 1, head - 1, row, column]:.2f}", row - column


def far_link():
    weight, distance = link("embed-en", "long_a", 4, 2, "she", "grandmother", place=1)
    return distance, weight


@cache
def switched_off(id: str) -> np.ndarray:
    """(L, h) cosine of the sentence vector with each head switched off alone."""
    model, text = encoder(id), words("bert_attention.pronoun_a", "ja" if id.endswith("ja") else "en")
    before = model.run(text, hidden_states=True).hidden_states[-1].mean(axis=0)
    layers, heads = attention(id, "pronoun_a")[0].shape[:2]
    found = [
        [
            cosine(before, model.run(text, hidden_states=True, masked_heads=[(layer, head)]).hidden_states[-1].mean(axis=0))
            for head in range(heads)
        ]
        for layer in range(layers)
    ]
    return np.array(found)


def heads_that_can_go(id: str):
    cosines = switched_off(id)
    return cosines.size, int((cosines > 0.99).sum())


def neighbours_of(id: str):
    """(layer, head) of the first head that looks at the word before, and of the first that looks at the word after."""
    weights, _, special = attention(id, "pronoun_a")
    kinds = {}
    for layer in range(weights.shape[0]):
        for head in range(weights.shape[1]):
            kinds.setdefault(head_kind(weights[layer, head], special).kind, (layer + 1, head + 1))
    return *kinds["previous"], *kinds["next"]


def random_weights():
    """The largest of 25 weights of Q, K (5, 64) from NumPy's randn with seed 0, in 10,000 draws."""
    Q, K = np.random.RandomState(0).randn(10_000, 2, 5, 64).transpose(1, 0, 2, 3)
    largest = softmax(Q @ K.transpose(0, 2, 1) / np.sqrt(64)).max(axis=(1, 2))
    return "10,000", 25, f"{min(largest):.2f}", f"{np.median(largest):.2f}"


def curves():
    defaults = inspect.signature(scaling_curves).parameters
    return defaults["samples"].default, defaults["n_keys"].default


def seeds(id: str, language: str):
    """How 20 heads that nobody trained answer the chapter's three sentences."""
    texts = [words(f"classification.chapter_text_{number}", language) for number in (1, 2, 3)]
    found = np.array([[one.scores["positive"] for one in untrained(id, seed=seed).predict(texts)] for seed in range(20)])
    positive = found > 0.5
    same = (positive.all(axis=1) | (~positive).all(axis=1)).sum()
    return 20, same, (positive[:, 0] & ~positive[:, 1]).sum(), f"{found.min():.2f}", f"{found.max():.2f}"


@cache
def traced(id: str, example: str):
    base, language = backbone(find(id)).shell(), "ja" if id.endswith("ja") else "en"
    tokens = encoder(id).tokenize(words(f"feed_forward.example_{example}", language))
    return trace(Encoder.from_bert(base.config.to_dict(), base.state_dict()), tokens.ids), np.array(tokens.special)


def last_ffn(id: str):
    result, special = traced(id, "cat")
    return tuple(f"{result.norms[name][-1][~special].mean():.1f}" for name in ("ffn_output", "attention_norm"))


def first_norms(id: str):
    result, special = traced(id, "cat")
    lengths = result.norms["ffn_residual"][0]
    return f"{lengths[0]:.0f}", f"{lengths[~special].mean():.0f}"


def firing(id: str):
    shares = [traced(id, name)[0].feed_forward(layer).firing_share.mean() for name in ("cat", "code", "numbers") for layer in range(6)]
    return round(100 * min(shares)), f"{max(shares):.0%}"


def vocabularies():
    return tuple(f"{backbone(find(id)).shell().config.vocab_size:,}" for id in ("embed-en", "backbone-ja"))


@cache
def layer_cosines(layer: int) -> np.ndarray:
    from components.views.similarity.page import FIVE

    states = [encoder("embed-en").run(text, hidden_states=True).hidden_states[layer].mean(axis=0) for text in FIVE.split("\n")]
    unit = np.array([state / np.linalg.norm(state) for state in states])
    return unit @ unit.T


def cat_and_feline():
    return 6, 5, *(f"{layer_cosines(layer)[0, 1]:.2f}" for layer in (6, 5))


def sentence_cosine(id: str, first: str, second: str):
    vectors = np.array(load(id).encode([first, second]))
    return (f"{cosine(vectors[0], vectors[1]):.2f}",)


def multi_head_parameters():
    counts = {MultiHeadAttention(512, heads).parameter_count for heads in (1, 8, 64)}
    return tuple(f"{count:,}" for count in counts)


def minilm():
    config = backbone(find("embed-en")).shell().config
    return config.hidden_size, config.num_attention_heads, config.hidden_size // config.num_attention_heads


def lines(path: str) -> int:
    return len((CONTENT.parent / path).read_text(encoding="utf-8").splitlines())


def exercise_tests():
    assert len(re.findall(r"^def test_", (CONTENT / "exercises" / "test_sentiment.py").read_text(encoding="utf-8"), re.MULTILINE)) == 10
    return ()


def exercise_rows():
    rows = lines("content/exercises/reviews_ja.csv") - 1
    tested = rows // 4  # test_size=0.25 of the scaffold
    return tested, round(100 / tested)


def qa_bounds():
    from components.models.qa import DEFAULT_ANSWER_LENGTH, MAX_QUESTION
    from components.text.windows import MAX_CHARACTERS

    return DEFAULT_ANSWER_LENGTH, f"{MAX_CHARACTERS:,}", MAX_QUESTION


def index_bounds():
    from components.vectors.index import EXACT_ROWS
    from components.vectors.projection import MAX_POINTS

    return f"{EXACT_ROWS:,}", f"{MAX_POINTS:,}"


def cells_searched():
    found = re.search(r"nprobe = (\d+)", (CONTENT.parent / "components/vectors/index.py").read_text(encoding="utf-8"))
    return (found[1],)


def resamples():
    from components.evaluation.intervals import RESAMPLES

    return (f"{RESAMPLES:,}",)


def one_in_five():
    from components.training.settings import Settings

    assert Settings.test == 0.2
    return ()


def drawn_share():
    from components.training.labelling import RANDOM_EACH

    assert RANDOM_EACH == 4
    return ()


def held_rows():
    from components.training.labelling import HELD

    return (HELD,)


def nine_in_ten():
    from components.evaluation.intervals import wilson

    found = wilson(27, 30)
    return f"{found.value:.2f}", f"{found.low:.2f}", f"{found.high:.2f}"


def parts_of_the_curve():
    from components.training.curve import SHARES

    assert SHARES == (0.25, 0.5)
    return ()


def medical_lines():
    found = {lines(f"components/training/samples/medical_{language}.txt") for language in LANGUAGES}
    return tuple(found)


def gradient_at_256():
    (point,) = measure_gradients(distances=(256,))
    assert point.lstm < 1e-50 < 1e-3 < point.attention
    return ()


def rounding():
    assert all(check_shift(128, offset, 200).residual < 1e-13 for offset in (1, 10))
    return ()


def chapter_answer():
    """Where 2017 stands in the chapter's context, and in the example without its first line break."""
    text = "\n" + words("question_answering.example_chapter_context", "en")
    example = text[1:].index("2017")
    return "2017", 50, 54, example, example + 4


def chapter_offsets():
    *_, low, high = chapter_answer()
    return low + 1, high + 1, low, high


def top_five(id: str) -> int:
    (one,) = [entry for entry in catalog() if entry.id == id]
    return round(100 * one.scores["top5_accuracy held-out documents"])


def not_among_the_first_five(id: str, text: str, word: str):
    assert word not in [fill.token for fill in load(id).fill(text, top_k=5)[0]]
    return ()


CLAIMS = [
    Claim("attention", curves, "averages over {} random rows of {} keys"),
    Claim("attention", lambda: curves()[::-1], ja="{} 個のキーに対する乱数 {} 行の平均"),
    Claim(
        "attention",
        random_weights,
        "in {} draws (NumPy, seed 0) the largest of the {} weights was never below {}, and its median was {}",
        "{} 回（NumPy、シード 0）計算すると、{} 個の重みの最大値は一度も {} を下回らず、中央値は {} でした",
    ),
    Claim("attention", lambda: (f"{torch.finfo(torch.float16).max:,.0f}",), "ends at {}", "上限は {}"),
    Claim("bert_attention", lambda: to_specials("embed-en"), "it gets {} of all attention, [SEP] {}"),
    Claim("bert_attention", lambda: to_specials("backbone-ja"), ja="注意全体の {} が [CLS]、{} が [SEP]"),
    Claim("bert_attention", lambda: neighbours_of("embed-en"), "layer {}, head {} and then of layer {}, head {}"),
    Claim("bert_attention", lambda: neighbours_of("backbone-ja"), ja="{} 層ヘッド {} と {} 層ヘッド {} の小さな図"),
    Claim("bert_attention", lambda: link("embed-en", "pronoun_a", 4, 2, "it", "cat")[:1], "*it* gives {} to *cat*", "*it* が *cat* に {} を向けます"),
    Claim("bert_attention", lambda: link("backbone-ja", "pronoun_a", 6, 2, "眠っ", "猫")[:1], ja="「猫」に最も多く、{} を向けます"),
    Claim("bert_attention", lambda: far_link()[::-1], "the second *she* gives {} to *grandmother*, {} tokens back"),
    Claim("bert_attention", far_link, ja="2 つめの *she* が {} トークン前の *grandmother* に {} を向けます"),
    Claim(
        "bert_attention",
        lambda: (*heads_that_can_go("embed-en")[::-1], f"{switched_off('embed-en')[5, 11]:.2f}"),
        "{} of the {} heads can each be switched off alone and leave the cosine above 0.99; without head 12 of the last layer it is {}",
    ),
    Claim("bert_attention", lambda: heads_that_can_go("backbone-ja"), ja="{} 個中 {} 個は単独で切ってもコサインが 0.99 を超え、残りの 2 個は最終層"),
    Claim("classification", resamples, "resampling the rows {} times", "行を {} 回選び直して"),
    Claim(
        "classification",
        lambda: seeds("embed-en", "en"),
        "{} seeds and the chapter's three sentences in English, {} seeds gave all three the same label, {} happened to get the praise and the blame "
        "right, and every P(positive) lay between {} and {}",
    ),
    Claim(
        "classification",
        lambda: seeds("backbone-ja", "ja"),
        ja="{} 個のシードで試したところ、{} 個は 3 文すべてに同じラベルを付け、ほめる文とけなす文をたまたま当てたのは {} 個で、肯定の確率はすべて {} から {} の間",
    ),
    Claim("exercises", multi_head_parameters, "{} parameters with 1, 8 or 64 heads", "1・8・64 ヘッドのどれでも {} 個"),
    Claim(
        "exercises",
        lambda: (round(0.01 * 512), round(0.15 * 512)),
        "of 512 tokens, 1% gives {} predictions, 15% about {}",
        "512 トークンの文章なら 1% で {} 個、15% で約 {} 個",
    ),
    Claim("exercises", lambda: (BERT_BASE.max_position_embeddings,), "BERT learns {} positions; there is no 513th", "BERT は {} 個の位置を学習し、513 個め"),
    Claim("exercises", exercise_tests, "ten tests check it", "10 個のテスト"),
    Claim("exercises", exercise_rows, "the {} test rows here are few: one row is {} percentage points", "テスト用の {} 行でもまだ少なく、1 行で {} ポイント"),
    Claim(
        "feed_forward",
        lambda: (minilm()[0], BERT_BASE.hidden_size),
        "$d$ = {} in the bundled models, {} in BERT-Base",
        "同梱モデルは $d$ = {}、BERT-Base は {}",
    ),
    Claim("feed_forward", lambda: (round(lines("components/transformer/encoder.py"), -1),), "about {} lines", "{} 行ほどのコード"),
    Claim("feed_forward", lambda: last_ffn("embed-en"), "adds vectors of length {} to vectors of length {}"),
    Claim("feed_forward", lambda: last_ffn("backbone-ja")[::-1], ja="長さ {} のベクトルに長さ {} のベクトルを足します"),
    Claim("feed_forward", lambda: first_norms("embed-en"), "[CLS] has the length {} before the last LayerNorm of layer 1, the words about {}"),
    Claim("feed_forward", lambda: first_norms("backbone-ja"), ja="[CLS] の長さは {}、語は {} ほど"),
    Claim(
        "feed_forward",
        vocabularies,
        "({} in the English model, {} in the Japanese one)",
        "（英語モデルでは {}、日本語モデルでは {}）",
    ),
    Claim("feed_forward", lambda: (*firing("embed-en"), *firing("backbone-ja")), "it is {} to {} for these examples, in the Japanese one {} to {}"),
    Claim("feed_forward", lambda: (*firing("backbone-ja"), *firing("embed-en")), ja="日本語モデルで {}〜{}、英語モデルで {}〜{} です"),
    Claim(
        "feed_forward",
        lambda: (round(count_parameters(BERT_LARGE).total / count_parameters(BERT_BASE).total),),
        "BERT-Large has {} times the parameters",
        "BERT-Large は BERT-Base の {} 倍",
    ),
    Claim("answers", held_rows, "until there are {} random rows", "ランダムな行が {} になるまで"),
    Claim("label", drawn_share, "one text in four is drawn", "4 つに 1 つはランダム"),
    Claim("label", nine_in_ten, "27 right of 30 are {}, and the interval reaches from {} to {}", "30 行中 27 行が正解なら {} ですが、区間は {}〜{}"),
    Claim("fine_tune", one_in_five, "a fifth of the rows is used for testing", "行の五分の一で評価します"),
    Claim("fine_tune", parts_of_the_curve, "a quarter and a half of your training rows", "学習用の行の四分の一と半分"),
    Claim("fine_tune", medical_lines, "the {} lines", "{} 行から来た語"),
    Claim(
        "masked_lm",
        lambda: (top_five("mlm-en"), top_five("mlm-ja")),
        "among the first five in {} of 100 cases for the English model, in {} for the Japanese one",
    ),
    Claim("masked_lm", lambda: (top_five("mlm-ja"), top_five("mlm-en")), ja="日本語モデルで 100 回中 {} 回、英語モデルで {} 回です"),
    Claim(
        "masked_lm",
        lambda: not_among_the_first_five("mlm-en", "The capital of France is [MASK].", "paris"),
        "the English one does not have *paris* among its first five",
    ),
    Claim("multi_head", multi_head_parameters, "there are {} with 1, 8 or 64 heads", "1・8・64 ヘッドのどれでも {} 個です。増えるのは"),
    Claim("multi_head", multi_head_parameters, "has {} for h = 1, 8 and 64", "h = 1、8、64 のどれでも {} 個"),
    Claim("multi_head", minilm, "| {} | – | – | all-MiniLM-L6: {} (d_k {}) |", "| {} | – | – | all-MiniLM-L6：{}（d_k {}） |"),
    Claim("multi_head", lambda: (64 // 16, 64), "16 strips of {} columns are the same {} columns", "{} 列ずつ 16 組でも、同じ {} 列"),
    Claim("positional", lambda: (f"{wavelengths(8)[0]:.2f}",), "2π ≈ {} positions", "2π ≈ {} なので"),
    Claim("positional", rounding, "below 10⁻¹³", "10⁻¹³ に満たない丸め誤差"),
    Claim("positional", lambda: (BERT_BASE.max_position_embeddings - 1,), "ends at position {}", "位置 {} で終わり"),
    Claim("positional", lambda: (BERT_BASE.max_position_embeddings,), "its table is learned and ends at {}", "学習した表は {} 個で終わります"),
    Claim("positional", lambda: ((127 + 1) // 2, 127 // 2), "there are {} sines but only {} places", "サインは {} 個あるのに、コサインの置き場所が {} 個しか"),
    Claim("question_answering", lambda: qa_bounds()[:1], "spans of up to {} tokens", "{} トークンまでの区間"),
    Claim("question_answering", lambda: qa_bounds()[1:], "up to {} characters; only a question of more than {} tokens", "{} 文字まで、何も省きません。{} トークンを超える"),
    Claim("question_answering", chapter_offsets, "so the answer is at characters {}–{}; `context[50:54]` is `\"ed i\"`. Without the line break, as in the example above, it is {}–{}"),
    Claim("question_answering", chapter_offsets, ja="答えは {}〜{} 文字目です。`context[50:54]` は `\"ed i\"` です。改行を除いた英語の例では {}〜{} になります"),
    Claim("question_answering", lambda: chapter_offsets()[:1], '`context.index("2017")` is {}', '`context.index("2017")` は {} なので'),
    Claim("similarity", lambda: minilm()[:1], "even if both have {} dimensions", "どちらも {} 次元でも"),
    Claim("similarity", lambda: index_bounds()[:1], "Up to {} rows, a search", "{} 行までは、検索のたびに"),
    Claim("similarity", lambda: index_bounds()[1:], "maps at most {} rows", "最大 {} 行"),
    Claim("similarity", cells_searched, "only the {} cells nearest", "検索文に近い {} 個のセルだけ"),
    Claim(
        "similarity",
        cat_and_feline,
        "from {} to {}. The cosine of the cat and the feline rises from {} to {}",
        "層を {} から {} に下げます。cat の文と feline の文のコサインは {} から {} に上がります",
    ),
    Claim("similarity", lambda: sentence_cosine("embed-en", "I like this film.", "I do not like this film."), "It is {}. What does the cosine measure"),
    Claim("similarity", lambda: sentence_cosine("embed-en", "The dog bites the man.", "The man bites the dog."), "Why is their cosine {}?"),
    Claim("similarity", lambda: sentence_cosine("embed-ja", "この映画が好きだ。", "この映画は好きではない。"), ja="{} です。ここでのコサイン"),
    Claim("similarity", lambda: sentence_cosine("embed-ja", "犬が人を噛んだ。", "人が犬を噛んだ。"), ja="コサインが {} になるのは"),
    Claim("sources", gradient_at_256, "after 256 tokens it is below 10⁻⁵⁰", "256 トークン先では 10⁻⁵⁰ を下回ります"),
    Claim(
        "tokens",
        lambda: (minilm()[0], 6, minilm()[0]),
        "have {} dimensions and {} layers, so their shapes end in {}",
        "",
    ),
    Claim("tokens", lambda: (6, minilm()[0], minilm()[0]), ja="{} 層・{} 次元なので、形の最後は {} になります"),
    Claim(
        "tokens",
        lambda: tuple(f"{count_parameters(config).total:,}" for config in (BERT_BASE, BERT_LARGE)),
        "has {} parameters (Base, uncased) and {} (Large, uncased)",
        "Base（uncased）で {}、Large（uncased）で {} です",
    ),
]  # fmt: skip

# Numbers that are no measurement: what the reader sets or counts, definitions, minutes, and configurations that the named papers print.
GIVEN = {
    "glossary": (r"95% (interval|区間)", r"95 of 100|100 回作ると、そのうち 95 回", r"1 (語|回|トークン|つ)"),
    "answers": (r"\d (つ|倍|行|語|人|段|か所|乗|層)", r"Towards 0|0 に近づけると", r"Towards 2|2 に近づけると", r"about 0\.7|0\.7 くらい"),
    "attention": (r"from 4 to 64", r"を 4 から 64 に", r"2 回出る"),
    "bert_attention": (r"layers \d to \d", r"\d〜\d 層", r"switch 4\.2 off", r"で 1\.8 を切って", r"2 つ見つける", r"1 つ", r"4 つの検査", r"4 層ヘッド 2 で"),
    "classification": (r"the texts given 80% about 80% are right", r"80% と答えた文章のうち約 80%", r"\d つ", r"夜 9 時", r"1 語", r"8 個を実際に", r"第 3 の", r"2 ラベル", r"3 文"),
    "decoder": (r"add 0 and then 5|0 を、次に 5 を", r"2 回|\d つ"),
    "entities": (r"overlap counts one half|重なりを 0\.5 と", r"1 語", r"1 文ずつ", r"小説の 1 章", r"2 つの名前", r"1 トークンずつ", r"トークンタイプ 1", r"1 つずつ"),
    "exercises": (
        r"sentences of 6 and 5 words|6 語の文と 5 語", r"[58] 次元|8 dimensions",
        r"15% (of the tokens|のトークン)|not 1%|not 80%|only 80% of those|1% でも 80%|その 80% だけ", r"80% \[MASK\], 10% a random token, 10% unchanged|80% を \[MASK\]、10% をランダムなトークン、10% をそのまま",
        r"So 15% is a choice|15% はうまくいった", r"80/10/10", r"80% も隠せば|at 80% little", r"1, 8,? or 64 heads|1・8・64 ヘッド", r"1 つ|1 組", r"2 文", r"問題 1〜4", r"accuracy of 1\.0 on|正解率 1\.0 と", r"4 字とも", r"4 回に 1 回",
    ),
    "feed_forward": (r"3 分の 2", r"1 つ|2 つ", r"1 行が 1", r"4 つで|2 つで"),
    "fine_tune": (r"score is 0\.90 with an interval from 0\.84 to 0\.95\. A colleague's is 0\.92", r"0\.90（区間 0\.84〜0\.95）でした。同僚のモデルは 0\.92", r"\d エポック", r"10 行を複製し、5 行", r"128 \(or 512\) tokens|128（または 512）トークン", r"transformers 5"),
    "label": (r"27 right of 30|30 行中 27 行", r"keys? 1|\d 位", r"after 60 and after 120|60 個と 120 個", r"50 個足して", r"40 個に|10 個まちがえ|低い 10 件"),
    "masked_lm": (r"80 / 10 / 10", r"\d+% become|only 80%|10% stay|10% become", r"80% を `\[MASK\]`、10% を語彙から|10% はそのまま", r"rate to 15%|割合を 15%", r"100%", r"上位 5 語", r"3 語だけ", r"損失が 2 倍", r"\d トークン", r"1 つ", r"15% was not|15% は実験|その 15%|一貫して 15%|masks 15%|また 15% が|Nor is 15%|these 15%", r"40% better|40% のほう|80/10/10"),
    "multi_head": (
        r"\|.*\|", r"from 1 head to 16|1 ヘッドから 16 ヘッド", r"16 strips|16 組", r"16 narrow heads|細い 16 ヘッド", r"d_k = 4", r"[Cc]heck|10⁻⁷",
        r"length 32 and at 512|系列長 32 と 512", r"512 or 1024 with 12 heads|512 や 1024 に 12 ヘッド", r"batch of 2 and 8 heads|バッチ 2、8 ヘッド", r"size of (the )?tensor.*?match.*?\(8\)", r"\d つ", r"1 (通り|組|度)|1 ヘッド", r"BLEU が 0\.9 低く、32 ヘッドは 8 や 16 より", r"1・8・64|1, 8 or 64|h = 1",
    ),
    "my_models": (r"95%",),
    "positional": (
        r"d_model to \d+|d_model を \d+", r"length to \d+|系列長を \d+", r"position to 500|位置を 500", r"With 127 dimensions|127 次元", r"k to 1, then 10|k を 1、次に 10",
        r"cosine above 0\.95|コサインが 0\.95", r"position 4000|位置 4000", r"expanded size.*?\(64\)", r"\d つ", r"1 個", r"10⁻", r"2π",
    ),
    "question_answering": (r"Below 50%|50% を下回る", r"\d つ", r"1 つの出力層", r"up to 5\.2|5\.2 まで", r"since 5\.3|5\.3 から", r"2 番目", r"context\[50:54\]", r"50–54|50〜54", r"SQuAD 1\.1", r"3 つ目"),
    "similarity": (r"cosine of 0\.5|コサイン 0\.5", r"are 4 and 5",),
    "sources": (
        r"次元", r"1 (段|トークン|列|行|つ|層|回)", r"\d つ", r"4 倍", r"3 分の 2", r"first three|最初の 3 行", r"after 256|256 トークン", r"2 (回|トークン|つ)", r"10⁻⁵⁰", r"5 問",
    ),
    "tokens": (r"(\(|（)(1, )?(8, )?768(\)|）)|chapter's 768|章の 768", r"`?512`?", r"110M and 340M|110M と 340M", r"\d つ", r"2 倍", r"32K|100K", r"2023"),
}  # fmt: skip

_NUMBER = re.compile(r"(?<![A-Za-z0-9_.\-/])\d[\d,]*(?:\.\d+)?%?")
# What a number names rather than counts: a layer, a section, a table of a paper.
_NAMED = re.compile(
    r"(?:[Ll]ayers?|[Hh]eads?|sections?|tables?|figure|appendix|[Ee]xercises?|task|Sentences?|positions?|dimension|row|seed|type|and|to|第|ヘッド|位置|次元|問題|課題|文|表|図|シード|タイプ|例の) ?\d[\d.]*"
    r"|\d[\d.]* ?(?:層|節|番目)|\d[\d.]* と \d[\d.]* ?節|\(\d\)|（問題 \d）|（?\d〜\d 層"
)
_SOURCE = re.compile(
    r"\bet al\.|[A-Z]\w+ & [A-Z]\w+|\]\(http|chapter|章|BERT's (?:paper|original)|BERT の(?:論文|元のコード)|元論文|original paper|paper's|RoBERTa|論文の"
)


def sentences(text: str, language: str) -> list[tuple[int, int]]:
    ends = r"[。\n]" if language == "ja" else r"(?<!et al)[.?!](?=[\s*)”\"])|\n"
    places = [0, *(match.end() for match in re.finditer(ends, text)), len(text)]
    return list(pairwise(places))


def blanked(text: str) -> str:
    """The text with formulas, code, link targets, headings, numbers of lists and of the chapter's parts turned to blanks."""
    for pattern in (r"\]\([^)]*\)", r"\$\$.*?\$\$", r"\$[^$\n]+\$", r"`[^`\n]*`", r"^\d+\. ", r"^## .*$", r"^\|[-|]+\|$"):
        text = re.sub(
            pattern, lambda found: " " * len(found.group()), text, flags=re.MULTILINE | re.DOTALL if "$$" in pattern else re.MULTILINE
        )
    return text


def in_prose(page: str, language: str) -> str:
    return (CONTENT / language / f"{page}.md").read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("claim", CLAIMS, ids=[f"{claim.page}-{(claim.en or claim.ja)[:40]}" for claim in CLAIMS])
def test_a_sentence_with_a_number_says_what_is_computed(claim):
    numbers = claim.numbers()
    for language, template in (("en", claim.en), ("ja", claim.ja)):
        if template:
            assert template.format(*numbers) in in_prose(claim.page, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("page", sorted(path.stem for path in (CONTENT / "en").glob("*.md")))
def test_every_number_in_the_prose_is_a_claim_or_has_a_source(page, language):
    text = in_prose(page, language)
    covered = np.zeros(len(text) + 1, dtype=bool)
    templates = [template for claim in CLAIMS if claim.page == page and (template := claim.en if language == "en" else claim.ja)]
    patterns = [re.escape(template).replace(r"\{\}", r"[^\s{}]+?") for template in templates]
    for pattern in [*patterns, *GIVEN.get(page, ()), _NAMED.pattern]:
        for found in re.finditer(pattern, text):
            covered[found.start() : found.end()] = True
    for start, end in sentences(text, language):
        if _SOURCE.search(text[start:end]):
            covered[start:end] = True
    loose = [
        text[max(0, found.start() - 30) : found.end() + 30]
        for found in _NUMBER.finditer(blanked(text))
        if not covered[found.start()] and found.group().strip(",") not in {"0", "1"} and not re.fullmatch(r"(19|20)\d\d,?", found.group())
    ]
    assert not loose


def test_a_claim_is_written_for_a_page_that_there_is():
    assert {claim.page for claim in CLAIMS} | GIVEN.keys() <= {path.stem for path in Path(CONTENT / "en").glob("*.md")}
