"""Tokens as a reader can read them: WordPiece's are words and ##pieces already, those of a byte-level BPE or of SentencePiece are not."""

from typing import Any

from components.text.tokens import TokenizedText

SPACE = "␣"  # a token that is nothing but space


def names(tokenized: TokenizedText, tokenizer: Any) -> tuple[str, ...]:
    """One name a token (T,): the vocabulary's own, or, where the vocabulary writes bytes or marks of spaces (`Ġcat`, `æĿ±`, `▁cat`), the
    characters that were typed. Tokens that are bytes of the same character are counted: `東 1/3`."""
    if not _writes_marks(tokenizer):
        return tokenized.tokens
    return tuple(_name(tokenized, position, tokenizer.unk_token_id) for position in range(len(tokenized)))


def continuing(tokenized: TokenizedText) -> tuple[bool, ...]:
    """(T,): whether a token goes on with the word of the token before it."""
    words = tokenized.words
    return tuple(position > 0 and word is not None and word == words[position - 1] for position, word in enumerate(words))


def _writes_marks(tokenizer: Any) -> bool:
    decoder = repr(getattr(getattr(tokenizer, "backend_tokenizer", None), "decoder", None))
    return "ByteLevel" in decoder or "Metaspace" in decoder or "▁" in decoder


def _name(tokenized: TokenizedText, position: int, unknown: int | None) -> str:
    """Of a token that stands for typed characters, those; of any other the vocabulary's."""
    sequence, span = tokenized.sequence[position], tokenized.spans[position]
    # GPT-2's unknown token is its end of text, which nothing typed becomes.
    if sequence is None or (tokenized.ids[position] == unknown and not tokenized.special[position]):
        return tokenized.tokens[position]
    typed = ((tokenized.text, tokenized.pair)[sequence] or "")[slice(*span)]
    if not typed:
        return SPACE
    low = high = position
    while low > 0 and (tokenized.sequence[low - 1], tokenized.spans[low - 1]) == (sequence, span):
        low -= 1
    while high + 1 < len(tokenized) and (tokenized.sequence[high + 1], tokenized.spans[high + 1]) == (sequence, span):
        high += 1
    return f"{typed} {position - low + 1}/{high - low + 1}" if high > low else typed
