"""identify ties for ever and may bind."""

from kefen.core.states import PromoterStatus
from kefen.programmes import actions as programmes
from kefen.promoters import actions as promoters
from kefen.referrals import actions
from tests.orders.school import (
    DAY,
    START,
    come_by,
    everything,
    open_school,
    student,
    terms,
    unchanged,
    visit,
    visitor,
)
from tests.referrals.test_record import BINDING, bound


def again(at: object, name: str = "v1") -> None:
    actions.identify(visitor(name), student(), at=at)  # type: ignore[arg-type]


def test_without_bindings_it_only_ties(institution: object) -> None:
    open_school()
    come_by("yu")
    with unchanged():
        again(START + DAY)
    assert len(everything()["referrals_tie"]) == 1
    assert everything()["referrals_binding"] == []


def test_a_binding_goes_to_the_winner_and_stays_while_active(institution: object) -> None:
    open_school(terms(policy=BINDING))
    visit("yu")
    visit("chen", at=START + DAY)
    again(START + DAY)
    assert bound(START + DAY) == "yu"  # the first touch
    with unchanged():
        again(START + 2 * DAY)


def test_every_repetition_counts_once_it_has_ended(institution: object) -> None:
    open_school(terms(policy={"binding_days": 2}))
    come_by("yu")
    assert bound(START + 2 * DAY) is None
    again(START + 2 * DAY)
    assert bound(START + 2 * DAY) == "yu"
    again(START + 7 * DAY)  # his touch is 7 days old: nobody wins
    assert bound(START + 7 * DAY) is None


def test_nobody_is_bound_to_somebody_inactive(institution: object) -> None:
    open_school(terms(policy=BINDING))
    promoters.set_status("yu", PromoterStatus.SUSPENDED)
    come_by("yu")
    assert bound(START) is None


def test_a_version_without_bindings_makes_none_but_honours_those_made(institution: object) -> None:
    later = terms(effective_from=START + DAY)
    open_school(terms(policy=BINDING), later)
    come_by("yu")
    visit("chen", at=START + 10 * DAY)
    assert bound(START + 10 * DAY) == "yu"
    come_by("chen", at=START + DAY, name="v9", who="s9")
    assert bound(START + DAY, "s9") is None


def test_before_the_first_version_it_only_ties(institution: object) -> None:
    later = terms(policy=BINDING, effective_from=START + DAY, max_rate_bps=3000)
    programmes.publish(later, take_over=True)
    again(START)
    assert len(everything()["referrals_tie"]) == 1
