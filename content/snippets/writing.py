# Run this in the app's folder: `load` gives the bundled decoders, those of the Hub (openai-community/gpt2) as well.
import torch

from components.models import load

# --- your settings ---
model = "smollm2-135m"
text = "Once upon a time, there was a little girl who"
temperature = 0.8
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
    chances = (logits / temperature).softmax(-1) if temperature > 0 else (logits == logits.max()).float()
    id = int(torch.multinomial(chances, 1, generator=generator))
    if id == asked.aligner.tokenizer.eos_token_id:
        break
    ids.append(id)
    new = [id]
print(asked.words(ids))
