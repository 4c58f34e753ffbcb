"""Named-entity recognition: a BIO tag for every token (Ramshaw & Marcus 1995; Devlin et al. 2019, section 5.3), read off as on the entities page."""

import json
from collections import Counter
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from components.evaluation.entities import pair_up
from components.evaluation.entity_rows import FOUND, MISTAKES, RIGHT, WANTED, mistake, row_counts, span_f1, span_measures
from components.evaluation.intervals import Interval, f1_wilson, wilson
from components.evaluation.resampling import gain_of_sums
from components.models.files import ModelFiles, read_json
from components.models.model_inputs import max_length
from components.models.ner import Decoding, EntityTagger, token_windows
from components.models.results import Entity
from components.models.tasks import TASKS
from components.tables.span_cells import Marked, write_spans
from components.text.japanese import is_japanese_tokenizer
from components.text.tokens import Aligner
from components.text.windows import Window
from components.training.backbones import backbone_folder, load_backbone, load_tokenizer
from components.training.features import Feature
from components.training.judged import JudgedResult, PartScore
from components.training.length_batches import by_length, pad
from components.training.name_dictionary import NameDictionary
from components.training.precision import autocast
from components.training.results import RowCounts
from components.training.settings import Settings
from components.training.splits import share_of
from components.training.starting_models import bundled_start, starting_model, with_tags
from components.training.tasks.marked_rows import MarkedRows
from components.training.token_tags import IGNORED, cuts_a_word, pieces_in, window_tags

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.training.features import Tensors

MOST_CUT = 0.02  # of the training entities that may cut a word while none is found that does
TEMPERATURES = (0.7, 1.0, 1.3, 1.7, 2.2, 2.8)
TEMPERATURE_ROWS, FEWEST_FOUND = 300, 20


