"""What a recipe writes is what the app reads."""

import json
from dataclasses import replace

import pytest
import torch

from components.models import load
from recipes import finetune, ner, pretrain, qa, sentiment
from recipes.entities import ENGLISH, UNKNOWN, Tagged
from recipes.finetune import Recipe, Row
from recipes.polarity import LABELS, NEGATIVE, POSITIVE, Opinion
from recipes.questions import Question


@pytest.fixture(scope="module")
def aligner():
    return finetune.aligner(sentiment.RECIPES["en"])


def shaken(recipe: Recipe):
    """An untrained model whose adapter does something: LoRA's B matrices are zero at the start."""
    model = finetune.build(recipe)
    torch.manual_seed(3)
    for parameter in model.parameters():
        if parameter.requires_grad:
            parameter.data.add_(torch.randn_like(parameter) * 0.02)
    return model.eval()


def test_a_classifier_answers_the_same_in_the_app(tmp_path, aligner):
    recipe = Recipe("sentiment-en", "classification", "en", LABELS, rank=4)
    model = shaken(recipe)
    finetune.save(recipe, model, tmp_path, temperature=2.0)
    texts = ["A moving film.", "Two hours of nothing."]
    rows = sentiment.encode(aligner, [Opinion(text, 0, "", "") for text in texts])
    with torch.no_grad():
        expected = torch.cat([model(**finetune.inputs([row])).logits for row in rows])
    found = load(tmp_path).predict(texts)
    probabilities = torch.tensor([[p.scores[label] for label in LABELS] for p in found])
    torch.testing.assert_close(probabilities, (expected / 2.0).softmax(-1), atol=2e-3, rtol=0)
    assert (probabilities - 1 / 3).abs().max() > 0.005


def test_a_stage_takes_each_set_as_often_as_it_says(aligner):
    train = [
        Opinion("Good fun.", POSITIVE, "m_absa", ""),
        Opinion("Oh no.", NEGATIVE, "goemotions", ""),
        Opinion("A plot.", 2, "movie_reviews", ""),
    ]
    taken = sentiment.often(train, {"m_absa": 2.0, "goemotions": 1.0})
    rows = sentiment.encode(aligner, [*taken, Opinion("He dies.", 0.3, "film_sentences", "")])
    assert [row.target for row in rows] == [1, 1, 0, 0.3]
    assert [aligner.tokenizer.decode(row.ids, skip_special_tokens=True) for row in rows[::3]] == ["good fun.", "he dies."]
    many = [Opinion(f"Text {number}.", POSITIVE, "m_absa", "") for number in range(2_000)]
    assert 2_350 < len(sentiment.often(many, {"m_absa": 1.25})) < 2_650


def test_the_third_class_begins_between_the_two(aligner):
    two = shaken(replace(sentiment.RECIPES["en"], labels=["negative", "positive"], rank=4))
    three = sentiment.widened(Recipe("sentiment-en", "classification", "en", LABELS, rank=4), two).eval()
    row = finetune.inputs(sentiment.encode(aligner, [Opinion("A moving film.", POSITIVE, "", "")]))
    with torch.no_grad():
        negative, positive = two(**row).logits[0]
        found = three(**row).logits[0]
    torch.testing.assert_close(found, torch.stack([negative, (negative + positive) / 2, positive]), atol=1e-5, rtol=0)


def test_masked_words_and_next_sentences_come_from_one_training(tmp_path, aligner):
    recipe = Recipe("nsp-en", "pretraining", "en", rank=4)
    model = shaken(recipe)
    finetune.save(recipe, model, tmp_path / "nsp", ("cls.seq_relationship", "pooler."), task="next_sentence")
    finetune.save(recipe, model, tmp_path / "mlm", ("cls.predictions",), task="masked_lm")
    t = aligner.tokenize("It rained.", "The streets were wet.")
    with torch.no_grad():
        output = model(**finetune.inputs([Row(list(t.ids), list(t.token_type_ids), 0)]))
    found = load(tmp_path / "nsp").predict([("It rained.", "The streets were wet.")])
    assert found[0] == pytest.approx(output.seq_relationship_logits.softmax(-1)[0, 0].item(), abs=2e-3)
    (fills,) = load(tmp_path / "mlm").fill("The streets were [MASK].", top_k=1)
    assert 0 < fills[0].score < 1
    names = set(json.loads((tmp_path / "mlm/settings.json").read_text()))
    assert {"task", "backbone", "language", "max_length"} <= names


def test_a_saved_model_can_be_trained_further(tmp_path, aligner):
    recipe = Recipe("nsp-en", "pretraining", "en", rank=4)
    model = shaken(recipe)
    finetune.save(recipe, model, tmp_path, ("cls.seq_relationship", "pooler."), task="next_sentence")
    t = aligner.tokenize("It rained.", "The streets were wet.")
    batch = finetune.inputs([Row(list(t.ids), list(t.token_type_ids), 0)])
    again = finetune.restore(recipe, tmp_path).eval()
    with torch.no_grad():
        torch.testing.assert_close(again(**batch).seq_relationship_logits, model(**batch).seq_relationship_logits, atol=5e-3, rtol=0)
    assert {n for n, p in again.named_parameters() if p.requires_grad} == {n for n, p in model.named_parameters() if p.requires_grad}
    with pytest.raises(ValueError, match="other tensors"):
        finetune.restore(Recipe("ner-en", "ner", "en", ner.tags_of(ENGLISH), rank=4), tmp_path)


