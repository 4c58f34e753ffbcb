"""Pairs of texts and questions on passages: trained on tiny models through `fine_tune`, judged, saved, and read again by the pages' own code."""

import json

import numpy as np
import pandas as pd
import pytest

from components.models import load
from components.training import fine_tune
from components.training.export import model_card, usage_code
from components.training.judged import JudgedResult
from components.training.results import result_from_json
from components.training.store import RunStore
from tests.unit.training.conftest import BAD, GOOD, THINGS, VERBS

FAST = {"batch_size": 8, "precision": "float32", "learning_rate": 3e-3, "language": "en"}


def made_pairs(rows_made: int = 90) -> pd.DataFrame:
    """Pairs that are alike where both say good things, or both bad ones; the number tells it."""
    random = np.random.default_rng(1)
    rows = []
    for _ in range(rows_made):
        kinds = [GOOD if random.random() < 0.5 else BAD for _ in range(2)]
        alike = kinds[0] is kinds[1]
        first, second = (f"the {random.choice(THINGS)} {random.choice(VERBS)} very {' '.join(random.choice(kind, 3))}" for kind in kinds)
        rows.append((first, second, f"{(4 if alike else 1) + random.random():.2f}", "same" if alike else "other"))
    return pd.DataFrame(rows, columns=["sentence1", "sentence2", "score", "label"], dtype="str")


def made_questions() -> pd.DataFrame:
    """Two questions on each passage, long enough for several windows; every seventh question has no answer."""
    random = np.random.default_rng(2)
    rows = []
    for place in range(30):
        things = random.permutation(THINGS)
        passage = " ".join(f"The {thing} {random.choice(VERBS)} {random.choice(GOOD)} ." for thing in things[:6])
        for thing in (things[0], things[5]):
            answer = passage.split(f"The {thing} ")[1].split(" .")[0].split(" ")[1]
            rows.append((passage, f"the {thing} was very ?", answer, str(passage.index(answer, passage.index(f"The {thing}")))))
        if place % 3 == 0:
            rows.append((passage, f"the {things[9]} was very ?", "", ""))
    return pd.DataFrame(rows, columns=["context", "question", "answer", "answer_start"], dtype="str")


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    with pytest.MonkeyPatch.context() as patch:
        folder = tmp_path_factory.mktemp("home")
        patch.setenv("HIMOTOKU_HOME", str(folder))
        yield RunStore(folder)


def kept(result: JudgedResult) -> None:
    """What is kept of a result is the result."""
    assert result_from_json(json.loads(json.dumps(result.to_json()))) == result


def test_pairs_order_as_the_file_does_and_load_in_sentence_transformers(tiny, store):
    from sentence_transformers import SentenceTransformer

    frame = made_pairs(240)
    run = fine_tune(
        frame, "sentence1", "score", task="pairs", second="sentence2", backbone=tiny, epochs=4, store=store, max_length=32, **FAST
    )
    result = run.result
    assert list(result.measures) == ["spearman", "pearson"] and set(result.baselines) == {"before", "words"}
    assert result.measures["spearman"].value > max(0.6, result.baselines["before"]["spearman"].value + 0.05)
    kept(result)
    said = pd.read_parquet(run.folder / "predictions.parquet")
    rows = frame.loc[said["row"]]
    texts = [*rows["sentence1"], *rows["sentence2"]]
    plain = SentenceTransformer(str(run.model_dir), device="cpu").encode(texts, normalize_embeddings=True)
    ours = load(f"run:{run.id}", "similarity").encode(texts)
    assert np.allclose(plain, ours, atol=1e-4)
    cosines = (ours[: len(rows)] * ours[len(rows) :]).sum(axis=1)
    assert np.allclose(cosines, said["found"], atol=1e-4)
    assert result.measures["spearman"].value == pytest.approx(pd.Series(cosines).corr(said["wanted"], method="spearman"), abs=1e-6)
    assert "SentenceTransformer" in usage_code(run) and "spearman" in model_card(run)


