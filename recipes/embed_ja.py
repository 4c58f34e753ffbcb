"""embed-ja: a contrastive round over the Japanese backbone, for sentence vectors.

JSTS's graded pairs by CoSENT (Su 2022, "CoSENT: a more efficient sentence vector scheme than Sentence-BERT"; sentence-transformers'
``CoSENTLoss``), and Tanaka's sentences towards the teacher's vectors of their English translations, with the other translations of the
batch as negatives (InfoNCE, van den Oord et al. 2018, section 2.3).
"""

import json
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from scipy.stats import spearmanr
from torch.nn import functional

from recipes import device, finetune, sources, trainer
from recipes.backbone_ja import mean_pool
from recipes.finetune import Recipe
from recipes.splits import Shingles, part
from recipes.teacher import PREFIX, load_teacher
from recipes.token_batches import Order, padded

RECIPE = Recipe("embed-ja", "similarity", "ja", rank=32, epochs=8, batch_tokens=2048, max_length=128, learning_rate=5e-4)
SCALE = 20.0  # of cosines, in both losses


@dataclass(frozen=True)
class Pair:
    a: str
    b: str
    similarity: float
    group: str


def jsts(data: Path, work: Path, split: str) -> list[Pair]:
    path = sources.folder("jglue", data, work) / f"datasets/jsts-v1.3/{split}-v1.3.json"
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    clean = {row[side]: unicodedata.normalize("NFKC", row[side]) for row in rows for side in ("sentence1", "sentence2")}
    return [Pair(clean[row["sentence1"]], clean[row["sentence2"]], row["label"], row["yjcaptions_id"].split("_")[0]) for row in rows]


def splits(data: Path, work: Path) -> dict[str, list[Pair]]:
    """``train`` and ``choose`` from JSTS train by picture, ``report``: JSTS valid."""
    parts: dict[str, list[Pair]] = {"train": [], "choose": [], "report": jsts(data, work, "valid")}
    guard = Shingles(text for pair in parts["report"] for text in (pair.a, pair.b))
    for pair in jsts(data, work, "train"):
        if not (guard.touches(pair.a) or guard.touches(pair.b)):
            parts[part(f"jsts/{pair.group}", 0.0, 0.1)].append(pair)
    return parts


def tanaka(data: Path, work: Path) -> list[tuple[str, str]]:
    root = sources.folder("tanaka_parallel", data, work)
    pairs = []
    for name in ("train", "dev", "test"):
        texts = [(root / f"{name}.{language}").read_text(encoding="utf-8").splitlines() for language in ("ja", "en")]
        pairs += [(unicodedata.normalize("NFKC", ja.replace(" ", "")), en) for ja, en in zip(*texts, strict=True)]
    return pairs


def teacher_vectors(texts: list[str], work: Path) -> torch.Tensor:
    """The teacher's normalised vectors (n, d) of texts of any language, kept in the work folder."""
    kept = work / RECIPE.id / "translations.pt"
    if kept.exists():
        return torch.load(kept, weights_only=True)
    teacher, pieces = load_teacher(work)
    teacher.to(device.chosen())
    vectors = torch.empty(len(texts), teacher.config.hidden_size)
    order = np.argsort([len(text) for text in texts])
    for start in range(0, len(order), 128):
        rows = order[start : start + 128]
        batch = pieces([PREFIX + texts[i] for i in rows], padding=True, return_tensors="pt").to(device.chosen())
        with torch.no_grad(), device.reduced_precision():
            states = teacher(input_ids=batch["input_ids"], attention_mask=batch["attention_mask"]).last_hidden_state.float()
        vectors[rows] = functional.normalize(mean_pool(states, batch["attention_mask"]), dim=-1).cpu()
    kept.parent.mkdir(parents=True, exist_ok=True)
    torch.save(vectors, kept)
    return vectors


def cosent(cosines: torch.Tensor, wanted: torch.Tensor) -> torch.Tensor:
    """log(1 + sum of exp(scale (cos_j - cos_i)) over pairs with wanted_i > wanted_j), for cosines and wanted (B,)."""
    gaps = SCALE * (cosines[None, :] - cosines[:, None])
    gaps = gaps[wanted[:, None] > wanted[None, :]]
    return torch.cat([gaps.new_zeros(1), gaps]).logsumexp(0)


def make(data: Path, work: Path) -> Path:
    parts = splits(data, work)
    aligner = finetune.aligner(RECIPE)
    translations = tanaka(data, work)
    targets = teacher_vectors([english for _, english in translations], work).to(device.chosen())
    model = finetune.build(RECIPE).train()

    def ids_of(texts: list[str]) -> list[list[int]]:
        return [list(aligner.tokenize(text).ids) for text in texts]

    def embed(rows: list[list[int]]) -> torch.Tensor:
        ids = padded(rows, 0)
        with device.reduced_precision():
            states = model(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state
        return functional.normalize(mean_pool(states.float(), ids != 0), dim=-1)

    a, b = ids_of([pair.a for pair in parts["train"]]), ids_of([pair.b for pair in parts["train"]])
    japanese = ids_of([text for text, _ in translations])
    similarity = torch.tensor([pair.similarity for pair in parts["train"]], device=device.chosen())
    graded = Order(np.array([len(x) + len(y) for x, y in zip(a, b, strict=True)]), RECIPE.batch_tokens)
    translated = Order(np.array([len(x) for x in japanese]), RECIPE.batch_tokens // 2)

    def loss_of(step: int) -> dict[str, torch.Tensor]:
        rows = graded[step]
        vectors = embed([a[i] for i in rows] + [b[i] for i in rows])
        cosines = (vectors[: len(rows)] * vectors[len(rows) :]).sum(-1)
        pairs = translated[step]
        logits = SCALE * embed([japanese[i] for i in pairs]) @ targets[pairs].T
        return {"cosent": cosent(cosines, similarity[rows]), "translations": functional.cross_entropy(logits, torch.arange(len(pairs)))}

    steps = round(RECIPE.epochs * len(graded))
    trainer.train(model, loss_of, work / RECIPE.id / "checkpoint.pt", learning_rate=RECIPE.learning_rate, steps=steps, seed=RECIPE.seed)
    model.eval()
    with torch.no_grad(), device.there():
        first, second = (embed(ids_of([getattr(pair, side) for pair in parts["choose"]])) for side in ("a", "b"))
    print("choose Spearman", spearmanr((first * second).sum(-1).cpu(), [pair.similarity for pair in parts["choose"]]).statistic, flush=True)
    folder = work / RECIPE.id / "model"
    finetune.save(RECIPE, model, folder, heads=(), pooling="mean", max_length=512)  # nobody trained the pooler
    return folder


def scores(encode, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """Spearman on JSTS valid, from the app's own ``encode``."""
    pairs = splits(data, work)["report"]
    first, second = encode([pair.a for pair in pairs]), encode([pair.b for pair in pairs])
    found = spearmanr((first * second).sum(-1), [pair.similarity for pair in pairs]).statistic
    return {"spearman JSTS valid": (float(found), len(pairs))}
