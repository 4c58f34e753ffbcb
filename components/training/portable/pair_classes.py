"""Classes of pairs of texts as ONNX: both are read together, and told apart by token types where the model knows them."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import pandas as pd

from components.text.tokens import head, readable
from components.training.portable import Judged
from components.training.portable.classification import CLASSES, PortableClassification
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PortablePairs(PortableClassification):
    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        limit = settings.max_length
        sides = [[readable(head(text, limit)) for text in rows[column]] for column in (settings.text, settings.second)]
        encoded = tokenizer(
            *sides, truncation=True, max_length=limit, return_attention_mask=False, return_token_type_ids=True, verbose=False
        )
        types = tuple(map(tuple, encoded["token_type_ids"])) if "token_type_ids" in tokenizer.model_input_names else None
        ids = tuple(map(tuple, encoded["input_ids"]))
        return Judged(tuple(zip(*sides, strict=True)), ids, None, self.wanted(rows[settings.label], labels), types)

    def code(self, japanese: bool) -> str:
        pairs = "[(words(first), words(second)) for first, second in pairs]" if japanese else "pairs"
        return (
            'pairs = [("...", "...")]\n'
            f"batch = tokenizer.encode_batch({pairs})\n"
            'inputs = {"input_ids": [one.ids for one in batch], "attention_mask": [one.attention_mask for one in batch]}\n'
            'inputs["token_type_ids"] = [one.type_ids for one in batch]\n'
            "names = [one.name for one in session.get_inputs()]\n"
            "logits = session.run(None, {name: np.array(inputs[name]) for name in names})[0]\n"
        ) + CLASSES
