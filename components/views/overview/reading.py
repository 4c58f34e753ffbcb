"""What home shows of one sentence: its words, one head's attention, numbers of each word, and sentences near it and far from it.

The example's are in content/home.json, so that the page is drawn before torch is loaded; `scripts/home_figures.py` writes that file.
"""

import json
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any

import numpy as np

from components.messages import CONTENT
from components.models.bundled import models_for
from components.text.language import main_language

FILE = CONTENT / "home.json"
MOST = 200  # characters of a sentence: a home page reads a sentence, not a text
# By language of the sentence: the example, the word that is shown first, the head (from 1) that is looked at, and what meanings are compared with.
EXAMPLES = {"ja": ("猫は疲れていたので、マットの上で眠った。", "眠っ"), "en": ("The cat slept on the mat because it was tired.", "it")}
HEADS = {"ja": (6, 4), "en": (6, 12)}
OTHERS = {
    "ja": (
        "犬は床で寝ていた。",
        "疲れたので早く休んだ。",
        "今日の昼はカレーを食べた。",
        "電車が雪で遅れている。",
        "この映画は面白かった。",
        "新しい店で服を買った。",
        "会議は来週に延期された。",
        "明日は雨が降りそうだ。",
    ),
    "en": (
        "The dog was asleep.",
        "I was tired last night.",
        "We had curry today.",
        "The train is late.",
        "I enjoyed the film.",
        "She bought new shoes.",
        "The meeting was moved.",
        "It may rain tomorrow.",
    ),
}
SHOWN_NUMBERS, STRONGEST = 48, 5


@dataclass(frozen=True)
class Reading:
    """One sentence as the bundled encoder of its language reads it; N units: its words and the tokens that the model adds.

    labels, special (N,); tokens, ids: those of each unit. start: the unit shown first. layer, head (from 1): whose weights (N, N) are, in
    thousandths, a row for the unit that looks. vectors (N, 48): hundredths of the first 48 of `width` numbers that enter the first block.
    neurons (N, 5): number and value, in hundredths, of the last block's strongest. near, far: of the sentences it is compared with, and the
    cosine in hundredths.
    """

    text: str
    labels: list[str]
    special: list[bool]
    tokens: list[list[str]]
    ids: list[list[int]]
    start: int
    layer: int
    head: int
    weights: list[list[int]]
    width: int
    vectors: list[list[int]]
    neurons: list[list[list[int]]]
    near: list[str | int]
    far: list[str | int]


def read(text: str) -> Reading:
    """Asks the models; torch is loaded here, not before. Raises ModelError where they can't be had or the sentence has no tokens."""
    from components.models import load
    from components.text.japanese import is_japanese_tokenizer
    from components.text.word_grouping import group_words
    from components.transformer.analysis import merge_words

    language = main_language([text])
    id, (layer, head), others = models_for(language).encoder, HEADS[language], OTHERS[language]
    encoder = load(id, "encoder")
    output = encoder.run(text, attentions=[layer - 1], hidden_states=True, ffn_layer=encoder.num_layers - 1)
    assert output.attentions is not None and output.hidden_states is not None and output.ffn_activations is not None  # asked for above
    units = group_words(output.text, True, is_japanese_tokenizer(encoder.aligner.tokenizer))
    weights = merge_words(output.attentions[0, head - 1], units.unit_of_token)
    vectors, active = (
        np.stack([units.means(column) for column in rows.T], axis=1) for rows in (output.hidden_states[0], output.ffn_activations)
    )
    strongest = np.argsort(-active, axis=1, kind="stable")[:, :STRONGEST]
    sentences = load(id, "similarity").encode([text, *others])
    cosines = sentences[1:] @ sentences[0]
    near, far = ([others[place], _whole(cosines[place], 100)] for place in (int(cosines.argmax()), int(cosines.argmin())))
    return Reading(
        text,
        list(units.labels),
        list(units.special),
        [[output.text.tokens[place] for place in places] for places in units.tokens],
        [[output.text.ids[place] for place in places] for places in units.tokens],
        _first(text, units.labels, units.special, weights),
        layer,
        head,
        _whole(weights, 1000),
        encoder.hidden_size,
        _whole(vectors[:, :SHOWN_NUMBERS], 100),
        [[[int(place), _whole(row[place], 100)] for place in places] for places, row in zip(strongest, active, strict=True)],
        near,
        far,
    )


@cache
def example(language: str) -> Reading:
    """The example's reading from the file."""
    return Reading(**json.loads(FILE.read_text(encoding="utf-8"))[language])


def write_examples() -> None:
    """Computes the file anew."""
    readings = {language: asdict(read(text)) for language, (text, _) in EXAMPLES.items()}
    lines = [f'"{language}": {json.dumps(reading, ensure_ascii=False)}' for language, reading in readings.items()]
    FILE.write_text("{" + ",\n".join(lines) + "}\n", encoding="utf-8")


def _whole(values: Any, parts: int) -> Any:
    """Numbers as whole `parts`-ths, nested as they were."""
    return np.rint(np.asarray(values, dtype=float) * parts).astype(int).tolist()


def _first(text: str, labels: tuple[str, ...], special: tuple[bool, ...], weights: np.ndarray) -> int:
    """The unit shown first: the example's own word, else the one with the strongest thread to another word."""
    if word := dict(EXAMPLES.values()).get(text):
        return labels.index(word)
    words = ~np.array(special)
    if words.sum() < 2:
        return int(np.flatnonzero(words)[0]) if words.any() else 0
    between = np.where(np.outer(words, words), weights, 0)
    np.fill_diagonal(between, 0)
    return int(between.max(axis=1).argmax())
