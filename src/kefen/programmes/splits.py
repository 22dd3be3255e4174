"""Terms under which money would come too late, or be too much, for a channel that divides payments
(decision 0028)."""

from kefen.catalog import queries as catalog
from kefen.core.splits import check_terms
from kefen.core.terms import Terms
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.programmes import queries


def check_for_splits(terms: Terms) -> None:
    """Refuse terms that do not fit a channel at which this institution divides payments."""
    for account in merchants.accounts():
        if account.splits:
            check_at(account.channel, terms)


def check_at(channel: str, terms: Terms) -> None:
    """The same for one channel. Raises SplitTooLate, SplitAboveChannel, ChannelError."""
    found = registry.splits(channel)
    if found is None:
        return
    hold = max(terms.hold_days, queries.schedule().limits.minimum_hold_days)
    check_terms(
        channel=channel,
        hold_days=hold,
        refund_days=catalog.longest_refund_days(),
        max_rate_bps=terms.max_rate_bps,
        facts=found.split_facts(current().slug),
    )
