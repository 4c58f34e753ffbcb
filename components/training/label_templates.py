"""The cells of `code_templates` for several labels and for a number."""

SEVERAL_LABELS = """\
import json

set_seed(settings["seed"])
labels = $labels
tokenizer = AutoTokenizer.from_pretrained(settings["backbone"])
model, info = AutoModelForSequenceClassification.from_pretrained(
    settings["backbone"],
    num_labels=len(labels),
    id2label=dict(enumerate(labels)),
    label2id={label: number for number, label in enumerate(labels)},
    problem_type="multi_label_classification",
    hidden_dropout_prob=settings["hidden_dropout"],
    attention_probs_dropout_prob=settings["attention_dropout"],
    dtype=torch.float32,
    output_loading_info=True,
)


def features(part):
    encoded = tokenizer(part["text"].tolist(), truncation=True, max_length=settings["max_length"])["input_ids"]
    wanted = [[float(name in json.loads(cell)) for name in labels] for cell in part["label"]]
    return [{"input_ids": ids, "labels": row} for ids, row in zip(encoded, wanted)]


def collate(batch):
    return tokenizer.pad({"input_ids": [row["input_ids"] for row in batch]}, return_tensors="pt") | {
        "labels": torch.tensor([row["labels"] for row in batch])
    }


head = ("classifier", "pooler", "pre_classifier", "score")
"""

NUMBER = """\
set_seed(settings["seed"])
# Learned with mean 0 and deviation 1.
numbers = parts["train"]["label"].astype(float)
mean, deviation = numbers.mean(), numbers.std(ddof=0) or 1.0
tokenizer = AutoTokenizer.from_pretrained(settings["backbone"])
model, info = AutoModelForSequenceClassification.from_pretrained(
    settings["backbone"],
    num_labels=1,
    problem_type="regression",
    hidden_dropout_prob=settings["hidden_dropout"],
    attention_probs_dropout_prob=settings["attention_dropout"],
    dtype=torch.float32,
    output_loading_info=True,
)


def features(part):
    encoded = tokenizer(part["text"].tolist(), truncation=True, max_length=settings["max_length"])["input_ids"]
    targets = (part["label"].astype(float) - mean) / deviation
    return [{"input_ids": ids, "labels": target} for ids, target in zip(encoded, targets)]


def collate(batch):
    return tokenizer.pad({"input_ids": [row["input_ids"] for row in batch]}, return_tensors="pt") | {
        "labels": torch.tensor([[row["labels"]] for row in batch], dtype=torch.float32)
    }


head = ("classifier", "pooler", "pre_classifier", "score")
"""

JUDGE_SEVERAL_LABELS = """\
from sklearn.metrics import classification_report, f1_score


def probabilities(part):
    rows, out = features(part), []
    with torch.inference_mode():
        for start in range(0, len(rows), 32):
            batch = collate(rows[start : start + 32])
            batch.pop("labels")
            out.append(model(**batch).logits.sigmoid().float().numpy())
    return np.array([row["labels"] for row in rows]) > 0, np.concatenate(out)


model.eval()
wanted, shares = probabilities(parts["test"])
# The app chooses a threshold for each label on the validation rows; here one for all, there where it is best on what there is to choose by.
chosen_by = probabilities(parts["validation"] if len(parts.get("validation", ())) else parts["train"])
grid = np.arange(1, 100) / 100
threshold = max(grid, key=lambda limit: f1_score(chosen_by[0], chosen_by[1] >= limit, average="micro", zero_division=0))
print("threshold", threshold)
score = f1_score(wanted, shares >= threshold, average="micro", zero_division=0)
print("micro F1", score)
print(classification_report(wanted, shares >= threshold, target_names=labels, zero_division=0))
"""

JUDGE_NUMBER = """\
from scipy.stats import spearmanr

last = [module for module in model.modules() if isinstance(module, torch.nn.Linear) and module.out_features == 1][-1]
with torch.no_grad():  # from here on the model gives the number itself
    last.weight.mul_(deviation)
    last.bias.mul_(deviation).add_(mean)
model.eval()
test, found = features(parts["test"]), []
with torch.inference_mode():
    for start in range(0, len(test), 32):
        batch = collate(test[start : start + 32])
        batch.pop("labels")
        found += model(**batch).logits[:, 0].tolist()
wanted = parts["test"]["label"].astype(float).to_numpy()
score = spearmanr(wanted, found).statistic
print("rank correlation", score)
print("mean error", np.abs(wanted - found).mean())
"""
