"""Rows to learn from, to choose by, and to judge on: by class, with rows that belong together on one side."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.training.settings import Settings


@dataclass(frozen=True)
class Split:
    """Row positions (int64, sorted). `validation` chooses the best epoch and the temperature; `test` is looked at once, to judge."""

    train: np.ndarray
    validation: np.ndarray
    test: np.ndarray


def split_rows(
    labels: Sequence[str], groups: Sequence[object] | np.ndarray | None = None, test: float = 0.2, validation: float = 0.1, seed: int = 0
) -> Split:
    """Deal the rows of each class to the three parts, whole groups at a time; a group goes with its commonest class.

    A class of one group goes to train alone (a part without it can still be judged on the others), one of two groups to train and test.
    Shares hold within one group's size a class. Raises ValueError for shares that leave nothing to train on.
    """
    if not (0 <= validation < 1 and 0 < test < 1 and test + validation < 1):
        raise ValueError(f"test={test} and validation={validation} must be shares that leave rows to train on")
    names = np.asarray(labels, dtype=object)
    units = _units(names, groups)
    random = np.random.default_rng(seed)
    part = np.zeros(len(names), dtype=np.int8)  # 0 train, 1 validation, 2 test
    by_class: dict[str, list[np.ndarray]] = {}
    for label, rows in units:
        by_class.setdefault(label, []).append(rows)
    for label in sorted(by_class):
        members = [by_class[label][position] for position in random.permutation(len(by_class[label]))]
        total = sum(map(len, members))
        wanted = {2: _quota(total * test, len(members) >= 2, random), 1: _quota(total * validation, len(members) >= 5, random)}
        left = len(members)
        for number, quota in wanted.items():
            if not validation and number == 1:
                continue
            # Small groups first into the held-out parts: one giant group must not be all of the test.
            for rows in sorted(members, key=len) if groups is not None else members:
                if quota <= 0 or left <= 1:
                    break
                if part[rows[0]] == 0 and (len(rows) <= 2 * quota or (number == 2 and not (part == 2).any())):
                    part[rows] = number
                    quota -= len(rows)
                    left -= 1
    return Split(*(np.flatnonzero(part == number) for number in (0, 1, 2)))


def check_groups(frame: pd.DataFrame, settings: Settings) -> None:
    """Raises TrainingError where the column of rows that belong together holds one value for all: nothing would be left to judge on."""
    if settings.group in frame.columns and frame[settings.group].nunique() < 2:
        raise TrainingError("training.one-group-column", column=settings.group)


def share_of(rows: np.ndarray, settings: Settings) -> np.ndarray:
    """Part of the training rows (n,), for a learning curve; the smaller parts lie within the larger ones."""
    if settings.train_share == 1:
        return rows
    count = max(round(len(rows) * settings.train_share), 2)
    return np.sort(np.random.default_rng(settings.seed).permutation(rows)[:count])


def _units(names: np.ndarray, groups: Sequence[object] | np.ndarray | None) -> list[tuple[str, np.ndarray]]:
    if groups is None:
        return [(name, np.array([row])) for row, name in enumerate(names)]
    members: dict[object, list[int]] = {}
    for row, group in enumerate(groups):
        members.setdefault(group, []).append(row)
    units = []
    for rows in members.values():
        labels, counts = np.unique(names[rows].astype(str), return_counts=True)
        units.append((str(labels[counts.argmax()]), np.array(rows)))
    return units


def _quota(share: float, at_least_one: bool, random: np.random.Generator) -> int:
    """A whole number of rows whose mean is `share`, so that many small classes still add up to it."""
    rows = int(share) + (random.random() < share - int(share))
    return max(rows, 1) if at_least_one else rows


def joined_groups(*groupings: Sequence[object] | np.ndarray | None) -> np.ndarray | None:
    """One grouping in which two rows are together if any of the given ones has them together. None if none is given."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    codes = [np.unique(np.asarray(grouping, dtype=str), return_inverse=True)[1] for grouping in groupings if grouping is not None]
    if not codes:
        return None
    count = len(codes[0])
    sides = []
    offset = count
    for groups in codes:  # rows and groups as the two sides of a graph
        sides.append((np.arange(count), groups + offset))
        offset += int(groups.max()) + 1 if count else 0
    left, right = (np.concatenate(side) for side in zip(*sides, strict=True))
    graph = coo_matrix((np.ones(len(left), dtype=np.int8), (left, right)), shape=(offset, offset))
    return np.asarray(connected_components(graph, directed=False)[1][:count])
