"""The channel of a split, and what it allows here."""

from datetime import datetime

from kefen.core.errors import InvariantBroken, NotFound
from kefen.core.splits import SAFETY
from kefen.orders import queries as orders
from kefen.orders.contracts import PaidThrough
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.splits import SplitChannel, SplitFacts
from kefen.splits.models import OrderSplit


def channel_of(row: OrderSplit) -> SplitChannel:
    """The channel. Raises NotFound where this installation no longer has it."""
    found = registry.splits(row.channel)
    if found is None:
        raise NotFound(what=f"channel {row.channel}")
    return found


def facts_of(row: OrderSplit) -> SplitFacts:
    """What it allows this institution."""
    return channel_of(row).split_facts(current().slug)


def payment_of(row: OrderSplit) -> PaidThrough:
    """The payment, with the channel's own number of it."""
    found = orders.paid_through([row.order_id]).get(row.order_id)
    if found is None:
        raise InvariantBroken(invariant="what is divided was paid")
    return found


def is_too_late(payment: PaidThrough, facts: SplitFacts, now: datetime) -> bool:
    """Whether nothing new may be sent any more."""
    return now >= payment.paid_at + facts.latest - SAFETY
