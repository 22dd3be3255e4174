"""Terms under which money would come too late, or be too much, for a channel that divides payments
(decision 0028)."""

from kefen.catalog import queries as catalog
from kefen.core.splits import check_terms
from kefen.core.terms import Terms
from kefen.platform import clock
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.programmes import queries


def check_published(channel: str) -> None:
    """Refuse to divide payments at a channel under the terms that are in force, or will be.

    Called by `platform.merchants` through the guard that config.wiring registers. Raises
    SplitTooLate, SplitAboveChannel, ChannelError.
    """
    now = clock.now()
    versions = queries.schedule().versions
    later = [v for v in versions if v.terms.effective_from > now]
    present = [v for v in versions if v.terms.effective_from <= now][-1:]
    for version in [*present, *later]:
        _check(version.terms, channel)


def check_for_splits(terms: Terms) -> None:
    """Refuse terms that do not fit a channel at which this institution divides payments."""
    for account in merchants.accounts():
        if account.splits:
            _check(terms, account.channel)


def _check(terms: Terms, channel: str) -> None:
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
