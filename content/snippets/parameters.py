# --- your settings ---
vocab_size = 30522
hidden_size = 768
num_hidden_layers = 12
intermediate_size = 3072
max_position_embeddings = 512
type_vocab_size = 2
# --- the computation ---
d, d_ff = hidden_size, intermediate_size
embeddings = (vocab_size + max_position_embeddings + type_vocab_size) * d + 2 * d  # with a LayerNorm
attention = num_hidden_layers * 4 * (d * d + d)  # W_Q, W_K, W_V, W_O, however many heads
feed_forward = num_hidden_layers * (d * d_ff + d_ff + d_ff * d + d)
layer_norms = num_hidden_layers * 2 * 2 * d
pooler = d * d + d
total = embeddings + attention + feed_forward + layer_norms + pooler
for name in ("embeddings", "attention", "feed_forward", "layer_norms", "pooler", "total"):
    print(f"{name:>12} {globals()[name]:>13,} {globals()[name] / total:7.1%}")
