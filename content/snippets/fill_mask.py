# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
import torch

from components.models import load

# --- your settings ---
models = ["mlm-en"]
text = "The [MASK] is beautiful today."
top_k = 5
# --- the computation ---
fills = {}
for name in models:
    asked = load(name, "masked_lm")
    model, tokenizer = asked.model, asked.aligner.tokenizer  # a transformers masked language model and its tokenizer
    inputs = tokenizer(text.replace("[MASK]", tokenizer.mask_token), return_token_type_ids=True, return_tensors="pt")
    ids = inputs["input_ids"][0]
    assert len(ids) <= asked.max_length, "a longer text is read around each mask: asked.fill does it"
    with torch.no_grad():
        logits = model(**inputs).logits[0]  # (T, vocabulary): at each place, every token there is
    probabilities = (logits[ids == tokenizer.mask_token_id] / asked.temperature).softmax(-1)  # (masks, vocabulary)
    best = probabilities.topk(top_k)
    fills[name] = [
        list(zip(tokenizer.convert_ids_to_tokens(tokens), scores)) for tokens, scores in zip(best.indices.tolist(), best.values.tolist())
    ]
    for number, found in enumerate(fills[name], start=1):
        print(f"{name}, [MASK] {number}")
        for token, score in found:
            print(f"  {token:16}{score:.4f}")
