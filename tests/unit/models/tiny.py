"""Tiny models of every task, built in a moment with random weights: what the tests load instead of real ones."""

import json
import string
from pathlib import Path

import torch
import transformers

SPECIALS = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
LETTERS = string.ascii_lowercase + string.digits
ENGLISH = [*SPECIALS, *LETTERS, *".,!?'-$", *("##" + character for character in LETTERS)]
ENGLISH += ["the", "cat", "sat", "on", "mat", "apple", "inc", "tim", "cook", "is", "ceo", "of", "paris", "was", "who", "##ing", "##ed"]
KANA = [chr(code) for code in range(0x3041, 0x30FF)]
JAPANESE = (
    SPECIALS
    + [chr(code) for code in range(0x21, 0x7F)]
    + KANA
    + ["##" + character for character in KANA + list(string.ascii_letters + string.digits)]
    + [
        "##学",
        "##社",
        "東京",
        "京都",
        "大阪",
        "大学",
        "自然",
        "言語",
        "処理",
        "株式",
        "会社",
        "人工",
        "知能",
        "東",
        "京",
        "。",
        "、",
        "です",
        "公務員",
        "公務",
        "員",
    ]
)


def unique(vocabulary: list[str]) -> list[str]:
    return list(dict.fromkeys(vocabulary))


def config(vocabulary: list[str], **settings):
    values = {
        "hidden_size": 16, "num_hidden_layers": 2, "num_attention_heads": 4, "intermediate_size": 32, "max_position_embeddings": 64,
    }  # fmt: skip
    return transformers.BertConfig(vocab_size=len(vocabulary), **{**values, **settings})


def english_tokenizer(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(unique(ENGLISH)), encoding="utf-8")
    tokenizer = transformers.BertTokenizer(vocab=str(folder / "vocab.txt"), do_lower_case=True, model_max_length=64)
    tokenizer.save_pretrained(folder)
    return tokenizer


def japanese_tokenizer(folder: Path, **settings):
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.txt").write_text("\n".join(unique(JAPANESE)), encoding="utf-8")
    values = {"word_tokenizer_type": "mecab", "subword_tokenizer_type": "wordpiece", "mecab_kwargs": {"mecab_dic": "unidic_lite"}}
    tokenizer = transformers.BertJapaneseTokenizer(str(folder / "vocab.txt"), model_max_length=64, **{**values, **settings})
    tokenizer.save_pretrained(folder)
    return tokenizer


def save(folder: Path, auto_class: str, language: str = "en", labels: list[str] | None = None, settings: dict | None = None, seed: int = 0,
         **values) -> Path:  # fmt: skip
    """A folder with a random model of `auto_class` ("BertForTokenClassification" ...), its tokenizer, and settings.json where given."""
    torch.manual_seed(seed)
    vocabulary = unique(ENGLISH if language == "en" else JAPANESE)
    (english_tokenizer if language == "en" else japanese_tokenizer)(folder)
    if labels:
        values |= {"id2label": dict(enumerate(labels)), "label2id": {label: index for index, label in enumerate(labels)}}
    model = getattr(transformers, auto_class)(config(vocabulary, initializer_range=0.5, **values)).eval()
    model.save_pretrained(folder)
    if settings is not None:
        (folder / "settings.json").write_text(json.dumps(settings), encoding="utf-8")
    return folder
