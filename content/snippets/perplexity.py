# Run this in the app's folder: `load` gives the bundled decoders, those of the Hub (openai-community/gpt2) as well.
import math

import torch

from components.models import load

# --- your settings ---
model = "smollm2-135m"
text = "The old man the boats while the young sleep."
# --- the computation ---
asked = load(model, "causal_lm")
ids = torch.tensor([asked.ids(text)])
with torch.no_grad():
    logits = asked.model(input_ids=ids).logits[0]  # (T, V): row i is about token i + 1
log_p = logits[:-1].log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0]  # (T - 1,) natural logarithms
for id, one in zip(ids[0, 1:].tolist(), log_p.tolist(), strict=True):
    print(f"{-one / math.log(2):6.1f} bits  {asked.words([id])!r}")
print(f"perplexity {math.exp(-log_p.mean()):.1f}")
