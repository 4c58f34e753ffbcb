"""The decoder: what it reads and what it never reads, its loss, a run that is killed, and what is written."""

import itertools
import json

import numpy as np
import pytest
import torch
from safetensors import safe_open
from torch.nn import functional
from transformers import AutoTokenizer, BertConfig, BertLMHeadModel

from components.models import precision
from components.models.files import MODELS
from recipes import causal_ja, causal_rows, causal_scores, corpus_ja, device, trainer
from recipes.causal_ja import NextToken, TiedCrossEntropy, log_probabilities, states_of
from recipes.causal_rows import CLS, SEP, SOURCES, Rows, pack
from recipes.corpus_ja import Document
from recipes.splits import part
from recipes.vocabulary_ja import WordPieces

ENTRIES = 40
PUBLISHED = MODELS / causal_ja.ID
published = pytest.mark.skipif(not (PUBLISHED / "scores.json").exists(), reason="not published yet")


@pytest.fixture(autouse=True)
def exact(monkeypatch):
    monkeypatch.setattr(precision, "faster_in_bfloat16", lambda: False)


def tiny() -> BertLMHeadModel:
    torch.manual_seed(0)
    sizes = {"hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 2, "intermediate_size": 32, "max_position_embeddings": 32}
    dropout = {"hidden_dropout_prob": 0.0, "attention_probs_dropout_prob": 0.0}
    model = BertLMHeadModel(BertConfig(vocab_size=ENTRIES, is_decoder=True, **sizes, **dropout))
    with torch.no_grad():
        model.cls.predictions.bias.normal_()
    model.get_input_embeddings().weight.requires_grad_(False)
    return model


@pytest.fixture
def home(tmp_path):
    random = np.random.default_rng(0)
    for where, count in (("train", 24), ("choose", 2)):
        rows = [np.array([CLS, *random.integers(5, ENTRIES, random.integers(3, 12))], dtype=np.uint16) for _ in range(count)]
        np.save(tmp_path / f"{where}-ids.npy", np.concatenate(rows))
        np.save(tmp_path / f"{where}-bounds.npy", np.cumsum([0, *map(len, rows)]))
        np.save(tmp_path / f"{where}-sources.npy", np.zeros(count, dtype=np.uint8))
    return tmp_path


def library_loss(model: BertLMHeadModel, rows: list[np.ndarray]) -> torch.Tensor:
    """The mean over all predicted tokens of some rows, by transformers' own loss with the filling left out of the labels."""
    longest = max(map(len, rows))
    ids = torch.tensor([[*map(int, row), *[0] * (longest - len(row))] for row in rows])
    there = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return model(input_ids=ids, attention_mask=there, labels=torch.where(there > 0, ids, -100)).loss


def gradients(model: BertLMHeadModel) -> dict[str, torch.Tensor]:
    found = {name: parameter.grad.clone() for name, parameter in model.named_parameters() if parameter.grad is not None}
    model.zero_grad()
    return found


def corpus() -> list[tuple[str, Document]]:
    """As corpus_ja gives it: its own parts for some sources, training alone for the others; every document has a sentence that it alone has."""
    found = []
    for source, count in (("kyoto_wiki", 30), ("ja_techdocs", 30), ("jaquad", 10), ("aozora", 300), ("wiki_annotated_ja", 100)):
        for number in range(count):
            place = "train" if source in causal_rows.TRAIN_ONLY else ("report", "choose", "train")[number % 3]
            found.append((place, Document(f"{source}/{number}", (f"{number}番の文書は{source}です。",))))
    return found


def test_what_is_reported_on_is_never_trained_on(tmp_path, monkeypatch):
    monkeypatch.setattr(corpus_ja, "documents", lambda data, work: iter(corpus()))
    vocabulary = (MODELS / "backbone-ja" / "vocab.txt").read_text(encoding="utf-8").splitlines()
    pieces, found = WordPieces(vocabulary), list(causal_rows.documents(tmp_path, tmp_path))
    elsewhere = {document.name: place for place, document in corpus()}
    for place, document in found:
        source = document.name.split("/")[0]
        assert source != "jaquad"
        expected = part(document.name, 0.02, 0.01) if source in causal_rows.TRAIN_ONLY else elsewhere[document.name]
        assert place == expected
    causal_rows.write(found, pieces, tmp_path)
    rows = {where: Rows.load(tmp_path, where) for where in ("train", "choose", "report")}
    read = {tuple(map(int, rows["train"][number])) for number in range(len(rows["train"]))}
    names = json.loads((tmp_path / "documents.json").read_text(encoding="utf-8"))
    assert {name.split("/")[0] for name in names["report"]} == set(SOURCES)
    for where in ("choose", "report"):
        held = {tuple(map(int, rows[where][number])) for number in range(len(rows[where]))}
        assert held and not held & read
        assert not set(names[where]) & set(names["train"])
    first = found[0][1]
    assert (CLS, *pieces.encode(first.sentences[0])[0], SEP) in {
        tuple(map(int, rows[found[0][0]][n])) for n in range(len(rows[found[0][0]]))
    }


def test_rows_are_whole_sentences_and_lose_nothing():
    sentences = [[10, 11, 12], [13, 14], [15] * 9, [16]]
    rows = list(pack(iter(sentences), itertools.repeat(6), ends=True))
    assert rows == [[CLS, 10, 11, 12, 13, 14], [CLS, *[15] * 5], [CLS, *[15] * 4, 16]]
    assert [id for row in rows for id in row if id not in (CLS, SEP)] == [id for sentence in sentences for id in sentence]
    assert list(pack(iter([[10], [11, 12, 13, 14, 15]]), itertools.repeat(6), ends=True)) == [[CLS, 10], [CLS, 11, 12, 13, 14, 15]]
    assert list(pack(iter([[10], [11]]), itertools.repeat(6), ends=True)) == [[CLS, 10, 11, SEP]]
    assert list(pack(iter([[10], [11]]), itertools.repeat(6), ends=False)) == [[CLS, 10, 11]]


def test_the_loss_in_parts_is_cross_entropy(monkeypatch):
    monkeypatch.setattr(causal_ja, "PLACES", 3)
    torch.manual_seed(0)
    states, bias = torch.randn(10, 16, requires_grad=True), torch.randn(ENTRIES, requires_grad=True)
    table, targets = torch.randn(ENTRIES, 16), torch.randint(0, ENTRIES, (10,))
    (2 * TiedCrossEntropy.apply(states, table, bias, targets)).backward()
    found = states.grad.clone(), bias.grad.clone()
    states.grad = bias.grad = None
    expected = functional.cross_entropy(functional.linear(states, table, bias), targets)
    (2 * expected).backward()
    assert TiedCrossEntropy.apply(states, table, bias, targets).item() == pytest.approx(expected.item(), rel=1e-6)
    assert torch.allclose(found[0], states.grad, atol=1e-6) and torch.allclose(found[1], bias.grad, atol=1e-6)


def test_a_step_has_the_library_s_loss_and_gradients(home):
    model = tiny()
    task, rows = NextToken(model, home, 60), Rows.load(home, "train")
    chosen = [rows[int(number)] for number in task.order[3]]
    assert len({len(row) for row in chosen}) > 1, "rows of different lengths"
    loss = task.loss(3)["next"]
    loss.backward()
    found = gradients(model)
    expected = library_loss(model, chosen)
    expected.backward()
    assert loss.item() == pytest.approx(expected.item(), rel=1e-5)
    wanted = gradients(model)
    assert found.keys() == wanted.keys() and "bert.embeddings.word_embeddings.weight" not in found
    assert all(torch.allclose(found[name], wanted[name], atol=1e-6) for name in wanted)


def test_a_gpu_s_step_is_the_same_in_bfloat16(home, monkeypatch):
    exact = NextToken(tiny(), home, 60).loss(3)["next"].item()
    monkeypatch.setattr(device, "is_gpu", lambda: True)  # its branch, computed here
    assert NextToken(tiny(), home, 60).loss(3)["next"].item() == pytest.approx(exact, rel=0.01)


def test_no_place_sees_a_later_one():
    model, ids = tiny().eval(), torch.randint(5, ENTRIES, (1, 12))
    changed = ids.clone()
    changed[0, 7:] = 6
    with torch.no_grad():
        assert torch.allclose(states_of(model, ids)[:, :7], states_of(model, changed)[:, :7], atol=1e-6)
        logits = model(input_ids=ids).logits[0, :-1]
    expected = functional.log_softmax(logits, -1).gather(1, ids[0, 1:, None])[:, 0]
    assert log_probabilities(model, ids[0].numpy()) == pytest.approx(expected.numpy(), abs=1e-5)


def test_a_run_that_is_killed_goes_on_with_the_same_losses(home):
    def train(name: str, stop_after: int | None, losses: list[float]) -> None:
        task = NextToken(tiny(), home, 60)

        def loss_of(step: int) -> dict[str, torch.Tensor]:
            loss = task.loss(step)
            losses.append(loss["next"].item())
            return loss

        trainer.train(task.model, loss_of, home / f"{name}.pt", learning_rate=0.01, steps=9, warmup=2, stop_after=stop_after)

    whole, parts = [], []
    train("whole", None, whole)
    train("killed", 4, parts)
    train("killed", None, parts)
    assert parts == pytest.approx(whole, rel=1e-6)
    assert whole[-1] < whole[0]


@pytest.mark.slow
def test_what_is_written_is_what_the_backbone_lacks(tmp_path):
    model = causal_ja.start()
    with torch.no_grad():
        model.cls.predictions.bias[7] = 3.0
    causal_ja.save(model, tmp_path / "model", steps=1)
    with safe_open(tmp_path / "model" / "model.safetensors", "pt") as file:
        assert set(file.keys()) == set(model.state_dict()) - set(causal_ja.SHARED)
    loaded = causal_ja.load(tmp_path / "model")
    assert loaded.config.is_decoder and loaded.cls.predictions.decoder.weight is loaded.get_input_embeddings().weight
    assert all(torch.allclose(tensor, loaded.state_dict()[name], atol=2e-3) for name, tensor in model.state_dict().items())


def test_text_is_put_together_from_its_pieces():
    tokenizer = AutoTokenizer.from_pretrained(MODELS / "backbone-ja", local_files_only=True)
    for text in ("京都は日本の都市です。", "Ruby on Railsを使う"):
        ids = tokenizer(text)["input_ids"]
        assert causal_scores.text_of(tokenizer, ids) == text


@published
@pytest.mark.slow
def test_the_published_weights_are_worth_what_is_recorded():
    model = causal_ja.load(PUBLISHED)
    recorded = json.loads((PUBLISHED / causal_scores.PASSAGES).read_text(encoding="utf-8"))
    logs = np.concatenate([log_probabilities(model, np.array(passage["ids"])) for passage in recorded["passages"]])
    assert np.exp(-logs.mean()) == pytest.approx(recorded["perplexity"], rel=0.02)


@published
def test_the_published_model_beats_the_trigram_models_by_a_fifth_and_what_it_began_as():
    scores = json.loads((PUBLISHED / "scores.json").read_text(encoding="utf-8"))
    for test_set in causal_scores.TEST_SETS:
        order = [scores[f"perplexity{kind} {test_set}"] for kind in ("", "_3gram", "_3gram_same_text", "_start")]
        assert order == sorted(order) and order[0] < 0.8 * order[1]


@published
def test_all_samples_stand_in_both_cards():
    found = json.loads((PUBLISHED / causal_scores.SAMPLES).read_text(encoding="utf-8"))
    asked = [(one["prompt"], one["seed"]) for one in found["samples"]]
    assert asked == list(itertools.product(causal_scores.PROMPTS, causal_scores.SEEDS))
    for name in ("README.md", "README.ja.md"):
        card = (PUBLISHED / name).read_text(encoding="utf-8")
        assert all(f"- {one['seed']}: **{one['prompt']}**{one['text']}" in card for one in found["samples"])
