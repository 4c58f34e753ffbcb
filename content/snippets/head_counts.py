"""The number of heads changes d_k, the width of each, and nothing about the number of parameters."""

import torch

# --- your settings ---
d_model = 512
head_counts = [1, 2, 4, 8, 16, 32, 64]
# --- the computation ---
with torch.device("meta"):  # shapes without memory
    layers = [torch.nn.MultiheadAttention(d_model, heads) for heads in head_counts]
parameters = [sum(parameter.numel() for parameter in layer.parameters()) for layer in layers]
widths = [layer.head_dim for layer in layers]
for heads, d_k, count in zip(head_counts, widths, parameters):
    print(f"{heads:2} heads, d_k = {d_k:3}: {count:,} parameters")
