"""A backbone of 40 kB, so that a training takes a second: two layers of 32 and a vocabulary of the test's own words."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

GOOD = ("great", "lovely", "fine", "superb", "pleasant")
BAD = ("awful", "broken", "poor", "dreadful", "nasty")
THINGS = ("lamp", "table", "radio", "carpet", "clock", "chair", "phone", "kettle", "pillow", "door")
VERBS = ("was", "looked", "seemed", "felt", "arrived", "stayed", "remained", "became")
WORDS = ["the", "a", "my", "very", "quite", "and", "[UNK]", *GOOD, *BAD, *THINGS, *VERBS]


@pytest.fixture(scope="session")
def tiny(tmp_path_factory) -> str:
    """The folder of a BERT with random weights and a masked-LM head."""
    return tiny_backbone(tmp_path_factory.mktemp("tiny"))


@pytest.fixture(scope="session")
def reviews() -> pd.DataFrame:
    """Rows that a tiny model can learn: the adjective is the label."""
    return made_reviews()


def tiny_backbone(folder: Path) -> str:
    import torch
    from transformers import BertConfig, BertForMaskedLM, BertTokenizer

    vocabulary = ["[PAD]", "[CLS]", "[SEP]", "[MASK]", *WORDS, *[f"##{letter}" for letter in "abc"]]
    (folder / "vocab.txt").write_text("\n".join(vocabulary))
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=32,
        num_hidden_layers=2,
        num_attention_heads=2,
        intermediate_size=64,
        max_position_embeddings=64,
    )
    BertForMaskedLM(config).save_pretrained(folder)
    BertTokenizer(str(folder / "vocab.txt")).save_pretrained(folder)
    return str(folder)


def made_reviews() -> pd.DataFrame:
    random = np.random.default_rng(0)
    rows = []
    for _ in range(240):
        label = random.choice(["good", "bad"])
        words = [random.choice(["the", "my", "a"]), random.choice(THINGS), random.choice(VERBS), random.choice(["very", "quite"])]
        words += [
            random.choice(GOOD if label == "good" else BAD),
            "and",
            random.choice(THINGS),
            random.choice(VERBS),
            random.choice(THINGS),
        ]
        rows.append((" ".join(words), label))
    return pd.DataFrame(rows, columns=["text", "label"], dtype="str").drop_duplicates("text").reset_index(drop=True)
