"""A masked language model as ONNX: an answer for each hidden token."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.text.tokens import head, readable
from components.training.portable import Judged, Portable
from components.training.settings import Settings

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


class PortableMaskedLM(Portable):
    """Each judged line hides the share of its tokens that was hidden in training, drawn from the seed and the line's place; all become [MASK]."""

    measure = "masked_accuracy"
    auto_class = "AutoModelForMaskedLM"
    kept: Mapping[str, Any]

    def judged(self, settings: Settings, rows: pd.DataFrame, tokenizer: "PreTrainedTokenizerBase", labels: Sequence[str]) -> Judged:
        texts = [readable(head(text, settings.max_length)) for text in rows[settings.text]]
        encoded = tokenizer(texts, truncation=True, max_length=settings.max_length, return_attention_mask=False, verbose=False)["input_ids"]
        special = list(tokenizer.all_special_ids)
        ids, at, wanted = [], [], []
        for number, line in enumerate(encoded):
            tokens = np.array(line)
            maskable = np.flatnonzero(~np.isin(tokens, special))
            count = max(round(len(maskable) * settings.mask_share), 1) if len(maskable) else 0
            chosen = np.sort(np.random.default_rng([settings.seed, number]).permutation(maskable)[:count])
            wanted += tokens[chosen].tolist()
            tokens[chosen] = tokenizer.mask_token_id
            ids.append(tuple(tokens.tolist()))
            at.append(tuple(chosen.tolist()))
        return Judged(tuple(texts), tuple(ids), tuple(at), np.array(wanted))

    def answers(self, logits: np.ndarray) -> np.ndarray:
        return np.asarray(logits.argmax(axis=-1))

    def score(self, judged: Judged, answers: np.ndarray) -> float:
        return float((answers == judged.wanted).mean()) if len(judged.wanted) else 0.0

    def changed(self, exact: np.ndarray, small: np.ndarray) -> int:
        return int((exact != small).sum())

    def code(self, japanese: bool) -> str:
        text = 'mask.join(words(part) for part in text.split("[MASK]"))' if japanese else 'text.replace("[MASK]", mask)'
        return (
            'text, mask = "... [MASK] ...", settings["mask_token"]\n'
            f"one = tokenizer.encode({text})\n"
            'inputs = {"input_ids": np.array([one.ids]), "attention_mask": np.array([one.attention_mask])}\n'
            "logits = session.run(None, inputs)[0][0]\n"
            "for place in [place for place, token in enumerate(one.tokens) if token == mask]:\n"
            "    print([tokenizer.id_to_token(int(id)) for id in logits[place].argsort()[::-1][:5]])\n"
        )
