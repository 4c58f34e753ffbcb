"""The Japanese tokenizer, and a 6-layer student whose embeddings are transplanted from the multilingual teacher."""

import itertools
import math
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from functools import lru_cache
from pathlib import Path

import torch
import unidic_lite
from fugashi import Tagger
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import BertConfig, BertJapaneseTokenizer, BertModel, PreTrainedTokenizerFast

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
VOCABULARY = 32_000
ALPHABET = 5_000
LAYERS = (1, 3, 5, 7, 9, 11)  # the teacher's layers 2, 4, ..., 12
SPECIAL_PIECES = {"[PAD]": "<pad>", "[UNK]": "<unk>", "[CLS]": "<s>", "[SEP]": "</s>", "[MASK]": "<mask>"}


@lru_cache(maxsize=1)
def tagger() -> Tagger:
    return Tagger(f"-d {unidic_lite.DICDIR} -r {Path(unidic_lite.DICDIR) / 'mecabrc'}")


def segment(text: str) -> list[str]:
    """MeCab's surfaces of a text, as ``BertJapaneseTokenizer`` makes them (UniDic-lite)."""
    return [word.surface for word in tagger()(text)]


def compounds(text: str) -> list[tuple[str, ...]]:
    """The runs of two to four nouns of a text, numbers left out: 人工 + 知能."""
    runs = itertools.groupby(tagger()(text), key=lambda word: word.feature.pos1 == "名詞" and word.feature.pos2 != "数詞")
    found = [tuple(word.surface for word in run) for nouns, run in runs if nouns]
    return [run for run in found if 2 <= len(run) <= 4]


def spread(documents: Iterable[tuple[str, Iterable[str]]], ceiling: int = 10_000, units: Callable[[str], Iterable] = segment) -> Counter:
    """How widely each word is used, from ``(source, sentences)`` of many documents: the product over sources of 1 + its documents there.

    Most of the text is about old Kyoto. Counted by occurrences, its families and temples would fill the vocabulary; a word of several
    sources outweighs a word of one. ``units`` gives what is counted in a sentence.
    """
    of_source: dict[str, Counter] = {}
    for source, texts in documents:
        of_source.setdefault(source, Counter()).update({unit for text in texts for unit in units(text)})
    words = set().union(*of_source.values())
    return Counter({word: min(ceiling, math.prod(1 + counts[word] for counts in of_source.values())) for word in words})


def train_vocabulary(words: Counter[str], size: int = VOCABULARY, alphabet: int = ALPHABET) -> list[str]:
    """A WordPiece vocabulary from words and the weight of each; the special entries come first."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.WordPieceTrainer(vocab_size=size, special_tokens=SPECIALS, limit_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(_repeated(words), trainer)
    return sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)


def _repeated(words: Counter[str], batch: int = 200) -> Iterable[str]:
    for word, count in sorted(words.items()):
        for start in range(0, count, batch):
            yield " ".join([word] * min(batch, count - start))


def save_tokenizer(vocabulary: list[str], folder: Path) -> None:
    """Tokenizer files that plain ``AutoTokenizer.from_pretrained`` reads: ``tokenizer_class`` stands in tokenizer_config.json."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(vocabulary) + "\n", encoding="utf-8")
    BertJapaneseTokenizer(
        vocab_file=str(folder / "vocab.txt"),
        word_tokenizer_type="mecab",
        subword_tokenizer_type="wordpiece",
        mecab_kwargs={"mecab_dic": "unidic_lite"},
        model_max_length=512,
    ).save_pretrained(folder)


class WordPieces:
    """The same pieces as the saved tokenizer's, faster over a corpus, with the character after each piece's end.

    The text must be NFKC-normalised.
    """

    def __init__(self, vocabulary: list[str]):
        self.ids = {entry: number for number, entry in enumerate(vocabulary)}
        self._of_word = lru_cache(maxsize=1_000_000)(self._split)

    def _split(self, word: str) -> tuple[tuple[int, int], ...]:
        """``(id, end)`` for each piece of a word, greedily longest first; one ``[UNK]`` where a character is missing."""
        unknown = ((self.ids["[UNK]"], len(word)),)
        if len(word) > 100:
            return unknown
        pieces, start = [], 0
        while start < len(word):
            end = len(word)
            while end > start and (number := self.ids.get(("##" if start else "") + word[start:end])) is None:
                end -= 1
            if end == start:
                return unknown
            pieces.append((number, end))
            start = end
        return tuple(pieces)

    def encode(self, text: str) -> tuple[list[int], list[int]]:
        """Ids without specials, and for each the offset in ``text`` of its last character."""
        ids, lasts, cursor = [], [], 0
        for word in segment(text):
            start = text.index(word, cursor)
            cursor = start + len(word)
            for number, end in self._of_word(word):
                ids.append(number)
                lasts.append(start + end - 1)
        return ids, lasts


def transplant(teacher: BertModel, pieces: PreTrainedTokenizerFast, vocabulary: list[str]) -> BertModel:
    """A ``BertModel`` over ``vocabulary`` with every second layer of the teacher.

    The embedding of an entry is the mean of the teacher's embeddings of its pieces, the bare word mark left out; special entries take
    the teacher's special ones.
    """
    config = BertConfig.from_dict(teacher.config.to_dict())
    config.vocab_size, config.num_hidden_layers, config.pad_token_id = len(vocabulary), len(LAYERS), 0
    config.layer_norm_eps = 1e-12
    config.hidden_act = "gelu_pytorch_tanh"  # as close to GELU as bfloat16 can tell, and a tenth faster to train
    config.hidden_dropout_prob = config.attention_probs_dropout_prob = 0.0
    student = BertModel(config, add_pooling_layer=False)
    source = teacher.embeddings.word_embeddings.weight.detach()
    mark = pieces.convert_tokens_to_ids("▁")
    rows = []
    for entry in vocabulary:
        if entry in SPECIAL_PIECES:
            rows.append(source[pieces.convert_tokens_to_ids(SPECIAL_PIECES[entry])])
            continue
        ids = pieces(unicodedata.normalize("NFKC", entry.removeprefix("##") or entry), add_special_tokens=False)["input_ids"]
        rows.append(source[[i for i in ids if i != mark] or ids].mean(0))
    state = {name: tensor for name, tensor in teacher.state_dict().items() if not name.startswith("encoder.layer.")}
    state["embeddings.word_embeddings.weight"] = torch.stack(rows)
    for new, old in enumerate(LAYERS):
        for name, tensor in teacher.encoder.layer[old].state_dict().items():
            state[f"encoder.layer.{new}.{name}"] = tensor
    student.load_state_dict(state)
    return student
