"""Answers within passages: start and end of a span, long passages in windows, "no answer" at [CLS] (Devlin et al. 2019, sections 4.2, 4.3)."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.evaluation.answer_tables import answer_rows
from components.evaluation.answers import OUTCOMES, AnswerJudgement, Marked, mark
from components.evaluation.intervals import Interval, wilson
from components.evaluation.resampling import gain_of_sums, interval_of_sums, widest
from components.models import files as model_files
from components.text.duplicates import near_duplicate_groups
from components.training.answer_cells import read_wanted
from components.training.backbones import backbone_folder, check_language, check_vocabulary, load_backbone, load_tokenizer
from components.training.features import Feature
from components.training.judged import JudgedResult
from components.training.length_batches import pad
from components.training.lexical_answers import lexical_answers
from components.training.precision import autocast
from components.training.question_reader import LONGEST_ANSWER, Read, Reader
from components.training.results import RowCounts
from components.training.settings import Settings
from components.training.splits import check_groups, joined_groups, share_of, split_rows
from components.training.starting_models import bundled_start, starting_model
from components.training.task_tables import Columns
from components.training.task_tables.questions import places, usable

if TYPE_CHECKING:
    from transformers import PreTrainedModel

    from components.models.qa import SpanPrediction
    from components.training.features import Tensors

MOST_WINDOWS = 8  # of a passage that are trained on: those with the answer and some of the others
READ_WINDOWS = 32  # read at once


class Questions:
    """`rows`, `passages`, `questions`, `cells`: of every row that can be learned from. All questions of a passage lie on one side of the split."""

    head = ("qa_outputs",)
    epoch = 0

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        assert settings.label is not None and settings.second is not None, "a question has a passage and an answer"
        self.settings = settings
        self.tokenizer = load_tokenizer(settings.backbone)
        columns = Columns(settings.text, settings.label, settings.second)
        found = places(frame, columns)
        takes = usable(frame, columns)
        used = frame[takes]
        self.places = [place for place, use in zip(found, takes, strict=True) if use]
        self.left_out = len(frame) - len(used)
        self.rows = used["row"].to_numpy()
        self.passages, self.questions, self.cells = (used[name].tolist() for name in (settings.text, settings.second, settings.label))
        if not len(used):
            raise TrainingError("training.too-few-rows", rows=0)
        check_language(settings, self.passages)
        check_vocabulary(settings, self.passages)
        check_groups(used, settings)
        known = list(dict.fromkeys(self.passages))
        group_of = dict(zip(known, near_duplicate_groups(known).tolist(), strict=True))
        own = used[settings.group].tolist() if settings.group else None
        groups = joined_groups(own, [group_of[passage] for passage in self.passages])
        if groups is not None and len(np.unique(groups)) < 2:
            raise TrainingError("training.one-group", rows=len(used))
        kinds = ["none" if place.kind == "none" else "answer" for place in self.places]
        self.parts = split_rows(kinds, groups, settings.test, settings.validation, settings.seed)
        if not len(self.parts.test) or not len(self.parts.train):
            raise TrainingError("training.too-few-rows", rows=len(used))
        self.trained = share_of(self.parts.train, settings)
        start = bundled_start(settings)
        self.head_rate = 1.0 if start else 5.0  # a head that has learned before takes steps like the rest
        self.reader = Reader(self.tokenizer, settings)
        self.train = [feature for row in self.trained for feature in self._features(int(row))]
        self.reader.max_answer_length = self._longest()

    def _asked(self, row: int) -> Read:
        return self.reader.windowed(self.questions[row], self.passages[row])

    def _features(self, row: int) -> list[Feature]:
        """The windows of a row that are trained on, each with its own place of the answer."""
        read, place = self._asked(row), self.places[row]
        spans = [read.span_in(number, place.start, place.end) for number in range(len(read.windows))]
        order = sorted(range(len(spans)), key=lambda number: spans[number] == (0, 0))
        if len(order) > MOST_WINDOWS:
            holding = sum(span != (0, 0) for span in spans)
            rest = order[holding:]
            wanted = max(MOST_WINDOWS - holding, 0)
            order = [*order[: min(holding, MOST_WINDOWS)], *(rest[place * len(rest) // wanted] for place in range(wanted))]
        return [read.feature(number) | {"span": list(spans[number]), "row": row} for number in sorted(order)]

    def _longest(self) -> int:
        """Tokens that an answer may have: as many as one that was trained on, within bounds."""
        lengths = [feature["span"][1] - feature["span"][0] + 1 for feature in self.train]
        return int(min(max([self.reader.max_answer_length, *lengths]), LONGEST_ANSWER))

    def load_model(self) -> "PreTrainedModel":
        """The bundled model of the language, which goes on learning; of any other backbone its own head, or a new one."""
        from transformers import AutoModelForQuestionAnswering

        if start := bundled_start(self.settings):
            return starting_model(start, self.settings)
        return load_backbone(AutoModelForQuestionAnswering, self.settings)

    @property
    def has_learned_before(self) -> bool:
        """Whether the model can answer before the training."""
        if bundled_start(self.settings):
            return True
        folder = backbone_folder(self.settings.backbone)
        names = model_files.tensors(model_files.ModelFiles(self.settings.backbone, folder))
        return any(set(name.split(".")) & set(self.head) for name in names)

    def collate(self, features: list[Feature]) -> "Tensors":
        import torch

        ids = pad(features, "input_ids", self.tokenizer.pad_token_id)
        lengths = torch.tensor([len(feature["input_ids"]) for feature in features])
        batch = {"input_ids": ids, "attention_mask": (torch.arange(ids.shape[1]) < lengths[:, None]).long()}
        if "token_type_ids" in self.tokenizer.model_input_names:
            batch["token_type_ids"] = pad(features, "token_type_ids", 0)
        if "span" in features[0]:
            spans = torch.tensor([feature["span"] for feature in features])
            batch |= {"start_positions": spans[:, 0], "end_positions": spans[:, 1]}
        return batch

    def _answers(self, model: "PreTrainedModel", rows: np.ndarray) -> tuple[Marked, pd.DataFrame, float]:
        """What the model says of `rows` beside what is right, as the page of question answering reads; the mean loss of a window."""
        import torch

        asked = [self._asked(int(row)) for row in rows]
        jobs = [(place, number) for place, read in enumerate(asked) for number in range(len(read.windows))]
        features = [asked[place].feature(number) for place, number in jobs]
        order = np.argsort([-len(feature["input_ids"]) for feature in features], kind="stable")
        logits: list[np.ndarray] = [np.empty(0)] * len(jobs)
        was_training = model.training
        model.eval()
        with torch.inference_mode(), autocast(self.settings.precision):
            for begin in range(0, len(order), READ_WINDOWS):
                batch = order[begin : begin + READ_WINDOWS]
                output = model(**self.collate([features[job] for job in batch]))
                both = torch.stack([output.start_logits, output.end_logits], dim=1).float().numpy()
                for place, job in enumerate(batch):
                    logits[job] = both[place][:, : len(features[job]["input_ids"])]
        model.train(was_training)
        losses = [self._loss(asked[place], int(rows[place]), number, values) for (place, number), values in zip(jobs, logits, strict=True)]
        of_row: list[list[np.ndarray]] = [[] for _ in asked]
        for (place, _), values in zip(jobs, logits, strict=True):
            of_row[place].append(values)
        said = [self.reader.decoded(read, values) for read, values in zip(asked, of_row, strict=True)]
        return *self._marked(rows, said), float(np.mean(losses))

    def _loss(self, read: Read, row: int, number: int, logits: np.ndarray) -> float:
        from scipy.special import log_softmax

        first, last = read.span_in(number, self.places[row].start, self.places[row].end)
        shares = log_softmax(logits, axis=1)
        return float(-(shares[0, first] + shares[1, last]) / 2)

    def _marked(self, rows: np.ndarray, said: "Sequence[SpanPrediction]") -> tuple[Marked, pd.DataFrame]:
        """Beside the accepted answers of `rows`; the table has what is kept of each."""
        pairs = [(self.questions[row], self.passages[row]) for row in rows]
        answers = answer_rows(pairs, said, self.settings.language)
        marked = mark(answers, [self.cells[row] for row in rows], [passage for _, passage in pairs])
        assert marked is not None and len(marked.rows) == len(rows), "rows that can't be read were left out before"
        kept = {
            "found": [answer.answer.text if answer.answer else "" for answer in answers],
            "start": [answer.answer.start if answer.answer else -1 for answer in answers],
            "probability": [answer.answer.score if answer.answer else 0.0 for answer in answers],
            "lead": [answer.lead for answer in answers],
        }
        return marked, pd.DataFrame({"row": self.rows[rows], **kept})

    def validate(self, model: "PreTrainedModel") -> dict[str, float]:
        rows = self.parts.validation
        if not len(rows):
            return {}
        marked, _, loss = self._answers(model, rows)
        judged = marked.judge(marked.curve(0.0).best(0.0)[0])
        f1, exact = float(judged.overlap.mean()), float(judged.exact.mean())
        return {"score": f1 - 1e-3 * min(loss, 100), "loss": loss, "f1": f1, "accuracy": exact}

    def _threshold(self, model: "PreTrainedModel") -> float:
        """From which lead on "no answer" wins: the best on the validation rows, 0 where there are none."""
        if not len(self.parts.validation):
            return 0.0
        return self._answers(model, self.parts.validation)[0].curve(0.0).best(0.0)[0]

    def finish(self, model: "PreTrainedModel", folder: Path) -> JudgedResult:
        test = self.parts.test
        threshold = self._threshold(model)
        marked, table, _ = self._answers(model, test)
        judged = marked.judge(threshold)
        self.save(model, folder, threshold)
        wanted = [found.texts if (found := read_wanted(self.cells[row])) else () for row in test]
        table = table.assign(
            found=[text if lead <= threshold else "" for text, lead in zip(table["found"], table["lead"], strict=True)],
            wanted=[json.dumps(texts, ensure_ascii=False) for texts in wanted],
            f1=judged.overlap,
            exact=judged.exact,
        )
        table.to_parquet(folder.parent / "predictions.parquet", index=False)
        others = {"lexical": self._lexical()}
        if self.has_learned_before:
            first = self.load_model()
            others["before"] = self._answers(first, test)[0].judge(self._threshold(first))
        baselines = {name: _measures(one, self.settings.seed) for name, one in others.items()}
        gains = {name: gain_of_sums(_sums(judged), _sums(one), _mean, self.settings.seed) for name, one in others.items()}
        silent = int((~marked.answerable).sum())
        return JudgedResult(
            rows=RowCounts(len(self.trained), len(self.parts.validation), len(test), self.left_out),
            task="questions",
            measures=_measures(judged, self.settings.seed),
            baselines=baselines,
            gains=gains,
            test_rows=tuple(int(row) for row in self.rows[test]),
            facts={"threshold": threshold, "unanswerable": silent}
            | {
                f"{kind}_{outcome}": int(judged.table[k, o])
                for k, kind in enumerate(("answerable", "silent"))
                for o, outcome in enumerate(OUTCOMES)
            },
        )

    def _lexical(self) -> AnswerJudgement:
        """The baseline: words beside the question's in the sentence that shares most with it."""
        told = [self.places[row].end - self.places[row].start for row in self.trained if self.places[row].kind != "none"]
        characters = int(np.median(told)) if told else 20
        rows = self.parts.test
        pairs = [(self.questions[row], self.passages[row]) for row in rows]
        spans = lexical_answers(pairs, characters)
        answers = [self.reader.answer_of(passage, span) for (_, passage), span in zip(pairs, spans, strict=True)]
        marked = mark(answers, [self.cells[row] for row in rows], [passage for _, passage in pairs])
        assert marked is not None, "there are test rows"
        return marked.judge(0.0)

    def save(self, model: "PreTrainedModel", folder: Path, threshold: float) -> None:
        """A folder that AutoModelForQuestionAnswering loads, and the settings by which the app's own page reads with it."""
        folder.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(folder)
        self.tokenizer.model_max_length = self.settings.max_length
        self.tokenizer.save_pretrained(folder)
        settings = {
            "task": "qa",
            "language": self.settings.language,
            "max_length": self.settings.max_length,
            "stride": self.reader.stride,
            "max_answer_length": self.reader.max_answer_length,
            "no_answer_threshold": round(threshold, 4),
        }
        (folder / "settings.json").write_text(json.dumps(settings, indent=1), encoding="utf-8")


def _sums(judged: AnswerJudgement, exact: bool = False) -> np.ndarray:
    """What each row adds to the sums: its score and 1. (n, 2)"""
    values = judged.exact if exact else judged.overlap
    return np.column_stack([values, np.ones(len(values))])


def _mean(sums: np.ndarray) -> np.ndarray:
    return np.asarray(sums[..., 0] / np.maximum(sums[..., 1], 1))


def _measures(judged: AnswerJudgement, seed: int) -> dict[str, Interval]:
    measures = {}
    for name, exact in (("answer_f1", False), ("exact_match", True)):
        sums = _sums(judged, exact)
        measures[name] = widest(interval_of_sums(sums, _mean, seed), wilson(float(sums[:, 0].sum()), len(sums)))
    return measures
