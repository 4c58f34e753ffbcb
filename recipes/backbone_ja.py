"""The Japanese backbone: a 6-layer student of multilingual-e5-small, trained by masked words and by the teacher's states.

The losses are those of DistilBERT (Sanh et al. 2019, section 2: masked words and the cosine between hidden states), with the teacher's
states taken where its pieces end at the same character as the student's, and a cosine to the teacher's sentence vector.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional
from transformers import AutoTokenizer, BertForMaskedLM, BertModel

from recipes import device, trainer
from recipes.corpus_ja import chunks, documents
from recipes.masking import entries_of, mask_words
from recipes.teacher import PREFIX, load_teacher
from recipes.token_batches import Order, Resident
from recipes.vocabulary_ja import WordPieces, save_tokenizer, spread, train_vocabulary, transplant

LENGTHS = (0, 126, 254)  # tokens of a chunk: 0 for a single sentence
SENTENCE_WEIGHT, TOKEN_WEIGHT = 10.0, 5.0
CLS, SEP = 2, 3


@dataclass(frozen=True)
class Plan:
    """How much is trained.

    ``teach_every``: steps from one that the teacher has a word in to the next. ``once``: it is asked for all chunks before the first step, and
    its states stay on the device (768 bytes a token).
    """

    batch_tokens: int
    learning_rate: float
    steps: int
    warmup: int
    teach_every: int
    once: bool


PLANS = {
    # 8M tokens, a quarter of a pass. The teacher costs nearly half of a step; masked words alone in between buy more of both for the same time.
    "cpu": Plan(4096, 5e-4, 2000, 100, teach_every=2, once=False),
    # 240M tokens, eight and a half passes, as the bundled weights were trained
    "cuda": Plan(32_768, 1e-3, 7_600, 230, teach_every=1, once=True),
}


def prepare(data: Path, work: Path) -> Path:
    """Everything before training, in ``work/backbone-ja``: held-out names, the tokenizer, the transplanted student, the tokens on disk."""
    home = work / "backbone-ja"
    if (home / "ready").exists():
        return home
    home.mkdir(parents=True, exist_ok=True)
    corpus = list(documents(data, work))
    held = {name: [d.name for p, d in corpus if p == name] for name in ("choose", "report")}
    (home / "held-out.json").write_text(json.dumps(held, ensure_ascii=False, indent=1), encoding="utf-8")
    kept = [d for p, d in corpus if p == "train"]
    vocabulary = train_vocabulary(spread((d.name.split("/")[0], d.sentences) for d in kept))
    teacher, pieces = load_teacher(work)
    student = transplant(teacher, pieces, vocabulary)
    student.save_pretrained(home / "start")
    save_tokenizer(vocabulary, home / "start")
    _tokenise(kept, WordPieces(vocabulary), pieces, home)
    (home / "ready").touch()
    return home


def _tokenise(kept, wordpieces: WordPieces, pieces, home: Path) -> None:
    """Chunks of consecutive sentences: the student's ids, the teacher's ids, and for each student token the teacher's piece it ends in."""
    random = np.random.default_rng(0)
    student, align, teacher, bounds = [], [], [], [(0, 0)]
    totals = [0, 0]
    for document in kept:
        for text in chunks(document.sentences, wordpieces, random, LENGTHS):
            ids, lasts = wordpieces.encode(text)
            ids, lasts = ids[:254], lasts[:254]
            seen = pieces(PREFIX + text, return_offsets_mapping=True, truncation=True, max_length=400)
            ends = np.array([end for _, end in seen["offset_mapping"][1:-1]]) - len(PREFIX)
            covering = np.minimum(np.searchsorted(ends, np.array(lasts) + 1), len(ends) - 1) + 1
            student.append(np.array([CLS, *ids, SEP], dtype=np.uint16))
            align.append(np.array([0, *covering, len(ends) + 1], dtype=np.uint16))
            teacher.append(np.array(seen["input_ids"], dtype=np.int32))
            totals = [totals[0] + len(ids) + 2, totals[1] + len(teacher[-1])]
            bounds.append(tuple(totals))
    np.save(home / "student.npy", np.concatenate(student))
    np.save(home / "align.npy", np.concatenate(align))
    np.save(home / "teacher.npy", np.concatenate(teacher))
    np.save(home / "bounds.npy", np.array(bounds))


class Chunks:
    """The tokens on disk, as batches of about ``tokens`` tokens of similar lengths, in an order that the step alone decides."""

    def __init__(self, home: Path, tokens: int):
        bounds = np.load(home / "bounds.npy")
        sides = {"student": 0, "align": 0, "teacher": 1}
        self.rows = {name: Resident(np.load(home / f"{name}.npy", mmap_mode="r"), bounds[:, side]) for name, side in sides.items()}
        self.lengths = {name: np.diff(bounds[:, side]) for name, side in sides.items()}
        self.order = Order(self.lengths["student"], tokens)


