"""What the tasks share whose head reads one vector of the whole text."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.text.duplicates import near_duplicate_groups
from components.text.tokens import head, readable
from components.training.backbones import check_language, check_vocabulary, load_tokenizer
from components.training.features import Feature
from components.training.length_batches import by_length, pad
from components.training.precision import autocast
from components.training.settings import Settings
from components.training.splits import Split, check_groups, joined_groups, split_rows

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.training.features import Tensors


class WholeText:
    """`rows`, `texts`: row name and text of every row that is used; `parts`: which of them are for what; `features`: their tokens; `groups`: rows
    that belong together, None where none do. A task of
    this kind gives the frame's rows that have an answer to `read`, what they are dealt by to `deal`, and makes its own `train`."""

    head = ("classifier", "pooler", "pre_classifier", "score")
    # The head starts from nothing: its steps are larger than those of weights that know the language.
    head_rate = 5.0
    epoch = 0
    outputs: int
    features: list[Feature]

    def read(self, settings: Settings, frame: pd.DataFrame, used: pd.DataFrame) -> None:
        """Tokenizer and texts of the rows `used` of `frame`. Raises TrainingError where the backbone can't read them."""
        self.settings = settings
        self.tokenizer = load_tokenizer(settings.backbone)
        self.left_out = len(frame) - len(used)
        self.rows = used["row"].to_numpy()
        self.texts: list[str] = used[settings.text].tolist()
        check_language(settings, self.texts)
        check_vocabulary(settings, self.texts)

    def deal(self, used: pd.DataFrame, names: list[str]) -> Split:
        """The parts, dealt by `names`, one a row; rows that resemble each other, or belong together, on one side. Raises TrainingError where too few rows
        are left to judge on."""
        settings = self.settings
        own = used[settings.group].tolist() if settings.group else None
        check_groups(used, settings)
        self.groups = groups = joined_groups(own, near_duplicate_groups(self.texts))
        if groups is not None and len(np.unique(groups)) < 2:
            raise TrainingError("training.one-group", rows=len(used))
        parts = split_rows(names, groups, settings.test, settings.validation, settings.seed)
        if not len(parts.test):
            raise TrainingError("training.too-few-rows", rows=len(used))
        return parts

    def _features(self, texts: list[str]) -> list[Feature]:
        """Tokens of texts, cut to the maximal length."""
        texts = [readable(head(text, self.settings.max_length)) for text in texts]
        encoded = self.tokenizer(texts, truncation=True, max_length=self.settings.max_length, return_attention_mask=False, verbose=False)
        return [{"input_ids": ids} for ids in encoded["input_ids"]]

    def collate(self, features: list[Feature]) -> "Tensors":
        import torch

        ids = pad(features, "input_ids", self.tokenizer.pad_token_id)
        lengths = torch.tensor([len(feature["input_ids"]) for feature in features])
        batch = {"input_ids": ids, "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long()}
        if "label" in features[0]:
            batch["labels"] = torch.tensor([feature["label"] for feature in features])
        if "targets" in features[0]:
            batch["labels"] = torch.tensor([feature["targets"] for feature in features], dtype=torch.float32)
        return batch

    def logits(self, model: "PreTrainedModel", rows: np.ndarray) -> np.ndarray:
        """What the head gives for `rows`: (n, outputs) float32."""
        import torch

        chosen = [self.features[row] for row in rows]
        out = np.zeros((len(rows), self.outputs), dtype=np.float32)
        was_training = model.training
        model.eval()
        with torch.inference_mode(), autocast(self.settings.precision):
            for batch in by_length(chosen, 32):
                out[batch] = model(**self.collate([chosen[position] for position in batch])).logits.float().numpy()
        model.train(was_training)
        return out

    def write(self, model: "PreTrainedModel", folder: Path, own: dict[str, Any]) -> None:
        """A folder that AutoModelForSequenceClassification.from_pretrained loads, and the settings that the app reads beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(folder)
        self.tokenizer.model_max_length = self.settings.max_length  # where it was trained and judged to cut
        self.tokenizer.save_pretrained(folder)
        settings = {"task": self.settings.task, "language": self.settings.language, "max_length": self.settings.max_length} | own
        (folder / "settings.json").write_text(json.dumps(settings, ensure_ascii=False, indent=1), encoding="utf-8")
