# Run this in the app's folder: `load` gives the bundled models, those of the Hub (google-bert/bert-base-uncased) and your own runs alike.
import torch

from components.models import load

# --- your settings ---
model = "mlm-en"
text = "The cat slept on the mat because it was tired."
place = 2
# --- the computation ---
asked = load(model, "masked_lm")
bert, tokenizer = asked.model, asked.aligner.tokenizer  # a transformers masked language model and its tokenizer
inputs = tokenizer(text, truncation=True, max_length=asked.max_length, return_token_type_ids=True, return_tensors="pt")
ids = inputs["input_ids"][0]
table = bert.get_input_embeddings().weight.detach()  # (V, d): a row for each entry of the vocabulary
row = table[ids[place]]  # (d,): the word before it has been read in a sentence
cosines = torch.nn.functional.cosine_similarity(table, row, dim=1)  # (V,)
nearest = cosines.topk(9).indices[1:].tolist()  # the first is the word itself
with torch.no_grad():
    output = bert(**inputs, output_hidden_states=True)
state = output.hidden_states[-1][0, place]  # (d,): the same word after all layers
likeliest = (output.logits[0, place] / asked.temperature).softmax(-1).topk(8)  # its head compares the state with every row
print(tokenizer.convert_ids_to_tokens(int(ids[place])), "is row", int(ids[place]), "of", len(table))
print("in the table:", ", ".join(tokenizer.convert_ids_to_tokens(nearest)))
print("in the sentence:", ", ".join(tokenizer.convert_ids_to_tokens(likeliest.indices.tolist())))
