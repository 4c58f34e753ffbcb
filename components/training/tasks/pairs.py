"""Vectors whose cosine says how alike two texts are: the encoder goes on learning from pairs with a number, by CoSENT (Su 2022), whose loss asks
only that a pair with the greater number has the greater cosine."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.evaluation.numbers import correlation_measures, pearson, spearman, spearman_gain
from components.text.duplicates import near_duplicate_groups
from components.text.tokens import head, readable
from components.training.backbones import check_language, check_vocabulary, load_backbone, load_tokenizer
from components.training.features import Feature
from components.training.judged import JudgedResult
from components.training.length_batches import by_length, pad
from components.training.pair_columns import number_of
from components.training.precision import autocast
from components.training.results import RowCounts
from components.training.settings import Settings
from components.training.splits import check_groups, joined_groups, share_of, split_rows
from components.training.starting_models import bundled_start, starting_model
from components.training.task_tables import Columns
from components.training.task_tables.pairs import usable
from components.training.word_overlap import word_cosines

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.training.features import Tensors

STRATA = 5  # of the numbers, each of which is dealt to all parts


class Pairs:
    """`rows`, `first`, `second`, `numbers`: of every pair that has both texts and a number. A text is on one side of the split alone."""

    head = ("pair_map",)
    head_rate = 1.0
    epoch = 0

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        assert settings.label is not None and settings.second is not None, "a pair has two texts and a number"
        self.settings = settings
        self.tokenizer = load_tokenizer(settings.backbone)
        used = frame[usable(frame, Columns(settings.text, settings.label, settings.second))]
        self.left_out = len(frame) - len(used)
        self.rows = used["row"].to_numpy()
        self.numbers = used[settings.label].map(number_of).to_numpy(dtype=float)
        self.first, self.second = used[settings.text].tolist(), used[settings.second].tolist()
        if len(used) < 5 or len(np.unique(self.numbers)) < 2:
            raise TrainingError(
                "training.too-few-rows" if len(used) < 5 else "training.found-one-number", rows=len(used), column=settings.label
            )
        check_language(settings, self.first)
        check_vocabulary(settings, self.first)
        check_groups(used, settings)
        groups = pair_groups(self.first, self.second, used[settings.group].tolist() if settings.group else None)
        if groups is not None and len(np.unique(groups)) < 2:
            raise TrainingError("training.one-group", rows=len(used))
        self.parts = split_rows(_strata(self.numbers), groups, settings.test, settings.validation, settings.seed)
        if len(self.parts.test) < 2 or not len(self.parts.train):
            raise TrainingError("training.too-few-rows", rows=len(used))
        self.trained = share_of(self.parts.train, settings)
        # CoSENT's batch has the greater number, or not: the scale doesn't matter, for it looks at the order alone.
        ids = self._ids([*self.first, *self.second])
        count = len(used)
        self.features: list[Feature] = [
            {"input_ids": ids[row] + ids[count + row], "second": len(ids[row]), "targets": [float(self.numbers[row])]}
            for row in range(count)
        ]
        self.train = [self.features[row] for row in self.trained]

    def _ids(self, texts: list[str]) -> list[list[int]]:
        texts = [readable(head(text, self.settings.max_length)) for text in texts]
        encoded = self.tokenizer(texts, truncation=True, max_length=self.settings.max_length, return_attention_mask=False, verbose=False)
        ids: list[list[int]] = encoded["input_ids"]
        return ids

    def load_model(self) -> "PreTrainedModel":
        """The bundled sentence encoder of the language, which goes on learning, or any other encoder with the mean of its tokens."""
        from transformers import AutoModel

        from components.training.sentence_pairs import SentencePairs

        start = bundled_start(self.settings)
        encoder = starting_model(start, self.settings) if start else load_backbone(AutoModel, self.settings)
        return SentencePairs(encoder, mapped=self.settings.tune == "head")

    def collate(self, features: list[Feature]) -> "Tensors":
        """The first texts, then the second ones: (2 B, T), with the numbers (B,)."""
        import torch

        halves: list[Feature] = [{"input_ids": feature["input_ids"][: feature["second"]]} for feature in features]
        halves += [{"input_ids": feature["input_ids"][feature["second"] :]} for feature in features]
        ids = pad(halves, "input_ids", self.tokenizer.pad_token_id)
        lengths = torch.tensor([len(half["input_ids"]) for half in halves])
        batch = {"input_ids": ids, "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long()}
        return batch | {"labels": torch.tensor([feature["targets"][0] for feature in features])}

    def cosines(self, model: "PreTrainedModel", rows: np.ndarray) -> tuple[np.ndarray, float]:
        """The cosine of each pair of `rows` (n,), and the mean loss of a batch of them."""
        import torch

        chosen = [self.features[row] for row in rows]
        out = np.zeros(len(rows), dtype=np.float64)
        losses = []
        was_training = model.training
        model.eval()
        with torch.inference_mode(), autocast(self.settings.precision):
            for batch in by_length(chosen, 32):
                output = model(**self.collate([chosen[position] for position in batch]))
                out[batch] = output.cosines.float().numpy()
                losses.append(float(output.loss))
        model.train(was_training)
        return out, float(np.mean(losses)) if losses else 0.0

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        rows = self.parts.validation
        if len(rows) < 2:
            return {}
        cosines, loss = self.cosines(model, rows)
        wanted = self.numbers[rows]
        order = spearman(wanted, cosines)
        return {"score": order - 1e-3 * min(loss, 100), "loss": loss, "spearman": order, "pearson": pearson(wanted, cosines)}

    def finish(self, model: "PreTrainedModel", folder: Path) -> JudgedResult:
        test, seed = self.parts.test, self.settings.seed
        found = self.cosines(model, test)[0]
        wanted = self.numbers[test]
        self.save(model, folder)
        pd.DataFrame({"row": self.rows[test], "wanted": wanted, "found": found}).to_parquet(
            folder.parent / "predictions.parquet", index=False
        )
        first, second = ([texts[row] for row in test] for texts in (self.first, self.second))
        learned = [texts[row] for texts in (self.first, self.second) for row in self.trained]
        others = {"before": self.cosines(self.load_model(), test)[0], "words": word_cosines(first, second, learned)}
        measures, *rest = (correlation_measures(wanted, one, seed) for one in (found, *others.values()))
        return JudgedResult(
            rows=RowCounts(len(self.trained), len(self.parts.validation), len(test), self.left_out),
            task="pairs",
            measures=measures,
            baselines=dict(zip(others, rest, strict=True)),
            gains={name: spearman_gain(wanted, found, one, seed) for name, one in others.items()},
            test_rows=tuple(int(row) for row in self.rows[test]),
        )

    def save(self, model: "PreTrainedModel", folder: Path) -> None:
        """A folder that sentence-transformers loads, and any other task as its backbone."""
        from components.training.sentence_pairs import save_sentence_encoder

        self.tokenizer.model_max_length = self.settings.max_length
        save_sentence_encoder(model, self.tokenizer, folder, self.settings.max_length)
        settings = {"task": "similarity", "language": self.settings.language, "max_length": self.settings.max_length, "pooling": "mean"}
        (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def pair_groups(first: list[str], second: list[str], own: list[str] | None) -> np.ndarray | None:
    """Rows that share a text, or nearly, on either side."""
    near = near_duplicate_groups([*first, *second])
    # The two texts of a row tie the groups of both together.
    tied = joined_groups(near, np.tile(np.arange(len(first)), 2))
    return joined_groups(own, tied[: len(first)] if tied is not None else None)


def _strata(numbers: np.ndarray) -> list[str]:
    """The fifth of the order that each number lies in, so that all parts have low and high ones."""
    places = np.searchsorted(np.unique(np.quantile(numbers, np.linspace(0, 1, STRATA + 1)[1:-1])), numbers)
    return [str(place) for place in places]
