"""How many tokens of one pass are hidden, to be predicted, at each masking rate; and what happens to the chosen ones at 15%."""

import numpy as np

# --- your settings ---
length = 512
rates = [1, 5, 15, 40, 80]
seed = 0
# --- the computation ---
draws = np.random.default_rng(seed).random(length)  # one number a token; below the rate it is chosen
lessons = [int((draws < rate / 100).sum()) for rate in rates]
for rate, count in zip(rates, lessons):
    print(f"{rate:2}% hidden: {count:3} tokens to predict from {length - count} that are left")

split = np.random.default_rng(seed).random(lessons[rates.index(15)])  # one number a chosen token at 15%
masked, kept = int((split < 0.8).sum()), int((split >= 0.9).sum())
changed = len(split) - masked - kept
print(f"of the {len(split)} chosen at 15%: {masked} become [MASK], {changed} a random token, {kept} stay")
