"""Two methods judged on the same rows: is one better, or may the difference be chance?

McNemar's test in its exact form (McNemar 1947, "Note on the Sampling Error of the Difference Between Correlated Proportions or Percentages";
Fay 2010, "Two-Sided Exact Tests and Matching Confidence Intervals for Discrete Data"): only rows on which one alone is right tell the two apart,
and without a difference each of these would fall to either side like a coin.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Self

import numpy as np

from components.evaluation.intervals import Interval, difference_of

CHANCE = 0.05  # from this p-value on a difference may be chance


@dataclass(frozen=True)
class Paired:
    """Counts of rows: judged, right with both, and right with the first or the second alone."""

    rows: int
    both: int
    first_only: int
    second_only: int

    @property
    def first(self) -> int:
        """How many rows the first gets right."""
        return self.both + self.first_only

    @property
    def second(self) -> int:
        return self.both + self.second_only

    @property
    def p_value(self) -> float:
        """The two-sided exact McNemar test; 1 where no row tells the two apart."""
        from scipy.stats import binom

        apart = self.first_only + self.second_only
        return float(min(1.0, 2 * binom.cdf(min(self.first_only, self.second_only), apart, 0.5)))

    @property
    def difference(self) -> Interval:
        """How much more often the first is right than the second, with its 95% interval."""
        return difference_of(self.rows, self.first_only, self.second_only)

    @property
    def verdict(self) -> str:
        """ "tie" for equal counts, "chance" where the difference may be that, else "first" or "second", whichever is better."""
        if self.first_only == self.second_only:
            return "tie"
        if self.p_value >= CHANCE:
            return "chance"
        return "first" if self.first_only > self.second_only else "second"

    @classmethod
    def of(cls, first: np.ndarray, second: np.ndarray) -> Self:
        """From what each gets right, (n,) bool, on the same rows. Raises ValueError where they differ in length."""
        if first.shape != second.shape:
            raise ValueError(f"expected both on the same rows, found shapes {first.shape} and {second.shape}")
        counts = (first & second, first & ~second, second & ~first)
        return cls(len(first), *(int(np.sum(part)) for part in counts))

    @classmethod
    def most_apart(cls, first: int, second: int, rows: int) -> Self:
        """Where only the counts of right rows are known: the pairing with the most rows that one alone gets right. Its p-value is the
        largest that these counts allow, so it never calls better what may be chance."""
        both = max(first + second - rows, 0)
        return cls(rows, both, first - both, second - both)

    def to_json(self) -> dict[str, int]:
        return asdict(self)

    @classmethod
    def from_json(cls, values: Mapping[str, int]) -> Self:
        return cls(values["rows"], values["both"], values["first_only"], values["second_only"])
