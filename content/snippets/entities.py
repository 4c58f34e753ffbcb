"""The named entities of a text with their exact characters, merged from BIO tags. Run it in the project's folder."""

import torch

from components.models import load
from components.models.name_rules import rules_for
from components.models.ner import likeliest_tags

# --- your settings ---
model_id = "ner-en"
text = "Apple Inc. was founded by Steve Jobs in California."
# --- the computation ---

tagger = load(model_id, "ner")
model = tagger.model  # a transformers token classifier
aligned = tagger.align(text)  # tokens, ids, and the characters each stands for
room = tagger.max_length - tagger.aligner.single.specials
assert len(aligned) <= room, "a longer text is read in overlapping windows: tagger.predict does it"
inputs = tagger.aligner.join(aligned, None, (0, len(aligned)))
with torch.no_grad():
    logits = model(
        input_ids=torch.tensor([inputs.ids]),
        attention_mask=torch.tensor([inputs.attention_mask]),
        token_type_ids=torch.tensor([inputs.token_type_ids]),
    ).logits[0]
probabilities = logits[~torch.tensor(inputs.special)].softmax(-1)
if tagger.tags_on == "sequence":  # the bundled models: the likeliest legal sequence, by Viterbi's algorithm
    chosen = likeliest_tags(probabilities.numpy(), tagger.tags, rules_for(aligned))
else:
    chosen = probabilities.argmax(-1).tolist()
tags = [tagger.tags[best] for best in chosen]
for token, tag, (start, end) in zip(aligned.tokens, tags, aligned.spans):
    print(f"{token:14} {tag:8} {start}-{end}")

entities = tagger.predict([text])[0]  # the tags merged into names, windows for long texts
for entity in entities:
    print(f"{entity.text!r} {entity.label} {entity.start}-{entity.end} {entity.score:.3f}")
