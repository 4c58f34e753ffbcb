# Run this in the app's folder: `load` gives the bundled decoders, those of the Hub (openai-community/gpt2) as well.
import torch

from components.models import load

# --- your settings ---
model = "smollm2-135m"
text = "The capital of France is"
temperature = 1.0
top_k = 0
top_p = 1.0
min_p = 0.0
# --- the computation ---
asked = load(model, "causal_lm")
decoder, tokenizer = asked.model, asked.aligner.tokenizer  # a transformers decoder and its tokenizer
ids = torch.tensor([asked.ids(text)])
with torch.no_grad():
    logits = decoder(input_ids=ids).logits[0, -1]  # (V,): of the token after the last one
scores = logits / temperature if temperature > 0 else torch.where(logits == logits.max(), 0.0, -torch.inf)
if top_k > 0:
    scores[scores < scores.topk(top_k).values[-1]] = -torch.inf
if top_p < 1:
    ordered, order = scores.softmax(-1).sort(descending=True)
    scores[order[ordered.cumsum(-1) - ordered >= top_p]] = -torch.inf  # those before it reach the share already
chances = scores.softmax(-1)
chances[chances < min_p * chances.max()] = 0
chances /= chances.sum()
for share, id in zip(*(found.tolist() for found in chances.topk(8)), strict=True):
    print(f"{share:6.1%}  {asked.words([id])!r}")
