"""Behaviour tests of the bundled models: what they do with negation, contrast, plain facts ..., kind by kind, beside a floor.

After CheckList (Ribeiro et al. 2020). An average over reviews does not show that a model calls every plain fact positive; these do. The
sentences of one template are alike, so the intervals, which take them for independent, are somewhat too narrow.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from components.evaluation import metrics
from components.evaluation.intervals import Interval, wilson
from components.models import load
from components.models.behaviour import Behaviour, write
from components.models.bundled import BUNDLED_IDS
from components.models.files import bundled_complete
from recipes.behaviour_cases import FOLLOWS, OTHER, TASKS, Case, across, cases

# task -> kind -> the least share of right answers, in every language or by language
FLOORS: dict[str, dict[str, float | dict[str, float]]] = {
    "sentiment": {
        "negation": 0.85,
        "contrast": 0.85,
        "facts": 0.85,
        "names_swapped": 0.95,
        "spaces": 0.95,
        "full_width": 0.95,
        "typing": 0.95,
    },
    "ner": {"emoji": 0.95},
    "nsp": {"related": 0.7, "unrelated": 0.85},
    "mlm": {"blanks": {"ja": 0.6, "en": 0.5}},
    "qa": {},
    "embed": {},
}
SHOWN = 5  # of a mask's words


@dataclass(frozen=True)
class Verdict:
    """A case, what the model said, and whether that is right."""

    case: Case
    said: str
    right: bool


def tested(id: str) -> bool:
    """Are there behaviour tests for the model `id`, such as "nsp-ja"?"""
    return id.split("-")[0] in TASKS


def cases_of(id: str) -> list[Case]:
    """All cases of a model's task, in its language or languages; of an encoder for two, also those across them."""
    task, *languages = id.split("-")
    found = [case for language in languages for case in cases(task, language)]
    return found + [case for pair in pairwise(languages) for case in across(*pair)]


def bundled() -> list[str]:
    """The bundled models that there are tests for."""
    return sorted(id for id in BUNDLED_IDS if tested(id) and bundled_complete(id))


def floor(task: str, language: str, kind: str) -> float | None:
    least = FLOORS[task].get(kind)
    return least[language] if isinstance(least, dict) else least


def verdicts(id: str, model: Any) -> list[Verdict]:
    """The app's model `model` (see `components.models.load`), asked every case of `id`."""
    asked = cases_of(id)
    said = ASK[id.split("-")[0]](model, asked)
    return [Verdict(case, answer, right) for case, (answer, right) in zip(asked, said, strict=True)]


def results(id: str, given: Sequence[Verdict]) -> list[Behaviour]:
    """The verdicts kind by kind."""
    task, language, *_ = id.split("-")
    kinds = dict.fromkeys(verdict.case.kind for verdict in given)
    counted = {kind: [verdict.right for verdict in given if verdict.case.kind == kind] for kind in kinds}
    return [Behaviour(kind, sum(right), len(right), floor(task, language, kind)) for kind, right in counted.items()]


def measure(id: str) -> list[Behaviour]:
    """The results of the bundled model `id`; [] where there are no tests for it."""
    return results(id, verdicts(id, load(id))) if tested(id) else []


def labels(model: Any, asked: Sequence[Case]) -> list[tuple[str, bool]]:
    said = iter(prediction.label for prediction in model.predict([text for case in asked for text in case.given]))
    answers = [tuple(next(said) for _ in case.given) for case in asked]
    return [
        (" | ".join(answer), answer == case.wanted if case.wanted else len(set(answer)) == 1)
        for case, answer in zip(asked, answers, strict=True)
    ]


def entities(model: Any, asked: Sequence[Case]) -> list[tuple[str, bool]]:
    """Right where exactly the names are found, to the character, and nothing else."""
    found = model.predict([case.given[0] for case in asked])
    return [
        (", ".join(f"{e.text} {e.label}" for e in own) or "-", {(e.start, e.end, e.label) for e in own} == set(case.spans))
        for case, own in zip(asked, found, strict=True)
    ]


