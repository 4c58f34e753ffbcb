"""Masked-LM accuracy: how often a model finds hidden tokens again, as more of the text is hidden.

Devlin et al. 2019, "BERT", appendix C.2, compares splits at 15%; Wettig et al. 2023, "Should You Mask 15% in Masked Language
Modeling?", compares the rates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from components.models.masked_lm import MaskedLM
from components.models.masking import NOT_CHOSEN, draw_maskings

RATES = (0.05, 0.15, 0.3, 0.4, 0.5, 0.65, 0.8)
TOKEN_BUDGET = 12_000  # tokens run for all rates together: some 10 s on two processors for a model of 6 layers, 384 wide
MAX_DRAWS = 20


@dataclass(frozen=True)
class MaskedAccuracy:
    """At one masking rate: over `tokens` chosen tokens the shares whose original is the model's best guess and among its best five,
    and the mean of -ln P(original), in nats: the loss that training lowers. NaN where no token was chosen."""

    rate: float
    tokens: int
    top1: float
    top5: float
    loss: float


def accuracy_by_rate(
    model: MaskedLM,
    text: str,
    *,
    masked: float,
    random: float,
    whole_words: bool = False,
    seed: int = 0,
    rates: Sequence[float] = RATES,
) -> Iterator[MaskedAccuracy]:
    """One MaskedAccuracy a rate, as they are done; each over as many draws as TOKEN_BUDGET allows, at most MAX_DRAWS."""
    tokenized = model.tokenize(text)
    tokenizer = model.aligner.tokenizer
    draws = int(np.clip(TOKEN_BUDGET // (len(tokenized) * len(rates)), 1, MAX_DRAWS))
    for rate in rates:
        maskings = draw_maskings(
            tokenized,
            rate=rate,
            masked=masked,
            random=random,
            mask_id=model.mask_id,
            vocabulary=len(tokenizer),
            special_ids=tokenizer.all_special_ids,
            whole_words=whole_words,
            draws=draws,
            seed=seed,
        )
        replacements = [
            {int(token): int(ids[token]) for token in np.flatnonzero(action != NOT_CHOSEN)}
            for ids, action in zip(maskings.ids, maskings.action, strict=True)
        ]
        predictions = [prediction for version in model.predict_hidden(tokenized, replacements) for prediction in version]
        if not predictions:
            yield MaskedAccuracy(rate, 0, np.nan, np.nan, np.nan)
            continue
        ranks = np.array([prediction.rank for prediction in predictions])
        probabilities = np.array([prediction.probability for prediction in predictions])
        yield MaskedAccuracy(
            rate,
            len(predictions),
            float((ranks == 1).mean()),
            float((ranks <= 5).mean()),
            float(-np.log(np.maximum(probabilities, 1e-30)).mean()),
        )
