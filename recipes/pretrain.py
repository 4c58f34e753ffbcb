"""mlm-en with nsp-en, and nsp-ja: BERT's two pre-training tasks (Devlin et al. 2019, section 3.1) as one LoRA over a frozen backbone."""

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from components.evaluation.calibration import expected_calibration_error, fit_temperature
from recipes import corpus_en, corpus_ja, device, finetune, short_pairs
from recipes.corpus_ja import Document
from recipes.finetune import Recipe, Row
from recipes.masking import entries_of, mask_words

RECIPES = {
    "en": Recipe("nsp-en", "pretraining", "en", rank=64, epochs=1, batch_tokens=4096, max_length=128, learning_rate=1e-3),
    "ja": Recipe("nsp-ja", "pretraining", "ja", rank=32, epochs=1, batch_tokens=4096, max_length=128, learning_rate=1e-3),
}
PAIRS = {"en": 350_000, "ja": 100_000}
SECOND = {"en": (1_075, 4_300), "ja": (3_000, 9_000)}  # long and short pairs of the second stage
SEGMENT = 320  # characters of a segment in English, a quarter of it in Japanese


def documents(language: str, parts: Sequence[str], data: Path, work: Path) -> list[list[Document]]:
    """The documents of each of the parts, read in one pass."""
    corpus = corpus_en if language == "en" else corpus_ja
    found: dict[str, list[Document]] = {part: [] for part in parts}
    for part, document in corpus.documents(data, work, parts):
        found[part].append(document)
    return list(found.values())


