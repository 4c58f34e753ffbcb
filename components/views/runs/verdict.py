"""What is said of a judged model, by rule: how many unseen rows it gets right, whether that is more than counting words gets or may be
chance, and at most one doubt."""

from dataclasses import dataclass
from typing import Any

from components.evaluation.intervals import wilson
from components.training.results import ClassificationResult
from components.ui.state.language import t
from components.ui.widgets.verdict import said

FEW_ROWS = 50  # judged rows under which the interval alone is worth a doubt


@dataclass(frozen=True)
class Verdict:
    """HTML from `said`: the finding, what it is held against, and the doubt, None where there is none."""

    finding: str
    against: str
    doubt: str | None


def verdict(result: ClassificationResult, sample: bool = False) -> Verdict:
    """Of a model beside the best baseline on the same rows. sample: whether it learned from one of the app's own tables."""
    name = result.best_baseline
    paired = result.against(name)
    low = wilson(paired.first, paired.rows)
    assert low is not None, "a judged model has rows"
    baseline = t(f"runs.method_{name}")
    values: dict[str, Any] = {"rows": f"{paired.rows:,}", "right": f"{paired.first:,}", "base": f"{paired.second:,}", "baseline": baseline}
    if paired.verdict == "tie":
        finding = said("runs.verdict_tie_all" if paired.first == paired.rows else "runs.verdict_tie", **values)
        against = said("runs.against_tie", low=f"{low.low:.0%}", high=f"{low.high:.0%}", **values)
    else:
        right = "runs.verdict_right" if paired.first < paired.rows else "runs.verdict_all_right"
        finding = said("runs.verdict_worse" if paired.verdict == "second" else right, **values)
        known = name in result.pairs
        only = said("runs.against_rows", only=f"{paired.first_only:,}", other=f"{paired.second_only:,}", **values) if known else ""
        against = said("runs.against_count", **values) + only + said(f"runs.against_{paired.verdict}", **values)
    return Verdict(finding, against, _doubt(result, low.low, sample))


def _doubt(result: ClassificationResult, low: float, sample: bool) -> str | None:
    """The first of: a class of which nothing is known, few rows, a sample's rows."""
    unjudged = result.judgement.unjudged
    if unjudged:
        key = "runs.doubt_unjudged" if len(unjudged) == 1 else "runs.doubt_unjudged_several"
        return said(key, quoted={"label": unjudged[0]}, n=len(unjudged))
    if result.judgement.rows < FEW_ROWS:
        return said("runs.doubt_few", rows=result.judgement.rows, low=f"{low:.0%}")
    return said("runs.doubt_sample") if sample else None