def test_only_the_adapter_and_the_head_learn():
    model = finetune.build(Recipe("ner-en", "ner", "en", ner.tags_of(ENGLISH), rank=4))
    learning = {name for name, parameter in model.named_parameters() if parameter.requires_grad}
    assert {name.split(".")[-2] for name in learning if "lora_" not in name} == {"classifier"}
    assert sum("lora_A" in name for name in learning) == 6 * 6


def test_tags_stand_on_the_tokens_of_the_names(aligner):
    text = "Tim Cook runs Apple Inc. in Foo"
    tagged = Tagged(text, ((0, 8, "PER"), (14, 24, "ORG"), (28, 31, UNKNOWN)), "s", "d", ("MISC",))
    tags = ner.tags_of(ENGLISH)
    row = ner.encode(aligner, tagged, tags)
    target, missing = row.target
    tokens = aligner.tokenizer.convert_ids_to_tokens(row.ids)
    named = [(token, tags[tag]) for token, tag in zip(tokens, target, strict=True) if tag > 0]
    assert named == [("tim", "B-PER"), ("cook", "I-PER"), ("apple", "B-ORG"), ("inc", "I-ORG"), (".", "I-ORG")]
    assert [token for token, tag in zip(tokens, target, strict=True) if tag == finetune.IGNORED] == ["[CLS]", "foo", "[SEP]"]
    assert [tags[i] for i in missing] == ["B-MISC", "I-MISC"]


def test_some_rows_also_train_without_their_capitals():
    recipe = ner.RECIPES["en"]
    tagged = [Tagged(f"Tim Cook runs number {i}", ((0, 8, "PER"),), "s", "d") for i in range(200)]
    rows = ner.rows_of(recipe, finetune.aligner(recipe), tagged)
    assert all(row.types[1:4] == [1, 1, 0] for row in rows[:200])
    assert 10 < len(rows) - 200 < 60 and all(set(row.types) == {0} for row in rows[200:])
    assert {(tuple(row.ids), tuple(row.target[0])) for row in rows[200:]} < {(tuple(row.ids), tuple(row.target[0])) for row in rows[:200]}


def test_an_answer_is_found_in_each_window_that_holds_it(aligner):
    short = finetune.Aligner(aligner.tokenizer, 48)
    context = " ".join(f"Sentence number {i} says little." for i in range(12)) + " The bridge was built in 1890 by hand."
    start = context.index("1890")
    rows = qa.rows_of(short, Question("When was the bridge built?", context, ((start, "1890"),), "s", "a"))
    assert len(rows) > 2
    held = [row for row in rows if row.target != (0, 0)]
    assert held
    for row in held:
        first, last = row.target
        assert aligner.tokenizer.decode(row.ids[first : last + 1]).replace(" ", "") == "1890"
    assert all("1890" not in aligner.tokenizer.decode(row.ids).replace(" ", "") for row in rows if row.target == (0, 0))
    impossible = qa.rows_of(short, Question("Who?", context, (), "s", "a"))
    assert {row.target for row in impossible} == {(0, 0)}


def test_pairs_follow_or_come_from_another_document():
    documents = [pretrain.Document(f"d{d}", tuple(f"Document {d} sentence {i}." for i in range(9))) for d in range(6)]
    rows = pretrain.pairs(documents, "en", 200)
    same = [a.split()[1] == b.split()[1] for a, b, _ in rows]
    assert same == [label == 0 for _, _, label in rows]
    assert 0.4 < sum(same) / len(rows) < 0.7
    for a, b, label in rows:
        if label == 0:
            assert int(b.split()[3].strip(".")) == int(a.split()[-1].strip(".")) + 1


def test_settings_are_chosen_as_well_for_a_folder_that_is_set_already(tmp_path):
    recipe = Recipe("qa-en", "qa", "en", rank=4, max_length=64)
    model = shaken(recipe)
    texts = {"bridge": "The bridge was built in 1890.", "mill": "A miller named Tom owns the mill.", "inn": "The inn stands in Kent."}
    answers = {"bridge": "1890", "mill": "Tom", "inn": "Kent"}
    asked = [Question(f"What of the {n}?", text, ((text.index(answers[n]), answers[n]),), "s", "article") for n, text in texts.items()]
    found = []
    for temperature in (1.0, 2.7):
        finetune.save(recipe, model, tmp_path / str(temperature), stride=16, temperature=temperature)
        found.append(qa.choose_settings(tmp_path / str(temperature), asked))
    assert found[0] == pytest.approx(found[1], abs=1e-3)
