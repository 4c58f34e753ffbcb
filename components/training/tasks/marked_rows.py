"""Rows with marked pieces, dealt to their parts: what a training on named entities and the look for wrong ones share."""

from collections import Counter

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.tables.span_cells import Marked, read_written
from components.text.duplicates import near_duplicate_groups
from components.text.tokens import head
from components.training.backbones import check_language, check_vocabulary
from components.training.relabelled import DEALT
from components.training.settings import Settings
from components.training.splits import check_groups, joined_groups, split_rows
from components.training.task_tables.entities import MANY_TYPES, clean


class MarkedRows:
    """`rows`, `texts`, `spans`: row name, text and marked pieces of every row that somebody has looked through; `parts`: which of them are for what;
    `groups`: rows that belong together, None where none do; `labels`: the types, sorted."""

    def __init__(self, settings: Settings, frame: pd.DataFrame):
        self.settings = settings
        marked = frame[settings.label].map(read_written)
        used = frame[marked.notna() & (frame[settings.text].str.strip() != "")]
        self.left_out = len(frame) - len(used)
        self.rows = used["row"].to_numpy()
        self.texts = [head(text, settings.max_length) for text in used[settings.text]]
        self.spans = self._cleaned(marked[used.index])
        # Pieces that were mended move no row to another part, and are never those that are judged by.
        dealt = self._cleaned(used[DEALT].map(read_written)) if DEALT in used.columns else self.spans
        if not any(self.spans):
            raise TrainingError("training.found-entities-none", column=settings.label)
        check_language(settings, self.texts)
        check_vocabulary(settings, self.texts)
        check_groups(used, settings)
        own = used[settings.group].tolist() if settings.group else None
        self.groups = groups = joined_groups(own, near_duplicate_groups(self.texts))
        if groups is not None and len(np.unique(groups)) < 2:
            raise TrainingError("training.one-group", rows=len(used))
        self.parts = split_rows(_rarest(dealt), groups, settings.test, settings.validation, settings.seed)
        for row in self.parts.test:
            self.spans[row] = dealt[row]
        self.labels = tuple(sorted({name for spans in self.spans for _, _, name in spans}))
        if len(self.labels) > MANY_TYPES:
            raise TrainingError("training.found-entities-many-types", n=len(self.labels), limit=MANY_TYPES)
        if not any(self.spans[row] for row in self.parts.test) or not any(self.spans[row] for row in self.parts.train):
            raise TrainingError("training.too-few-entities", rows=len(used))

    def _cleaned(self, pieces: pd.Series) -> list[list[Marked]]:
        return [clean(text, spans or ()) for text, spans in zip(self.texts, pieces, strict=True)]


def _rarest(spans: list[list[Marked]]) -> list[str]:
    """The type of each row that the fewest pieces have, "" for a row without any: dealt by it, every type comes to all parts."""
    counts = Counter(name for row in spans for _, _, name in row)
    return [min((name for _, _, name in row), key=lambda name: (counts[name], name), default="") for row in spans]
