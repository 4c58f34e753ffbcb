import torch
from transformers import BertConfig, BertModel

# --- your settings ---
vocab_size = 30522
hidden_size = 512
num_hidden_layers = 8
num_attention_heads = 8
intermediate_size = 2048
max_position_embeddings = 512
type_vocab_size = 2
pooler = True
# --- the computation ---
config = BertConfig(
    vocab_size=vocab_size,
    hidden_size=hidden_size,
    num_hidden_layers=num_hidden_layers,
    num_attention_heads=num_attention_heads,
    intermediate_size=intermediate_size,
    max_position_embeddings=max_position_embeddings,
    type_vocab_size=type_vocab_size,
)
with torch.device("meta"):  # shapes without memory: any size can be counted
    model = BertModel(config, add_pooling_layer=pooler)

parts = {"word_embeddings": 0, "other_embeddings": 0, "attention": 0, "feed_forward": 0, "layer_norms": 0, "pooler": 0}
for name, weight in model.named_parameters():
    if "word_embeddings" in name:
        part = "word_embeddings"
    elif name.startswith("embeddings"):
        part = "other_embeddings"
    elif name.startswith("pooler"):
        part = "pooler"
    elif "LayerNorm" in name:
        part = "layer_norms"
    else:
        part = "attention" if ".attention." in name else "feed_forward"
    parts[part] += weight.numel()

total = sum(parts.values())
for part, count in parts.items():
    print(f"{part:18}{count:>14,}  {count / total:6.1%}")
print(f"{'total':18}{total:>14,}  {4 * total / 1e6:,.0f} MB in float32")
