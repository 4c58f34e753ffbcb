"""The cells of a training on named entities as plain transformers, and the code that uses its model: as `code_templates`."""

# What the bundled model of names has learned.
TAGGER = """\
from peft import PeftModel
from safetensors.torch import load_file

# The bundled model of names, a LoRA and a head, from a folder of this project's models/: what it says of a tag of ours stays, other tags begin untrained.
with open("$folder/settings.json", encoding="utf-8") as file:
    known = json.load(file)["labels"]
for name, value in load_file("$folder/head.safetensors").items():
    for number, tag in enumerate(tags):
        if tag in known:
            model.get_parameter(name).data[number] = value[known.index(tag)]
model = PeftModel.from_pretrained(model, "$folder").merge_and_unload().requires_grad_(True)
"""

MODEL = """\
import json

set_seed(settings["seed"])
names = sorted({name for cell in table["label"] for _, _, name in json.loads(cell)})
tags = ["O", *(f"{mark}-{name}" for name in names for mark in "BI")]
tokenizer = AutoTokenizer.from_pretrained(settings["backbone"])
model = AutoModelForTokenClassification.from_pretrained(
    settings["backbone"],
    id2label=dict(enumerate(tags)),
    label2id={tag: number for number, tag in enumerate(tags)},
    hidden_dropout_prob=settings["hidden_dropout"],
    attention_probs_dropout_prob=settings["attention_dropout"],
    dtype=torch.float32,
)
$tagger
# A vocabulary without capitals is told of them by the token types.
marks_capitals = tokenizer.is_fast and model.config.type_vocab_size > 1 and tokenizer.tokenize("Apple") == tokenizer.tokenize("apple")


def encode(text):
    \"\"\"The ids of the first tokens of a text, the characters of each, and 1 where its word holds a capital. The app reads on, in windows.\"\"\"
    if tokenizer.is_fast:
        encoded = tokenizer(text, truncation=True, max_length=settings["max_length"], return_offsets_mapping=True)
        ids, places, words = encoded["input_ids"], encoded["offset_mapping"], encoded.word_ids()
        capital = {word for word, (start, end) in zip(words, places) if text[start:end] != text[start:end].lower()}
        return ids, places, [int(marks_capitals and word is not None and word in capital) for word in words]
    ids = tokenizer(text, truncation=True, max_length=settings["max_length"])["input_ids"]
    places, at = [], 0
    for token in tokenizer.convert_ids_to_tokens(ids):  # a Japanese tokenizer does not tell the places: they are looked for
        start = -1 if token in tokenizer.all_special_tokens else text.find(token.removeprefix("##"), at)
        places.append((at, at) if start < 0 else (start, start + len(token.removeprefix("##"))))
        at = places[-1][1]
    return ids, places, [0] * len(ids)


def features(part):
    rows = []
    for text, cell in zip(part["text"], part["label"]):
        ids, places, types = encode(text)
        labels, before = [], None
        for start, end in places:
            span = next((span for span in json.loads(cell) if span[0] < end and start < span[1] and start < end), None)
            tag = "O" if span is None else f"{'I' if span == before else 'B'}-{span[2]}"
            labels.append(tags.index(tag) if start < end else -100)  # -100: no part of the loss
            before = span if start < end else before
        rows.append({"input_ids": ids, "attention_mask": [1] * len(ids), "token_type_ids": types, "labels": labels, "places": places})
    return rows


def collate(batch):
    longest = max(len(row["input_ids"]) for row in batch)
    fillers = {"input_ids": tokenizer.pad_token_id, "attention_mask": 0, "token_type_ids": 0, "labels": -100}
    if getattr(model.config, "type_vocab_size", 0) < 2:
        fillers.pop("token_type_ids")
    return {name: torch.tensor([row[name] + [filler] * (longest - len(row[name])) for row in batch]) for name, filler in fillers.items()}


head = ("classifier",)
"""

JUDGE = """\
def spans_of(numbers, places):
    spans, open_name = set(), None
    for number, (start, end) in zip(numbers, places):
        mark, _, name = tags[number].partition("-") if number >= 0 and start < end else ("O", "", "")
        if name and name == open_name and mark == "I":
            begun = (begun[0], end, name)
        else:
            spans |= {begun} if open_name else set()
            begun = (start, end, name)
        open_name = name or None
    return spans | ({begun} if open_name else set())


model.eval()
right = said = wanted = 0
test = features(parts["test"])
with torch.inference_mode():
    for start in range(0, len(test), 32):
        batch = collate(test[start : start + 32])
        batch.pop("labels")
        for row, numbers in zip(test[start : start + 32], model(**batch).logits.argmax(-1).tolist()):
            found, expected = spans_of(numbers, row["places"]), spans_of(row["labels"], row["places"])
            right, said, wanted = right + len(found & expected), said + len(found), wanted + len(expected)
# The best tag of each token by itself. The app takes the most probable sequence of tags that is allowed.
print("F1 of names", 2 * right / max(said + wanted, 1))
"""

USE = """\
import torch
from transformers import AutoModelForTokenClassification, AutoTokenizer

text = "..."
tokenizer = AutoTokenizer.from_pretrained("$folder")
model = AutoModelForTokenClassification.from_pretrained("$folder").eval()
"""

USE_FAST = """\
inputs = tokenizer(text, truncation=True, max_length=$max_length, return_offsets_mapping=True, return_tensors="pt")
words, places = inputs.word_ids(), inputs.pop("offset_mapping")[0].tolist()
${types}with torch.inference_mode():
    tags = [model.config.id2label[number] for number in model(**inputs).logits.argmax(-1)[0].tolist()]
names = []
for tag, word, (start, end) in zip(tags, words, places):
    mark, _, kind = tag.partition("-")
    if word is not None and kind:
        if mark == "I" and names and names[-1]["kind"] == kind and names[-1]["last"] == tag_before:
            names[-1]["end"] = end
        else:
            names.append({"kind": kind, "start": start, "end": end})
        names[-1]["last"] = tag
    tag_before = tag
print([(text[name["start"] : name["end"]], name["kind"]) for name in names])
"""

USE_TYPES = """\
# The vocabulary has no capitals: the token types tell the model which words hold one.
capital = {word for word, (start, end) in zip(words, places) if text[start:end] != text[start:end].lower()}
inputs["token_type_ids"] = torch.tensor([[int(word is not None and word in capital) for word in words]])
"""

USE_SLOW = """\
inputs = tokenizer(text, truncation=True, max_length=$max_length, return_tensors="pt")
with torch.inference_mode():
    tags = [model.config.id2label[number] for number in model(**inputs).logits.argmax(-1)[0].tolist()]
for token, tag in zip(tokenizer.convert_ids_to_tokens(inputs["input_ids"][0].tolist()), tags):
    print(token, tag)
"""
