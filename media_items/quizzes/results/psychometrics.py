"""What the answers of many say about a question and about a quiz. Pure.

Formulas: ../shared/field/quizzes.md, section 6, as in Moodle. s people, the mark x of a question
with the maximum m, the total T, the rest R = T − x; one attempt a person. Variances and covariances
are of a sample (s − 1). Percentages are 0 to 100; None is what cannot be told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

# Below these nothing is said but counts, and no discrimination.
FEWEST = 5
FEWEST_FOR_DISCRIMINATION = 20
# Read as: easy, hard or a broken key; look at it once more.
VERY_EASY, VERY_HARD, LOW_DISCRIMINATION = 90.0, 20.0, 20.0
# What is left of a variance of 0 where sums were rounded.
_NONE = 1e-9


@dataclass(frozen=True)
class Sums:
    """Of one question: people, Σx, ΣT, Σx², ΣT², ΣxT. Those of two groups add up."""

    count: int = 0
    x: float = 0
    t: float = 0
    xx: float = 0
    tt: float = 0
    xt: float = 0

    def __sub__(self, other: Sums) -> Sums:
        return self + Sums(-other.count, -other.x, -other.t, -other.xx, -other.tt, -other.xt)

    def __add__(self, other: Sums) -> Sums:
        return Sums(
            self.count + other.count,
            self.x + other.x,
            self.t + other.t,
            self.xx + other.xx,
            self.tt + other.tt,
            self.xt + other.xt,
        )

    def scaled(self, x: float, t: float) -> Sums:
        """With every mark times `x`, and every total times `t`."""
        return Sums(
            self.count,
            self.x * x,
            self.t * t,
            self.xx * x * x,
            self.tt * t * t,
            self.xt * x * t,
        )

    @classmethod
    def of(cls, xs: Sequence[float], ts: Sequence[float]) -> Sums:
        return cls(
            len(xs),
            sum(xs),
            sum(ts),
            sum(x * x for x in xs),
            sum(t * t for t in ts),
            sum(x * t for x, t in zip(xs, ts, strict=True)),
        )

    @property
    def of_rest(self) -> Sums:
        """With the rest R = T − x in place of the total."""
        return Sums(
            self.count,
            self.x,
            self.t - self.x,
            self.xx,
            self.tt - 2 * self.xt + self.xx,
            self.xt - self.xx,
        )

    @property
    def of_more(self) -> Sums:
        """With T + x in place of the total: of a question that T leaves out, T is the rest."""
        return Sums(
            self.count,
            self.x,
            self.t + self.x,
            self.xx,
            self.tt + 2 * self.xt + self.xx,
            self.xt + self.xx,
        )

    @property
    def variance(self) -> float | None:
        return _covariance(self.count, self.x, self.x, self.xx)

    @property
    def variance_of_total(self) -> float | None:
        return _covariance(self.count, self.t, self.t, self.tt)

    @property
    def covariance(self) -> float | None:
        return _covariance(self.count, self.x, self.t, self.xt)


def facility(sums: Sums, most: float) -> float | None:
    """The mean of the marks, of the maximum."""
    return 100 * sums.x / sums.count / most if sums.count and most else None


def discrimination(sums: Sums) -> float | None:
    """The correlation of the marks with the rest of the quiz, −100 to 100."""
    rest = sums.of_rest
    variance, of_rest, covariance = rest.variance, rest.variance_of_total, rest.covariance
    if variance is None or of_rest is None or covariance is None:
        return None
    if variance <= _NONE or of_rest <= _NONE:
        return None
    return max(-100.0, min(100.0, 100 * covariance / sqrt(variance * of_rest)))


def efficiency(xs: Sequence[float], rests: Sequence[float]) -> float | None:
    """The covariance of marks and rest, of the largest that these values can have."""
    made = Sums.of(xs, rests).covariance
    largest = Sums.of(sorted(xs), sorted(rests)).covariance
    if made is None or largest is None or largest <= _NONE:
        return None
    return 100 * made / largest


def effective_weights(questions: Mapping[str, Sums]) -> dict[str, float | None]:
    """How much each question decides of the total; None where it works against it."""
    roots = {
        key: sqrt(covariance) if (covariance := sums.covariance) and covariance > 0 else None
        for key, sums in questions.items()
    }
    whole = sum(root for root in roots.values() if root is not None)
    return {
        key: 100 * root / whole if root is not None and whole else None
        for key, root in roots.items()
    }


@dataclass(frozen=True)
class Whole:
    """Of a quiz: mean and standard deviation of the totals, Cronbach's alpha, and the standard
    error of a score, in points."""

    count: int
    mean: float | None
    deviation: float | None
    alpha: float | None
    error: float | None


def whole_of(questions: Sequence[Sums]) -> Whole:
    """`questions` are all of the quiz, each over the same people."""
    if not questions or not questions[0].count:
        return Whole(0, None, None, None, None)
    first = questions[0]
    variance = first.variance_of_total
    deviation = None if variance is None else sqrt(max(0.0, variance))
    alpha = consistency(questions)
    error = None
    if alpha is not None and deviation is not None:
        error = deviation * sqrt(max(0.0, 1 - alpha / 100))
    return Whole(first.count, first.t / first.count, deviation, alpha, error)


def consistency(questions: Sequence[Sums]) -> float | None:
    """Cronbach's alpha; None for one question, and for two people or fewer."""
    if len(questions) < 2 or questions[0].count < 3:
        return None
    total = questions[0].variance_of_total
    if total is None or total <= _NONE:
        return None
    several = len(questions)
    single = sum(one.variance or 0 for one in questions)
    return 100 * several / (several - 1) * (1 - single / total)


def thirds(rests: Sequence[float]) -> list[int]:
    """The third that each belongs to by their rest: 0 the upper, 1 the middle, 2 the lower. Upper
    and lower are equally large; of equals the first in the list stands higher."""
    order = sorted(range(len(rests)), key=lambda one: -rests[one])
    size = third_of(len(rests))
    found = [1] * len(rests)
    for one in order[:size]:
        found[one] = 0
    for one in order[len(rests) - size :]:
        found[one] = 2
    return found


def third_of(people: int) -> int:
    """How many the upper third is, and the lower."""
    return round(people / 3)


def _covariance(count: int, x: float, y: float, xy: float) -> float | None:
    return (xy - x * y / count) / (count - 1) if count > 1 else None