def test_pair_classes_read_both_texts(tiny, store):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    frame = made_pairs()
    run = fine_tune(
        frame, "sentence1", "label", task="pair_classes", second="sentence2", backbone=tiny, epochs=2, store=store, max_length=48, **FAST
    )
    result = run.result
    assert list(result.measures) == ["accuracy", "macro_f1"] and set(result.baselines) == {"majority", "pair_words"}
    assert [part.name for part in result.parts] == ["other", "same"] and sum(part.wanted for part in result.parts) == result.rows.test
    kept(result)
    said = pd.read_parquet(run.folder / "predictions.parquet")
    assert result.measures["accuracy"].value == pytest.approx((said["label"] == said["predicted"]).mean())
    rows = frame.loc[said["row"]]
    pairs = list(zip(rows["sentence1"], rows["sentence2"], strict=True))
    predictions = load(f"run:{run.id}", "pair_classes").predict_pairs(pairs)
    assert [one.label for one in predictions] == said["predicted"].tolist()
    tokenizer = AutoTokenizer.from_pretrained(run.model_dir)
    model = AutoModelForSequenceClassification.from_pretrained(run.model_dir).eval()
    inputs = tokenizer(*pairs[0], return_tensors="pt")
    assert inputs["token_type_ids"].max() == 1
    shares = (model(**inputs).logits / result.facts["temperature"]).softmax(-1)[0].tolist()
    assert shares == pytest.approx(list(predictions[0].scores.values()), abs=1e-3)


def test_questions_are_read_in_windows_as_the_page_reads_them(tiny, store):
    from transformers import AutoModelForQuestionAnswering

    frame = made_questions()
    run = fine_tune(
        frame, "context", "answer", task="questions", second="question", start="answer_start",
        backbone=tiny, epochs=2, store=store, max_length=32, **FAST,
    )  # fmt: skip
    result = run.result
    assert list(result.measures) == ["answer_f1", "exact_match"] and set(result.baselines) == {"lexical"}  # a new head knew nothing before
    kept(result)
    parts = pd.read_parquet(run.folder / "parts.parquet").set_index("row")["part"]
    assert frame["context"].groupby(parts.reindex(frame.index)).unique().explode().duplicated().sum() == 0  # no passage on two sides
    said = pd.read_parquet(run.folder / "predictions.parquet").set_index("row")
    reader = load(f"run:{run.id}", "qa")
    assert reader.max_length == 32 and len(reader.ask(frame["question"][0], frame["context"][0]).windows) > 1
    for row, one in said.iterrows():
        answers = reader.answer(frame["question"][row], frame["context"][row], 1)
        assert (answers[0].text if answers else "") == one["found"]
    assert result.measures["exact_match"].value == pytest.approx(said["exact"].mean())
    assert AutoModelForQuestionAnswering.from_pretrained(run.model_dir).qa_outputs.weight.shape == (2, 32)
    assert "start_logits" in usage_code(run)


@pytest.mark.parametrize(("task", "tune"), [("pairs", "all"), ("pairs", "head"), ("pairs", "lora"), ("questions", "all")])
def test_a_stopped_training_goes_on_as_if_it_had_not_been_stopped(tiny, tmp_path, task, tune):
    from components.training.settings import Settings
    from components.training.task_tables import Columns, task_table
    from components.training.tasks import make_task
    from components.training.trainer import train

    made, columns = {
        "pairs": (made_pairs, Columns("sentence1", "score", "sentence2")),
        "questions": (made_questions, Columns("context", "answer", "question", "answer_start")),
    }[task]
    frame, named = task_table(task).prepare(made(), columns)
    columns_of = {"text": named.text, "label": named.label, "second": named.second}
    settings = Settings(**columns_of, task=task, tune=tune, backbone=tiny, epochs=2, max_length=48, **FAST)

    def trained(folder, stop_at=None):
        begun = make_task(settings, frame.assign(row=range(len(frame))))
        outcome = train(begun, folder, lambda kind, content: None, lambda progress: progress.step == stop_at)
        return outcome, {name: tensor.detach().clone() for name, tensor in outcome.model.named_parameters() if tensor.requires_grad}

    straight, expected = trained(tmp_path / "straight")
    assert straight.end == "done" and expected
    assert trained(tmp_path / "stopped", stop_at=5)[0].end == "stopped"
    resumed, weights = trained(tmp_path / "stopped")
    assert resumed.history == {epoch: pytest.approx(scores, abs=1e-4) for epoch, scores in straight.history.items()}
    assert weights.keys() == expected.keys() and all(np.allclose(weights[name], expected[name], atol=1e-4) for name in expected)
