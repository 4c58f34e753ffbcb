"""Words for [MASK]: any number of masks in a text, the likeliest tokens for each, and how well hidden tokens are found again.

Devlin et al. 2019, "BERT", section 3.1, task 1: the model sees all of the text at once and predicts each masked token on its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from components.errors import ModelError
from components.models.files import ModelFiles
from components.models.inference import TaskModel, chunks
from components.models.results import Fill
from components.models.tasks import ModelTask
from components.text.masks import MASK, with_masks
from components.text.tokens import AlignedText, TokenizedText
from components.text.windows import MAX_CHARACTERS

# The answer of a masked LM is a number for each entry of the vocabulary at each token: 512 x 32,768 float32 are 67 MB. Of a larger
# vocabulary fewer tokens are run at once, but one text at least (512 tokens x 250,002 entries of XLM-R: 512 MB).
TOKENS_A_BATCH = 1_024
LOGITS_A_BATCH = 512 * 32_768
MAX_MASKS = 32  # of one text: where it is longer than the model reads, each takes a pass of its own, some 0.2 s
MAX_TOP_K = 100


@dataclass(frozen=True)
class HiddenToken:
    """What the model makes of one position of a text: the probability (0..1) and rank (1 is best) of the token that stood there."""

    position: int
    token: str
    probability: float
    rank: int
    fills: tuple[Fill, ...]


class MaskedLM(TaskModel):
    """`mask_token` as the model's own tokenizer writes it; "[MASK]", "[mask]" and "<mask>" are accepted whatever it is. `vocabulary_size`."""

    def __init__(self, files: ModelFiles, task: ModelTask):
        super().__init__(files, task)
        if self.aligner.mask_id is None:
            raise ModelError("models.no_mask", id=self.id)
        self.mask_token: str = self.aligner.tokenizer.mask_token
        self.mask_id: int = self.aligner.mask_id
        self.vocabulary_size = int(self.model.config.vocab_size)
        self._tokens_a_batch = min(TOKENS_A_BATCH, max(1, LOGITS_A_BATCH // self.vocabulary_size))

    def fill(self, text: str, top_k: int = 5) -> list[list[Fill]]:
        """The `top_k` likeliest tokens for each [MASK] of `text`, in its order. Each mask is predicted with the others still masked.

        A text longer than the model reads is cut round each mask. Raises ModelError where there is no [MASK] or more than MAX_MASKS,
        or where the text has more than 200,000 characters; TypeError for no str.
        """
        return self.fill_all([text], top_k)[0]

    def fill_all(self, texts: Sequence[str], top_k: int = 5) -> list[list[list[Fill]]]:
        """`fill` of many texts in batches. Raises what it raises for the first text that can't be filled, before any is."""
        asked = [self._masked(text) for text in texts]
        prefix = len(self.aligner.single.prefix)
        jobs = [(number, low) for number, (_, masks) in enumerate(asked) for low in dict.fromkeys(masks.values())]
        within = [[mask for mask, first in asked[number][1].items() if first == low] for number, low in jobs]
        fills: list[dict[int, list[Fill]]] = [{} for _ in asked]
        for chunk in chunks(len(jobs)):
            windows = [
                self.aligner.join(asked[number][0], None, (low, low + self._room(asked[number][0])))
                for number, low in map(jobs.__getitem__, chunk)
            ]
            at = [[prefix + mask - jobs[job][1] for mask in within[job]] for job in chunk]
            for row, logits in self.masked_logits(windows, at, self._tokens_a_batch):
                # Only the best tokens of a batch outlive it: its logits can be tens of megabytes.
                for mask, own in zip(within[chunk[row]], logits, strict=True):
                    fills[jobs[chunk[row]][0]][mask] = best_tokens(self._probabilities(own), self.aligner.tokenizer, min(top_k, MAX_TOP_K))
        return [[found[mask] for mask in masks] for found, (_, masks) in zip(fills, asked, strict=True)]

    def _room(self, aligned: AlignedText) -> int:
        """Tokens of the text in one window."""
        return min(len(aligned), self.max_length - self.aligner.single.specials)

    def _masked(self, text: str) -> tuple[AlignedText, dict[int, int]]:
        """The tokens of `text`, and for each mask among them the first token of the window that it is read in."""
        if not isinstance(text, str):
            raise TypeError(f"text must be a string, found {type(text).__name__}")
        if len(text) > MAX_CHARACTERS:
            raise ModelError("models.context_too_long", found=len(text), limit=MAX_CHARACTERS)
        text = with_masks(text).replace(MASK, self.mask_token)
        if text.count(self.mask_token) > MAX_MASKS:
            raise ModelError("models.too_many_masks", found=text.count(self.mask_token), limit=MAX_MASKS)
        aligned = self.aligner.align(text)
        masks = [index for index, id in enumerate(aligned.ids) if id == self.mask_id]
        if not masks:
            raise ModelError("models.nothing_masked")
        room = self._room(aligned)
        return aligned, {mask: max(0, min(mask - room // 2, len(aligned) - room)) for mask in masks}

    def tokenize(self, text: str) -> TokenizedText:
        """`text` as the model reads it, special tokens included."""
        return self.aligner.tokenize(text)

    def predict_hidden(self, text: TokenizedText, replacements: Sequence[Mapping[int, int]], top_k: int = 5) -> list[list[HiddenToken]]:
        """For each mapping {position: id put there} one list: how well the token that stood at each position is found again.

        Several mappings are so many versions of the same text, run in bounded batches. The model is asked at the mapping's positions.
        """
        versions = []
        for mapping in replacements:
            ids = list(text.ids)
            for position, id in mapping.items():
                ids[position] = id
            versions.append(_with_ids(text, ids))
        predictions: list[list[HiddenToken]] = [[] for _ in versions]
        at = [sorted(mapping) for mapping in replacements]
        asked = [number for number, positions in enumerate(at) if positions]
        for place, logits in self.masked_logits([versions[row] for row in asked], [at[row] for row in asked], self._tokens_a_batch):
            row = asked[place]
            for position, scores in zip(at[row], logits, strict=True):
                probabilities = self._probabilities(scores)
                own = probabilities[text.ids[position]]
                rank = int((probabilities > own).sum()) + 1
                fills = tuple(best_tokens(probabilities, self.aligner.tokenizer, top_k))
                predictions[row].append(HiddenToken(position, text.tokens[position], float(own), rank, fills))
        return predictions

    def _probabilities(self, logits: Tensor) -> Tensor:
        return (logits / self.temperature).softmax(-1)


def best_tokens(probabilities: Tensor, tokenizer: Any, top_k: int) -> list[Fill]:
    """The `top_k` likeliest entries of the vocabulary; probabilities (V,)."""
    scores, ids = torch.topk(probabilities, min(top_k, len(probabilities)))
    tokens = tokenizer.convert_ids_to_tokens(ids.tolist())
    return [
        Fill(bare(token), score, id, token.startswith("##")) for token, score, id in zip(tokens, scores.tolist(), ids.tolist(), strict=True)
    ]


def bare(token: str) -> str:
    """A token's letters, without the signs for the beginning or the continuation of a word."""
    return token.removeprefix("##").lstrip("▁Ġ") or token


def _with_ids(text: TokenizedText, ids: list[int]) -> TokenizedText:
    return replace(text, ids=tuple(ids))


def build(files: ModelFiles, task: ModelTask) -> MaskedLM:
    return MaskedLM(files, task)
