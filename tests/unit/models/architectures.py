"""Tiny random models of many architectures, each with a tokenizer of its kind."""

from collections.abc import Callable
from pathlib import Path

import torch
import transformers
from tokenizers import ByteLevelBPETokenizer, SentencePieceUnigramTokenizer
from tokenizers.processors import TemplateProcessing

from tests.unit.models import tiny

TEXT = "Tim Cook is the CEO of Apple Inc. in Paris, naïve 東京 🙂."
LINES = ["Tim Cook is the CEO of Apple Inc. in Paris.", "the cat sat on the mat because it was tired"] * 20
SIZES = {"hidden_size": 16, "num_hidden_layers": 3, "num_attention_heads": 4, "intermediate_size": 32, "max_position_embeddings": 66}
DEBERTA = SIZES | {"relative_attention": True, "pos_att_type": ["c2p", "p2c"], "position_biased_input": False, "type_vocab_size": 0}
# name: (its tokenizer's kind, the configuration's settings); the configuration's and the model's class begin with the name.
KINDS = {
    "DistilBert": ("wordpiece", {"dim": 16, "n_heads": 4, "n_layers": 3, "hidden_dim": 32, "max_position_embeddings": 64}),
    "Roberta": ("bytes", SIZES | {"pad_token_id": 1, "type_vocab_size": 1}),
    "Albert": ("pieces", SIZES | {"embedding_size": 8, "num_hidden_groups": 1}),
    "GPT2": ("bytes", {"n_embd": 16, "n_layer": 3, "n_head": 4, "n_positions": 64, "bos_token_id": 0, "eos_token_id": 0}),
    "Electra": ("wordpiece", SIZES | {"embedding_size": 8}),
    "Deberta": ("bytes", DEBERTA),
    "DebertaV2": ("pieces", DEBERTA),
    "MPNet": ("wordpiece", SIZES),
    "Bert": ("wordpiece", SIZES),
}


def save(folder: Path, name: str, head: str = "Model", **settings: object) -> Path:
    """A folder with a random model of architecture `name` and its tokenizer."""
    kind, sizes = KINDS[name]
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer = TOKENIZERS[kind](folder, name)
    torch.manual_seed(1)
    config = getattr(transformers, f"{name}Config")(vocab_size=len(tokenizer), initializer_range=0.5, **{**sizes, **settings})
    getattr(transformers, name + head)(config).save_pretrained(folder)
    return folder


def _bytes(folder: Path, name: str) -> transformers.PreTrainedTokenizerBase:
    trained = ByteLevelBPETokenizer()
    specials = ["<|endoftext|>"] if name == "GPT2" else ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
    trained.train_from_iterator(LINES, vocab_size=330, special_tokens=specials)
    trained.save_model(str(folder))
    made = transformers.GPT2Tokenizer if name == "GPT2" else transformers.RobertaTokenizer
    tokenizer = made.from_pretrained(folder, model_max_length=64)
    tokenizer.save_pretrained(folder)
    return tokenizer


def _pieces(folder: Path, _name: str) -> transformers.PreTrainedTokenizerBase:
    trained = SentencePieceUnigramTokenizer()
    trained.train_from_iterator(LINES, vocab_size=90, special_tokens=tiny.SPECIALS, unk_token="[UNK]")
    ends = [(token, trained.token_to_id(token)) for token in ("[CLS]", "[SEP]")]
    trained.post_processor = TemplateProcessing(single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1", special_tokens=ends)
    names = {f"{token.strip('[]').lower()}_token": token for token in tiny.SPECIALS}
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=trained._tokenizer, model_max_length=64, **names)
    tokenizer.save_pretrained(folder)
    return tokenizer


TOKENIZERS: dict[str, Callable[[Path, str], transformers.PreTrainedTokenizerBase]] = {
    "wordpiece": lambda folder, _name: tiny.english_tokenizer(folder),
    "bytes": _bytes,
    "pieces": _pieces,
}
