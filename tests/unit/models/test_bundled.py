"""The bundled models: each loads, answers the chapter's own examples, and keeps its answers under eight threads."""

import json
import subprocess
import sys
import threading
import time
from itertools import pairwise

import numpy as np
import pytest

from components.models import bundled, files, load
from components.models.attribution import attribute
from components.models.cards import card

REVIEWS_JA = ["この映画は本当に素晴らしかった!", "全く面白くなくて時間の無駄だった。", "普通の作品で特に印象に残らなかった。"]
APPLE = "Apple Inc. is looking at buying U.K. startup for $1 billion. Tim Cook is the CEO."
TRANSFORMER = """The Transformer is a deep learning model introduced in 2017, used primarily in the field of natural language processing (NLP).
Like recurrent neural networks (RNNs), Transformers are designed to handle sequential data, such as natural language, for tasks such as
translation and text summarization. However, unlike RNNs, Transformers do not require that the sequential data be processed in order."""


def ask(id: str) -> list[float]:
    """Numbers that change when anything in the model or its surroundings does."""
    model = load(id)
    match id.split("-")[0]:
        case "embed":
            return model.encode([APPLE, *REVIEWS_JA])[:, :20].ravel().tolist()
        case "mlm":
            return [fill.score for fills in model.fill("人工[MASK]は the [MASK]") for fill in fills]
        case "nsp":
            return model.predict([(APPLE, TRANSFORMER), tuple(REVIEWS_JA[:2])]).tolist()
        case "sentiment":
            return [prediction.scores["positive"] for prediction in model.predict([APPLE, *REVIEWS_JA])]
        case "ner":
            return [score for text in (APPLE, REVIEWS_JA[0]) for score in model.tag(text).scores]
    return model.read("When?", TRANSFORMER).start_scores.tolist()


@pytest.mark.parametrize("id", bundled.BUNDLED_IDS)
def test_loads_and_answers(id):
    entry = card(id)
    assert entry.bundled and entry.parameters > 20_000_000 and entry.size_bytes > 100_000
    assert np.isfinite(ask(id)).all() and len(ask(id)) > 1
    start = time.process_time()
    load(id)
    assert time.process_time() - start < 0.5


@pytest.mark.parametrize("id", [id for id in bundled.BUNDLED_IDS if id != "embed-en"])
def test_cards_and_scores_agree(id):
    """Every score of scores.json is written in both model cards, rounded to three digits."""
    folder = files.MODELS / id
    scores = {name: value for name, value in json.loads((folder / "scores.json").read_text()).items() if isinstance(value, int | float)}
    assert scores
    for name in ("README.md", "README.ja.md"):
        text = (folder / name).read_text(encoding="utf-8")
        assert all(f"{value:.3f}" in text for value in scores.values()), name


def test_embed_ja_brings_no_pooler_that_nobody_trained():
    assert not [name for name in files.tensors(files.find("embed-ja")) if "pooler" in name]
    assert not load("embed-ja").has_pooler


def test_sentiment_en():
    good, bad = load("sentiment-en").predict(["This film was wonderful.", "A complete waste of time."])
    assert good.label == "positive" and good.score > 0.9
    assert bad.label == "negative" and bad.score > 0.9


def test_sentiment_ja_on_the_chapters_reviews():
    good, bad, plain = load("sentiment-ja").predict(REVIEWS_JA)
    assert good.label == "positive" and good.score > 0.8
    assert bad.label == "negative" and bad.score > 0.8
    assert plain.label == "neutral"


def test_sentiment_ja_reads_to_the_end_and_knows_what_holds_no_opinion():
    dirty, commuter, refund = load("sentiment-ja").predict(
        ["店員さんは親切でしたが、部屋が汚くて二度と泊まりません。", "彼は大阪に住んでいて、毎朝電車で会社に通っている。", "返品したい"]
    )
    assert (dirty.label, commuter.label, refund.label) == ("negative", "neutral", "negative")


@pytest.mark.parametrize("id", ["sentiment-en", "sentiment-ja"])
def test_blanks_and_nothing_are_neutral_and_even(id):
    """Where attributions begin, and a text without a word: no lean to either side."""
    model = load(id)
    [nothing] = model.predict([""])
    assert nothing.label == "neutral" and abs(nothing.scores["positive"] - nothing.scores["negative"]) < 0.15
    text = "この店は駅前にある。" if id.endswith("ja") else "The shop is near the station."
    good, bad = (attribute(model, text, label).blank_score for label in ("positive", "negative"))
    assert max(good, bad) < -0.8 and abs(good - bad) < 0.8


def test_ner_en_on_the_chapters_sentence():
    found = {(entity.text, entity.label) for entity in load("ner-en").predict([APPLE])[0]}
    assert {("Apple Inc", "ORG"), ("Apple Inc.", "ORG")} & found
    assert ("Tim Cook", "PER") in found
    assert {("U.K", "LOC"), ("U.K.", "LOC")} & found


