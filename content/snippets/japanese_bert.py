import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
model = "tohoku-nlp/bert-base-japanese-whole-word-masking"
text = "自然言語処理は人工知能の重要な分野です。"
# --- the computation ---
# The first Japanese BERTs name no MeCab dictionary; they were made with ipadic, and today's default is unidic-lite.
older = {"tohoku-nlp/bert-base-japanese", "tohoku-nlp/bert-base-japanese-whole-word-masking"}
dictionary = {"mecab_kwargs": {"mecab_dic": "ipadic"}} if model in older else {}
tokenizer = AutoTokenizer.from_pretrained(model, **dictionary)
bert = AutoModel.from_pretrained(model, dtype=torch.float32).eval()

inputs = tokenizer(text, return_tensors="pt")
with torch.no_grad():
    outputs = bert(**inputs)
tokens = tokenizer.convert_ids_to_tokens(inputs["input_ids"][0])
print("tokens:", tokens)
print("last_hidden_state:", tuple(outputs.last_hidden_state.shape))
