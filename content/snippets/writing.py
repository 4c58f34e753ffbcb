# Run this in the app's folder: `load` gives the bundled decoders, those of the Hub (openai-community/gpt2) as well.
import torch

from components.models import load
from components.transformer.sampling import Sampling, distribution

# --- your settings ---
model = "smollm2-135m"
text = "Once upon a time, there was a little girl who"
temperature = 0.8
top_k = 0
top_p = 1.0
min_p = 0.0
penalty = 1.0
seed = 0
most = 40
# --- the computation ---
asked = load(model, "causal_lm")
generator = torch.Generator().manual_seed(seed)
ids = asked.ids(text)
cache, new = None, ids  # keys and values of what was read; what is read next
for _ in range(most):
    with torch.no_grad():
        output = asked.model(input_ids=torch.tensor([new]), past_key_values=cache, use_cache=True)
    cache, logits = output.past_key_values, output.logits[0, -1]
    logits[asked.never] = -torch.inf  # tokens that no text has, such as [MASK]
    chances = distribution(logits, Sampling(temperature, top_k, top_p, min_p, penalty), ids)
    id = int(torch.multinomial(chances, 1, generator=generator))
    ids.append(id)
    if id in asked.ends:
        break
    new = [id]
print(asked.words(ids[len(asked.start) :]))
