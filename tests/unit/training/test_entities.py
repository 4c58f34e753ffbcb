"""Named entities from a table to a judged model, on a tiny backbone; the doctor's findings; the dictionary that it is held against."""

import io
import json
import re
import zipfile
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from components.errors import TableError, TrainingError
from components.evaluation.entities import judge_entities
from components.evaluation.entity_rows import partial_f1, row_counts, span_f1
from components.models.results import Entity
from components.tables.span_cells import read_written
from components.training import fine_tune
from components.training.cures import all_cures
from components.training.doctor import examine
from components.training.export import model_card, usage_code
from components.training.findings import apply_fixes
from components.training.name_dictionary import NameDictionary
from components.training.notebook import notebook_zip, program
from components.training.samples_list import FOLDER
from components.training.settings import Settings
from components.training.store import RunStore
from components.training.task_tables import Columns, guess_task, task_table
from tests.unit.training.conftest import BAD, GOOD, THINGS

FAST = {"batch_size": 8, "max_length": 16, "precision": "float32", "learning_rate": 3e-3}
COLUMNS = Columns("text", "label")


def marked_rows(count: int = 160) -> pd.DataFrame:
    """Rows whose things and adjectives are names, written with capitals, some of them two words long."""
    random = np.random.default_rng(0)
    rows = []
    for number in range(count):
        text, spans = "the", []
        for words, name in ((THINGS, "THING"), (GOOD if number % 2 else BAD, "HOW")):
            chosen = random.choice(words, size=1 + (number % 3 == 0), replace=False)
            spans.append([len(text) + 1, len(text) + 1 + len(" ".join(chosen)), name])
            text += " " + " ".join(chosen).title() + f" {random.choice(['was', 'seemed'])} {'very ' * (number % 4)}".rstrip()
        rows.append((text, json.dumps(spans)))
    return pd.DataFrame(rows, columns=["text", "label"], dtype="str").drop_duplicates("text").reset_index(drop=True)


@pytest.fixture(scope="module")
def trained(tmp_path_factory, tiny):
    home = tmp_path_factory.mktemp("entities")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HIMOTOKU_HOME", str(home))
        frame = marked_rows()
        long = " ".join(frame["text"][:12])  # longer than a window
        frame.loc[len(frame)] = [long, json.dumps([[long.index(" ") + 1, long.index(" ") + 4, "THING"]])]
        frame.loc[len(frame)] = ["nobody looked at the lamp", ""]
        yield frame, fine_tune(frame, task="entities", backbone=tiny, epochs=5, seed=1, store=RunStore(home), **FAST)


def test_a_table_becomes_a_model_that_answers_as_it_was_judged(trained):
    from components.models import load

    frame, run = trained
    result = run.result
    assert run.state == "done" and result.rows.left_out == 1
    assert result.measures["span_f1"].value > 0.8 and result.labels == ("HOW", "THING")
    said = pd.read_parquet(run.folder / "predictions.parquet").set_index("row")
    texts = frame["text"][said.index].tolist()
    answers = load(f"run:{run.id}").predict(texts)
    assert [[[one.start, one.end, one.label] for one in row] for row in answers] == [json.loads(cell) for cell in said["found"]]
    wanted = [
        [Entity(text[start:end], name, start, end, 1.0) for start, end, name in json.loads(cell)]
        for text, cell in zip(texts, said["label"], strict=True)
    ]
    judged = judge_entities(wanted, answers, said.index.tolist())
    assert result.measures["span_f1"].value == pytest.approx(judged.overall.strict.f1)
    assert result.measures["span_partial"].value == pytest.approx(judged.overall.partial.f1)
    assert {part.name: part.measures["span_f1"] and part.measures["span_f1"].value for part in result.parts} == pytest.approx(
        {score.label: score.strict.f1 for score in judged.per_type}
    )
    for measures in (result.measures, result.baselines["dictionary"]):
        assert all(0 <= one.low <= one.value <= one.high <= 1 and one.low < one.high for one in measures.values())


