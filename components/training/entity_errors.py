"""Named entities that are probably marked wrongly, or not marked: pieces that a model which never saw their row finds improbable.

Confident learning token by token (Wang & Mueller 2022, "Detecting Label Errors in Token Classification Data"), by the authors' own cleanlab. The model is
logistic regression on the tokens' states of the encoder that a training would start from, fitted as often as there are folds; near duplicates are in one
fold. A token's class is its type alone: with BIO tags the list was hardly better and took three times as long (`benchmarks/README.md`). The rows that a model
is judged on are never looked at.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

import numpy as np
import pandas as pd

from components.errors import TrainingError
from components.models import files as model_files
from components.models.inference import TaskModel, chunks
from components.models.loading import remember
from components.models.ner import token_windows
from components.models.tasks import TASKS
from components.models.turns import check_time
from components.tables.span_cells import Marked
from components.text.tokens import AlignedText
from components.text.windows import best_window
from components.training.quick_head import MOST_ROWS as MOST_LEARNED
from components.training.quick_head import QuickHead
from components.training.relabelled import task_frame
from components.training.settings import Settings
from components.training.starting_models import bundled_start
from components.training.suspects import FOLDS, LEAST_ROWS, MOST_ROWS, MOST_SUSPECTS, LabelCheck, PieceSuspect, Progress
from components.training.token_tags import Piece, pieces_in

MOST_TOKENS = 40_000  # that are looked at; rows beyond them are left
# Chosen on another draw of wrong pieces than the one of `benchmarks.cheap`; found in the first tenth of the list, mean of three seeds: 0.76 in English and
# 0.73 in Japanese, at 0.001 0.71 and 0.73, at 0.01 0.77 and 0.71.
STRENGTH = 0.003
NONE, UNKNOWN = 0, -1  # classes of a token: outside all entities; of a type that nothing can be said of


@dataclass(frozen=True, eq=False)
class _Row:
    """A row with its tokens: `pieces` are marked in it, `classes` (T,) is the class of each token."""

    row: int
    aligned: AlignedText
    pieces: list[Piece]
    classes: np.ndarray


@dataclass(frozen=True)
class _Doubt:
    """Tokens `first` to `last` of a row as they are marked, and as they probably should be. score: the lower, the more doubtful."""

    first: int
    last: int
    score: float
    certainty: float
    wrong: bool
    before: Piece | None
    after: Piece | None


@dataclass(frozen=True, eq=False)
class _Told:
    """What is said of a row's tokens: `probabilities` (T, classes) by a head that never saw it, `quality` (T,) of their labels, `wrong` (T,) bool."""

    probabilities: np.ndarray
    quality: np.ndarray
    wrong: np.ndarray


def check_entities(
    frame: pd.DataFrame, settings: Settings, mended: Mapping[str, str] | None = None, progress: Progress | None = None
) -> LabelCheck:
    """The suspects among the training and validation rows of `frame`, which a training with `settings` would have.

    mended: what `relabelled.remembered` gives. progress is called with the share that is done (0..1). Raises TrainingError where there are too few rows
    or a training couldn't begin, ModelError where the encoder can't be run, OutOfTime (`time_limit`).
    """
    from components.training.tasks.marked_rows import MarkedRows

    tell = progress or (lambda _: None)
    task = MarkedRows(settings, task_frame(frame, settings, mended or {}))
    encoder = _encoder(settings)
    groups = np.arange(len(task.texts)) if task.groups is None else task.groups
    wanted = np.concatenate([task.parts.train, task.parts.validation])
    rows, labels = _rows(task.texts, task.spans, groups, np.random.default_rng(settings.seed).permutation(wanted), encoder)
    if len(rows) < LEAST_ROWS or not labels:
        raise TrainingError("training.too-few-to-check", least=LEAST_ROWS)
    states = _states(encoder, [row.aligned for row in rows], lambda share: tell(0.7 * share))
    own = groups[[row.row for row in rows]]
    said = _out_of_fold(states, [row.classes for row in rows], own, 1 + len(labels), settings.seed, lambda share: tell(0.7 + 0.3 * share))
    told = _told([row.classes for row in rows], said)
    doubts = [(doubt, row) for row, one in zip(rows, told, strict=True) for doubt in _doubts(row, one, labels)]
    doubts.sort(key=lambda pair: (pair[0].score, pair[1].row))
    listed = [_suspect(doubt, row, int(task.rows[row.row]), task.texts[row.row]) for doubt, row in doubts if doubt.wrong]
    places = tuple(_characters(row.aligned, doubt.first, doubt.last) for doubt, row in doubts)
    ranked = tuple(int(task.rows[row.row]) for _, row in doubts)
    return LabelCheck(tuple(listed[:MOST_SUSPECTS]), ranked, len(task.parts.test), len(wanted) - len(rows), places)


def _encoder(settings: Settings) -> TaskModel:
    """The encoder that a training with `settings` starts from: of a bundled backbone the one of the bundled model of names."""
    files = model_files.find(bundled_start(settings) or settings.backbone)
    limited = replace(files, settings={**files.settings, "max_length": settings.max_length})
    key = (f"states-{settings.max_length}", str(files.folder), files.stamp())
    return remember(key, lambda: TaskModel(limited, TASKS["encoder"]))


