"""The Japanese backbone: a 6-layer student of multilingual-e5-small, trained by masked words and by the teacher's states.

The losses are those of DistilBERT (Sanh et al. 2019, section 2: masked words and the cosine between hidden states), with the teacher's
states taken where its pieces end at the same character as the student's, and a cosine to the teacher's sentence vector.
"""

import json
import shutil
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file
from torch.nn import functional
from transformers import AutoTokenizer, BertForMaskedLM, BertModel

from components.models.precision import reduced_precision
from recipes import trainer
from recipes.corpus_ja import chunks, documents
from recipes.masking import entries_of, mask_words
from recipes.teacher import PREFIX, load_teacher
from recipes.token_batches import Order, padded
from recipes.vocabulary_ja import WordPieces, save_tokenizer, spread, train_vocabulary, transplant

LENGTHS = (0, 126, 254)  # tokens of a chunk: 0 for a single sentence
BATCH_TOKENS = 4096
SENTENCE_WEIGHT, TOKEN_WEIGHT = 10.0, 5.0
TEACH_EVERY = 2  # the teacher costs nearly half of a step; masked words alone in between buy more of both for the same time
STEPS = 2000  # just under half a pass; the masked-word loss was still falling
CLS, SEP = 2, 3


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
    """The tokens on disk, as batches of about ``BATCH_TOKENS`` tokens of similar lengths, in an order that the step alone decides."""

    def __init__(self, home: Path):
        self.arrays = {name: np.load(home / f"{name}.npy", mmap_mode="r") for name in ("student", "align", "teacher")}
        self.bounds = np.load(home / "bounds.npy")
        self.order = Order(np.diff(self.bounds[:, 0]), BATCH_TOKENS)

    def batch(self, step: int) -> dict[str, torch.Tensor]:
        """``student`` ids and ``align`` (B, n), ``teacher`` ids (B, m)."""
        rows = self.order[step]
        return {
            "student": self._padded("student", rows, 0, 0),
            "align": self._padded("align", rows, 0, 0),
            "teacher": self._padded("teacher", rows, 1, 1),
        }

    def _padded(self, name: str, rows: np.ndarray, side: int, fill: int) -> torch.Tensor:
        return padded([self.arrays[name][self.bounds[r, side] : self.bounds[r + 1, side]].tolist() for r in rows], fill)


def mean_pool(states: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
    """The mean of states (B, n, d) over the places where the mask (B, n) is one."""
    weights = mask.unsqueeze(-1).to(states.dtype)
    return (states * weights).sum(1) / weights.sum(1)


class Distillation:
    """``loss(step)``: masked words, the teacher's sentence vector and the teacher's state under every token."""

    def __init__(self, home: Path, work: Path):
        self.model = BertForMaskedLM.from_pretrained(home / "start").train()
        teacher, _ = load_teacher(work)
        self.teacher: BertModel = teacher.requires_grad_(False)
        self.chunks = Chunks(home)
        self.entries = entries_of(AutoTokenizer.from_pretrained(home / "start"))
        self.centre = torch.zeros(self.model.config.hidden_size)
        states, masks = zip(*(self._teach(self.chunks.batch(step)["teacher"]) for step in range(8)), strict=True)
        self.centre = torch.cat([s[m.bool()] for s, m in zip(states, masks, strict=True)]).mean(0)

    @torch.no_grad()
    def _teach(self, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        mask = (ids != self.teacher.config.pad_token_id).long()
        with reduced_precision():
            return self.teacher(input_ids=ids, attention_mask=mask).last_hidden_state.float(), mask

    def loss(self, step: int) -> dict[str, torch.Tensor]:
        batch = self.chunks.batch(step)
        ids = batch["student"]
        real = ids != 0
        masked, where = mask_words(ids, self.entries)
        with reduced_precision():
            states = self.model.bert(input_ids=masked, attention_mask=real.long()).last_hidden_state
            logits = self.model.cls(states[where])
        losses = {"mlm": functional.cross_entropy(logits.float(), ids[where])}
        if step % TEACH_EVERY:
            return losses
        states = states.float()
        target, target_mask = self._teach(batch["teacher"])
        sentence = 1 - functional.cosine_similarity(mean_pool(states, real), mean_pool(target, target_mask)).mean()
        under = target.gather(1, batch["align"].unsqueeze(-1).expand(-1, -1, target.shape[-1]))  # (B, n, d)
        token = 1 - functional.cosine_similarity(states[real] - self.centre, under[real] - self.centre).mean()
        return losses | {"sentence": SENTENCE_WEIGHT * sentence, "token": TOKEN_WEIGHT * token}


def make(data: Path, work: Path, steps: int = STEPS) -> Path:
    """Prepare, then train for ``steps``.

    Writes the encoder in float16 with its tokenizer to ``work/backbone-ja/model``, and beside it the masked-word head, from which ``mlm-ja``
    goes on.
    """
    home = prepare(data, work)
    distillation = Distillation(home, work)
    trainer.train(distillation.model, distillation.loss, home / "checkpoint.pt", learning_rate=5e-4, steps=steps, warmup=100)
    model = distillation.model.half()
    model.bert.save_pretrained(home / "model")
    for name in ("vocab.txt", "tokenizer_config.json"):
        shutil.copy2(home / "start" / name, home / "model" / name)
    head = {name: tensor.contiguous() for name, tensor in model.state_dict().items() if name.startswith("cls.") and "decoder" not in name}
    save_file(head, home / "head.safetensors", metadata={"format": "pt"})
    return home / "model"
