"""How well a masked language model finds hidden tokens again as more of the text is hidden.

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
class Recovery:
    """At one masking rate: over `places` chosen tokens the shares whose original is the model's best guess and among its best five,
    and the mean of -ln P(original), in nats: the loss that training lowers. NaN where no token was chosen."""

    rate: float
    places: int
    top1: float
    top5: float
    loss: float


def recovery_by_rate(
    model: MaskedLM,
    text: str,
    *,
    masked: float,
    random: float,
    whole_words: bool = False,
    seed: int = 0,
    rates: Sequence[float] = RATES,
) -> Iterator[Recovery]:
    """One Recovery a rate, as they are done; each over as many draws as TOKEN_BUDGET allows, at most MAX_DRAWS."""
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
            {int(place): int(ids[place]) for place in np.flatnonzero(action != NOT_CHOSEN)}
            for ids, action in zip(maskings.ids, maskings.action, strict=True)
        ]
        found = [place for version in model.recover(tokenized, replacements) for place in version]
        if not found:
            yield Recovery(rate, 0, np.nan, np.nan, np.nan)
            continue
        ranks = np.array([place.rank for place in found])
        probabilities = np.array([place.probability for place in found])
        yield Recovery(
            rate,
            len(found),
            float((ranks == 1).mean()),
            float((ranks <= 5).mean()),
            float(-np.log(np.maximum(probabilities, 1e-30)).mean()),
        )
