"""embed-ja-en: Japanese sentence vectors in the space of the English encoder, so that both languages can be compared.

Reimers & Gurevych 2020, "Making monolingual sentence embeddings multilingual using knowledge distillation": the English model is the teacher,
and the student's vector of a Japanese sentence is drawn to the teacher's vector of its translation. Beside their squared distance there is an
InfoNCE (van den Oord et al. 2018, section 2.3) over many more of the teacher's vectors than a batch has, and JSTS's graded pairs keep the
nearness of Japanese sentences among themselves.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from scipy.stats import spearmanr
from torch import nn
from torch.nn import functional

from components.models import adapters, load
from components.models.bundled import ENGLISH
from components.models.files import find
from components.models.precision import precision_for, reduced_precision
from recipes import device, embed_ja, finetune, trainer
from recipes.backbone_ja import mean_pool
from recipes.finetune import Recipe
from recipes.splits import sampled
from recipes.token_batches import Order, padded
from recipes.translations import Translation, splits

RECIPE = Recipe("embed-ja-en", "similarity", "ja", rank=32, batch_tokens=2048, max_length=128, learning_rate=1e-3, dropout=0.0)
TEACHER = ENGLISH.encoder


@dataclass(frozen=True)
class Stage:
    """Steps over Tanaka's pairs, each ``tanaka`` times in a pass, and over a share ``kyoto`` of the other pairs."""

    name: str
    tanaka: int
    kyoto: float
    steps: int
    seed: int

    def rows(self, pairs: list[Translation]) -> np.ndarray:
        """The numbers of the pairs of one pass, in their order."""
        taken = [self.tanaka if pair.source == "tanaka_parallel" else sampled(pair.japanese, self.kyoto) for pair in pairs]
        return np.repeat(np.arange(len(pairs)), np.array(taken, dtype=int))


# The bundled weights' rate fell by the clock, over a quarter of an hour each; these are the steps that it allowed.
STAGES = (Stage("first", 2, 0.4, 699, 0), Stage("second", 1, 1.0, 700, 1))
SOURCES = ("tanaka_parallel", "kyoto_wiki")
SCALE = 20.0  # of cosines in the contrastive loss
OTHERS = 4096  # of the teacher's vectors, drawn anew at each step, that a sentence must not be taken for
TOO_NEAR = 0.9  # cosine to the right vector from which another one is no wrong answer
GRADED_TOKENS, GRADED_WEIGHT = 256, 0.2
DISTANCE_WEIGHT = 10.0
SHARD = 8_192  # texts whose vectors of the teacher are one file
FIRST_ROWS = 8_192  # that the linear map is fitted on before training
POOL, MOST_POOLS = 1_000, 2  # English sentences among which the right one must come first, and how often that is asked


