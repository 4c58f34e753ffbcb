# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
import torch

from components.models import load

# --- your settings ---
models = ["nsp-en"]
first = "The cat sat on the mat."
second = "It was very comfortable."
# --- the computation ---
probabilities = {}
for name in models:
    judge = load(name, "next_sentence")
    model, tokenizer = judge.model, judge.aligner.tokenizer  # transformers' BertForNextSentencePrediction and its tokenizer
    inputs = tokenizer(first, second, truncation=True, max_length=judge.max_length, return_token_type_ids=True, return_tensors="pt")
    with torch.no_grad():
        logits = model(**inputs).logits[0]  # (2,): class 0 is "is next", class 1 "is not next"
    probabilities[name] = float((logits / judge.temperature).softmax(-1)[0])
    print(f"{name}: P(IsNext) = {probabilities[name]:.4f}, P(NotNext) = {1 - probabilities[name]:.4f}")
