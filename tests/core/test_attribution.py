from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kefen.core.attribution import (
    Binding,
    Decision,
    PromoterFact,
    Reason,
    Touch,
    Verdict,
    attribute,
    bind_on_identify,
    bind_on_touch,
)
from kefen.core.periods import parse_instant
from kefen.core.terms import AttributionPolicy, Model, TouchScope

NOW = datetime(2026, 3, 9, 2, tzinfo=UTC)
TICK = timedelta(microseconds=1)
DAY = timedelta(days=1)
PROMOTERS = {
    "yu": PromoterFact("yu", active=True, account="stu-yu"),
    "chen": PromoterFact("chen", active=True),
    "out": PromoterFact("out", active=False),
    "me": PromoterFact("me", active=True, account="s1"),
}
CODES = ["yu", "chen", "out", "me", "stranger"]

# Few distinct instants, so that ties and borders are common.
offsets = st.sampled_from([-8 * DAY, -7 * DAY, -7 * DAY + TICK, -DAY, -TICK, timedelta(0), TICK])
touch = st.builds(
    Touch,
    promoter=st.sampled_from(CODES),
    at=offsets.map(lambda offset: NOW + offset),
    course=st.sampled_from([None, "ielts", "python"]),
)
touches = st.lists(touch, max_size=8)
policies = st.builds(
    AttributionPolicy,
    model=st.sampled_from(Model),
    window_days=st.sampled_from([1, 7]),
    touch_scope=st.sampled_from(TouchScope),
    self_purchase=st.booleans(),
)
bindings = st.none() | st.builds(
    Binding,
    promoter=st.sampled_from(CODES),
    starts_at=offsets.map(lambda offset: NOW + offset),
    ends_at=st.sampled_from([NOW, NOW + TICK, NOW + DAY]),
)


def decide(seen, **given_):
    facts = {
        "touches": seen,
        "at": NOW,
        "policy": AttributionPolicy(),
        "student": "s1",
        "promoters": PROMOTERS,
        "course": "ielts",
        "promotable": True,
        "binding": None,
    }
    return attribute(**(facts | given_))


@given(touches, policies, bindings, st.booleans())
def test_a_decision_is_consistent(seen, policy, binding, promotable):
    decision = decide(seen, policy=policy, binding=binding, promotable=promotable)
    won = [i for i, verdict in enumerate(decision.verdicts) if verdict is Verdict.WON]

    assert len(decision.verdicts) == len(seen)
    match decision.reason:
        case Reason.TOUCH:
            assert won == [decision.winning]
            assert seen[decision.winning].promoter == decision.winner
        case Reason.BINDING:
            assert decision.winner == binding.promoter
            assert (won, decision.winning) == ([], None)
        case Reason.NONE:
            assert (decision.winner, decision.winning, won) == (None, None, [])
    # Who wins is active, no self purchase unless allowed, and only for a promotable line.
    if decision.winner is not None:
        assert promotable
        assert PROMOTERS[decision.winner].active
        assert decision.winner != "me" or policy.self_purchase


@given(touches, policies)
def test_the_winner_is_what_a_plain_reading_finds(seen, policy):
    """Sort as the law says, take the first that is eligible."""
    order = sorted(range(len(seen)), key=lambda i: (seen[i].at, i))
    if policy.model is Model.LAST_TOUCH:
        order.reverse()

    def eligible(one):
        fact = PROMOTERS.get(one.promoter)
        return (
            one.at <= NOW < one.at + policy.window_days * DAY
            and fact is not None
            and fact.active
            and (policy.self_purchase or fact.account != "s1")
            and (policy.touch_scope is TouchScope.INSTITUTION or one.course in {None, "ielts"})
        )

    expected = next((i for i in order if eligible(seen[i])), None)

    assert decide(seen, policy=policy).winning == expected


@given(touches, policies)
def test_touches_after_the_order_change_nothing(seen, policy):
    later = [one for one in seen if one.at > NOW]
    until = [one for one in seen if one.at <= NOW]

    mixed = decide(seen, policy=policy)
    plain = decide(until + later, policy=policy)

    assert mixed.winner == plain.winner == decide(until, policy=policy).winner
    assert all(
        (verdict is Verdict.LATER_THAN_ORDER) == (one.at > NOW)
        for one, verdict in zip(seen, mixed.verdicts, strict=True)
    )


@given(st.permutations([0, 1, 2, 3, 4]), policies)
def test_order_of_arrival_matters_only_at_equal_instants(order, policy):
    seen = [Touch(CODES[i], NOW - i * DAY / 8) for i in range(5)]
    shuffled = [seen[i] for i in order]
    straight, mixed = decide(seen, policy=policy), decide(shuffled, policy=policy)

    assert straight.winner == mixed.winner
    assert [straight.verdicts[i] for i in order] == list(mixed.verdicts)


@given(touches, policies)
def test_last_touch_mirrors_first_touch(seen, policy):
    """Turning time and arrival around inside the window swaps the two models."""
    inside = [one for one in seen if NOW - DAY < one.at <= NOW]
    mirrored = [replace(one, at=NOW - DAY + TICK + (NOW - one.at)) for one in reversed(inside)]
    first = decide(inside, policy=replace(policy, model=Model.FIRST_TOUCH))
    last = decide(mirrored, policy=replace(policy, model=Model.LAST_TOUCH))
    swapped = {Verdict.NOT_FIRST: Verdict.NOT_LAST}

    assert first.winner == last.winner
    assert [swapped.get(one, one) for one in first.verdicts] == list(reversed(last.verdicts))


