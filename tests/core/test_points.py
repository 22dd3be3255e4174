import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.errors import InvariantBroken
from kefen.core.points import earned, remaining
from kefen.core.terms import PointsTerms


@given(st.integers(1, 10**6), st.integers(0, 10**4), st.integers(0, 10**6), st.integers(0, 10**6))
def test_points_fall_with_refunds_and_end_at_zero(paid, points, one, more):
    first = min(one, paid)
    second = min(first + more, paid)

    assert remaining(points, paid, 0) == points
    assert remaining(points, paid, second) <= remaining(points, paid, first)
    assert remaining(points, paid, paid) == 0


def test_examples():
    assert earned(50_000, PointsTerms(10, 2)) == 1010
    assert earned(199, PointsTerms(0, 2)) == 2
    assert earned(199, PointsTerms()) == 0
    assert remaining(10, 50_000, 25_000) == 5
    assert remaining(0, 0, 0) == 0
    with pytest.raises(InvariantBroken):
        remaining(1, 10, 11)