def pairs(found: list[Document], language: str, count: int, seed: int = 0) -> list[tuple[str, str, int]]:
    """``(a, b, label)``: b follows a in its document (label 0) or begins somewhere in another document (1), half each."""
    random = np.random.default_rng(seed)
    size, joiner = (SEGMENT, " ") if language == "en" else (SEGMENT // 4, "")
    long = [document for document in found if len(document.sentences) >= 4]
    share = np.array([len(document.sentences) for document in long], dtype=float)
    share /= share.sum()
    chosen = random.choice(len(long), size=2 * count, p=share)
    rows = []
    for number in range(count):
        first, other = long[chosen[number]].sentences, long[chosen[count + number]].sentences
        middle = int(random.integers(1, len(first)))
        a = _segment(first[:middle][::-1], size * random.uniform(0.3, 1), joiner, backwards=True)
        follows = number % 2 == 0 or chosen[number] == chosen[count + number]
        rest = first[middle:] if follows else other[int(random.integers(len(other))) :]
        rows.append((a, _segment(rest, size * random.uniform(0.3, 1), joiner), int(not follows)))
    return rows


def _segment(texts, size: float, joiner: str, backwards: bool = False) -> str:
    taken: list[str] = []
    for text in texts:
        if taken and sum(map(len, taken)) + len(text) > size:
            break
        taken.append(text)
    return joiner.join(taken[::-1] if backwards else taken)


def next_sentence(model, batch, targets) -> dict[str, torch.Tensor]:
    """Whether b follows a."""
    return {"nsp": functional.cross_entropy(follows(model, batch).float(), torch.tensor(targets))}


def follows(model, batch) -> torch.Tensor:
    """(B, 2): next, not next. The masked words' scores, a third of a step's work and gigabytes of logits, are left out."""
    inner = model.get_base_model()
    return inner.cls.seq_relationship(inner.bert(**batch, return_dict=False)[1])


def both(entries, model, batch, targets) -> dict[str, torch.Tensor]:
    """Masked words at the masked places, and whether b follows a, from one pass."""
    ids = batch["input_ids"]
    masked, where = mask_words(ids, entries)
    inner = model.get_base_model()
    states, pooled = inner.bert(**(batch | {"input_ids": masked}), return_dict=False)[:2]
    words, follows = inner.cls.predictions(states[where]), inner.cls.seq_relationship(pooled)
    return {
        "mlm": functional.cross_entropy(words.float(), ids[where]),
        "nsp": functional.cross_entropy(follows.float(), torch.tensor(targets)),
    }


def make(language: str, data: Path, work: Path) -> Path:
    """Two stages: the long pairs (in English with masked words, whose head is mlm-en's), then as many long pairs and short modern ones.

    The first stage's weights are left in ``work/<id>/first`` and read from there where they are, as those that a GPU made were.
    """
    recipe = RECIPES[language]
    first, folder = work / recipe.id / "first", work / recipe.id / "model"
    heads = ("cls.seq_relationship", "pooler.")
    aligner = finetune.aligner(recipe)

    def encode(found) -> list[Row]:
        tokenized = [aligner.tokenize(a, b) for a, b, *_ in found]
        return [Row(list(t.ids), list(t.token_type_ids), label) for t, (_, _, label, *_) in zip(tokenized, found, strict=True)]

    train, choose = documents(language, ("train", "choose"), data, work)
    if not first.exists():
        loss = partial(both, entries_of(aligner.tokenizer)) if language == "en" else next_sentence
        model = finetune.fit(recipe, encode(pairs(train, language, PAIRS[language])), loss, work)
        finetune.save(recipe, model, first, heads, task="next_sentence", max_length=512)
        if language == "en":
            finetune.save(recipe, model, work / "mlm-en/model", ("cls.predictions",), task="masked_lm", max_length=512)
    short = short_pairs.passages(language, "train", train, data, work)
    long_count, short_count = SECOND[language]
    rows = encode([*pairs(train, language, long_count, seed=3), *short_pairs.pairs(short, language, short_count)])
    stage = replace(recipe, epochs=1, batch_tokens=2048, learning_rate=3e-4)
    model = finetune.fit(stage, rows, next_sentence, work, finetune.restore(recipe, first), "short")
    short = short_pairs.passages(language, "choose", choose, data, work)
    asked = [*pairs(choose, language, 1000), *short_pairs.pairs(short, language, 1000)]
    temperature = choose_temperature(model, encode(asked), [source for _, _, _, *source in asked])
    finetune.save(recipe, model, folder, heads, task="next_sentence", temperature=temperature, max_length=512)
    return folder


def choose_temperature(model, rows: list[Row], sources: list[list[str]]) -> float:
    """The temperature of the least log loss on the choosing pairs, long and short; prints their accuracy by where they are from."""
    with torch.no_grad(), device.there(), device.reduced_precision():
        logits = torch.cat([follows(model, finetune.inputs(rows[i : i + 32])).float().cpu() for i in range(0, len(rows), 32)])
    targets = torch.tensor([row.target for row in rows])
    right = logits.argmax(1) == targets
    for source in dict.fromkeys(map(tuple, sources)):
        for label, name in ((0, "next"), (1, "not next")):
            here = torch.tensor([tuple(s) == source for s in sources]) & (targets == label)
            print(f"choose {' '.join(source) or 'long'} {name}: {right[here].float().mean():.3f} of {int(here.sum())}", flush=True)
    return round(fit_temperature(logits.numpy(), targets.numpy()), 4)


def nsp_scores(language: str, predict, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """Accuracy at 0.5 and the calibration error on pairs of the held-out documents, from the app's own ``predict``."""
    found = pairs(*documents(language, ["report"], data, work), language, 2000, seed=1)
    chance = np.asarray(predict([(a, b) for a, b, _ in found]))
    follows = np.array([label == 0 for _, _, label in found])
    correct = (chance > 0.5) == follows
    error = expected_calibration_error(np.maximum(chance, 1 - chance), correct, bins=15)
    return {"accuracy held-out documents": (float(correct.mean()), len(found)), "calibration_error": (error, len(found))}


def mlm_scores(language: str, fill, words, data: Path, work: Path, rows: int = 1000) -> dict[str, tuple[float, int]]:
    """How often a masked word is among the five best, in two to four sentences of the held-out documents.

    ``words(text)`` gives the spans of the words that are a single entry of the vocabulary; one of them is masked at random.
    """
    random = np.random.default_rng(2)
    right, asked = 0, 0
    for a, b, label in pairs(*documents(language, ["report"], data, work), language, 3 * rows, seed=2):
        text = a if label else a + (" " if language == "en" else "") + b
        spans = words(text)
        if not spans or asked == rows:
            continue
        start, end = spans[int(random.integers(len(spans)))]
        (best,) = fill(text[:start] + "[MASK]" + text[end:], top_k=5)
        wanted = text[start:end].lower() if language == "en" else text[start:end]
        right += wanted in [answer.token for answer in best if not answer.continues_word]
        asked += 1
    return {"top5_accuracy held-out documents": (right / asked, asked)}
