import time

import torch
from torch import nn

# --- your settings ---
d_model = 64
num_heads = 4
lengths = [16, 64, 256, 1024]
distances = [1, 4, 16, 64, 256]
seed = 0
# --- the computation ---
torch.manual_seed(seed)
lstm = nn.LSTM(d_model, d_model, batch_first=True)
attention = nn.MultiheadAttention(d_model, num_heads, batch_first=True)
layers = {"LSTM": lambda x: lstm(x)[0], "attention": lambda x: attention(x, x, x, need_weights=False)[0]}

for length in lengths:
    x = torch.randn(1, length, d_model)
    for name, layer in layers.items():
        with torch.no_grad():
            layer(x)  # warm up
            start = time.perf_counter()
            layer(x)
        print(f"{length:5} tokens, {name:>9}: {1000 * (time.perf_counter() - start):8.2f} ms")

lstm, attention = lstm.double(), attention.double()  # the LSTM's gradient is soon below what float32 can hold
longest = torch.randn(8, max(distances) + 1, d_model, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
gradients = {}
for distance in distances:
    x = longest[:, : distance + 1].clone().requires_grad_()
    for name, layer in layers.items():
        (gradient,) = torch.autograd.grad(layer(x)[:, -1].sum(), x)  # how much the last output depends on each token
        gradients[name, distance] = float(gradient[:, 0].norm(dim=-1).mean())  # ... on the first one
    print(f"distance {distance:3}: LSTM {gradients['LSTM', distance]:.1e}, attention {gradients['attention', distance]:.1e}")
