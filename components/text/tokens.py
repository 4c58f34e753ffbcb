"""Text into tokens with their places: one way for every tokenizer, fast or Japanese, for pages, windows and spans alike."""

import re
import threading
import unicodedata
from dataclasses import dataclass, replace
from typing import Any

from components.text import japanese

Span = tuple[int, int]

# Of a text that is cut to what a model reads, no more characters than this are tokenised; a token has two to five.
CHARACTERS_A_TOKEN, FEWEST_CHARACTERS = 40, 20_000


@dataclass(frozen=True)
class AlignedText:
    """The tokens of one text without [CLS] and [SEP]: `spans[i]` are the characters of token i, `words[i]` the number of its word."""

    text: str
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    spans: tuple[Span, ...]
    words: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class TokenizedText:
    """One text or a pair as the model gets it, special tokens included. All tuples have one entry a token, T in all.

    sequence: 0 for the text, 1 for the pair, None for special tokens that the tokenizer added. spans: characters within that
    sequence's text ((0, 0) for special tokens). words: number of the word, counted through both texts, None for special tokens;
    `word_texts[w]` is the word as typed. left_out: how many tokens of the text and of the pair did not fit and were cut off. unread:
    characters at the ends of very long texts that were not even tokenised; the tokens in them are not in left_out.
    """

    text: str
    pair: str | None
    tokens: tuple[str, ...]
    ids: tuple[int, ...]
    token_type_ids: tuple[int, ...]
    attention_mask: tuple[int, ...]
    special: tuple[bool, ...]
    sequence: tuple[int | None, ...]
    spans: tuple[Span, ...]
    words: tuple[int | None, ...]
    word_texts: tuple[str, ...]
    left_out: tuple[int, int] = (0, 0)
    unread: int = 0

    @property
    def cut(self) -> bool:
        """Whether something at an end was not read."""
        return any(self.left_out) or self.unread > 0

    def __len__(self) -> int:
        return len(self.ids)


@dataclass(frozen=True)
class Template:
    """The special tokens that a tokenizer puts round one text or a pair, and the token types it gives, found by trying."""

    prefix: tuple[int, ...]
    middle: tuple[int, ...]
    suffix: tuple[int, ...]
    types: tuple[int, int, int, int, int]

    @property
    def specials(self) -> int:
        return len(self.prefix) + len(self.middle) + len(self.suffix)


_UNREADABLE = re.compile("[\0\ud800-\udfff]")
# full-width forms of ASCII, one character for one, and the ideographic space
USUAL_WIDTH = {code + 0xFEE0: code for code in range(0x21, 0x7F)} | {0x3000: 0x20}


