"""mlm-ja: the backbone's masked-word head, trained on with a LoRA over text of every kind.

The backbone has read mostly articles on Kyoto. Here all other text is read and a share of theirs; words that are not among the commonest are
hidden twice as often as usual, and compound nouns are also texts of their own, as people type them: a short training must tell which words go
together.
"""

import itertools
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch.nn import functional

from components.models import files
from recipes import corpus_ja, device, finetune
from recipes.corpus_ja import Document
from recipes.finetune import Recipe, Row
from recipes.masking import Entries, entries_of, mask_words
from recipes.splits import sampled
from recipes.vocabulary_ja import WordPieces, compounds, spread

RECIPE = Recipe("mlm-ja", "masked_lm", "ja", rank=64, epochs=0.25, batch_tokens=4096, max_length=128, learning_rate=1e-3, dropout=0.0)
KYOTO = 0.12  # the share of the articles on Kyoto that is read
MOST_USES = 16  # that a compound noun comes
REMINDER = 20  # one in so many texts is read again beside the compounds
BLEND = 0.85  # of the training's change: compounds stay known, running text is filled as before
OLD = "aozora/"  # its compounds are of another time
COMMON, COMMON_SHARE, RARER_SHARE = 1e-3, 0.1, 0.3  # a word that is more than one token in a thousand is common
CLS, SEP = 2, 3


def read(data: Path, work: Path) -> list[Document]:
    """What is trained on: all documents of the training part but those on Kyoto, of which a share."""
    return [
        document
        for part, document in corpus_ja.documents(data, work)
        if part == "train" and (not document.name.startswith("kyoto_wiki/") or sampled(document.name, KYOTO))
    ]


def shares(rows: list[Row], entries: Entries) -> torch.Tensor:
    """How often a word that begins with each entry (entries,) is masked."""
    counts = np.bincount(np.concatenate([row.ids for row in rows]), minlength=len(entries.special))
    return torch.where(torch.from_numpy(counts / counts.sum() > COMMON), COMMON_SHARE, RARER_SHARE).to(device.chosen())


def masked_words(entries: Entries, share: torch.Tensor, model, batch, targets) -> dict[str, torch.Tensor]:
    """The masked words. ``targets``: the one place that is hidden in a row, or 0 where places are drawn."""
    ids, place = batch["input_ids"], torch.tensor(targets)
    masked, where = mask_words(ids, entries, share)
    fixed = place > 0
    masked[fixed], where[fixed] = ids[fixed], False
    masked[fixed, place[fixed]], where[fixed, place[fixed]] = entries.mask_id, True
    inner = model.get_base_model()
    states = inner.bert(**(batch | {"input_ids": masked})).last_hidden_state
    return {"mlm": functional.cross_entropy(inner.cls(states[where]).float(), ids[where])}


def texts(documents: list[Document], pieces: WordPieces) -> list[Row]:
    """Single sentences, and runs of sentences of up to 62 and 126 tokens."""
    random = np.random.default_rng(RECIPE.seed)
    rows = []
    for document in documents:
        for text in corpus_ja.chunks(document.sentences, pieces, random, (0, 62, 126)):
            ids = [CLS, *pieces.encode(text)[0][: RECIPE.max_length - 2], SEP]
            rows.append(Row(ids, [0] * len(ids), 0))
    return rows


def phrases(documents: list[Document], pieces: WordPieces) -> list[Row]:
    """Compound nouns of two documents or more as texts of their own, a row for each word that is one entry of the vocabulary, which is hidden.

    A compound comes as often as it is widely used, 16 times at most.
    """
    rows = []
    modern = [(document.name.split("/")[0], document.sentences) for document in documents if not document.name.startswith(OLD)]
    widely = spread(modern, MOST_USES, compounds)
    for words, uses in sorted(widely.items()):
        parts = [pieces.encode(word)[0] for word in words]
        ids = [CLS, *itertools.chain(*parts), SEP]
        places = itertools.accumulate(map(len, parts), initial=1)
        if uses > 2:
            rows += [Row(ids, [0] * len(ids), place) for place, part in zip(places, parts, strict=False) if len(part) == 1] * uses
    return rows


def blend(model, head: dict[str, torch.Tensor], share: float = BLEND) -> None:
    """Take ``share`` of what the training changed (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models"), from ``head`` on."""
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            before = head.get(name.removeprefix("base_model.model."))
            before = None if before is None else before.to(parameter.device)
            if "lora_B" in name:
                parameter.mul_(share)
            elif before is not None and parameter.requires_grad:
                parameter.lerp_(before, 1 - share)


def make(data: Path, work: Path) -> Path:
    """Needs ``work/backbone-ja/head.safetensors``, which ``backbone-ja`` writes: the head with which the backbone was trained."""
    aligner = finetune.aligner(RECIPE)
    vocabulary = (files.find(RECIPE.backbone).folder / "vocab.txt").read_text(encoding="utf-8").splitlines()
    pieces, documents = WordPieces(vocabulary), read(data, work)
    running, compound = texts(documents, pieces), phrases(documents, pieces)
    rows = [*running, *compound]
    entries = entries_of(aligner.tokenizer)
    model = finetune.build(RECIPE)
    head = {name: tensor.float() for name, tensor in load_file(work / "backbone-ja/head.safetensors").items()}
    model.get_base_model().load_state_dict(head, strict=False)
    loss = partial(masked_words, entries, shares(rows, entries))
    model = finetune.fit(RECIPE, rows, loss, work, model)
    # A short row teaches one word: many small steps over them, with a little running text lest it be forgotten.
    last = replace(RECIPE, epochs=2, batch_tokens=1024)
    model = finetune.fit(last, [*running[::REMINDER], *compound], loss, work, model, "compounds")
    blend(model, head)
    folder = work / RECIPE.id / "model"
    finetune.save(RECIPE, model, folder, ("cls.predictions",), max_length=512)
    return folder
