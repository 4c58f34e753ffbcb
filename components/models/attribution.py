"""Which words decided: integrated gradients over the word embeddings, summed to words, with the sign kept.

Sundararajan, Taly & Yan 2017, "Axiomatic Attribution for Deep Networks": the gradient of the score, averaged along the straight way
from a blank text to the text, times the way. Its sum equals the difference of the two scores ("completeness", proposition 1); how far
a finite sum of steps stays from that is given with each result.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import torch
from torch import Tensor

from components.models.lanes import alone
from components.models.model_inputs import tensors
from components.models.turns import TURNS
from components.text.tokens import TokenizedText

if TYPE_CHECKING:
    from components.models.classification import Classifier

STEPS = (16, 32, 64, 128, 256)
# Of the scores' difference; a gap under ABSOLUTE log-odds is too small to see on any word.
RELATIVE, ABSOLUTE = 0.01, 0.02
# Gradients keep every layer's states: 2,048 tokens of a six-layer model take about 250 MB.
TOKENS_A_PASS = 2_048


@dataclass(frozen=True, eq=False)
class Attribution:
    """How much each word of a text moved a label's score away from a blank text's. T tokens, W words.

    The score is the label's log-odds, ln p/(1-p), of the calibrated probability p. tokens (T,), words (W,): float64, positive where they
    speak for the label; special tokens are exactly 0, because the blank text has them too. `word_texts[i]` stands at `word_spans[i]`
    (characters of the text, end exclusive). steps: points on the way from the blank text at which the gradient was taken.
    """

    text: TokenizedText
    label: str
    tokens: np.ndarray
    words: np.ndarray
    word_texts: tuple[str, ...]
    word_spans: tuple[tuple[int, int], ...]
    score: float
    blank_score: float
    steps: int

    @property
    def total(self) -> float:
        """The sum over all words, which should be `score - blank_score`."""
        return float(self.words.sum())

    @property
    def gap(self) -> float:
        """What the sum misses of the scores' difference."""
        return self.total - (self.score - self.blank_score)


def attribute(classifier: "Classifier", text: str, label: str, *, progress: Callable[[float], None] | None = None) -> Attribution:
    """The words of `text` for the label `label` of `classifier`.

    The blank text has [PAD] in place of every token but the special ones, at the same positions. Only what the model reads is attributed:
    `Attribution.text.left_out` counts the tokens cut off. The number of steps is doubled until the sum fits the difference to 1% (or 0.02),
    at most 256. progress is called with the share of the work done, 0..1, which falls back when the steps are doubled.
    Raises ValueError for a label that the classifier doesn't have.
    """
    if label not in classifier.labels:
        raise ValueError(f"unknown label {label!r}: expected one of {classifier.labels}")
    number = classifier.labels.index(label)
    model, aligner = classifier.network.differentiable, classifier.aligner
    tokenized = aligner.tokenize(text)
    inputs = tensors([tokenized], aligner.pad_id, getattr(model.config, "type_vocab_size", 0) > 1)
    embed = classifier.model.get_input_embeddings()
    ids = inputs.pop("input_ids")
    blank_ids = ids.masked_fill(~torch.tensor([tokenized.special]), aligner.pad_id)
    with torch.no_grad():
        embedded, blank = embed(ids), embed(blank_ids)  # (1, T, d)

    def log_odds(embeddings: Tensor) -> Tensor:
        """Word embeddings (B, T, d) -> the label's log-odds (B,)."""
        repeated = {name: value.expand(len(embeddings), -1) for name, value in inputs.items()}
        logits: Tensor = model(inputs_embeds=embeddings, **repeated).logits.float() / classifier.temperature  # (B, labels)
        if classifier.multi_label:
            return logits[:, number]
        others = torch.cat([logits[:, :number], logits[:, number + 1 :]], dim=1)
        return logits[:, number] - others.logsumexp(dim=1)

    with torch.no_grad():
        score, blank_score = float(log_odds(embedded)), float(log_odds(blank))
    tolerance = max(ABSOLUTE, RELATIVE * abs(score - blank_score))
    for steps in STEPS:
        values = _integrated(log_odds, embedded, blank, steps, progress)
        if abs(values.sum() - (score - blank_score)) <= tolerance:
            break
    words, spans = _by_word(values, tokenized)
    return Attribution(tokenized, label, values, words, tokenized.word_texts, spans, score, blank_score, steps)


def _integrated(
    log_odds: Callable[[Tensor], Tensor], embedded: Tensor, blank: Tensor, steps: int, progress: Callable[[float], None] | None
) -> np.ndarray:
    """Integrated gradients at `steps` Gauss-Legendre points, summed over the embedding's dimensions: (T,)."""
    from captum.attr import IntegratedGradients

    done = 0

    def counted(embeddings: Tensor) -> Tensor:
        nonlocal done
        TURNS.give_way()  # the gradient follows the pass that is made here, in the same turn
        result = log_odds(embeddings)
        done += len(embeddings)
        if progress:
            progress(min(done / steps, 1.0))
        return result

    chunk = max(1, TOKENS_A_PASS // embedded.shape[1])
    with alone(chunk * embedded.shape[1]), torch.enable_grad():
        values: Tensor = IntegratedGradients(counted).attribute(embedded, baselines=blank, n_steps=steps, internal_batch_size=chunk)
    return np.asarray(values[0].double().sum(dim=1))


def _by_word(values: np.ndarray, text: TokenizedText) -> tuple[np.ndarray, tuple[tuple[int, int], ...]]:
    """Sums over the tokens of each word (W,), and where the words stand."""
    words = np.zeros(len(text.word_texts))
    starts, ends = [len(text.text)] * len(words), [0] * len(words)
    for value, word, (start, end) in zip(values, text.words, text.spans, strict=True):
        if word is not None:
            words[word] += value
            starts[word], ends[word] = min(starts[word], start), max(ends[word], end)
    return words, tuple(zip(starts, ends, strict=True))
