"""Noting what payments at a channel cost as agreed, so that a bill's fees differ from something."""

from datetime import date

from django.db import transaction

from kefen.core.errors import InvalidInput, NotFound
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.ports import registry
from kefen.reconciliation import queries
from kefen.reconciliation.models import AgreedFee

MOST_BPS = 2000


@needs(Deed.RECONCILIATION)
@transaction.atomic
def agree_fee(
    channel: str, bps: int | None, *, actor: Actor, effective_on: date | None = None
) -> bool:
    """Note what payments cost from a day on (None: on every day), or that nothing is expected;
    answers whether that says something new. It counts for days that are held against the books
    from now on. Raises NotFound, InvalidInput."""
    if registry.bills(channel) is None:
        raise NotFound(what=f"bills of {channel}")
    if bps is not None and not 0 <= bps <= MOST_BPS:
        raise InvalidInput(field="fee", reason="a rate is between 0 and 20%")
    same = [one for one in queries.agreed_fees(channel) if one.effective_on == effective_on]
    if (same[0].bps if same else None) == bps and (same or effective_on is None):
        return False
    AgreedFee(channel=channel, bps=bps, effective_on=effective_on, agreed_at=clock.now()).save(
        force_insert=True
    )
    since = "" if effective_on is None else effective_on.isoformat()
    audit.record(
        actor,
        "fee.agreed",
        f"channel:{channel}",
        before=same[0].bps if same else None,
        after=bps,
        effective_on=since,
    )
    return True
