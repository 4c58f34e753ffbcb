"""Whole-word masking (Devlin et al. 2019, section 3.1, and the authors' later whole-word variant)."""

from dataclasses import dataclass
from typing import Any

import torch

from recipes import device

SHARE = 0.15


@dataclass(frozen=True)
class Entries:
    """What masking needs to know of a vocabulary: ``begins_word`` and ``special`` (entries,), and the id of ``[MASK]``."""

    begins_word: torch.Tensor
    special: torch.Tensor
    mask_id: int


def entries_of(tokenizer: Any) -> Entries:
    names = tokenizer.convert_ids_to_tokens(list(range(len(tokenizer))))
    special = torch.zeros(len(names), dtype=torch.bool)
    special[tokenizer.all_special_ids] = True
    begins = torch.tensor([not name.startswith("##") for name in names])
    return Entries(begins.to(device.chosen()), special.to(device.chosen()), tokenizer.mask_token_id)


def mask_words(ids: torch.Tensor, entries: Entries, share: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """``(masked ids, where)`` for ids (B, n), from torch's global generator: 15% of the words are chosen, special tokens never.

    ``share`` (entries,) gives another share to a word by the entry that it begins with. Of the chosen words 80% become ``[MASK]``,
    10% random entries and 10% stay.
    """
    begins = entries.begins_word[ids]
    word = begins.long().cumsum(1)  # (B, n), the word's number in its row
    drawn = torch.rand(word.shape[0], word.shape[1] + 1, device=ids.device).gather(1, word)
    if share is not None:
        first = (torch.arange(ids.shape[1], device=ids.device) * begins).cummax(1).values  # (B, n), where the word begins
        share = share[ids.gather(1, first)]
    where = (drawn < (SHARE if share is None else share)) & ~entries.special[ids]
    action = torch.rand(word.shape[0], word.shape[1] + 1, device=ids.device).gather(1, word)
    masked = torch.where(where & (action < 0.8), entries.mask_id, ids)
    random = torch.randint_like(ids, 0, len(entries.special))
    random = torch.where(entries.special[random], ids, random)
    return torch.where(where & (action >= 0.9), random, masked), where
