"""What causal-ja is worth: perplexities beside those of a trigram model and of its own beginning, and samples that nobody chose."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from transformers import AutoTokenizer, BertLMHeadModel

from components.models.files import MODELS
from recipes.causal_ja import BACKBONE, SEED, log_probabilities, start
from recipes.causal_rows import CLS, SEP, SOURCES, Rows, prepare
from recipes.kneser_ney import KneserNey
from recipes.token_batches import Order
from recipes.vocabulary_ja import SPECIALS

EVERY = 4  # one row in so many of the reported documents is scored
TEST_SETS = {
    "held-out documents": ("kyoto_wiki", "ja_techdocs"),
    "works and articles that the backbone read": ("aozora", "wiki_annotated_ja"),
}
PROMPTS = (
    "日本の首都は",
    "むかしむかし、あるところに",
    "京都の寺院は",
    "私は朝早く起きて、",
    "この関数は",
    "人工知能とは、",
    "彼女は窓の外を見ながら、",
    "江戸時代の",
    "明治維新ののち、",
    "コンピュータは",
)
SEEDS = (0, 1, 2)
TEMPERATURE, NEW_TOKENS = 0.8, 60
SAMPLES, PASSAGES = "samples.json", "held_out.json"


def scores(model: BertLMHeadModel, data: Path, work: Path) -> dict[str, tuple[float, int]]:
    """Perplexities by subword and by character of text, of the model and of what it is compared with; the row count is that of subwords.

    An end of a document counts as a subword, ``[UNK]`` as one that is as probable as the model says (fewer than one in a thousand).
    """
    home = prepare(data, work)
    rows = Rows.load(home, "report")
    scored = np.arange(0, len(rows), EVERY)
    measured = {"": log_of(model, rows, scored)} | baselines(home, rows, scored)
    found: dict[str, tuple[float, int]] = {}
    for test_set, names in TEST_SETS.items():
        kept = [np.isin(rows.sources[number], [SOURCES.index(name) for name in names]) for number in scored]
        characters = characters_of(rows, scored[kept])
        for kind, logs in measured.items():
            values = np.concatenate([log for log, here in zip(logs, kept, strict=True) if here])
            found[f"perplexity{kind} {test_set}"] = float(np.exp(-values.mean())), len(values)
            found[f"perplexity_per_character{kind} {test_set}"] = float(np.exp(-values.sum() / characters)), len(values)
    return found


def log_of(model: BertLMHeadModel, rows: Rows, chosen: np.ndarray) -> list[np.ndarray]:
    return [log_probabilities(model, rows[int(number)]) for number in chosen]


def characters_of(rows: Rows, chosen: np.ndarray) -> int:
    """Characters of the text of some rows, blanks left out; of an unknown word, which is one id, none can be counted but one."""
    entries = (MODELS / BACKBONE / "vocab.txt").read_text(encoding="utf-8").splitlines()
    lengths = np.array([len(entry.removeprefix("##")) if entry not in SPECIALS else int(entry == "[UNK]") for entry in entries])
    return sum(int(lengths[rows[int(number)]].sum()) for number in chosen)


def baselines(home: Path, rows: Rows, scored: np.ndarray) -> dict[str, list[np.ndarray]]:
    """The decoder before its training, and trigram models over all training documents and over the rows alone that the decoder has read."""
    path = home / "baselines.npz"
    if not path.exists():
        train = Rows.load(home, "train")
        read = np.concatenate([*rows_read(home, train)])
        once = np.unique(read)
        part = np.concatenate([train[int(number)] for number in once]), np.cumsum([0, *(len(train[int(number)]) for number in once)])
        size = start().config.vocab_size
        found = {"_start": log_of(start().eval(), rows, scored)}
        for kind, (ids, bounds) in {"_3gram": (train.ids, train.bounds), "_3gram_same_text": part}.items():
            trigram = KneserNey(np.asarray(ids), np.asarray(bounds), size)
            found[kind] = [trigram.log_probabilities(row, np.array([0, len(row)])) for row in (rows[int(number)] for number in scored)]
        np.savez(path, **{kind: np.concatenate(logs) for kind, logs in found.items()})
    ends = np.cumsum([len(rows[int(number)]) - 1 for number in scored])[:-1]
    return {kind: np.split(logs, ends) for kind, logs in np.load(path).items()}


def rows_read(home: Path, train: Rows) -> list[np.ndarray]:
    """The rows of each step that was trained."""
    facts = json.loads((home / "trained.json").read_text(encoding="utf-8"))
    order = Order(np.diff(train.bounds), facts["batch_tokens"], SEED)
    return [order[step] for step in range(facts["steps"])]


@torch.no_grad()
def samples(model: BertLMHeadModel, tokenizer: Any, prompts: Sequence[str] = PROMPTS) -> list[dict[str, Any]]:
    """A continuation of each prompt by each seed; ends at [SEP] or after ``NEW_TOKENS``."""
    found = []
    for prompt in prompts:
        ids = torch.tensor([[tokenizer.cls_token_id, *tokenizer(prompt, add_special_tokens=False)["input_ids"]]])
        for seed in SEEDS:
            torch.manual_seed(seed)
            made = model.generate(
                ids,
                attention_mask=torch.ones_like(ids),
                do_sample=True,
                temperature=TEMPERATURE,
                top_k=0,
                max_new_tokens=NEW_TOKENS,
                eos_token_id=SEP,
            )
            found.append({"prompt": prompt, "seed": seed, "text": text_of(tokenizer, made[0, ids.shape[1] :].tolist())})
    return found


def text_of(tokenizer: Any, ids: Sequence[int]) -> str:
    """The text of ids: pieces together, a blank between two words of Latin letters or digits, nothing for the end."""
    text = ""
    for token in tokenizer.convert_ids_to_tokens([id for id in ids if id not in (CLS, SEP)]):
        piece = token.removeprefix("##")
        apart = piece == token and text[-1:].isascii() and text[-1:].isalnum() and piece[:1].isascii() and piece[:1].isalnum()
        text += f" {piece}" if apart else piece
    return text


def write(folder: Path, model: BertLMHeadModel, data: Path, work: Path) -> None:
    """``samples.json``, and ``held_out.json``: a few passages of the reported documents with their perplexity, for a test without the data."""
    tokenizer = AutoTokenizer.from_pretrained(MODELS / BACKBONE, local_files_only=True)
    settings = {"temperature": TEMPERATURE, "new_tokens": NEW_TOKENS, "seeds": SEEDS}
    content = settings | {"samples": samples(model, tokenizer)}
    (folder / SAMPLES).write_text(json.dumps(content, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    rows = Rows.load(prepare(data, work), "report")
    kyoto = np.flatnonzero(rows.sources == SOURCES.index("kyoto_wiki"))
    chosen = [rows[int(number)] for number in kyoto[:: len(kyoto) // 8][:8]]
    passages = [{"ids": row.tolist(), "text": text_of(tokenizer, row.tolist())} for row in chosen]
    logs = np.concatenate([log_probabilities(model, row) for row in chosen])
    content = {"perplexity": round(float(np.exp(-logs.mean())), 3), "passages": passages}
    (folder / PASSAGES).write_text(json.dumps(content, ensure_ascii=False) + "\n", encoding="utf-8")
