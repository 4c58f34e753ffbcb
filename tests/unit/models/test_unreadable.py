"""Half a surrogate pair and NUL, which no tokenizer takes: every way into a model reads them as U+FFFD and a space."""

import ast
from pathlib import Path

import numpy as np
import pytest

from components.models import load
from components.models.bundled import ENGLISH, JAPANESE
from components.training.backbones import token_counter

ODD, READ = "A \ud800 good\0 film 猫\udfff", "A \ufffd good  film 猫\ufffd"
ROOT = Path(__file__).resolve().parents[3]


@pytest.mark.parametrize("id", ["embed-en", "embed-ja", "embed-ja-en"])
def test_vectors_of_half_a_character(id):
    encoder = load(id, "similarity")
    first, second = encoder.encode([ODD]), encoder.encode([READ])
    assert np.array_equal(first, second) and np.isfinite(first).all()
    if id != "embed-ja-en":
        assert np.array_equal(encoder.encode([ODD], pooling="max"), encoder.encode([READ], pooling="max"))
        assert encoder.token_counts([ODD]).tolist() == encoder.token_counts([READ]).tolist()


@pytest.mark.parametrize("id", ["sentiment-en", "sentiment-ja"])
def test_predictions_of_half_a_character(id):
    model = load(id)
    assert model.predict([ODD])[0].score == model.predict([READ])[0].score


@pytest.mark.parametrize("id", [ENGLISH.backbone, JAPANESE.backbone])
def test_the_doctor_counts_the_tokens_of_half_a_character(id):
    counter = token_counter(id)
    assert counter([ODD]) == counter([READ])
    assert [part.tolist() for part in counter.unknown([ODD])] == [part.tolist() for part in counter.unknown([READ])]


def test_no_text_goes_into_a_tokenizer_unread():
    """Read from the sources: whatever is called as a tokenizer gets `readable` text, except where it is one's own."""
    own = {
        "known",
        "clean",
        "texts",
        "text",
        "*texts",
        "*sides",
    }  # names that were made readable before, in the functions that this list is of
    found = set()
    for path in (ROOT / "components").rglob("*.py"):
        for call in (node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)):
            name = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
            if name in ("tokenizer", "_tokenizer", "_counter") and call.args and path.name != "code_templates.py":
                argument = ast.unparse(call.args[0])
                if "readable(" not in argument and argument not in own and "files" not in argument and argument not in ("id", "owner"):
                    found.add(f"{path.relative_to(ROOT)}: {argument}")
    assert not found