def test_ner_ja_gives_exact_characters():
    text = "ソニーは東京で、田中一郎社長が新製品を発表した。"
    entities = load("ner-ja").predict([text])[0]
    assert all(text[entity.start : entity.end] == entity.text for entity in entities)
    found = {(entity.text, entity.label) for entity in entities}
    assert {("東京", "地名"), ("田中一郎", "人名")} <= found


def test_ner_en_is_told_of_capitals():
    """Both spellings are the same tokens of its vocabulary."""
    told, untold = load("ner-en").predict(["Her uncle Rich met Bill in Reading.", "her uncle rich met bill in reading."])
    assert ("Rich", "PER") in {(entity.text, entity.label) for entity in told}
    assert "rich" not in {entity.text for entity in untold}


def test_ner_ja_gives_names_whole():
    """Token by token the best tags break this unknown name, サッフリーヤ, into pieces."""
    tagged = load("ner-ja").tag(
        "サッフリーヤの山田雄三ゼミナールは、アルピコ交通の長野支社で、ジェリコーとジョン・C・ステニス宇宙センターを論じた。"
    )
    for token, (before, tag) in enumerate(pairwise(["O", *tagged.tags])):
        assert not tag.startswith("I-") or before[1:] == tag[1:]
        same_word = token and tagged.words[token] == tagged.words[token - 1]
        assert not same_word or tag.startswith("I-") or before == tag == "O"


def test_qa_en_on_the_chapters_question():
    answers = load("qa-en").answer("When was the Transformer introduced?", TRANSFORMER)
    assert answers[0].text == "2017" and TRANSFORMER[answers[0].start : answers[0].end] == "2017"
    assert load("qa-en").answer("Who won the football match in Madrid?", TRANSFORMER) == []


def test_qa_ja():
    context = "東京スカイツリーは、東京都墨田区にある電波塔である。2012年に開業し、高さは634メートルである。"
    answers = load("qa-ja").answer("東京スカイツリーはいつ開業しましたか。", context)
    assert "2012年" in answers[0].text


def test_mlm_ja_fills_what_the_sentence_asks_for():
    assert "英語" in [fill.token for fill in load("mlm-ja").fill("彼は大学で[MASK]を学んでいる。")[0]]
    assert {"料理", "野菜", "食べ物", "ご飯", "魚"} & {fill.token for fill in load("mlm-ja").fill("私は[MASK]を食べます。")[0]}
    assert "知能" in [fill.token for fill in load("mlm-ja").fill("人工[MASK]")[0]]
    assert "学習" in [fill.token for fill in load("mlm-ja").fill("機械[MASK]")[0]]


def test_nsp_en_tells_a_sentence_that_follows_from_one_that_does_not():
    follows, strange = load("nsp-en").predict(
        [
            ("He opened the door of the old house.", "Inside, the hall was dark and smelled of dust."),
            ("He opened the door of the old house.", "The protein binds to two molecules of oxygen."),
        ]
    )
    assert follows > 0.5 > strange


def test_eight_threads_get_the_answers_of_one():
    expected = {id: ask(id) for id in bundled.BUNDLED_IDS}
    wrong = []

    def work(number: int) -> None:
        for turn in range(len(bundled.BUNDLED_IDS) // 2):
            id = bundled.BUNDLED_IDS[(number + turn) % len(bundled.BUNDLED_IDS)]
            if not np.allclose(ask(id), expected[id], atol=1e-4):
                wrong.append(id)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_all_of_them_fit_into_memory_and_load_quickly():
    """In a fresh process: each within 5 s of one core once the libraries are imported, all together within 1.2 GB."""
    code = """
import importlib, json, sys, time
import psutil
from components.models import load
from components.models.tasks import TASKS
for task in TASKS.values():
    importlib.import_module(task.module)
import peft
before, seconds = psutil.Process().memory_info().rss, {}
for id in sys.argv[1:]:
    start = time.process_time()
    load(id)
    seconds[id] = time.process_time() - start
print(json.dumps([psutil.Process().memory_info().rss - before, seconds]))
"""
    done = subprocess.run([sys.executable, "-c", code, *bundled.BUNDLED_IDS], capture_output=True, text=True, check=True, cwd=files.ROOT)
    size, seconds = json.loads(done.stdout.splitlines()[-1])
    print(f"{len(bundled.BUNDLED_IDS)} models: {size / 1e6:.0f} MB, slowest {max(seconds.values()):.1f} s")
    assert size < 1.2e9
    assert max(seconds.values()) < 5


def test_sentiment_en_reads_full_width_letters_and_says_where_they_stand():
    model, wide = load("sentiment-en"), "Ｔｈｅ　ｓｏｕｐ　ｗａｓ　ｃｏｌｄ　ａｎｄ　ａｗｆｕｌ！"
    assert model.predict([wide])[0].scores == model.predict(["The soup was cold and awful!"])[0].scores
    assert "ａｗｆｕｌ" in attribute(model, wide, "negative").word_texts