def _rows(
    texts: Sequence[str], spans: Sequence[list[Marked]], groups: np.ndarray, order: np.ndarray, encoder: TaskModel
) -> tuple[list[_Row], tuple[str, ...]]:
    """As many rows, in `order`, as are looked at, and the types that stand in two groups of them or more: of another type no model has seen a piece
    that it hasn't to judge."""
    taken: list[tuple[int, AlignedText]] = []
    tokens = 0
    for row in order[:MOST_ROWS].tolist():
        check_time()
        aligned = encoder.aligner.align(texts[row])
        tokens += len(aligned)
        if taken and tokens > MOST_TOKENS:
            break
        if len(aligned):
            taken.append((row, aligned))
    taken.sort(key=lambda pair: pair[0])
    found = {(name, int(groups[row])) for row, _ in taken for _, _, name in spans[row]}
    names = [name for name, _ in found]
    labels = tuple(sorted({name for name in names if names.count(name) >= 2}))
    number = {name: place for place, name in enumerate(labels, start=1)}
    rows = []
    for row, aligned in taken:
        pieces = pieces_in(aligned, spans[row])
        classes = np.full(len(aligned), NONE)
        for first, last, name in pieces:
            classes[first : last + 1] = number.get(name, UNKNOWN)
        rows.append(_Row(row, aligned, pieces, classes))
    return rows, labels


def _states(encoder: TaskModel, texts: Sequence[AlignedText], progress: Progress) -> list[np.ndarray]:
    """The last states of each text's tokens (T, d) float32, each token's from the window that sees most around it."""
    size, prefix = encoder.max_length - encoder.aligner.single.specials, len(encoder.aligner.single.prefix)
    ranges = [token_windows(len(text), size) for text in texts]
    best = [np.array(best_window(len(text), own)) for text, own in zip(texts, ranges, strict=True)]
    jobs = [(number, place) for number, own in enumerate(ranges) for place in range(len(own))]
    states: list[np.ndarray] = [np.zeros(0)] * len(texts)
    done = 0
    for chunk in chunks(len(jobs)):
        check_time()
        sequences = [encoder.aligner.join(texts[number], None, ranges[number][place]) for number, place in (jobs[job] for job in chunk)]
        for batch, output in encoder.outputs(sequences, ("last_hidden_state",), exact=True):
            for place_in_batch, job in enumerate(batch):
                number, place = jobs[chunk[job]]
                start, end = ranges[number][place]
                found = output["last_hidden_state"][place_in_batch, prefix : prefix + end - start].numpy()
                if not len(states[number]):
                    states[number] = np.zeros((len(texts[number]), found.shape[1]), dtype=np.float32)
                own = np.flatnonzero(best[number] == place)
                states[number][own] = found[own - start]
            done += len(batch)
            progress(done / len(jobs))
    return states


def _out_of_fold(
    states: list[np.ndarray], classes: list[np.ndarray], groups: np.ndarray, n_classes: int, seed: int, progress: Progress
) -> list[np.ndarray]:
    """For each row (T, n_classes) by a head that learned from the tokens of other folds. Raises OutOfTime between the folds."""
    from sklearn.model_selection import GroupKFold

    random = np.random.default_rng(seed)
    out: list[np.ndarray] = [np.zeros(0)] * len(states)
    folds = min(FOLDS, len(np.unique(groups)))
    dealt = GroupKFold(folds, shuffle=True, random_state=seed).split(groups, groups=groups)
    for number, (learned, judged) in enumerate(dealt, start=1):
        check_time()
        places = [(row, token) for row in learned for token in np.flatnonzero(classes[row] != UNKNOWN)]
        if len(places) > MOST_LEARNED:
            places = [places[place] for place in random.choice(len(places), MOST_LEARNED, replace=False)]
        known = np.array([classes[row][token] for row, token in places])
        head = QuickHead.fit(np.stack([states[row][token] for row, token in places]), known, n_classes, seed, STRENGTH)
        for row in judged:
            out[row] = head.probabilities(states[row])
        progress(number / folds)
    return out


def _told(classes: list[np.ndarray], probabilities: list[np.ndarray]) -> list[_Told]:
    """cleanlab's word on each token. Of a token of an unknown type there is none: nothing is wrong with it."""
    from cleanlab.token_classification.filter import find_label_issues
    from cleanlab.token_classification.rank import get_label_quality_scores

    known = [np.flatnonzero(row != UNKNOWN) for row in classes]
    asked = [row for row, tokens in enumerate(known) if len(tokens)]
    given, said = [classes[row][known[row]] for row in asked], [probabilities[row][known[row]] for row in asked]
    issues = find_label_issues(given, said, n_jobs=1)
    _, scores = get_label_quality_scores(given, said, token_score_method="normalized_margin")
    told = [_Told(own, np.ones(len(row)), np.zeros(len(row), dtype=bool)) for row, own in zip(classes, probabilities, strict=True)]
    for row, quality in zip(asked, scores, strict=True):
        told[row].quality[known[row]] = quality
    for place, token in issues:
        row = asked[place]
        told[row].wrong[known[row][token]] = True
    return told