def mean_pool(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of states (B, n, d) over the places where the mask (B, n) is one."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


class Teacher:
    """``lesson(rows)``: the sentence vectors of chunks (B, d), and the teacher's states under the student's tokens (B, n, d), centred.

    ``centre``: the mean of the teacher's states; it is large, and all cosines would be near one with it.
    """

    def __init__(self, chunks: Chunks, work: Path):
        model, _ = load_teacher(work)
        self.model: BertModel = model.requires_grad_(False).to(device.chosen())
        self.chunks = chunks
        states, masks = zip(*(self._states(chunks.order[step]) for step in range(8)), strict=True)
        self.centre = torch.cat([s[m.bool()] for s, m in zip(states, masks, strict=True)]).mean(0)

    @torch.no_grad()
    def _states(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        ids, there = self.chunks.rows["teacher"].batch(rows, self.model.config.pad_token_id)
        mask = there.long()
        with device.reduced_precision():
            return self.model(input_ids=ids, attention_mask=mask).last_hidden_state.float(), mask

    def lesson(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        states, mask = self._states(rows)
        align, _ = self.chunks.rows["align"].batch(rows)
        under = states.gather(1, align.unsqueeze(-1).expand(-1, -1, states.shape[-1]))
        return mean_pool(states, mask), under - self.centre


class Taught:
    """The same lessons, all of them asked for once: nine passes then cost the teacher one."""

    def __init__(self, teacher: Teacher, tokens: int):
        chunks, width = teacher.chunks, teacher.model.config.hidden_size
        self.student, self.centre = chunks.rows["student"], teacher.centre
        self.sentences = torch.empty(len(self.student.starts), width, device=device.chosen())
        self.under = torch.empty(len(self.student.flat), width, dtype=torch.bfloat16, device=device.chosen())
        for rows in Order(chunks.lengths["teacher"], tokens).batches:
            sentences, under = teacher.lesson(rows)
            places, there = self.student.places(rows)
            self.sentences[torch.from_numpy(rows).to(self.sentences.device)] = sentences
            self.under[places[there]] = under[there].bfloat16()

    def lesson(self, rows: np.ndarray) -> tuple[torch.Tensor, torch.Tensor]:
        places, _ = self.student.places(rows)
        return self.sentences[torch.from_numpy(rows).to(self.sentences.device)], self.under[places].float()


class Distillation:
    """``loss(step)``: masked words, the teacher's sentence vector and the teacher's state under every token."""

    def __init__(self, home: Path, work: Path, plan: Plan):
        self.plan = plan
        self.model = BertForMaskedLM.from_pretrained(home / "start").train()
        self.chunks = Chunks(home, plan.batch_tokens)
        self.entries = entries_of(AutoTokenizer.from_pretrained(home / "start"))
        teacher = Teacher(self.chunks, work)
        self.teacher: Teacher | Taught = Taught(teacher, 4 * plan.batch_tokens) if plan.once else teacher

    def loss(self, step: int) -> dict[str, torch.Tensor]:
        rows = self.chunks.order[step]
        ids, real = self.chunks.rows["student"].batch(rows)
        masked, where = mask_words(ids, self.entries)
        with device.reduced_precision():
            states = self.model.bert(input_ids=masked, attention_mask=real.long()).last_hidden_state
            logits = self.model.cls(states[where])
        losses = {"mlm": functional.cross_entropy(logits.float(), ids[where])}
        if step % self.plan.teach_every:
            return losses
        states, centre = states.float(), self.teacher.centre
        target, under = self.teacher.lesson(rows)
        sentence = 1 - functional.cosine_similarity(mean_pool(states, real), target).mean()
        token = 1 - functional.cosine_similarity(states[real] - centre, under[real]).mean()
        return losses | {"sentence": SENTENCE_WEIGHT * sentence, "token": TOKEN_WEIGHT * token}


def make(data: Path, work: Path, plan: Plan | None = None) -> Path:
    """Prepare, then train by ``plan``, by default that of the chosen device.

    Writes the encoder in float16 with its tokenizer to ``work/backbone-ja/model``, and beside it the masked-word head, from which ``mlm-ja``
    goes on.
    """
    home = prepare(data, work)
    plan = plan or PLANS[device.chosen().type]
    distillation = Distillation(home, work, plan)
    trainer.train(
        distillation.model,
        distillation.loss,
        home / "checkpoint.pt",
        learning_rate=plan.learning_rate,
        steps=plan.steps,
        warmup=plan.warmup,
    )
    model = distillation.model.half().cpu()
    model.bert.save_pretrained(home / "model")
    for name in ("vocab.txt", "tokenizer_config.json"):
        shutil.copy2(home / "start" / name, home / "model" / name)
    head = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name.startswith("cls.") and "decoder" not in name}
    save_file(head, home / "head.safetensors", metadata={"format": "pt"})
    return home / "model"
