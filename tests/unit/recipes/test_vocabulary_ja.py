import unicodedata
from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import AutoTokenizer, BertConfig, BertModel

from recipes import corpus_ja
from recipes.vocabulary_ja import LAYERS, SPECIALS, WordPieces, save_tokenizer, segment, spread, train_vocabulary, transplant

TEXTS = ["人工知能の研究が進んだ。", "人工知能は機械学習で進む。", "京都の寺は古い。", "寺の研究もある。", "Transformerを使う。"]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    folder = tmp_path_factory.mktemp("tokenizer")
    vocabulary = train_vocabulary(spread((str(i % 2), [text]) for i, text in enumerate(TEXTS)), size=200, alphabet=100)
    save_tokenizer(vocabulary, folder)
    return vocabulary, AutoTokenizer.from_pretrained(folder)


def test_auto_tokenizer_reads_the_folder_by_itself(made):
    vocabulary, tokenizer = made
    assert type(tokenizer).__name__ == "BertJapaneseTokenizer"
    assert vocabulary[:5] == SPECIALS
    ids = tokenizer("人工知能の寺")["input_ids"]
    assert ids[0] == tokenizer.cls_token_id
    assert ids[-1] == tokenizer.sep_token_id
    assert tokenizer.unk_token_id not in ids


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="人工知能の研究寺京都 進んだ。abcTransformerを使うﾊﾝｶｸ12鬱", max_size=25))
def test_fast_pieces_are_the_tokenizer_s(made, text):
    vocabulary, tokenizer = made
    text = corpus_ja.clean(text)
    ids, lasts = WordPieces(vocabulary).encode(text)
    assert ids == tokenizer(text, add_special_tokens=False)["input_ids"]
    assert lasts == sorted(lasts)
    assert all(0 <= last < len(text) for last in lasts)


def test_a_word_of_several_sources_outweighs_a_word_of_one():
    kyoto = [("kyoto", ["祇園祭"])] * 8 + [("kyoto", ["学習"])]
    weights = spread([*kyoto, ("blog", ["学習"]), ("news", ["学習"]), ("book", ["学習"])])
    (festival,) = segment("祇園祭") if len(segment("祇園祭")) == 1 else (segment("祇園祭")[0],)
    assert weights["学習"] == 2**4
    assert weights[festival] == 1 + 8
    assert isinstance(weights, Counter)


class Pieces:
    """A teacher's tokenizer over single characters."""

    names = ("<s>", "<pad>", "</s>", "<unk>", "▁", "a", "b", "<mask>")

    def convert_tokens_to_ids(self, name):
        return self.names.index(name)

    def __call__(self, text, add_special_tokens):
        return {"input_ids": [4, *(self.names.index(c) if c in self.names else 3 for c in text)]}


def test_transplant_takes_means_of_pieces_and_every_second_layer():
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=8, hidden_size=16, num_hidden_layers=12, num_attention_heads=2, intermediate_size=32, max_position_embeddings=10
    )
    teacher = BertModel(config, add_pooling_layer=False)
    student = transplant(teacher, Pieces(), [*SPECIALS, "ab", "##b"])
    rows, source = student.embeddings.word_embeddings.weight, teacher.embeddings.word_embeddings.weight
    torch.testing.assert_close(rows[5], (source[5] + source[6]) / 2)
    torch.testing.assert_close(rows[6], source[6])
    torch.testing.assert_close(rows[4], source[7])
    torch.testing.assert_close(rows[0], source[1])
    assert student.config.num_hidden_layers == 6
    for new, old in enumerate(LAYERS):
        torch.testing.assert_close(student.encoder.layer[new].output.dense.weight, teacher.encoder.layer[old].output.dense.weight)


def test_sentences_of_running_text():
    assert corpus_ja.sentences("寺へ行った。「きれいだ！」と言う\n終わり") == ["寺へ行った。", "「きれいだ!」", "と言う", "終わり"]
    assert corpus_ja.clean("ﾊﾝｶｸ　１２") == unicodedata.normalize("NFKC", "ハンカク 12")
