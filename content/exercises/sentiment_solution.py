"""Sentiment analysis with BERT: data set, training loop and evaluation.

    python sentiment.py reviews.csv --model FOLDER_OR_HUB_ID

reviews.csv has the columns "text" and "label" ("positive" or "negative"). Needs torch, transformers and scikit-learn.
"""

import argparse
import csv

import torch
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import train_test_split
from torch.utils.data import DataLoader, Dataset
from transformers import AutoModelForSequenceClassification, AutoTokenizer

LABELS = ["negative", "positive"]


class SentimentDataset(Dataset):
    """Texts and labels (0 = negative, 1 = positive), one dict a text: "input_ids" and "attention_mask" of shape (max_length,),
    "labels" of shape (). Longer texts are cut, shorter ones padded."""

    def __init__(self, texts, labels, tokenizer, max_length=128):
        if len(texts) != len(labels):
            raise ValueError(f"{len(texts)} texts and {len(labels)} labels")
        self.texts = list(texts)
        self.labels = list(labels)
        self.tokenizer = tokenizer
        self.max_length = max_length

    def __len__(self):
        return len(self.texts)

    def __getitem__(self, index):
        encoded = self.tokenizer(self.texts[index], max_length=self.max_length, padding="max_length", truncation=True, return_tensors="pt")
        return {
            "input_ids": encoded["input_ids"][0],  # (max_length,)
            "attention_mask": encoded["attention_mask"][0],  # (max_length,) 1 = token, 0 = padding
            "labels": torch.tensor(self.labels[index], dtype=torch.long),  # ()
        }


def train_model(model, train_loader, optimizer, device, epochs=3):
    """Trains `model` in place. Returns the mean loss of the samples in each epoch, a list of `epochs` floats."""
    losses = []
    for epoch in range(epochs):
        model.train()  # dropout on; an evaluation in between may have switched it off
        total, count = 0.0, 0
        for batch in train_loader:
            batch = {name: tensor.to(device) for name, tensor in batch.items()}
            optimizer.zero_grad()  # gradients add up otherwise
            loss = model(**batch).loss
            loss.backward()
            optimizer.step()
            size = len(batch["labels"])  # the last batch may be smaller: weigh each loss by its samples
            total += loss.item() * size
            count += size
        losses.append(total / count)
        print(f"epoch {epoch + 1}/{epochs}  loss {losses[-1]:.4f}", flush=True)
    return losses


@torch.no_grad()
def evaluate_model(model, test_loader, device):
    """Accuracy, macro F1 and the predicted labels, in the loader's order: {"accuracy": float, "macro_f1": float, "predictions": list[int]}."""
    model.eval()  # dropout off
    predictions, labels = [], []
    for batch in test_loader:
        logits = model(input_ids=batch["input_ids"].to(device), attention_mask=batch["attention_mask"].to(device)).logits  # (B, 2)
        predictions += logits.argmax(dim=-1).tolist()
        labels += batch["labels"].tolist()
    return {
        "accuracy": float(accuracy_score(labels, predictions)),
        "macro_f1": float(f1_score(labels, predictions, average="macro")),
        "predictions": predictions,
    }


def read_reviews(path):
    """(texts, labels) of a CSV in UTF-8; label 1 is positive."""
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [row["text"] for row in rows], [LABELS.index(row["label"]) for row in rows]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("data")
    parser.add_argument("--model", default="bert-base-uncased", help="a folder or a Hub id; for Japanese text a Japanese model")
    parser.add_argument("--epochs", type=int, default=5)
    parser.add_argument("--learning-rate", type=float, default=1e-4)
    parser.add_argument("--max-length", type=int, default=48)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args()

    torch.manual_seed(given.seed)  # the new head, the order of the batches and dropout
    texts, labels = read_reviews(given.data)
    # The test rows are set aside before training and looked at once, at the end.
    train_texts, test_texts, train_labels, test_labels = train_test_split(
        texts, labels, test_size=0.25, stratify=labels, random_state=given.seed
    )
    tokenizer = AutoTokenizer.from_pretrained(given.model)
    model = AutoModelForSequenceClassification.from_pretrained(given.model, num_labels=2)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model.to(device)
    train_loader = DataLoader(SentimentDataset(train_texts, train_labels, tokenizer, given.max_length), batch_size=8, shuffle=True)
    test_loader = DataLoader(SentimentDataset(test_texts, test_labels, tokenizer, given.max_length), batch_size=8)
    optimizer = torch.optim.AdamW(model.parameters(), lr=given.learning_rate)

    before = evaluate_model(model, test_loader, device)
    print(f"untrained head  accuracy {before['accuracy']:.3f}", flush=True)
    train_model(model, train_loader, optimizer, device, epochs=given.epochs)
    after = evaluate_model(model, test_loader, device)
    right = sum(a == b for a, b in zip(after["predictions"], test_labels))
    print(f"trained  accuracy {after['accuracy']:.3f} ({right} of {len(test_labels)} rows)  macro F1 {after['macro_f1']:.3f}", flush=True)
    for text, label, prediction in zip(test_texts, test_labels, after["predictions"]):
        if label != prediction:
            print(f"wrong  {LABELS[label]} read as {LABELS[prediction]}: {text}", flush=True)


if __name__ == "__main__":
    main()