class Entities(MarkedRows):
    """`decoding`: how tags become entities, the same in validation, in the judgement and on the page."""

    head = ("classifier",)
    # The head starts from nothing: its steps are larger than those of weights that know the language.
    head_rate = 5.0
    epoch = 0

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        super().__init__(settings, frame)
        self.tokenizer = load_tokenizer(settings.backbone)
        self.trained = share_of(self.parts.train, settings)
        config = read_json(backbone_folder(settings.backbone) / "config.json", settings.backbone)
        self.max_length = max_length(SimpleNamespace(**config), self.tokenizer, settings.max_length)
        self.typed = config.get("type_vocab_size", 0) > 1
        self.aligner = Aligner(self.tokenizer, self.max_length, self.typed and _knows_no_capitals(self.tokenizer))
        self.aligned = [self.aligner.align(text) for text in self.texts]
        tags = ("O", *(f"{mark}-{name}" for name in self.labels for mark in "BI"))
        self.pieces = [pieces_in(*row) for row in zip(self.aligned, self.spans, strict=True)]
        self.decoding = Decoding(tags, "sequence", "words" if self._cut_seldom() else "none")
        self.windows = [token_windows(len(text), self.max_length - self.aligner.single.specials) for text in self.aligned]
        self.features = [self._features(row) for row in range(len(self.texts))]
        self.train = [feature for row in self.trained for feature in self.features[row]]

    def _cut_seldom(self) -> bool:
        """Whether hardly any of the training entities begins or ends within a word."""
        cut = [cuts_a_word(self.aligned[row], piece) for row in self.trained for piece in self.pieces[row]]
        return sum(cut) <= MOST_CUT * len(cut)

    def tags_of(self, row: int, window: Window) -> list[int]:
        """The tags to learn for the tokens of a window."""
        return window_tags(self.pieces[row], window, self.windows[row], {tag: place for place, tag in enumerate(self.decoding.tags)})

    def _features(self, row: int) -> list[Feature]:
        """One for each window of a text."""
        template = self.aligner.single
        features: list[Feature] = []
        for window in self.windows[row]:
            joined = self.aligner.join(self.aligned[row], None, window)
            tags = [IGNORED] * len(template.prefix) + self.tags_of(row, window) + [IGNORED] * len(template.suffix)
            features.append({"input_ids": list(joined.ids), "token_type_ids": list(joined.token_type_ids), "labels": tags, "row": row})
        return features

    def load_model(self) -> "PreTrainedModel":
        """The bundled model of names of the backbone, which knows where names begin and end; what it says of a tag of ours stays, other tags
        begin untrained. Any other backbone begins as it is."""
        from transformers import AutoModelForTokenClassification

        tags = self.decoding.tags
        names: dict[str, Any] = {
            "id2label": dict(enumerate(tags)),
            "label2id": {tag: number for number, tag in enumerate(tags)},
        }
        start = bundled_start(self.settings)
        if start is None:
            return load_backbone(AutoModelForTokenClassification, self.settings, num_labels=len(tags), **names)
        model = starting_model(start, self.settings)
        with_tags(model, tags)
        model.config.update(names)
        return model

    def collate(self, features: list[Feature]) -> "Tensors":
        import torch

        ids = pad(features, "input_ids", self.tokenizer.pad_token_id or 0)
        lengths = torch.tensor([len(feature["input_ids"]) for feature in features])
        batch = {"input_ids": ids, "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long()}
        if self.typed:
            batch["token_type_ids"] = pad(features, "token_type_ids", 0)
        if "labels" in features[0]:
            batch["labels"] = pad(features, "labels", IGNORED)
        return batch

    def logits(self, model: "PreTrainedModel", features: list[Feature]) -> list[np.ndarray]:
        """The model's logits for the tokens of each feature, specials left out: (tokens, tags) float32."""
        import torch

        out: list[np.ndarray] = [np.zeros(0)] * len(features)
        first, last = len(self.aligner.single.prefix), len(self.aligner.single.suffix)
        was_training = model.training
        model.eval()
        with torch.inference_mode(), autocast(self.settings.precision):
            for batch in by_length(features, 32):
                chosen = [features[place] for place in batch]
                inputs = self.collate(chosen)
                inputs.pop("labels", None)
                logits = model(**inputs).logits.float().numpy()
                for place, feature, rows in zip(batch, chosen, logits, strict=True):
                    out[place] = rows[first : len(feature["input_ids"]) - last]
        model.train(was_training)
        return out

    def found(self, model: "PreTrainedModel", rows: np.ndarray) -> tuple[list[list[Entity]], float]:
        """The entities that the model as it is finds in `rows`, and the mean cross entropy of their tags."""
        from scipy.special import log_softmax

        features = [feature for row in rows for feature in self.features[row]]
        logits = iter(self.logits(model, features))
        first, last = len(self.aligner.single.prefix), len(self.aligner.single.suffix)
        entities: list[list[Entity]] = []
        loss, count = 0.0, 0
        for row in rows:
            probabilities: dict[Window, np.ndarray] = {}
            for window, feature in zip(self.windows[row], self.features[row], strict=True):
                scores = log_softmax(next(logits), axis=1)
                wanted = np.array(feature["labels"][first : len(feature["labels"]) - last], dtype=np.int64)
                known = np.flatnonzero(wanted != IGNORED)
                loss, count = loss - float(scores[known, wanted[known]].sum()), count + len(known)
                probabilities[window] = np.exp(scores)
            entities.append(list(self.decoding.merge(self.aligned[row], self.windows[row], probabilities).entities))
        return entities, loss / max(count, 1)

    def gold(self, rows: np.ndarray) -> list[list[Entity]]:
        return [entities_of(self.texts[row], self.spans[row]) for row in rows]

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        rows = self.parts.validation
        if not len(rows):
            return {}
        found, loss = self.found(model, rows)
        f1 = float(span_f1(row_counts(self.gold(rows), found).sum(axis=0)))
        # Ties in F1 are common on few rows; the loss decides them.
        return {"score": f1 - 1e-3 * min(loss, 100), "loss": loss, "span_f1": f1}

    def finish(self, model: "PreTrainedModel", folder: Path) -> JudgedResult:
        self.save(model, folder, 1.0)
        tagger = EntityTagger(ModelFiles(self.settings.backbone, folder, read_json(folder / "settings.json", folder.name)), TASKS["ner"])
        tagger.temperature = self._temperature(tagger)
        self._write_settings(folder, tagger.temperature)
        test, seed = self.parts.test, self.settings.seed
        gold, found = self.gold(test), tagger.predict([self.texts[row] for row in test])
        names = NameDictionary.of([self.texts[row] for row in self.trained], [self.spans[row] for row in self.trained])
        counts = row_counts(gold, found)
        others = {"dictionary": row_counts(gold, names.find_all(self.texts[row] for row in test))}
        if bundled_start(self.settings):
            others["before"] = row_counts(gold, self.found(self.load_model(), test)[0])
        self._predictions(gold, found, counts).to_parquet(folder.parent / "predictions.parquet", index=False)
        wrong = Counter(mistake(pair) for row, pair_of in enumerate(zip(gold, found, strict=True)) for pair in pair_up(row, *pair_of))
        return JudgedResult(
            rows=RowCounts(len(self.trained), len(self.parts.validation), len(test), self.left_out),
            task="entities",
            measures=span_measures(counts, seed),
            baselines={name: span_measures(other, seed) for name, other in others.items()},
            gains={name: gain_of_sums(counts, other, span_f1, seed) for name, other in others.items()},
            test_rows=tuple(int(row) for row in self.rows[test]),
            parts=tuple(self._part(label, gold, found) for label in self.labels),
            facts={name: wrong[name] for name in MISTAKES} | {"known_names": len(names.types)},
        )

    def _part(self, label: str, gold: list[list[Entity]], found: list[list[Entity]]) -> PartScore:
        """One type's scores on the judged rows."""
        sides = [[[one for one in row if one.label == label] for row in side] for side in (gold, found)]
        right, _, said, wanted = (int(number) for number in row_counts(*sides).sum(axis=0))
        measures: dict[str, Interval | None] = {
            "span_f1": f1_wilson(right, said + wanted - 2 * right),
            "span_precision": wilson(right, said),
            "span_recall": wilson(right, wanted),
        }
        return PartScore(label, wanted, said, measures)

    def _temperature(self, tagger: EntityTagger) -> float:
        """The temperature under which the scores of entities tell the right ones best (the least log loss), on validation rows; 1 where few are found."""
        rows = self.parts.validation[:TEMPERATURE_ROWS]
        gold = [{(one.start, one.end, one.label) for one in row} for row in self.gold(rows)]
        losses: dict[float, float] = {}
        for tagger.temperature in TEMPERATURES:
            answers = tagger.predict([self.texts[row] for row in rows])
            given = [
                (one.score, (one.start, one.end, one.label) in right) for answer, right in zip(answers, gold, strict=True) for one in answer
            ]
            if len(given) < FEWEST_FOUND:
                return 1.0
            score = np.clip([share for share, _ in given], 1e-6, 1 - 1e-6)
            losses[tagger.temperature] = float(-np.log(np.where([right for _, right in given], score, 1 - score)).mean())
        return min(losses, key=losses.__getitem__)

    def _predictions(self, gold: list[list[Entity]], found: list[list[Entity]], counts: np.ndarray) -> pd.DataFrame:
        """What was wanted and what was said of each test row, and how often it was right."""
        return pd.DataFrame(
            {
                "row": self.rows[self.parts.test],
                "label": [write_spans((one.start, one.end, one.label) for one in row) for row in gold],
                "found": [write_spans((one.start, one.end, one.label) for one in row) for row in found],
                **{name: counts[:, place].astype(int) for name, place in (("right", RIGHT), ("said", FOUND), ("asked", WANTED))},
            }
        )

    def save(self, model: "PreTrainedModel", folder: Path, temperature: float) -> None:
        """A folder that AutoModelForTokenClassification.from_pretrained loads, and the settings that the app reads beside it."""
        folder.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(folder)
        self.tokenizer.model_max_length = self.max_length
        self.tokenizer.save_pretrained(folder)
        self._write_settings(folder, temperature)

    def _write_settings(self, folder: Path, temperature: float) -> None:
        settings = {
            "task": "ner",
            "language": self.settings.language,
            "max_length": self.max_length,
            "temperature": temperature,
            "tags_on": self.decoding.tags_on,
            "rules": self.decoding.rules,
            "marks_capitals": self.aligner.marks_capitals,
        }
        (folder / "settings.json").write_text(json.dumps(settings, ensure_ascii=False, indent=1), encoding="utf-8")


def entities_of(text: str, spans: list[Marked]) -> list[Entity]:
    return [Entity(text[start:end], name, start, end, 1.0) for start, end, name in sorted(spans)]


def _knows_no_capitals(tokenizer: object) -> bool:
    """Whether the vocabulary reads capitals as small letters, so that they are told to the model beside the tokens."""
    if is_japanese_tokenizer(tokenizer):
        return False
    return tokenizer.tokenize("Apple") == tokenizer.tokenize("apple")  # type: ignore[attr-defined, no-any-return]
