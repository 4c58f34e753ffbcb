"""A class for two texts, read together as two segments (Devlin et al. 2019, section 4.1): entailment, duplicates, and the like."""

import json
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.evaluation.intervals import Interval, f1_wilson, macro_and_weighted_f1, paired_difference, wilson
from components.text.tokens import head, readable
from components.training.backbones import check_language, check_vocabulary, load_tokenizer
from components.training.baselines import majority_probabilities
from components.training.features import Feature
from components.training.judged import JudgedResult, PartScore
from components.training.length_batches import pad
from components.training.results import RowCounts
from components.training.settings import Settings
from components.training.splits import check_groups, share_of, split_rows
from components.training.task_tables import Columns
from components.training.task_tables.pair_classes import usable
from components.training.tasks.classification import Classification, label_order
from components.training.tasks.pairs import pair_groups
from components.training.word_overlap import pair_probabilities

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.training.features import Tensors


class PairClasses(Classification):
    """`first`, `second`, `classes`: of every pair that has both texts and a label. A text is on one side of the split alone."""

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        assert settings.label is not None and settings.second is not None, "a pair has two texts and a label"
        self.settings = settings
        self.tokenizer = load_tokenizer(settings.backbone)
        used = frame[usable(frame, Columns(settings.text, settings.label, settings.second))]
        self.left_out = len(frame) - len(used)
        self.rows = used["row"].to_numpy()
        self.first, self.second = used[settings.text].tolist(), used[settings.second].tolist()
        names = used[settings.label].str.strip()
        self.labels = label_order(names.unique().tolist())
        self.outputs = len(self.labels)
        if len(self.labels) < 2:
            raise TrainingError("training.found-one-class", n=len(self.labels), column=settings.label)
        check_language(settings, self.first)
        check_vocabulary(settings, self.first)
        check_groups(used, settings)
        number = {label: number for number, label in enumerate(self.labels)}
        self.classes = np.array([number[name] for name in names])
        groups = pair_groups(self.first, self.second, used[settings.group].tolist() if settings.group else None)
        if groups is not None and len(np.unique(groups)) < 2:
            raise TrainingError("training.one-group", rows=len(used))
        self.parts = split_rows(names.tolist(), groups, settings.test, settings.validation, settings.seed)
        if not len(self.parts.test) or not len(self.parts.train):
            raise TrainingError("training.too-few-rows", rows=len(used))
        self.features = self._pair_features()
        self.trained = share_of(self.parts.train, settings)
        self.train = [self.features[row] | {"label": int(self.classes[row])} for row in self.trained]

    def _pair_features(self) -> list[Feature]:
        limit = self.settings.max_length
        texts = ([readable(head(text, limit)) for text in side] for side in (self.first, self.second))
        encoded = self.tokenizer(
            *texts, truncation=True, max_length=limit, return_attention_mask=False, return_token_type_ids=True, verbose=False
        )
        return [
            {"input_ids": ids, "token_type_ids": types} for ids, types in zip(encoded["input_ids"], encoded["token_type_ids"], strict=True)
        ]

    def collate(self, features: list[Feature]) -> "Tensors":
        batch = super().collate(features)
        if "token_type_ids" in self.tokenizer.model_input_names:
            batch["token_type_ids"] = pad(features, "token_type_ids", 0)
        return batch

    def finish(self, model: "PreTrainedModel", folder: Path) -> JudgedResult:  # type: ignore[override]
        from scipy.special import softmax

        test = self.parts.test
        temperature = self._temperature(model)
        probabilities = softmax(self.logits(model, test) / temperature, axis=1)
        self.save(model, folder, temperature)
        self._predictions(probabilities).to_parquet(folder.parent / "predictions.parquet", index=False)
        learned_from, asked = (([self.first[row] for row in rows], [self.second[row] for row in rows]) for rows in (self.trained, test))
        learned = pair_probabilities(*learned_from, self.classes[self.trained], *asked, len(self.labels))
        others = {"pair_words": learned, "majority": majority_probabilities(self.classes[self.trained], len(self.labels), len(test))}
        confusion = self._confusion(probabilities)
        right = self._right(probabilities)
        return JudgedResult(
            rows=RowCounts(len(self.train), len(self.parts.validation), len(test), self.left_out),
            task="pair_classes",
            measures=self._measures(probabilities),
            baselines={name: self._measures(said) for name, said in others.items()},
            gains={name: paired_difference(self._right(said), right) for name, said in others.items()},
            test_rows=tuple(int(row) for row in self.rows[test]),
            parts=tuple(self._part(number, confusion) for number in range(len(self.labels))),
            facts={"temperature": temperature},
        )

    def _temperature(self, model: "PreTrainedModel") -> float:
        from components.evaluation.calibration import fit_temperature

        rows = self.parts.validation
        return fit_temperature(self.logits(model, rows), self.classes[rows]) if len(rows) >= 20 else 1.0

    def _confusion(self, probabilities: np.ndarray) -> np.ndarray:
        table = np.zeros((len(self.labels), len(self.labels)), dtype=np.int64)
        np.add.at(table, (self.classes[self.parts.test], probabilities.argmax(axis=1)), 1)
        return table

    def _measures(self, probabilities: np.ndarray) -> dict[str, Interval]:
        accuracy = wilson(int(self._right(probabilities).sum()), len(self.parts.test))
        assert accuracy is not None, "there are test rows"
        return {"accuracy": accuracy, "macro_f1": macro_and_weighted_f1(self._confusion(probabilities), self.settings.seed)[0]}

    def _part(self, number: int, confusion: np.ndarray) -> PartScore:
        hits, wanted, found = int(confusion[number, number]), int(confusion[number].sum()), int(confusion[:, number].sum())
        measures = {"precision": wilson(hits, found), "recall": wilson(hits, wanted), "f1": f1_wilson(hits, wanted + found - 2 * hits)}
        return PartScore(self.labels[number], wanted, found, measures)

    def save(self, model: "PreTrainedModel", folder: Path, temperature: float) -> None:
        super().save(model, folder, temperature)
        path = folder / "settings.json"
        path.write_text(
            json.dumps(json.loads(path.read_text(encoding="utf-8")) | {"task": "pair_classes"}, ensure_ascii=False, indent=1),
            encoding="utf-8",
        )
