"""A model's tokenizer as one tokenizer.json, which the `tokenizers` library reads without transformers.

BertJapaneseTokenizer has no such file: its words come from MeCab. Its WordPiece becomes one over words with blanks between, and the README
says the line by which MeCab puts them there.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from components.errors import TrainingError
from components.text.japanese import is_japanese_tokenizer

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LONGEST_WORD = 100  # characters; transformers' WordPiece calls a longer one unknown
DICTIONARIES = {"unidic_lite": "unidic-lite", "ipadic": "ipadic", "unidic": "unidic"}


def save_plain(tokenizer: "PreTrainedTokenizerBase", folder: Path, max_length: int) -> None:
    """Writes `folder`/tokenizer.json, which cuts at `max_length` and pads a batch. Raises TrainingError for a tokenizer that can't be written so."""
    plain = _japanese(tokenizer) if is_japanese_tokenizer(tokenizer) else getattr(tokenizer, "backend_tokenizer", None)
    if plain is None:
        raise TrainingError("training.onnx-tokenizer")
    made = type(plain).from_str(plain.to_str())  # a copy: what is set on it is not the caller's
    made.enable_truncation(max_length)
    made.enable_padding(pad_id=tokenizer.pad_token_id, pad_token=tokenizer.pad_token)
    made.save(str(folder / "tokenizer.json"))


def _japanese(tokenizer: Any) -> Any:
    from tokenizers import AddedToken, Tokenizer
    from tokenizers.models import WordPiece
    from tokenizers.pre_tokenizers import WhitespaceSplit
    from tokenizers.processors import TemplateProcessing

    if tokenizer.word_tokenizer_type != "mecab" or tokenizer.subword_tokenizer_type != "wordpiece" or dictionary(tokenizer) is None:
        raise TrainingError("training.onnx-tokenizer")
    made = Tokenizer(WordPiece(dict(tokenizer.vocab), unk_token=tokenizer.unk_token, max_input_chars_per_word=LONGEST_WORD))
    made.pre_tokenizer = WhitespaceSplit()
    made.add_special_tokens([AddedToken(token, special=True) for token in tokenizer.all_special_tokens])
    first, last = tokenizer.cls_token, tokenizer.sep_token
    made.post_processor = TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {last} $B:1 {last}:1",
        special_tokens=[(first, tokenizer.cls_token_id), (last, tokenizer.sep_token_id)],
    )
    return made


def dictionary(tokenizer: Any) -> str | None:
    """The package of MeCab's dictionary; None for one that is no package."""
    kwargs = tokenizer.mecab_kwargs or {}
    return DICTIONARIES.get(kwargs.get("mecab_dic", "unidic_lite")) if not kwargs.get("mecab_option") else None


def words_of(tokenizer: Any, text: str) -> str:
    """`text` as the plain tokenizer of a Japanese model wants it: words with blanks between."""
    special = tokenizer.all_special_tokens
    return " ".join(word for word in tokenizer.word_tokenizer.tokenize(text, never_split=special))


def words_code(tokenizer: Any) -> str:
    """Python that defines `words`, which puts blanks between MeCab's words."""
    package = (dictionary(tokenizer) or "").replace("-", "_")
    lower = ".lower()" if tokenizer.do_lower_case else ""
    return (
        f"import fugashi, unicodedata, {package}\n\n"
        f'mecab = fugashi.GenericTagger(f\'-d "{{{package}.DICDIR}}" -r "{{{package}.DICDIR}}/mecabrc"\')\n'
        f'words = lambda text: " ".join(word.surface for word in mecab(unicodedata.normalize("NFKC", text))){lower}\n'
    )
