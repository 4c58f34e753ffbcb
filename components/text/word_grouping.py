"""What an attention picture shows one row for: every token, or every whole word."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from components.text import japanese
from components.text.language import has_japanese
from components.text.token_names import continuing
from components.text.tokens import Span, TokenizedText


@dataclass(frozen=True)
class Units:
    """Rows and columns of a picture, in the order of the text; N units over T tokens.

    labels (N,): the token's name, or the word as typed. continuing (N,): a token that goes on with the word before it. unit_of_token (T,): the unit that each token belongs to, as
    `components.transformer.analysis.merge_words` wants it. tokens (N,): the places of the unit's tokens. special (N,): added by the
    tokenizer ([CLS], [SEP]). segments (N,): 0 for the first text, 1 for the second; a special token belongs to the text before it.
    """

    labels: tuple[str, ...]
    continuing: tuple[bool, ...]
    unit_of_token: tuple[int, ...]
    tokens: tuple[tuple[int, ...], ...]
    special: tuple[bool, ...]
    segments: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.labels)

    def means(self, values: np.ndarray) -> np.ndarray:
        """(T,) of the tokens -> (N,): the mean over each unit's tokens."""
        return np.array([values[list(places)].mean() for places in self.tokens])

    @property
    def numbered(self) -> tuple[str, ...]:
        """Labels that differ: the place from 1 before each."""
        return tuple(f"{number} {label}" for number, label in enumerate(self.labels, 1))


def group_words(tokenized: TokenizedText, whole_words: bool, morphological: bool = False, names: Sequence[str] | None = None) -> Units:
    """The units of a text or a pair. morphological: the tokenizer's own words are morphemes, as those of a Japanese BERT. names (T,): what
    single tokens are called (`components.text.token_names`); as the vocabulary has them by default.

    Whole words are the tokenizer's own. One that isn't morphological cuts Japanese between characters without knowing words, so there
    each token belongs to the MeCab morpheme that it starts in.
    """
    groups = _words(tokenized, morphological) if whole_words else tuple(range(len(tokenized)))
    members: list[list[int]] = []
    unit_of_token = []
    previous: object = object()
    for position, group in enumerate(groups):
        if group is None or group != previous:
            members.append([])
        members[-1].append(position)
        unit_of_token.append(len(members) - 1)
        previous = group
    begun = continuing(tokenized)
    segments, current = [], 0
    for places in members:
        sequence = tokenized.sequence[places[0]]
        current = current if sequence is None else sequence
        segments.append(current)
    return Units(
        labels=tuple(_label(tokenized, places, whole_words, names or tokenized.tokens) for places in members),
        continuing=tuple(not whole_words and begun[places[0]] for places in members),
        unit_of_token=tuple(unit_of_token),
        tokens=tuple(tuple(places) for places in members),
        special=tuple(tokenized.special[places[0]] for places in members),
        segments=tuple(segments),
    )


def _words(tokenized: TokenizedText, morphological: bool) -> Sequence[object]:
    """One entry a token, the same for tokens of one word; None for a special token, which stands alone."""
    morphemes = [{} if morphological else _morpheme_starts(text) for text in (tokenized.text, tokenized.pair or "")]
    groups: list[object] = []
    for position, word in enumerate(tokenized.words):
        sequence = tokenized.sequence[position]
        if word is None or sequence is None:
            groups.append(None)
        elif morphemes[sequence] and has_japanese(tokenized.word_texts[word]):
            start = tokenized.spans[position][0]
            groups.append((sequence, morphemes[sequence].get(start, start)))
        else:
            groups.append((sequence, "word", word))
    return groups


def _morpheme_starts(text: str) -> dict[int, int]:
    """Every character of a Japanese text -> where its morpheme starts; {} for a text without Japanese."""
    if not has_japanese(text):
        return {}
    starts = {index: index for index in range(len(text))}
    for morpheme in japanese.morphemes(text):
        starts.update(dict.fromkeys(range(morpheme.start, morpheme.end), morpheme.start))
    return starts


def _label(tokenized: TokenizedText, places: Sequence[int], whole_words: bool, names: Sequence[str]) -> str:
    first = places[0]
    sequence = tokenized.sequence[first]
    if not whole_words or sequence is None:
        return names[first]
    text = tokenized.text if sequence == 0 else tokenized.pair or ""
    span: Span = (tokenized.spans[first][0], tokenized.spans[places[-1]][1])
    return text[span[0] : span[1]] or names[first]
