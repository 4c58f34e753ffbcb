"""Domain adaptation: masked language modelling goes on on lines of the user's own text (Gururangan et al. 2020, "Don't Stop
Pretraining").
"""

import copy
import json
import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.evaluation.intervals import Interval
from components.models import files as model_files
from components.models.bundled import BY_BACKBONE
from components.text.duplicates import near_duplicate_groups
from components.text.masks import MASK, with_masks
from components.text.tokens import head, readable
from components.training.backbones import backbone_folder, check_language, check_vocabulary, load_backbone, load_tokenizer
from components.training.features import Feature
from components.training.length_batches import by_length, pad
from components.training.precision import autocast
from components.training.results import AdaptationResult, MaskedScores, ProbeFill, RowCounts
from components.training.settings import Settings
from components.training.splits import joined_groups, share_of, split_rows

IGNORED = -100  # torch's cross entropy leaves these positions out
LEAST_LINES = 5
PROBE_TOP = 5
HELD_OUT_EPOCH = 1_000_000  # the first draw of masks for judging: one that training never uses
# A few lines hold a handful of masks: they are judged under several draws, until so many tokens were hidden.
JUDGED_TOKENS = 300
MOST_DRAWS = 20

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.training.features import Tensors


class DomainAdaptation:
    """Lines of text in column `settings.text`. Masks are drawn from the seed, the epoch and the row, so a resumed run draws the same."""

    head = ("cls", "lm_head", "vocab_transform", "vocab_layer_norm", "vocab_projector")
    head_rate = 1.0
    epoch = 0

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        self.settings = settings
        self.tokenizer = load_tokenizer(settings.backbone)
        used = frame[frame[settings.text].str.strip() != ""]
        if len(used) < LEAST_LINES:
            raise TrainingError("training.too-few-rows", rows=len(used))
        self.left_out = len(frame) - len(used)
        self.rows = used["row"].to_numpy()
        texts = used[settings.text].tolist()
        check_language(settings, texts)
        check_vocabulary(settings, texts)
        groups = joined_groups(used[settings.group].tolist() if settings.group else None, near_duplicate_groups(texts))
        self.parts = split_rows(["line"] * len(texts), groups, settings.test, settings.validation, settings.seed)
        if not len(self.parts.test):
            raise TrainingError("training.too-few-rows", rows=len(used))
        if self.tokenizer.mask_token_id is None:
            raise TrainingError("training.no-mask", id=settings.backbone)
        texts = [readable(head(text, settings.max_length)) for text in texts]
        encoded = self.tokenizer(texts, truncation=True, max_length=settings.max_length, return_attention_mask=False, verbose=False)
        self.features: list[Feature] = [{"input_ids": ids, "row": row} for row, ids in enumerate(encoded["input_ids"])]
        self.trained = share_of(self.parts.train, settings)
        self.train = [self.features[row] for row in self.trained]
        self.special = set(self.tokenizer.all_special_ids)
        self.before: tuple[MaskedScores, np.ndarray] | None = None
        self.new_head = False

    def load_model(self) -> "PreTrainedModel":
        """The backbone with its masked-LM head; a head that nobody trained yet starts random, and `new_head` says so."""
        from transformers import AutoModelForMaskedLM

        # The backbones as bundled have no masked-LM head; there is the same backbone with one.
        bundled = BY_BACKBONE.get(self.settings.backbone)
        if bundled and model_files.bundled_complete(bundled.masked_lm):
            model = self._bundled(bundled.masked_lm)
        else:
            model = load_backbone(AutoModelForMaskedLM, self.settings)
            self.new_head = not _has_head(backbone_folder(self.settings.backbone), self.head)
        self.before = self._state(model)
        return model

    def _bundled(self, id: str) -> "PreTrainedModel":
        from transformers import set_seed

        from components.models.adapters import assemble
        from components.models.tasks import TASKS

        set_seed(self.settings.seed)
        # A copy: what `assemble` gives shares its tensors with the models that answer on the pages.
        return copy.deepcopy(assemble(model_files.find(id), TASKS["masked_lm"], merged=True)).requires_grad_(True).train()

    def collate(self, features: list[Feature]) -> "Tensors":
        return self._batch(features, self.epoch)

    def _batch(self, features: list[Feature], epoch: int) -> "Tensors":
        """80% of the chosen tokens become [MASK], 10% a random one, 10% stay (Devlin et al. 2019, section 3.1)."""
        import torch

        masked = [self._mask(feature, epoch) for feature in features]
        ids = pad(masked, "input_ids", self.tokenizer.pad_token_id)
        lengths = torch.tensor([len(feature["input_ids"]) for feature in masked])
        attention = (torch.arange(ids.shape[1]) < lengths[:, None]).long()
        return {"input_ids": ids, "attention_mask": attention, "labels": pad(masked, "labels", IGNORED)}

    def _mask(self, feature: Feature, epoch: int) -> Feature:
        random = np.random.default_rng([self.settings.seed, epoch, feature["row"]])
        ids = np.array(feature["input_ids"])
        maskable = np.flatnonzero(~np.isin(ids, list(self.special)))
        labels = np.full(len(ids), IGNORED)
        if len(maskable):
            count = max(round(len(maskable) * self.settings.mask_share), 1)
            chosen = random.permutation(maskable)[:count]
            labels[chosen] = ids[chosen]
            draw = random.random(count)
            ids[chosen[draw < 0.8]] = self.tokenizer.mask_token_id
            swapped = chosen[(draw >= 0.8) & (draw < 0.9)]
            ids[swapped] = random.integers(0, len(self.tokenizer), len(swapped))
        return {"input_ids": ids.tolist(), "labels": labels.tolist()}

    def _line_losses(self, model: "PreTrainedModel", rows: np.ndarray, draws: int = 1) -> np.ndarray:
        """For each line of `rows`, over `draws` draws of its masks: the sum of the masked tokens' cross entropy, how many of them the
        model's first guess gets right, and how many there are. (n, 3)"""
        import torch

        chosen = [self.features[row] for row in rows]
        sums = np.zeros((len(rows), 3))
        was_training = model.training
        model.eval()
        with torch.inference_mode(), autocast(self.settings.precision):
            for epoch in range(HELD_OUT_EPOCH, HELD_OUT_EPOCH + draws):
                for positions in by_length(chosen, 16):
                    batch = self._batch([chosen[position] for position in positions], epoch)
                    labels = batch.pop("labels")
                    asked = labels != IGNORED
                    if not asked.any():
                        continue
                    logits, wanted = model(**batch).logits[asked].float(), labels[asked]
                    line = positions[asked.nonzero()[:, 0].numpy()]
                    losses = torch.nn.functional.cross_entropy(logits, wanted, reduction="none").numpy()
                    np.add.at(sums, line, np.stack([losses, (logits.argmax(-1) == wanted).numpy(), np.ones(len(line))], axis=1))
        model.train(was_training)
        return sums

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        rows = self.parts.validation
        if not len(rows):
            return {}
        means = _means(self._line_losses(model, rows, self._draws(rows)))
        if means.loss is None or means.perplexity is None or means.masked_accuracy is None:
            return {}
        return {"score": -means.loss, "loss": means.loss, "perplexity": means.perplexity, "accuracy": means.masked_accuracy}

    def _draws(self, rows: np.ndarray) -> int:
        """How many draws of masks hide enough tokens of `rows` for a score that is not chance."""
        words = [np.isin(self.features[row]["input_ids"], list(self.special), invert=True).sum() for row in rows]
        hidden = sum(max(round(count * self.settings.mask_share), 1) for count in words if count)
        return int(min(max(-(-JUDGED_TOKENS // max(hidden, 1)), 1), MOST_DRAWS))

    def _state(self, model: "PreTrainedModel") -> tuple[MaskedScores, np.ndarray]:
        """The judgement on the test lines, and what it was made from, line by line."""
        draws = self._draws(self.parts.test)
        lines = self._line_losses(model, self.parts.test, draws)
        return replace(_means(lines), draws=draws, probe=self._probe(model)), lines

    def _probe(self, model: "PreTrainedModel") -> tuple[tuple[ProbeFill, ...], ...]:
        """The likeliest tokens for each [MASK] of the setting `probe`, best first."""
        import torch

        text = with_masks(readable(self.settings.probe)).replace(MASK, self.tokenizer.mask_token)
        if self.tokenizer.mask_token not in text:
            return ()
        ids = torch.tensor([self.tokenizer(text, truncation=True, max_length=self.settings.max_length)["input_ids"]])
        was_training = model.training
        model.eval()
        with torch.inference_mode():
            probabilities = model(input_ids=ids).logits[0][ids[0] == self.tokenizer.mask_token_id].float().softmax(-1)
        model.train(was_training)
        best = probabilities.topk(PROBE_TOP)
        return tuple(
            tuple(ProbeFill(self.tokenizer.convert_ids_to_tokens(int(id)), float(share)) for id, share in zip(row_ids, row, strict=True))
            for row, row_ids in zip(best.values, best.indices, strict=True)
        )

    def finish(self, model: "PreTrainedModel", folder: Path) -> AdaptationResult:
        assert self.before is not None, "load_model comes first"
        before, lines_before = self.before
        after, lines_after = self._state(model)
        self.save(model, folder)
        return AdaptationResult(
            rows=RowCounts(len(self.train), len(self.parts.validation), len(self.parts.test), self.left_out),
            before=before,
            after=after,
            change=loss_change(lines_before, lines_after),
            new_head=self.new_head,
            probe=self.settings.probe,
        )

    def save(self, model: "PreTrainedModel", folder: Path) -> None:
        """A folder that AutoModelForMaskedLM loads, and any other task as its backbone."""
        folder.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(folder)
        self.tokenizer.model_max_length = self.settings.max_length  # where it was trained and judged to cut
        self.tokenizer.save_pretrained(folder)
        settings = {"task": "masked_lm", "language": self.settings.language, "max_length": self.settings.max_length}
        (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _means(lines: np.ndarray) -> MaskedScores:
    """Scores over the masked tokens of lines (n, 3) as `_line_losses` gives them."""
    total, hits, count = lines.sum(axis=0)
    if not count:
        return MaskedScores(None, None, None, 0)
    loss = float(total / count)
    return MaskedScores(loss, math.exp(min(loss, 50)), float(hits / count), int(count))


def loss_change(before: np.ndarray, after: np.ndarray) -> Interval | None:
    """By how much the loss of a masked token changed on the same masks of the same lines (n, 3), with its 95% interval; None for fewer
    than two lines with masked tokens.

    A ratio of two sums over lines (Cochran 1977, "Sampling Techniques", section 6.4), since tokens of one line don't vary by themselves;
    Student's t, since a few lines tell little about how lines differ.
    """
    from scipy.stats import t

    masked = after[:, 2] > 0
    difference, count = (after[:, 0] - before[:, 0])[masked], after[masked, 2]
    lines = len(count)
    if lines < 2:
        return None
    value = difference.sum() / count.sum()
    spread = np.sqrt(lines / (lines - 1) * np.sum((difference - value * count) ** 2)) / count.sum()
    reach = t.ppf(0.975, lines - 1) * spread
    return Interval(float(value), float(value - reach), float(value + reach))


def _has_head(folder: Path, head: tuple[str, ...]) -> bool:
    from components.models.files import ModelFiles, tensors

    return any(set(name.split(".")) & set(head) for name in tensors(ModelFiles(str(folder), folder)))