def test_the_counts_by_row_add_up_to_nervaluates():
    random = np.random.default_rng(3)

    def drawn() -> list[Entity]:
        ends = sorted(random.choice(40, size=8, replace=False))
        pairs = zip(ends[::2], ends[1::2], strict=True)
        return [Entity("", str(random.choice(["A", "B"])), int(start), int(end), 1.0) for start, end in pairs if random.random() < 0.8]

    gold, found = ([drawn() for _ in range(60)] for _ in range(2))
    counts, judged = row_counts(gold, found).sum(axis=0), judge_entities(gold, found, range(60)).overall
    assert float(span_f1(counts)) == pytest.approx(judged.strict.f1) and float(partial_f1(counts)) == pytest.approx(judged.partial.f1)


def test_the_windows_of_a_long_text_hold_every_entity_whole_once(tiny, monkeypatch):
    from components.training.tasks.entities import Entities
    from components.training.token_tags import IGNORED

    frame = marked_rows(40)
    long = " ".join(frame["text"][:10])
    spans, at = [], 0
    for text, cell in zip(frame["text"][:10], frame["label"][:10], strict=True):
        spans += [[at + start, at + end, name] for start, end, name in json.loads(cell)]
        at += len(text) + 1
    frame.loc[len(frame)] = [long, json.dumps(spans)]
    task = Entities(Settings(task="entities", backbone=tiny, max_length=16), frame.assign(row=frame.index))
    row, tags = len(frame) - 1, task.decoding.tags
    assert len(task.windows[row]) > 4 and max(len(feature["input_ids"]) for feature in task.features[row]) <= 16
    begun = set()
    for (start, _), feature in zip(task.windows[row], task.features[row], strict=True):
        labels = feature["labels"][1:-1]
        assert len(labels) == len(feature["input_ids"]) - 2
        begun |= {start + place for place, tag in enumerate(labels) if tag != IGNORED and tags[tag].startswith("B-")}
        assert not tags[max(labels[0], 0)].startswith("I-")
    assert len(begun) == len(spans)


def test_capitals_are_told_to_a_model_whose_vocabulary_has_none(trained):
    _, run = trained
    settings = json.loads((run.model_dir / "settings.json").read_text())
    assert settings["marks_capitals"] and settings["tags_on"] == "sequence" and settings["rules"] == "words"


def test_the_notebook_repeats_the_training(trained, tmp_path, monkeypatch, capsys):
    _, run = trained
    with zipfile.ZipFile(io.BytesIO(notebook_zip(run))) as archive:
        archive.extractall(tmp_path)
    monkeypatch.chdir(tmp_path)
    exec("\n".join(cell.source for cell in nbformat.read("training.ipynb", as_version=4).cells if cell.cell_type == "code"), {})
    score = float(re.search(r"F1 of names ([\d.]+)", capsys.readouterr().out).group(1))
    assert score == pytest.approx(run.scores["span_f1"], abs=0.12) and (tmp_path / "model" / "model.safetensors").exists()


def test_a_training_and_its_program_begin_as_the_bundled_model_of_names(tmp_path, monkeypatch):
    from safetensors.torch import load_file

    from components.training.tasks.entities import Entities

    folder = Path("models/ner-ja").resolve()
    lines = (FOLDER / "entities_ja.jsonl").read_text("utf-8").splitlines()[:40]
    frame = table(*[(json.loads(line)["text"], [[0, 2, "人名"], [3, 5, "天体"]]) for line in lines])
    settings = Settings(task="entities", text="text", label="label", language="ja")
    model = Entities(settings, frame.reset_index(names="row")).load_model()
    frame.to_csv(tmp_path / "training-data.csv", index=False)
    (tmp_path / "models").symlink_to(folder.parent)
    monkeypatch.chdir(tmp_path)
    names: dict[str, object] = {}
    code, mark, _ = program(settings).partition("# A vocabulary without capitals")
    assert mark
    exec(code, names)
    assert names["tags"] == list(model.config.id2label.values())
    head, of = load_file(folder / "head.safetensors"), json.loads((folder / "settings.json").read_text("utf-8"))["labels"].index
    known = [0, *(names["tags"].index(tag) for tag in ("B-人名", "I-人名"))]
    for shown in (model, names["model"]):
        assert shown.classifier.weight[known].equal(head["classifier.weight"][[0, of("B-人名"), of("I-人名")]])
    theirs = names["model"].state_dict()
    for name, value in model.state_dict().items():
        if not name.startswith("classifier"):
            assert value.allclose(theirs[name], atol=1e-5), name


