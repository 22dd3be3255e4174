import dataclasses
import itertools

import pytest

from kefen.core.terms import (
    AttributionPolicy,
    Base,
    CourseScope,
    CourseScopeKind,
    Model,
    Percent,
    PlatformLimits,
    PromoterScope,
    PromoterScopeKind,
    Rule,
    TouchScope,
)


def test_defaults_of_the_law():
    assert AttributionPolicy() == AttributionPolicy(
        model=Model.FIRST_TOUCH,
        window_days=7,
        touch_scope=TouchScope.INSTITUTION,
        self_purchase=False,
        binding_days=0,
        protection_days=0,
    )
    assert PlatformLimits() == PlatformLimits(
        max_rate_bps=3000,
        level2_allowed=False,
        minimum_hold_days=0,
        minimum_age=18,
        forbidden_words=(),
    )
    assert Rule("r", PromoterScope(), CourseScope(), Percent(1)).base is Base.PAID


def test_narrowness_counts_the_promoter_before_the_course():
    ordered = [
        Rule("r", PromoterScope(promoter, "x"), CourseScope(course, "y"), Percent(1)).narrowness
        for promoter, course in itertools.product(PromoterScopeKind, CourseScopeKind)
    ]

    assert ordered == sorted(ordered)
    assert len(set(ordered)) == 12


def test_terms_cannot_be_changed():
    with pytest.raises(dataclasses.FrozenInstanceError):
        Percent(1).bps = 2  # type: ignore[misc]