def _doubts(row: _Row, told: _Told, labels: tuple[str, ...]) -> list[_Doubt]:
    """One for each piece that is marked, and for each that may be missing. A missing piece that goes on from a marked one of its type is more of that."""
    number = {name: place for place, name in enumerate(labels, start=1)}
    missing = list(_missing(row, told, labels))
    doubts: list[_Doubt] = []
    for piece in row.pieces:
        if piece[2] not in number:
            continue
        doubt = _marked(piece, told, number[piece[2]], labels)
        if not doubt.wrong:
            more = [one for one in missing if one.wrong and one.after and _goes_on(one.after, piece)]
            missing = [one for one in missing if one not in more]
            doubt = _longer(piece, doubt, more) if more else _shorter(piece, row, told, doubt)
        doubts.append(doubt)
    return doubts + missing


def _marked(piece: Piece, told: _Told, given: int, labels: tuple[str, ...]) -> _Doubt:
    """A marked piece against the class that its tokens as a whole have most probably."""
    first, last, _ = piece
    tokens = slice(first, last + 1)
    suspected = int(np.log(told.probabilities[tokens] + 1e-9).mean(axis=0).argmax())
    wrong = bool(told.wrong[tokens].all()) and suspected != given
    after = (first, last, labels[suspected - 1]) if suspected != NONE else None
    certainty = float(told.probabilities[tokens, suspected].mean())
    return _Doubt(first, last, float(told.quality[tokens].mean()), certainty, wrong, piece, after)


def _missing(row: _Row, told: _Told, labels: tuple[str, ...]) -> Iterator[_Doubt]:
    """Runs of unmarked words whose most probable class is the same type. A word that is marked in part is none of them."""
    words, taken = np.array(row.aligned.words), np.zeros(len(row.aligned), dtype=bool)
    for first, last, _ in row.pieces:
        taken[first : last + 1] = True
    best = np.full(len(words), NONE)
    for word in np.unique(words):
        tokens = np.flatnonzero(words == word)
        if not taken[tokens].any():
            best[tokens] = told.probabilities[tokens].mean(axis=0).argmax()
    for suspected, run in groupby(range(len(best)), key=lambda token: int(best[token])):
        if suspected == NONE:
            continue
        places = list(run)
        first, last = places[0], places[-1]
        certainty, score = told.probabilities[places, suspected].mean(), told.quality[places].mean()
        after, wrong = (first, last, labels[suspected - 1]), bool(told.wrong[places].all())
        yield _Doubt(first, last, float(score), float(certainty), wrong, None, after)


def _goes_on(one: Piece, other: Piece) -> bool:
    """Whether two pieces of one type meet."""
    return one[2] == other[2] and (one[1] + 1 == other[0] or other[1] + 1 == one[0])


def _longer(piece: Piece, doubt: _Doubt, more: list[_Doubt]) -> _Doubt:
    first, last = min(piece[0], *(one.first for one in more)), max(piece[1], *(one.last for one in more))
    certainty, score = min(one.certainty for one in more), min(one.score for one in more)
    return replace(doubt, first=first, last=last, score=score, certainty=certainty, wrong=True, after=(first, last, piece[2]))


def _shorter(piece: Piece, row: _Row, told: _Told, doubt: _Doubt) -> _Doubt:
    """The piece without the words at its ends that are no part of an entity, where there are such and it has others."""
    first, last, name = piece
    words = row.aligned.words
    outside = told.wrong & (told.probabilities.argmax(axis=1) == NONE)
    while first <= last and outside[(own := [token for token in range(first, last + 1) if words[token] == words[first]])].all():
        first = own[-1] + 1
    while first <= last and outside[(own := [token for token in range(first, last + 1) if words[token] == words[last]])].all():
        last = own[0] - 1
    cut = [*range(piece[0], first), *range(last + 1, piece[1] + 1)]
    if not cut or first > last:
        return doubt
    certainty, score = float(told.probabilities[cut, NONE].mean()), float(told.quality[cut].mean())
    return replace(doubt, score=score, certainty=certainty, wrong=True, after=(first, last, name))


def _characters(aligned: AlignedText, first: int, last: int) -> tuple[int, int]:
    return aligned.spans[first][0], aligned.spans[last][1]


def _suspect(doubt: _Doubt, row: _Row, name: int, text: str) -> PieceSuspect:
    def marked(piece: Piece | None) -> Marked | None:
        return (*_characters(row.aligned, piece[0], piece[1]), piece[2]) if piece else None

    before, after = marked(doubt.before), marked(doubt.after)
    extent = before is not None and after is not None and before[:2] != after[:2]
    given, suspected = (
        f"{piece[2]}: {text[piece[0] : piece[1]]}" if piece and extent else piece[2] if piece else "" for piece in (before, after)
    )
    return PieceSuspect(name, text, given, suspected, doubt.certainty, before=before, after=after)
