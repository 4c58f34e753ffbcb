import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from recipes.finetune import Row
from recipes.masking import Entries, mask_words
from recipes.mlm_ja import COMMON_SHARE, RARER_SHARE, shares
from recipes.token_batches import Order


@given(st.lists(st.integers(1, 60), min_size=1, max_size=200), st.integers(60, 300), st.integers(0, 5))
@settings(deadline=None)
def test_every_row_once_in_a_pass_within_the_tokens(lengths, tokens, seed):
    order = Order(np.array(lengths), tokens, seed)
    batches = [order[step] for step in range(len(order))]
    assert sorted(np.concatenate(batches)) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[i] for i in batch) <= max(tokens, max(lengths)) for batch in batches)


def test_a_step_gives_the_same_rows_whatever_was_asked_before():
    lengths = np.random.default_rng(0).integers(1, 50, 500)
    steps = [0, 3, len(Order(lengths, 100)) + 3, 2 * len(Order(lengths, 100)) + 1]
    forwards = [Order(lengths, 100)[step].tolist() for step in steps]
    order = Order(lengths, 100)
    backwards = [order[step].tolist() for step in steps[::-1]][::-1]
    assert forwards == backwards
    assert forwards[1] != forwards[2], "another pass has another order"


def entries() -> Entries:
    """Entries 0..4 special, 5..54 begin a word, 55..99 continue one."""
    begins, special = torch.arange(100) < 55, torch.arange(100) < 5
    return Entries(begins, special, mask_id=4)


def test_words_are_masked_whole_and_specials_never():
    torch.manual_seed(0)
    word = torch.tensor([7, 60, 61])
    ids = torch.cat([torch.tensor([2]), word.repeat(40), torch.tensor([3]), torch.zeros(6, dtype=torch.long)]).repeat(200, 1)
    masked, where = mask_words(ids, entries())
    groups = where[:, 1:121].reshape(200, 40, 3)
    assert torch.equal(groups.all(-1), groups.any(-1))
    assert not where[:, [0, *range(121, 128)]].any()
    assert torch.equal(masked[~where], ids[~where])
    share = groups.all(-1).float().mean()
    assert 0.14 < share < 0.16
    chosen = masked[where]
    assert 0.77 < (chosen == 4).float().mean() < 0.83
    assert 0.08 < (chosen == ids[where]).float().mean() < 0.13
    assert not torch.isin(chosen, torch.tensor([0, 1, 2, 3])).any()


def test_a_word_is_masked_as_often_as_the_entry_that_it_begins_with_says():
    torch.manual_seed(0)
    ids = torch.tensor([2, 7, 60, 61, 8, 60, 9, 3]).repeat(4000, 1)
    share = torch.full((100,), 0.9)  # of the pieces that continue a word nobody asks
    share[7], share[8], share[9] = 0.3, 0.1, 0.0
    _, where = mask_words(ids, entries(), share)
    assert torch.equal(where[:, 1], where[:, 3]) and torch.equal(where[:, 4], where[:, 5])
    assert 0.27 < where[:, 1].float().mean() < 0.33
    assert 0.08 < where[:, 4].float().mean() < 0.12
    assert not where[:, [0, 6, 7]].any()


def test_common_words_are_hidden_less_often():
    rows = [Row([2, *[7] * 5, 8, 3], [0] * 8, None)] * 400 + [Row([2, 9, 3], [0] * 3, None)]
    found = shares(rows, entries())
    assert found.tolist()[7:10] == pytest.approx([COMMON_SHARE, COMMON_SHARE, RARER_SHARE])
