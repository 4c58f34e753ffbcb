"""The code of the pages of vectors and layers gives the pages' numbers, for both languages' models."""

import contextlib
import io

import pytest

from components.models.lens import lens
from components.models.masked_lm import bare
from components.models.word_vectors import nearest, read
from components.ui.widgets.code import snippet_text, with_settings


def run(name: str, **settings: object) -> dict:
    names: dict = {"__name__": "__main__"}
    with contextlib.redirect_stdout(io.StringIO()) as printed:
        exec(compile(with_settings(snippet_text(name), settings), name, "exec"), names)
    assert printed.getvalue().strip()
    return names


def test_rows_and_neighbours(masked):
    model, text = masked
    names = run("word_vectors", model=model.id, text=text, place=1)
    tokens = model.aligner.tokenizer.convert_ids_to_tokens(names["nearest"])
    own = model.aligner.tokenizer.convert_ids_to_tokens(int(names["ids"][1]))
    ours = nearest(model, int(names["ids"][1]), 5)
    assert [one.token for one in ours] == [token for token in tokens if bare(token) != bare(own)][:5]
    assert names["likeliest"].indices.tolist()[:5] == [fill.id for fill in read(model, text).said[1][:5]]


def test_words_by_layer(masked):
    model, text = masked
    seen = lens(model, text)
    place = seen.text.ids.index(model.mask_id)
    names = run("logit_lens", model=model.id, text=text, place=place)
    assert [word.removeprefix("##") for word in names["words"]] == [layer[place][0].token for layer in seen.said]
    assert names["shares"] == pytest.approx([layer[place][0].score for layer in seen.said], abs=1e-4)
