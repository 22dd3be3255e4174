"""Taking back a payout that waits for its receiver: the channel alone can say it is not paid."""

from django.db import transaction

from kefen.core.errors import WithdrawalNotOpen
from kefen.core.states import WithdrawalState
from kefen.payouts.queries import by_number
from kefen.platform import jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants.queries import shut_since
from kefen.platform.tenancy.queries import current
from kefen.ports import registry


@needs(Deed.WITHDRAWALS, also=ActorKind.PROMOTER)
def take_back(number: str, *, actor: Actor) -> None:
    """Ask the channel to take back what its receiver did not confirm; the amount comes back when
    the channel says so. Call it outside of any transaction.

    Raises UnknownWithdrawal, WithdrawalNotOpen (it does not wait), ChannelRejected (too late),
    ChannelUnavailable.
    """
    row = by_number(number)
    if row.state != WithdrawalState.AWAITING_CONFIRMATION:
        raise WithdrawalNotOpen(withdrawal=number)
    with transaction.atomic():
        # The account by which it left, whatever took its place since.
        merchants.hold(row.channel)
        left_by = None if row.sent_at is None else shut_since(row.channel, row.sent_at)
        account = merchants.held_account(row.channel, left_by)
    with merchants.speaking_as(account):
        registry.payouts(row.channel).cancel_payout(current().slug, number)
    audit.record(actor, "withdrawal.cancel_asked", f"withdrawal:{number}", amount=row.amount)
    # The job asks for the result: the same number, never a new one.
    jobs.enqueue("payouts.send", once=True, withdrawal=number)
