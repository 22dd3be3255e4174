"""What both schools of the demo go through: courses with lessons, people who apply, visits that
reach a page, names, members, and what is left for somebody to do."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from random import Random
from typing import TypeAlias

from kefen.catalog import actions as catalog
from kefen.catalog import queries as catalog_queries
from kefen.commissions import actions as commissions
from kefen.commissions import queries as rebates
from kefen.core.ids import public_id, uuid7
from kefen.core.states import CommissionState, PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.ops.demo import people
from kefen.payouts import actions as payouts
from kefen.payouts.queries import settlements
from kefen.platform.identity import actions as identity
from kefen.platform.identity import proofs
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.models import Role
from kefen.platform.tenancy.queries import current
from kefen.promoters import actions as promoters
from kefen.promoters.queries import by_code
from kefen.referrals.actions import take_over_landings
from kefen.referrals.queries import visits_in_order

Member: TypeAlias = tuple[str, Role, str]
Applicant: TypeAlias = tuple[str, str, PromoterKind]


def lessons(random: Random, today: datetime) -> None:
    """Live lessons of every course, in the evenings from today on."""
    for place, course in enumerate(catalog_queries.all_courses()):
        first = today + timedelta(hours=19, minutes=30 * (place % 3), days=place % 4)
        catalog.schedule(
            course.id,
            [
                catalog.NewSession(f"第 {n} 讲", first + timedelta(days=3 * (n - 1)), 90)
                for n in range(1, random.randint(4, 8))
            ],
        )


def crowd(random: Random, everybody: Sequence[people.DemoPromoter]) -> None:
    """Everybody applies with his own account and is approved."""
    for number, one in enumerate(everybody):
        account = identity.account_with_phone(people.phone(number), name=people.person(random))
        promoters.apply(
            account_id=account.id,
            code=one.code,
            kind=one.kind,
            nickname=one.nickname,
            agreed=True,
            adult=True,
            inviter=one.inviter,
        )
        promoters.approve(one.code, group=one.group)


def applicants(waiting: Iterable[Applicant]) -> None:
    """People who applied and wait for a decision."""
    for number, (code, nickname, kind) in enumerate(waiting):
        account = identity.account_with_phone(people.phone(5000 + number), name=nickname[:2])
        promoters.apply(
            account_id=account.id, code=code, kind=kind, nickname=nickname, agreed=True, adult=True
        )


def landings(random: Random) -> None:
    """Four of five visits waited for the page: the next seconds after the click."""
    take_over_landings(
        (visit, visit.at + timedelta(seconds=random.randint(1, 6)))
        for visit in visits_in_order()
        if random.random() < 0.8
    )


def name_students(random: Random) -> None:
    """Give the story's students names and phones, encrypted like everybody's."""
    identity.name_accounts(
        (code, people.person(random), people.phone(10_000 + number))
        for number, code in enumerate(identity.unnamed_codes())
    )


def team(members: Iterable[Member]) -> dict[Role, Actor]:
    """Who works for the school in scope; answers each role's person as an actor."""
    actors = {}
    for handle, role, name in members:
        user = identity.make_user(handle)
        identity.add_member(user, role, display_name=name)
        proofs.set_email(user, f"{handle.removeprefix('demo-')}@example.org")
        actors[role] = Actor(ActorKind.OPERATOR, user.id)
    return actors


def settlement(numbers: list[str], now: datetime, *, by: Actor) -> None:
    """Last week's settlement, prepared by one person: it waits for another."""
    today = now.astimezone(current().zone).date()
    monday = today - timedelta(days=today.weekday())
    payouts.prepare_settlement(
        public_id("btc", uuid7()),
        numbers,
        expected=settlements.sum_of(numbers),
        period=(monday - timedelta(days=7), monday - timedelta(days=1)),
        actor=by,
    )


def stop(promoter: str, reason: str, rebate_of: str, why: str, *, by: Actor) -> None:
    """A promoter who may not go on for now, and a rebate of another that does not mature."""
    promoters.set_status(promoter, PromoterStatus.SUSPENDED, reason=reason, actor=by)
    mine = rebates.of_promoter(by_code(rebate_of).id)
    newest = next(row for row in mine if row.state == CommissionState.PENDING)
    commissions.hold(newest.id, reason=why, actor=by)
