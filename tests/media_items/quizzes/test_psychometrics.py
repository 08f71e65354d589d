"""Psychometrics by hand, and against numpy."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from media_items.quizzes.results import psychometrics
from media_items.quizzes.results.psychometrics import Sums

# Five people, three questions of one point:      T  of them
HAND = [
    [1, 1, 1],  # 3
    [1, 1, 0],  # 2
    [1, 0, 0],  # 1
    [0, 1, 0],  # 1
    [0, 0, 0],  # 0
]
TOTALS = [sum(row) for row in HAND]
COLUMNS = [list(column) for column in zip(*HAND, strict=True)]


def test_by_hand():
    first = Sums.of(COLUMNS[0], TOTALS)
    assert (first.count, first.x, first.t, first.xx, first.tt, first.xt) == (5, 3, 7, 3, 15, 6)
    assert psychometrics.facility(first, 1) == pytest.approx(60)
    # R = 2 1 0 1 0, mean 0.8; x mean 0.6; Σ(x-x̄)(R-R̄) = 3 - 5·0.6·0.8 = 0.6, over 4 = 0.15
    # var x = (3 - 1.8)/4 = 0.3; var R = (6 - 3.2)/4 = 0.7; 100·0.15/√0.21
    assert psychometrics.discrimination(first) == pytest.approx(32.7327, abs=1e-4)
    # The largest: x 0 0 1 1 1 with R 0 0 1 1 2: Σ = 4 - 2.4 = 1.6; 0.6/1.6
    assert psychometrics.efficiency(COLUMNS[0], [2, 1, 0, 1, 0]) == pytest.approx(37.5)
    # Σ var x = 0.3 + 0.3 + 0.2 = 0.8; var T = (15 - 9.8)/4 = 1.3; 3/2 · (1 - 0.8/1.3)
    whole = psychometrics.whole_of([Sums.of(column, TOTALS) for column in COLUMNS])
    assert whole.alpha == pytest.approx(57.6923, abs=1e-4)
    assert whole.mean == pytest.approx(1.4)
    assert whole.deviation == pytest.approx(math.sqrt(1.3))
    assert whole.error == pytest.approx(math.sqrt(1.3) * math.sqrt(1 - 0.576923), abs=1e-5)
    # cov(x, T): 0.45, 0.45, 0.4
    weights = psychometrics.effective_weights(
        {str(n): Sums.of(column, TOTALS) for n, column in enumerate(COLUMNS)}
    )
    roots = [math.sqrt(0.45), math.sqrt(0.45), math.sqrt(0.4)]
    assert list(weights.values()) == pytest.approx([100 * one / sum(roots) for one in roots])


def test_what_cannot_be_told():
    nobody = Sums()
    assert psychometrics.facility(nobody, 1) is None
    assert psychometrics.discrimination(nobody) is None
    assert psychometrics.efficiency([], []) is None
    assert psychometrics.discrimination(Sums.of([1], [1])) is None
    assert psychometrics.discrimination(Sums.of([1, 1, 1], [1, 2, 3])) is None  # all alike
    assert psychometrics.consistency([Sums.of([1, 0, 1], [1, 0, 1])]) is None
    assert psychometrics.consistency([Sums.of([1, 0], [1, 0])] * 2) is None
    assert psychometrics.whole_of([]).mean is None
    against = {"a": Sums.of([1, 1, 0], [0, 0, 5]), "b": Sums.of([0, 0, 1], [0, 0, 5])}
    assert psychometrics.effective_weights(against) == {"a": None, "b": pytest.approx(100)}


@pytest.mark.parametrize(
    ("rests", "found"),
    [
        ([], []),
        ([5], [1]),
        ([1, 3, 2], [2, 0, 1]),
        ([9, 8, 7, 3, 2, 1], [0, 0, 1, 1, 2, 2]),
        ([1, 1, 1, 1], [0, 1, 1, 2]),
    ],
)
def test_thirds(rests, found):
    assert psychometrics.thirds(rests) == found


marks = st.lists(
    st.lists(st.integers(0, 12).map(lambda one: one / 4), min_size=3, max_size=3),
    min_size=3,
    max_size=40,
)


@given(marks)
def test_as_numpy_finds_it(rows):
    matrix = np.array(rows)
    totals = matrix.sum(axis=1)
    sums = [Sums.of(list(matrix[:, n]), list(totals)) for n in range(3)]
    variance = totals.var(ddof=1)
    for n, one in enumerate(sums):
        x, rest = matrix[:, n], totals - matrix[:, n]
        assert one.variance == pytest.approx(x.var(ddof=1), abs=1e-9)
        assert psychometrics.facility(one, 3) == pytest.approx(100 * x.mean() / 3)
        if x.var(ddof=1) > 1e-6 and rest.var(ddof=1) > 1e-6:
            expected = 100 * np.corrcoef(x, rest)[0, 1]
            assert psychometrics.discrimination(one) == pytest.approx(expected, abs=1e-6)
            largest = np.cov(np.sort(x), np.sort(rest))[0, 1]
            found = psychometrics.efficiency(list(x), list(rest))
            assert found == pytest.approx(100 * np.cov(x, rest)[0, 1] / largest, abs=1e-6)
    if variance > 1e-6:
        single = matrix.var(axis=0, ddof=1).sum()
        expected = 100 * 3 / 2 * (1 - single / variance)
        assert psychometrics.consistency(sums) == pytest.approx(expected, abs=1e-6)


@given(marks, st.integers(0, 40))
def test_groups_add_up(rows, cut):
    xs, ts = [row[0] for row in rows], [sum(row) for row in rows]
    parts = Sums.of(xs[:cut], ts[:cut]) + Sums.of(xs[cut:], ts[cut:])
    whole = Sums.of(xs, ts)
    for name in ("count", "x", "t", "xx", "tt", "xt"):
        assert getattr(parts, name) == pytest.approx(getattr(whole, name))


@given(marks)
def test_thirds_are_of_equal_size_and_in_order(rows):
    rests = [sum(row) for row in rows]
    found = psychometrics.thirds(rests)
    assert found.count(0) == found.count(2)
    upper = [rest for rest, third in zip(rests, found, strict=True) if third == 0]
    lower = [rest for rest, third in zip(rests, found, strict=True) if third == 2]
    assert not upper or min(upper) >= max(lower)