def test_a_model_is_held_against_what_it_was_before_the_training(tmp_path):
    from components.models import load
    from components.training.tasks.entities import Entities

    lines = [json.loads(line) for line in (FOLDER / "entities_ja.jsonl").read_text("utf-8").splitlines()[:80]]
    frame = table(*[(line["text"], line["label"]) for line in lines])
    task = Entities(Settings(task="entities", text="text", label="label", language="ja"), frame.reset_index(names="row"))
    known = load("ner-ja")
    assert task.labels == known.labels
    result = task.finish(task.load_model(), tmp_path / "model")  # not trained at all: it is what it was
    test = task.parts.test
    bundled = span_f1(row_counts(task.gold(test), known.predict([task.texts[row] for row in test])).sum(axis=0))
    assert result.baselines["before"]["span_f1"].value == pytest.approx(bundled, abs=0.02)  # that one has a temperature of its own
    assert result.measures["span_f1"].value == pytest.approx(bundled, abs=0.02) and result.verdict("before") != "first"


def test_the_exported_model_answers_in_plain_transformers(trained, capsys):
    frame, run = trained
    said = pd.read_parquet(run.folder / "predictions.parquet")
    row = said[(said["right"] == said["asked"]) & (said["said"] == said["asked"]) & (said["asked"] == 2)].iloc[0]
    text = frame["text"][row["row"]]
    code = usage_code(run, str(run.model_dir)).replace('text = "..."', f"text = {text!r}")
    exec(code, {})
    assert eval(capsys.readouterr().out) == [(text[start:end], name) for start, end, name in json.loads(row["found"])]
    card = model_card(run)
    assert "pipeline_tag: token-classification" in card and f"| span_f1 | {run.scores['span_f1']:.3f}" in card


def table(*rows: tuple[str, object]) -> pd.DataFrame:
    return pd.DataFrame([(text, cell if isinstance(cell, str) else json.dumps(cell, ensure_ascii=False)) for text, cell in rows], columns=["text", "label"], dtype="str", index=range(1, len(rows) + 1))  # fmt: skip


ODD = table(
    ("Tim Cook spoke in Paris", [[0, 9, "PER"], [18, 23, "LOC"]]),  # a space at the end
    ("Paris is large", [[0, 5, "LOC"], [9, 40, "LOC"], [3, 3, "LOC"]]),  # outside, and empty
    ("New York City is far", [[0, 8, "LOC"], [0, 13, "LOC"]]),  # one over the other
    ("im Cook works here", [[1, 7, "PER"]]),  # within a word
    ("Paris won again", [[0, 5, "ORG"]]),  # a name of two types
    ("Nothing here", []),
    ("Nobody looked", ""),
    ("Not a list", "PER"),
)


def test_the_doctor_tells_what_is_odd_with_its_rows():
    ready, _ = task_table("entities").prepare(ODD, COLUMNS)
    report = examine(ready, "text", "label", task="entities")
    rows = {finding.kind: finding.rows for finding in report.findings}
    expected = {
        "entities-spaces": (1,), "entities-outside": (2,), "entities-overlapping": (3,), "entities-inside-words": (4,),
        "entities-two-types": (1, 2, 5), "entities-empty": (6,), "empty-label": (7,), "entities-unreadable": (8,),
    }  # fmt: skip
    assert {kind: rows[kind] for kind in expected} == expected and "entities-few" in rows and report.trainable
    assert report.class_counts == {"LOC": 6, "PER": 2, "ORG": 1}


