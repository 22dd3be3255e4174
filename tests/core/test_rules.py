import itertools
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from kefen.core.rules import choose, covers_course, covers_promoter, overlaps
from kefen.core.terms import (
    CourseScope,
    CourseScopeKind,
    Percent,
    PromoterKind,
    PromoterScope,
    PromoterScopeKind,
    Rule,
)

NOW = datetime(2026, 3, 9, tzinfo=UTC)
TICK = timedelta(microseconds=1)
PROMOTER_SCOPES = [
    PromoterScope(),
    PromoterScope(PromoterScopeKind.KIND, "student"),
    PromoterScope(PromoterScopeKind.GROUP, "gold"),
    PromoterScope(PromoterScopeKind.PROMOTER, "yu"),
]
COURSE_SCOPES = [
    CourseScope(),
    CourseScope(CourseScopeKind.CATEGORY, "exam"),
    CourseScope(CourseScopeKind.COURSE, "math"),
]
SCOPES = list(itertools.product(PROMOTER_SCOPES, COURSE_SCOPES))
limits = st.none() | st.integers(-3, 3).map(lambda ticks: NOW + ticks * TICK)
rule = st.builds(
    lambda scopes, starts, ends: Rule("r", *scopes, Percent(1), starts_at=starts, ends_at=ends),
    st.sampled_from(SCOPES),
    limits,
    limits,
).filter(lambda one: one.starts_at is None or one.ends_at is None or one.starts_at < one.ends_at)


def pick(rules, **given_):
    facts = {
        "promoter": "yu",
        "kind": PromoterKind.STUDENT,
        "group": "gold",
        "course": "math",
        "category": "exam",
        "at": NOW,
    }
    return choose(rules, **(facts | given_))


@given(st.permutations(range(12)))
def test_the_narrowest_promoter_then_course_wins_in_any_order(order):
    every = [Rule(str(i), *SCOPES[i], Percent(1)) for i in range(12)]
    left = [every[i] for i in order]

    for expected in reversed(every):
        assert pick(left) == expected
        left.remove(expected)
    assert pick(left) is None


@given(st.lists(rule, max_size=5))
def test_what_is_chosen_is_in_force_and_covers(rules):
    chosen = pick(rules)
    in_force = [
        one
        for one in rules
        if (one.starts_at is None or one.starts_at <= NOW)
        and (one.ends_at is None or one.ends_at > NOW)
    ]

    assert (chosen is None) == (not in_force)
    if chosen is not None:
        assert chosen in in_force
        assert chosen.narrowness == max(one.narrowness for one in in_force)


@given(st.lists(rule, max_size=4))
def test_overlaps_are_the_pairs_with_a_common_instant(rules):
    """Borders lie at most 3 microseconds away, so looking at each of them is complete."""

    def both_in_force(one, other):
        return any(
            all(
                (each.starts_at is None or each.starts_at <= NOW + ticks * TICK)
                and (each.ends_at is None or NOW + ticks * TICK < each.ends_at)
                for each in (one, other)
            )
            for ticks in range(-5, 6)
        )

    expected = [
        (rules[i], rules[j])
        for j in range(len(rules))
        for i in range(j)
        if rules[i].promoter == rules[j].promoter
        and rules[i].course == rules[j].course
        and both_in_force(rules[i], rules[j])
    ]

    assert overlaps(rules) == expected


def test_scopes():
    group = PromoterScope(PromoterScopeKind.GROUP, "gold")
    category = CourseScope(CourseScopeKind.CATEGORY, "exam")

    assert covers_promoter(group, "x", PromoterKind.CHANNEL, "gold")
    assert not covers_promoter(group, "gold", PromoterKind.CHANNEL, None)
    assert not covers_promoter(PROMOTER_SCOPES[1], "x", PromoterKind.LECTURER, "gold")
    assert covers_course(category, "x", "exam")
    assert not covers_course(category, "exam", None)


def test_dates_are_half_open():
    only = [Rule("r", *SCOPES[0], Percent(1), starts_at=NOW, ends_at=NOW + TICK)]

    assert pick(only) is only[0]
    assert pick(only, at=NOW - TICK) is None
    assert pick(only, at=NOW + TICK) is None
