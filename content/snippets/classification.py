"""The class of a text with its calibrated probability, and which tokens decided (integrated gradients). Run it in the project's folder."""

import torch
from captum.attr import IntegratedGradients

from components.models import load

# --- your settings ---
model_id = "sentiment-en"
text = "The plot is thin, but the acting is wonderful."
# --- the computation ---

classifier = load(model_id, "classification")
model, tokenizer = classifier.model, classifier.aligner.tokenizer  # a transformers classifier and its tokenizer
encoded = tokenizer(text, truncation=True, max_length=classifier.max_length, return_token_type_ids=True, return_tensors="pt")
with torch.no_grad():
    logits = model(**encoded).logits[0]
probabilities = (logits / classifier.temperature).softmax(-1)
for label, probability in zip(classifier.labels, probabilities.tolist()):
    print(f"{label:12} {probability:.4f}")

best = int(probabilities.argmax())
ids = encoded["input_ids"]
special = torch.isin(ids, torch.tensor(tokenizer.all_special_ids))
blank = torch.where(special, ids, tokenizer.pad_token_id)  # the same text without its words
embed = model.get_input_embeddings()
others = {"attention_mask": encoded["attention_mask"], "token_type_ids": encoded["token_type_ids"]}


def log_odds(embeddings):  # (B, T, d) -> (B,): ln p/(1-p) of the best label
    repeated = {name: value.expand(len(embeddings), -1) for name, value in others.items()}
    logits = model(inputs_embeds=embeddings, **repeated).logits / classifier.temperature
    return logits[:, best] - torch.cat([logits[:, :best], logits[:, best + 1 :]], dim=1).logsumexp(dim=1)


shares = IntegratedGradients(log_odds).attribute(embed(ids), baselines=embed(blank), n_steps=64, internal_batch_size=16)[0].sum(dim=1)
for token, share in zip(tokenizer.convert_ids_to_tokens(ids[0]), shares.tolist()):
    print(f"{token:16} {share:+.3f}")
with torch.no_grad():  # completeness: the two numbers agree
    print(
        f"sum {float(shares.sum()):+.3f}, log-odds of the text minus the blank {float(log_odds(embed(ids)) - log_odds(embed(blank))):+.3f}"
    )
