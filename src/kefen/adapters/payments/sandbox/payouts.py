"""The channel's payouts: at once, or when the receiver confirmed that it is his (he has a day, as
with WeChat's transfers to a balance; then the money stays where it was).

Every number is the caller's and an idempotency key. The receiver's day is counted by the demo's
clock, so that it can be pushed ahead.
"""

import secrets
from datetime import datetime, timedelta
from typing import Final

from django.conf import settings
from django.db import IntegrityError, transaction

from kefen.adapters.payments.sandbox import faults, notices
from kefen.adapters.payments.sandbox.books import event_number, refusal
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payout, Verdict
from kefen.adapters.payments.sandbox.signature import real_now
from kefen.core.errors import NotFound
from kefen.platform import clock
from kefen.ports.payments import ChannelEvent, EventKind
from kefen.ports.payouts import PayOut

CONFIRM_WITHIN: Final = timedelta(hours=24)
_TOO_LATE: Final = "the receiver did not confirm in time"
_REASONS = {Verdict.EXPIRED: _TOO_LATE, Verdict.CANCELLED: "it was taken back"}
_VERDICTS = {
    Fault.REJECTED: (Verdict.FAILED, "the receiver is unknown"),
    Fault.EXPIRED: (Verdict.EXPIRED, _TOO_LATE),
}
_KINDS = {
    Verdict.WAITING: EventKind.PAYOUT_WAITING,
    Verdict.SUCCEEDED: EventKind.PAYOUT_SUCCEEDED,
    Verdict.FAILED: EventKind.PAYOUT_FAILED,
    Verdict.EXPIRED: EventKind.PAYOUT_EXPIRED,
    Verdict.CANCELLED: EventKind.PAYOUT_CANCELLED,
}


def pay_out(request: PayOut) -> Fault | None:
    """Send money; answers the fault that is to happen. Raises ChannelRejected."""
    fault = faults.planned(request.institution, request.withdrawal, request.amount)
    try:
        with transaction.atomic():
            _pay_out_once(request, fault)
    except IntegrityError:  # asked for at this moment by somebody else
        _check_known(request)
    return fault


def _pay_out_once(request: PayOut, fault: Fault | None) -> None:
    if _check_known(request):
        return
    if request.amount < 0 or not request.receiver:
        raise refusal("the amount or the receiver is missing")
    verdict, reason = Verdict.SUCCEEDED, ""
    if fault is not None:
        verdict, reason = _VERDICTS.get(fault, (verdict, reason))
    now, waits = clock.now(), faults.confirms(fault)
    row = Payout.objects.create(
        institution=request.institution,
        number=request.withdrawal,
        receiver=request.receiver,
        amount=request.amount,
        currency=request.currency,
        verdict=Verdict.WAITING if waits else verdict,
        reason=reason,
        event=event_number(),
        decided_at=now,
        known_from=real_now() + notices.delay(fault),
        token=secrets.token_urlsafe(24) if waits else None,
        confirm_by=now + CONFIRM_WITHIN if waits else None,
        notify_url=request.notify_url,
    )
    notices.announce(request.institution, request.notify_url, event_of(row, fault), fault)


def _check_known(request: PayOut) -> bool:
    row = Payout.objects.filter(institution=request.institution, number=request.withdrawal).first()
    if row is None:
        return False
    wanted = (request.amount, request.currency, request.receiver)
    if (row.amount, row.currency, row.receiver) != wanted:
        raise refusal("the number exists with other content")
    return True


def by_token(token: str) -> Payout:
    """The payout that is confirmed at an address, as it is by now. Raises NotFound."""
    row = Payout.objects.filter(token=token).first()
    if row is None:
        raise NotFound(what="payout")
    return _in_time(row)


def by_number(institution: str, number: str) -> Payout:
    """The payout with a number, as it is by now. Raises NotFound."""
    row = Payout.objects.filter(institution=institution, number=number).first()
    if row is None:
        raise NotFound(what=f"payout {number}")
    return _in_time(row)


def _in_time(row: Payout) -> Payout:
    late = row.confirm_by is not None and row.confirm_by <= clock.now()
    return _decide(row, Verdict.EXPIRED) if late and row.verdict == Verdict.WAITING else row


def confirm(token: str) -> Payout:
    """The receiver confirms; again, or too late, changes nothing. Raises NotFound."""
    return _decide(by_token(token), Verdict.SUCCEEDED)


def cancel(institution: str, number: str) -> None:
    """Take back what waits for its receiver. Raises NotFound, ChannelRejected (it does not)."""
    row = _decide(by_number(institution, number), Verdict.CANCELLED)
    if row.verdict != Verdict.CANCELLED:
        raise refusal("the payout does not wait for its receiver")


def expire_due() -> int:
    """End what nobody confirmed in time; answers how many."""
    late = Payout.objects.filter(verdict=Verdict.WAITING, confirm_by__lte=clock.now())
    found = list(late.order_by("id")[:200])
    for row in found:
        _decide(row, Verdict.EXPIRED)
    return len(found)


@transaction.atomic
def _decide(waiting: Payout, verdict: Verdict) -> Payout:
    """The one end of a payout that waited, whoever comes first."""
    row = Payout.objects.select_for_update().get(id=waiting.id)
    if row.verdict != Verdict.WAITING:
        return row
    now: datetime = clock.now()
    row.verdict, row.reason = verdict, _REASONS.get(verdict, "")
    row.event, row.decided_at = event_number(), now
    row.save(update_fields=["verdict", "reason", "event", "decided_at"])
    notices.announce(row.institution, row.notify_url, event_of(row))
    return row


def event_of(row: Payout, fault: Fault | None = None) -> ChannelEvent:
    """What the channel says about a payout."""
    waits = row.verdict == Verdict.WAITING
    return ChannelEvent(
        event=row.event,
        kind=_KINDS[Verdict(row.verdict)],
        subject=row.number,
        order="",
        amount=row.amount + (1 if fault is Fault.WRONG_AMOUNT else 0),
        currency=row.currency,
        at=row.decided_at,
        reason=row.reason,
        until=row.confirm_by if waits else None,
        url=f"{settings.PUBLIC_URL.rstrip('/')}/sandbox/receipt/{row.token}" if waits else "",
    )