def following(model: Any, asked: Sequence[Case]) -> list[tuple[str, bool]]:
    chances = model.predict([case.given for case in asked])
    return [(f"{chance:.2f}", (FOLLOWS if chance > 0.5 else OTHER) == case.wanted[0]) for case, chance in zip(asked, chances, strict=True)]


def words(model: Any, asked: Sequence[Case]) -> list[tuple[str, bool]]:
    answers = []
    for case in asked:
        (best,) = model.fill(case.given[0], SHOWN)
        whole = [fill.token for fill in best if not fill.continues_word]
        answers.append((" ".join(fill.token for fill in best), any(word in whole for word in case.wanted)))
    return answers


def answers(model: Any, asked: Sequence[Case]) -> list[tuple[str, bool]]:
    """Right where the answer that counts at the model's own threshold is one of those wanted, but for case and marks."""
    found = []
    for case, reading in zip(asked, model.read_all([case.given for case in asked]), strict=True):
        said = reading.answers[0].text if reading.answers else ""
        found.append((said or "-", bool(metrics.exact_match(said, list(case.wanted), model.language))))
    return found


def nearest(model: Any, asked: Sequence[Case]) -> list[tuple[str, bool]]:
    """Right where the first sentence's vector has a greater cosine with the second's than with the third's."""
    vectors = np.asarray(model.encode([text for case in asked for text in case.given])).reshape(len(asked), 3, -1)
    vectors = vectors / np.linalg.norm(vectors, axis=-1, keepdims=True)
    cosines = np.einsum("nd,nkd->nk", vectors[:, 0], vectors[:, 1:])
    return [(f"{same:.3f}, {other:.3f}", bool(same > other)) for same, other in cosines]


ASK: dict[str, Callable[[Any, Sequence[Case]], list[tuple[str, bool]]]] = {
    "sentiment": labels,
    "ner": entities,
    "nsp": following,
    "mlm": words,
    "qa": answers,
    "embed": nearest,
}


def interval(one: Behaviour) -> Interval:
    """The rate with the ends of its 95% interval."""
    found = wilson(one.right, one.rows)
    assert found is not None  # no kind is empty
    return found


def line(id: str, one: Behaviour) -> str:
    """Id, kind, rows, rate with its interval, floor."""
    rate = interval(one)
    verdict = "" if one.floor is None else f"{one.floor:.2f} missed" if one.missed else f"{one.floor:.2f}"
    return f"{id:<14}{one.kind:<16}{one.rows:>5}  {rate.value:>6.3f}  {rate.low:.2f}-{rate.high:.2f}  {verdict}".rstrip()


def table(ids: Sequence[str], work: Path | None = None, failures: int = 0) -> str:
    """A line for each kind and model, and up to `failures` wrong answers beneath it.

    ids: all that are bundled where empty. work: take the models that were made there, not yet published, and put ``behaviour.json`` beside.
    """
    chosen = ids or bundled()
    lines = [f"{'id':<14}{'kind':<16}{'rows':>5}  {'rate':>6}  {'95%':<9}  floor"]
    for id in chosen:
        if not tested(id):
            lines.append(f"{id:<14}no behaviour tests")
            continue
        folder = work / id / "model" if work else None
        given = verdicts(id, load(folder or id))
        found = results(id, given)
        if folder:
            write(folder.parent, found)
        for one in found:
            lines.append(line(id, one))
            wrong = [verdict for verdict in given if verdict.case.kind == one.kind and not verdict.right]
            for verdict in wrong[:: max(1, len(wrong) // failures)][:failures] if failures else []:
                wanted = ", ".join(verdict.case.wanted) or ", ".join(
                    f"{verdict.case.given[0][a:b]} {kind}" for a, b, kind in verdict.case.spans
                )
                lines.append(f"    {' | '.join(verdict.case.given)!r}: {verdict.said}" + (f", not {wanted}" if wanted else ""))
    return "\n".join(lines)
