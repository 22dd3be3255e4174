"""Deciding what becomes of a divisible payment, and reserving what is to leave from it."""

from uuid import uuid5

from django.db import transaction

from kefen.commissions import queries as commissions
from kefen.core import postings
from kefen.core import splits as core
from kefen.core.errors import InvariantBroken, PayoutAccountMissing
from kefen.core.ids import public_id
from kefen.core.payees import Payee
from kefen.core.periods import PeriodKind, period_of
from kefen.core.splits import Claim, Divide, Earned, Paid, Reason, Release, Wait
from kefen.core.states import CommissionState, SplitState
from kefen.ledger import actions as ledger
from kefen.orders import actions as orders
from kefen.orders import queries as order_queries
from kefen.orders.contracts import LockedOrder
from kefen.payouts import actions as payouts
from kefen.payouts import queries as payout_queries
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.queries import arrangements
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import queries as identity
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.tenancy.queries import current
from kefen.ports.splits import SplitFacts
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord
from kefen.splits import queries
from kefen.splits.actions.turns import enter, locked, wait
from kefen.splits.channels import facts_of
from kefen.splits.models import OrderSplit, SplitShare


def plan(row: OrderSplit) -> bool:
    """Wait, release, or make the withdrawals; answers whether to go on at once.

    With the order locked: a refund is either known here, or comes after the plan and is then a
    late one. What is planned is reserved in the same transaction, so nothing can be spent twice.
    """
    facts = facts_of(row)  # before anything is locked: a channel may have to be asked
    number = row.order.number
    with transaction.atomic():
        row = locked(row)
        if row.state != SplitState.WAITING:
            return True
        order = orders.lock_orders([number])[number]
        paid, now = _paid(order), clock.now()
        decision = core.decide(paid, _earned(order), facts, now)
        if isinstance(decision, Wait):
            wait(row, decision.until, decision.reason)
            return False
        if isinstance(decision, Release):
            enter(row, SplitState.RELEASING, reason=decision.reason, planned_at=now)
            return True
        return _divide(row, order, paid, decision, facts)


def _divide(
    row: OrderSplit, order: LockedOrder, paid: Paid, decision: Divide, facts: SplitFacts
) -> bool:
    people = promoters.by_codes(promoter for promoter, _ in decision.amounts)
    payees = _payees(row.channel, people)
    claims = _claims(row.channel, decision, people, payees)
    division = core.divide(paid, claims, facts)
    now = clock.now()
    for claim in division.shares:
        person = people[claim.promoter]
        wanted = RequestWithdrawal(_number(order, person), person.code, claim.amount, now)
        payee = payees[person.code]
        if not isinstance(payee, Payee):
            raise InvariantBroken(invariant="a share has a receiver")
        made = payouts.withdraw_by_split(wanted, payee, order=order.number)
        SplitShare.objects.create(
            split_id=row.id, promoter_id=person.id, amount=claim.amount, withdrawal_id=made.id
        )
    for claim, reason in division.wallet:
        SplitShare.objects.create(
            split_id=row.id,
            promoter_id=people[claim.promoter].id,
            amount=claim.amount,
            reason=reason.value,
        )
    state = SplitState.PLANNED if division.shares else SplitState.RELEASING
    why = "" if division.shares else Reason.NOTHING_TO_SHARE.value
    enter(row, state, reason=why, planned_at=now)
    shares = {claim.promoter: claim.net for claim in division.shares}
    audit.record(SYSTEM, "split.planned", f"order:{order.number}", shares=shares)
    return True


def _paid(order: LockedOrder) -> Paid:
    if order.paid_at is None:
        raise InvariantBroken(invariant="what is divided was paid")
    return Paid(
        paid_at=order.paid_at,
        amount=order.total,
        refunded=sum(line.refunded for line in order.lines),
        refund_days=order_queries.longest_refund_days(order.id),
        refund_open=order_queries.refund_is_open(order.id),
    )


def _earned(order: LockedOrder) -> list[Earned]:
    """The order's commissions, locked: none is taken back while the plan is made."""
    rows = commissions.of_order(order.id).select_for_update(of=("self",), no_key=True)
    return [
        Earned(
            promoter=row.promoter.code,
            level=row.level,
            left=row.booked - row.reversed,
            state=CommissionState(row.state),
            available_at=row.available_at,
        )
        for row in rows
    ]


def _payees(channel: str, people: dict[str, PromoterRecord]) -> dict[str, Payee | Reason]:
    """Who gets it where, or why he does not get it straight from the payment."""
    ways = queries.ways_of(person.id for person in people.values())
    return {code: _payee(channel, person, ways[person.id].way) for code, person in people.items()}


def _payee(channel: str, person: PromoterRecord, way: core.Way) -> Payee | Reason:
    if way is not core.Way.SPLIT:
        return Reason.WALLET
    # Tax is declared in his name, as for a withdrawal that he asks for himself.
    if person.account_id is None or not identity.has_identity(person.account_id):
        return Reason.NO_IDENTITY
    try:
        payee = payout_queries.payee_of(person.id, person.code, person.account_id)
    except PayoutAccountMissing:
        return Reason.NO_ACCOUNT
    return payee if payee.kind.value == channel else Reason.NO_ACCOUNT


def _claims(
    channel: str,
    decision: Divide,
    people: dict[str, PromoterRecord],
    payees: dict[str, Payee | Reason],
) -> list[Claim]:
    """What everybody would get, by the balances as they stand and stay: the accounts are locked."""
    institution, now = current(), clock.now()
    builders = (postings.available, postings.in_transit)
    balances = ledger.lock(
        [build(code) for code in people for build in builders], institution.currency
    )
    month = period_of(PeriodKind.MONTH, now, institution.zone)
    threshold = arrangements.policy().two_persons_from
    received = payout_queries.split_in([p.id for p in people.values()], channel, month)
    claims: list[Claim] = []
    taken: set[str] = set()
    for code, left in decision.amounts:
        payee, person = payees[code], people[code]
        if isinstance(payee, Payee) and payee.account in taken:
            payee = Reason.RECEIVERS  # two promoters, one account: a split names it once
        if isinstance(payee, Reason):
            claims.append(Claim(code, left, left, obstacle=payee))
            continue
        amount = min(left, balances[postings.available(code)])
        if threshold is not None and amount >= threshold:
            # Nobody approves a share: what needs two persons is asked for as a withdrawal.
            claims.append(Claim(code, left, left, obstacle=Reason.NEEDS_TWO_PERSONS))
            continue
        taken.add(payee.account)
        tax = payout_queries.preview_tax(person.id, amount, now).tax if amount > 0 else 0
        claims.append(Claim(code, amount, amount - tax, received.get(person.id, 0)))
    return claims


def _number(order: LockedOrder, person: PromoterRecord) -> str:
    """Made from order and promoter, so that planning twice makes one withdrawal."""
    return public_id("spl", uuid5(order.id, str(person.id)))