@given(st.integers(1, 400), st.integers(-3, 3))
def test_the_window_is_exact_to_the_microsecond(window_days, ticks):
    policy = AttributionPolicy(window_days=window_days)
    seen = [Touch("yu", NOW - timedelta(seconds=window_days * 86400) + ticks * TICK)]

    decision = decide(seen, policy=policy)

    assert decision.winner == ("yu" if ticks > 0 else None)
    assert decision.verdicts == ((Verdict.WON if ticks > 0 else Verdict.EXPIRED),)


@given(touches, policies, bindings.filter(lambda one: one is not None))
def test_an_eligible_binding_wins_over_every_touch(seen, policy, binding):
    without = decide(seen, policy=policy)
    decision = decide(seen, policy=policy, binding=binding)
    fact = PROMOTERS.get(binding.promoter)
    holds = (
        binding.starts_at <= NOW < binding.ends_at
        and fact is not None
        and fact.active
        and (policy.self_purchase or binding.promoter != "me")
    )

    assert (decision.reason is Reason.BINDING) == holds
    if not holds:
        assert decision == without
        return
    for one, free, bound in zip(seen, without.verdicts, decision.verdicts, strict=True):
        if free in {Verdict.WON, Verdict.NOT_FIRST, Verdict.NOT_LAST}:
            same = one.promoter == binding.promoter
            assert bound is (Verdict.BOUND if same else Verdict.BOUND_TO_OTHER)
        else:
            assert bound is free


def test_one_verdict_each_in_the_order_of_the_law():
    course = AttributionPolicy(touch_scope=TouchScope.COURSE)
    seen = [
        Touch("out", NOW - 8 * DAY, "python"),  # expired before inactive
        Touch("out", NOW - DAY, "python"),  # inactive before out of scope
        Touch("me", NOW - DAY, "python"),  # self purchase before out of scope
        Touch("yu", NOW - DAY, "python"),  # out of scope before not promotable
        Touch("yu", NOW - DAY, "ielts"),
        Touch("yu", NOW + TICK, "ielts"),
    ]

    assert decide(seen, policy=course, promotable=False) == Decision(
        None,
        Reason.NONE,
        (
            Verdict.EXPIRED,
            Verdict.PROMOTER_INACTIVE,
            Verdict.SELF_PURCHASE,
            Verdict.OUT_OF_SCOPE,
            Verdict.COURSE_NOT_PROMOTABLE,
            Verdict.LATER_THAN_ORDER,
        ),
        None,
    )


def test_a_promoter_without_account_is_no_self_purchase():
    assert decide([Touch("chen", NOW)], student=None).winner == "chen"


def test_a_typed_code_at_the_same_instant_arrives_last():
    seen = [Touch("yu", NOW), Touch("chen", NOW)]

    assert decide(seen).winner == "yu"
    assert decide(seen, policy=AttributionPolicy(model=Model.LAST_TOUCH)).winner == "chen"


def test_the_article():
    seen = [
        Touch("yu", parse_instant("2026-03-02T10:00:00+08:00"), "ielts"),
        Touch("chen", parse_instant("2026-03-04T10:00:00+08:00"), "ielts"),
    ]
    before = decide(seen, at=parse_instant("2026-03-09T09:59:59.999999+08:00"))
    after = decide(seen, at=parse_instant("2026-03-09T10:00:00+08:00"))

    assert before == Decision("yu", Reason.TOUCH, (Verdict.WON, Verdict.NOT_FIRST), 0)
    assert after == Decision("chen", Reason.TOUCH, (Verdict.EXPIRED, Verdict.WON), 1)


BINDING_POLICY = AttributionPolicy(
    touch_scope=TouchScope.COURSE, binding_days=30, protection_days=3
)


def test_identify_binds_the_winner_from_that_instant():
    seen = [Touch("out", NOW - 2 * DAY), Touch("yu", NOW - DAY, "python")]
    facts = {"touches": seen, "at": NOW, "student": "s1", "promoters": PROMOTERS}

    assert bind_on_identify(policy=BINDING_POLICY, **facts) == Binding("yu", NOW, NOW + 30 * DAY)
    assert bind_on_identify(policy=AttributionPolicy(), **facts) is None
    assert bind_on_identify(policy=BINDING_POLICY, **(facts | {"touches": seen[:1]})) is None


@pytest.mark.parametrize(
    ("promoter", "at", "replaces"),
    [
        ("chen", 3 * DAY - TICK, False),
        ("chen", 3 * DAY, True),
        ("yu", 5 * DAY, False),
        ("out", 5 * DAY, False),
        ("me", 5 * DAY, False),
        ("chen", 30 * DAY - TICK, True),
        ("chen", 30 * DAY, False),
    ],
)
def test_a_touch_replaces_a_binding_after_its_protection(promoter, at, replaces):
    current = Binding("yu", NOW, NOW + 30 * DAY)
    made = bind_on_touch(
        current=current,
        touch=Touch(promoter, NOW + at),
        policy=BINDING_POLICY,
        student="s1",
        promoters=PROMOTERS,
    )

    expected = Binding(promoter, NOW + at, NOW + at + 30 * DAY) if replaces else None
    assert made == expected


def test_a_touch_alone_binds_nobody():
    facts = {"touch": Touch("chen", NOW + 5 * DAY), "student": "s1", "promoters": PROMOTERS}

    assert bind_on_touch(current=None, policy=BINDING_POLICY, **facts) is None
    current = Binding("yu", NOW, NOW + 30 * DAY)
    assert bind_on_touch(current=current, policy=AttributionPolicy(), **facts) is None