class Student(nn.Module):
    """The adapted backbone, the mean of its states, and a linear map into the teacher's space."""

    def __init__(self, encoder: nn.Module, width: int):
        super().__init__()
        self.encoder = encoder
        self.linear = nn.Linear(width, width)

    def pooled(self, rows: list[list[int]]) -> torch.Tensor:
        """Token ids of texts, specials in them -> mean states (B, d), float32."""
        ids = padded(rows, 0)
        with device.reduced_precision():
            states = self.encoder(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state
        return mean_pool(states.float(), ids != 0)

    def forward(self, rows: list[list[int]]) -> torch.Tensor:
        """Normalised vectors (B, d) in the teacher's space."""
        return functional.normalize(self.linear(self.pooled(rows)), dim=-1)

    @torch.no_grad()
    def vectors(self, rows: list[list[int]], mapped: bool = True) -> torch.Tensor:
        """``forward`` (or ``pooled``) of any number of texts, in their order."""
        found = torch.empty(len(rows), self.linear.out_features)
        for chosen in Order(np.array([len(row) for row in rows]), 4 * RECIPE.batch_tokens).batches:
            batch = [rows[i] for i in chosen]
            with device.there():
                found[chosen] = (self(batch) if mapped else self.pooled(batch)).cpu()
        return found


def teacher_vectors(texts: list[str], kept: Path) -> torch.Tensor:
    """The teacher's vectors (n, d), mean pooled and normalised as the app does it (its `encode`, in larger batches).

    Kept in the folder ``kept``, a file for ``SHARD`` texts, so that a killed run goes on where it was.
    """
    files = find(TEACHER)
    tokenizer, network = adapters.tokenizer(files), adapters.backbone(files).model
    kept.mkdir(parents=True, exist_ok=True)
    shards = []
    for start in range(0, len(texts), SHARD):
        path = kept / f"{start}.pt"
        if not path.exists():
            rows = tokenizer(texts[start : start + SHARD], truncation=True, max_length=RECIPE.max_length)["input_ids"]
            vectors = torch.empty(len(rows), network.config.hidden_size, dtype=torch.float16)
            for chosen in Order(np.array([len(row) for row in rows]), 4 * RECIPE.batch_tokens).batches:
                ids = padded([rows[i] for i in chosen], 0)
                with torch.no_grad(), reduced_precision():
                    states = network(input_ids=ids, attention_mask=(ids != 0).long()).last_hidden_state.float()
                vectors[chosen] = functional.normalize(mean_pool(states, ids != 0), dim=-1).half()
            torch.save(vectors, path.with_suffix(".tmp"))
            path.with_suffix(".tmp").replace(path)
        shards.append(torch.load(path, weights_only=True))
    return torch.cat(shards).float()


def fit_map(student: Student, rows: list[list[int]], targets: torch.Tensor, kept: Path) -> None:
    """Begin with the linear map that brings the backbone's mean states nearest to the targets (ridge regression in closed form)."""
    if not kept.exists():
        states = student.vectors(rows, mapped=False).double()
        targets = targets.cpu()
        middle, aim = states.mean(0), targets.double().mean(0)
        centred = states - middle
        spread = centred.T @ centred
        ridge = 1e-3 * spread.diagonal().mean() * torch.eye(len(spread), dtype=torch.float64)
        weight = torch.linalg.solve(spread + ridge, centred.T @ (targets.double() - aim)).T
        torch.save({"weight": weight.float(), "bias": (aim - weight @ middle).float()}, kept)
    student.linear.load_state_dict(torch.load(kept, weights_only=True))


def contrast(vectors: torch.Tensor, right: torch.Tensor, others: torch.Tensor) -> torch.Tensor:
    """InfoNCE of vectors (B, d) towards their ``right`` ones (B, d), among these and ``others`` (n, d); all of length 1."""
    bank = torch.cat([right, others])
    near = right @ bank.T > TOO_NEAR
    near[torch.arange(len(right)), torch.arange(len(right))] = False
    logits = (SCALE * vectors @ bank.T).masked_fill(near, -torch.inf)
    return functional.cross_entropy(logits, torch.arange(len(right)))


def make(data: Path, work: Path) -> Path:
    home = work / RECIPE.id
    home.mkdir(parents=True, exist_ok=True)
    parts = splits(data, work)
    aligner = finetune.aligner(RECIPE)

    def ids_of(texts: list[str]) -> list[list[int]]:
        return [list(aligner.tokenize(text).ids) for text in texts]

    targets = teacher_vectors([pair.english for pair in parts["train"]], home / "teacher").to(device.chosen())
    japanese = ids_of([pair.japanese for pair in parts["train"]])
    student = Student(finetune.build(RECIPE), targets.shape[1]).to(device.chosen())
    first = np.random.default_rng(RECIPE.seed).permutation(STAGES[0].rows(parts["train"]))[:FIRST_ROWS]
    fit_map(student, [japanese[i] for i in first], targets[first], home / "map.pt")
    graded = embed_ja.splits(data, work)
    a, b = ids_of([pair.a for pair in graded["train"]]), ids_of([pair.b for pair in graded["train"]])
    similarity = torch.tensor([pair.similarity for pair in graded["train"]], device=device.chosen())

    def fit(stage: Stage) -> None:
        numbers = stage.rows(parts["train"])
        order = Order(np.array([len(japanese[i]) for i in numbers]), RECIPE.batch_tokens, stage.seed)
        pairs = Order(np.array([len(x) + len(y) for x, y in zip(a, b, strict=True)]), GRADED_TOKENS, stage.seed)

        def loss_of(step: int) -> dict[str, torch.Tensor]:
            chosen, scored = numbers[order[step]], pairs[step]
            vectors, right = student([japanese[i] for i in chosen]), targets[chosen]
            others = targets[torch.randint(len(targets), (OTHERS,))]
            sides = student([a[i] for i in scored] + [b[i] for i in scored])
            cosines = (sides[: len(scored)] * sides[len(scored) :]).sum(-1)
            return {
                "distance": DISTANCE_WEIGHT * (vectors - right).square().sum(-1).mean(),
                "contrast": contrast(vectors, right, others),
                "graded": GRADED_WEIGHT * embed_ja.cosent(cosines, similarity[scored]),
            }

        print(f"{RECIPE.id} {stage.name}: {len(numbers)} rows, {len(order)} steps an epoch, {stage.steps} steps", flush=True)
        checkpoint = home / f"{stage.name}.pt"
        trainer.train(student, loss_of, checkpoint, learning_rate=RECIPE.learning_rate, steps=stage.steps, seed=stage.seed, warmup=20)

    student.train()
    for stage in STAGES:
        fit(stage)
    student.eval()
    save(student, home / "model")
    print(choosing(load(home / "model").encode, parts["choose"], graded["choose"]), flush=True)
    return home / "model"


def save(student: Student, folder: Path) -> None:
    """The adapter as every other one, the map in ``head.safetensors``, and which model reads the other language."""
    finetune.save(RECIPE, student.encoder, folder, heads=(), pooling="mean", max_length=256, others={ENGLISH.language: TEACHER})
    head = {f"linear.{name}": tensor.cpu().half().contiguous() for name, tensor in student.linear.state_dict().items()}
    save_file(head, folder / "head.safetensors", metadata={"format": "pt"})


def retrieval(encode, pairs: list[Translation]) -> tuple[float, int]:
    """For how many Japanese sentences the right English one comes first among ``POOL``, and how many were asked.

    The pairs in a seeded order, cut into up to ``MOST_POOLS`` pools of ``POOL``; what is left over is not asked. No English sentence stands
    twice.
    """
    shuffled = [pairs[i] for i in np.random.default_rng(0).permutation(len(pairs))]
    right = []
    for start in range(0, min(len(shuffled), MOST_POOLS * POOL) - POOL + 1, POOL):
        pool = shuffled[start : start + POOL]
        with precision_for(POOL):  # as the app does for so many texts
            japanese, english = encode([pair.japanese for pair in pool]), encode([pair.english for pair in pool])
        right += list((japanese @ english.T).argmax(1) == np.arange(len(pool)))
    return float(np.mean(right)), len(right)


def choosing(encode, pairs: list[Translation], graded: list[embed_ja.Pair]) -> dict[str, float]:
    """What decides between trainings."""
    of = {source: [pair for pair in pairs if pair.source == source] for source in SOURCES}
    first, second = encode([pair.a for pair in graded]), encode([pair.b for pair in graded])
    found = {source: retrieval(encode, some)[0] for source, some in of.items()}
    return found | {"JSTS": float(spearmanr((first * second).sum(-1), [pair.similarity for pair in graded]).statistic)}


def scores(encode, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """The right English sentence first among 1,000, on held-out pairs of both sources, and Spearman on JSTS valid."""
    pairs = splits(data, work)["report"]
    found = {}
    for source, name in (("tanaka_parallel", "Tanaka"), ("kyoto_wiki", "Kyoto held-out articles")):
        found[f"first_of_1000 {name}"] = retrieval(encode, [pair for pair in pairs if pair.source == source])
    return found | embed_ja.scores(encode, data, work)