class Aligner:
    """A tokenizer with a lock: the same answers under threads, places and words for every kind.

    marks_capitals: the tokens of a single text have type 1 where their word holds a capital, for a model that was trained so, because
    its vocabulary knows none. folds_width: full-width letters, digits and signs are read as the usual ones, for a model whose vocabulary
    lacks them.
    """

    def __init__(self, tokenizer: Any, max_length: int, marks_capitals: bool = False, folds_width: bool = False):
        self.tokenizer = tokenizer
        self.max_length = max_length
        self.marks_capitals = marks_capitals
        self.folds_width = folds_width
        self._lock = threading.Lock()
        self.single = self._template(pair=False)
        self.double = self._template(pair=True)

    @property
    def mask_id(self) -> int | None:
        id: int | None = self.tokenizer.mask_token_id
        return id

    @property
    def pad_id(self) -> int:
        return self.tokenizer.pad_token_id or 0

    def align(self, text: str) -> AlignedText:
        """All tokens of `text`, nothing cut."""
        clean = readable(text).translate(USUAL_WIDTH) if self.folds_width else readable(text)
        if japanese.is_japanese_tokenizer(self.tokenizer):
            with self._lock:
                pieces = japanese.pieces(self.tokenizer, clean)
                # The same tokens come again and again in a long text: each is looked up once.
                known = list(dict.fromkeys(piece.token for piece in pieces))
                number = dict(zip(known, self.tokenizer.convert_tokens_to_ids(known), strict=True))
            return AlignedText(
                text,
                tuple(piece.token for piece in pieces),
                tuple(number[piece.token] for piece in pieces),
                tuple((piece.start, piece.end) for piece in pieces),
                tuple(piece.word for piece in pieces),
            )
        with self._lock:
            encoding = self.tokenizer(
                clean, add_special_tokens=False, return_offsets_mapping=True, return_attention_mask=False, truncation=False, verbose=False
            )
            tokens = self.tokenizer.convert_ids_to_tokens(encoding["input_ids"])
            word_ids = encoding.word_ids()
        spans = tuple(_whole_characters(clean, *span) for span in encoding["offset_mapping"])
        return AlignedText(text, tuple(tokens), tuple(encoding["input_ids"]), spans, _numbered(word_ids))

    def tokenize(self, text: str, pair: str | None = None) -> TokenizedText:
        """`text`, or `text` and `pair`, with special tokens, at most `max_length` tokens: the longer one is cut first."""
        heads = [head(part, self.max_length) for part in (text, pair or "")]
        first, second = self.align(heads[0]), self.align(heads[1]) if pair is not None else None
        template = self.single if second is None else self.double
        room = self.max_length - template.specials
        keep_first, keep_second = fit(len(first), len(second) if second is not None else 0, room)
        tokenized = self.join(first, second, (0, keep_first), (0, keep_second))
        unread = len(text) + len(pair or "") - sum(map(len, heads))
        return replace(tokenized, text=text, pair=pair, unread=unread) if unread else tokenized

    def join(self, first: AlignedText, second: AlignedText | None, window: Span, second_window: Span = (0, 0)) -> TokenizedText:
        """Tokens window[0]..window[1] of `first` (and of `second`) between special tokens."""
        template = self.single if second is None else self.double
        parts: list[tuple[int, tuple[int, ...], AlignedText | None, Span, int | None]] = [
            (0, template.prefix, None, (0, 0), None),
            (1, (), first, window, 0),
        ]
        if second is not None:
            parts += [(2, template.middle, None, (0, 0), None), (3, (), second, second_window, 1)]
        parts.append((4, template.suffix, None, (0, 0), None))
        rows: list[tuple[str, int, int, bool, int | None, Span, int | None]] = []
        word_texts: list[str] = []
        for slot, specials, aligned, (low, high), sequence in parts:
            kind = template.types[slot]
            if aligned is None:
                rows += [(self.tokenizer.convert_ids_to_tokens(id), id, kind, True, None, (0, 0), None) for id in specials]
                continue
            offset, texts, numbers = len(word_texts), *_words_within(aligned, low, high)
            word_texts += texts
            marked = self.marks_capitals and second is None
            kinds = [int(texts[number] != texts[number].lower()) if marked else kind for number in numbers]
            rows += [
                (aligned.tokens[i], aligned.ids[i], kinds[i - low], False, sequence, aligned.spans[i], offset + numbers[i - low])
                for i in range(low, high)
            ]
        tokens, ids, types, special, sequences, spans, words = zip(*rows, strict=True) if rows else ((),) * 7
        left_out = (len(first) - (window[1] - window[0]), len(second) - (second_window[1] - second_window[0]) if second is not None else 0)
        return TokenizedText(
            first.text,
            second.text if second is not None else None,
            tokens,
            ids,
            types,
            (1,) * len(ids),
            special,
            sequences,
            spans,
            words,
            tuple(word_texts),
            left_out,
        )

    def _template(self, pair: bool) -> Template:
        """Reads the special tokens off an encoding of a known word."""
        arguments = {"return_token_type_ids": True, "return_attention_mask": False}
        known = "a"
        inner = self.tokenizer(known, add_special_tokens=False, **arguments)["input_ids"]
        encoding = self.tokenizer(known, known, **arguments) if pair else self.tokenizer(known, **arguments)
        ids, types = list(encoding["input_ids"]), list(encoding.get("token_type_ids") or [0] * len(encoding["input_ids"]))
        first = _find(ids, inner, 0)
        end = first + len(inner)
        if not pair:
            return Template(tuple(ids[:first]), (), tuple(ids[end:]), (_at(types, 0), _at(types, first), 0, 0, _at(types, -1)))
        second = _find(ids, inner, end)
        return Template(
            tuple(ids[:first]),
            tuple(ids[end:second]),
            tuple(ids[second + len(inner) :]),
            (_at(types, 0), _at(types, first), _at(types, end), _at(types, second), _at(types, -1)),
        )