def test_all_cures_together_leave_clean_rows_and_each_can_be_undone():
    ready, _ = task_table("entities").prepare(ODD, COLUMNS)
    look = lambda frame: examine(frame, "text", "label", task="entities")  # noqa: E731
    fixes = all_cures(ready, look(ready), look)
    cured = apply_fixes(ready, fixes)
    assert cured.index.tolist() == [1, 2, 3, 4, 5, 6]
    assert cured["label"].map(json.loads).tolist()[:4] == [
        [[0, 8, "PER"], [18, 23, "LOC"]],
        [[0, 5, "LOC"]],
        [[0, 13, "LOC"]],
        [[1, 7, "PER"]],
    ]
    kinds = {finding.kind for finding in look(cured).findings}
    assert not kinds & {"entities-spaces", "entities-outside", "entities-overlapping", "entities-unreadable"}
    undone = apply_fixes(ready, [fix for fix in fixes if fix.kind != "entities-spaces"])
    assert json.loads(undone.loc[1, "label"])[0] == [0, 9, "PER"]


def test_a_table_is_known_by_its_cells_however_they_are_printed():
    printed = table(("Tim Cook spoke", "[(0, 8, 'PER')]"), ("Nothing", "[]"))
    objects = table(("Tim Cook spoke", [{"start_offset": 0, "end_offset": 8, "label": "PER"}]), ("Nothing", []))
    for frame in (printed, objects):
        assert guess_task(frame) == "entities"
        ready, _ = task_table("entities").prepare(frame, COLUMNS)
        assert [read_written(cell) for cell in ready["label"]] == [[(0, 8, "PER")], []]
    assert guess_task(table(("a", '["x", "y"]'), ("b", '["x"]'))) != "entities"


def test_what_cannot_be_learned_from_is_one_sentence(tiny, tmp_path, monkeypatch):
    monkeypatch.setenv("HIMOTOKU_HOME", str(tmp_path))
    nothing = marked_rows(30).assign(label="[]")
    with pytest.raises(TrainingError, match="No text has a name"):
        fine_tune(nothing, task="entities", backbone=tiny, store=RunStore(tmp_path), **FAST)
    outside = table(*[(f"Short text {number}", [[80, 90, "PER"]]) for number in range(5)])
    with pytest.raises(TableError, match="outside their texts"):
        task_table("entities").prepare(outside, COLUMNS)


def test_the_dictionary_takes_the_longest_name_and_cuts_no_word():
    names = NameDictionary.of(["New York and York", "東京都", "York"], [[(0, 8, "LOC"), (13, 17, "LOC")], [(0, 2, "LOC")], [(0, 4, "PER")]])
    assert [(one.text, one.label) for one in names.find("In New York, not Yorkshire: York")] == [("New York", "LOC"), ("York", "LOC")]
    assert [one.text for one in names.find("東京大学")] == ["東京"]


def test_the_estimate_counts_every_window_of_a_long_text(tmp_path):
    from dataclasses import asdict

    from components.training.estimate import Speed, predict, speed_key

    store, tokens = RunStore(tmp_path), {}
    for task in ("classification", "entities"):
        settings = Settings(task=task, max_length=128)
        store.database.remember_speed(speed_key(settings), asdict(Speed(1, 0.001, 0.01, 0.0001, 0.00005, 1, 1, 1)))
        tokens[task] = predict(store, settings, [1_000] * 20, 200).tokens
    assert 1_000 / 128 < tokens["entities"] / tokens["classification"] < 1.5 * 1_000 / 128
