# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
import torch

from components.models import load

# --- your settings ---
model = "mlm-en"
text = "The first world war began in 1914 and the second world [MASK] in 1939."
place = 13
# --- the computation ---
asked = load(model, "masked_lm")
bert, tokenizer = asked.model, asked.aligner.tokenizer  # a transformers masked language model and its tokenizer
limit = asked.max_length
inputs = tokenizer(text, truncation=True, max_length=limit, return_token_type_ids=True, return_tensors="pt")
with torch.no_grad():
    states = bert(**inputs, output_hidden_states=True).hidden_states  # L + 1 of (1, T, d)
    logits = [bert.cls(state[0, place]) for state in states]  # the head, asked about every layer: (V,)
words, shares = [], []
for layer, scores in enumerate(logits):
    share, best = (scores / asked.temperature).softmax(-1).max(-1)
    words.append(tokenizer.convert_ids_to_tokens(int(best)))
    shares.append(float(share))
    print(f"layer {layer}: {words[-1]:16}{shares[-1]:.3f}")