def head(text: str, max_length: int) -> str:
    """As much of `text` as is tokenised for a model that reads `max_length` tokens of it: all of any usual text, so that what is paid for
    does not grow with a text that nobody reads to its end."""
    return text[: max(FEWEST_CHARACTERS, CHARACTERS_A_TOKEN * max_length)]


def readable(text: str) -> str:
    """`text` with what tokenizers choke on replaced one for one, so that places stay: NUL ends a text for MeCab, and half a
    surrogate pair is no character. Every text that goes into a tokenizer goes through here."""
    return _UNREADABLE.sub(lambda found: " " if found[0] == "\0" else "\ufffd", text)


def name_types(tokenizer: Any, kinds: int) -> Any:
    """`tokenizer`, which now gives token types where its model knows `kinds` > 1 of them, and says so where it is saved. A `BertJapaneseTokenizer` of
    transformers 5 gives none unless it is told to, though its models tell the two texts of a pair apart by them."""
    names = list(tokenizer.model_input_names)
    if kinds > 1 and "token_type_ids" not in names:
        names.insert(1, "token_type_ids")
        tokenizer.model_input_names = tokenizer.init_kwargs["model_input_names"] = names
    return tokenizer


def fit(first: int, second: int, room: int) -> Span:
    """How many tokens of each of two texts to keep so that both fit into `room`, taking from the longer one.

    Of an odd room the longer text gets the one more, the second where both are equal (as the tokenizers library does).
    """
    if first + second <= room:
        return first, second
    half = room // 2
    if min(first, second) <= half:
        return (first, room - first) if first < second else (room - second, second)
    return (room - half, half) if first > second else (half, room - half)


def _find(ids: list[int], inner: list[int], start: int) -> int:
    for index in range(start, len(ids) - len(inner) + 1):
        if ids[index : index + len(inner)] == list(inner):
            return index
    raise ValueError("the tokenizer changes a text's tokens when it adds special tokens")


def _at(types: list[int], index: int) -> int:
    return types[index] if types else 0


def _whole_characters(text: str, start: int, end: int) -> Span:
    """Without spaces at its ends, and with the marks that belong to its last character (BERT drops accents, so a token ends before them)."""
    if start == end:
        return start, end
    while end < len(text) and unicodedata.category(text[end]).startswith("M"):
        end += 1
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end


def _numbered(word_ids: list[int | None]) -> tuple[int, ...]:
    """Word numbers 0, 1, 2 ... ; a token without a word (a special token that was typed) is a word of its own."""
    numbers: list[int] = []
    for index, word in enumerate(word_ids):
        same = index > 0 and word is not None and word == word_ids[index - 1]
        numbers.append(numbers[-1] if same else (numbers[-1] + 1 if numbers else 0))
    return tuple(numbers)


def _words_within(aligned: AlignedText, low: int, high: int) -> tuple[list[str], list[int]]:
    """The words of tokens low..high as typed, and for each token the number of its word among them."""
    texts: list[str] = []
    numbers: list[int] = []
    start = 0
    for index in range(low, high):
        if index == low or aligned.words[index] != aligned.words[index - 1]:
            start = aligned.spans[index][0]
            texts.append("")
        texts[-1] = aligned.text[start : aligned.spans[index][1]]
        numbers.append(len(texts) - 1)
    return texts, numbers
