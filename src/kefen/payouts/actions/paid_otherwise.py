"""A share of which the channel paid another amount than was sent, as a person accepted it.

What was sent came to nothing, and another withdrawal says what was done instead: so each has its
own rows in the books, and whoever reads what left reads it right.
"""

from collections.abc import Iterable
from uuid import uuid5

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from kefen.core import postings
from kefen.core.errors import InvariantBroken
from kefen.core.ids import public_id
from kefen.core.states import WithdrawalState
from kefen.ledger import actions as ledger
from kefen.ledger.contracts import Transfer
from kefen.payouts.actions.by_split import fail_share
from kefen.payouts.actions.settle import settle
from kefen.payouts.contracts import WithdrawalRecord
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries import record_of
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.personal import masked_account
from kefen.platform.tenancy.queries import current

_COPIED = ("promoter_id", "way", "channel", "receiver", "receiver_name", "receiver_bank")
_INSTANTS = ("requested_at", "approved_at", "sent_at")


def lock_shares(numbers: Iterable[str]) -> None:
    """Lock some withdrawals in the one order. Call it inside a transaction."""
    rows = Withdrawal.objects.filter(number__in=list(numbers)).order_by("id")
    list(rows.select_for_update(of=("self",)).values_list("id", flat=True))


@transaction.atomic
def replace_share(number: str, *, paid: int, order: str, actor: Actor) -> WithdrawalRecord | None:
    """Take a sent share back into the balance, and book in its place that the promoter got `paid`
    (after tax), once; None where that is nothing, or the share has its result.

    Of the tax that was computed, what belongs to that part stays withheld; more than was asked for
    bears no more of it. What is not available any more, the promoter owes.
    """
    if not fail_share(number, reason=_why(), actor=actor) or paid <= 0:
        return None
    old = Withdrawal.objects.select_related("promoter").get(number=number)
    if old.tax is None or old.net is None or old.tax_computation is None:
        raise InvariantBroken(invariant="a sent withdrawal has its tax")
    tax = old.tax * min(paid, old.net) // old.net if old.net else 0
    amount, promoter = paid + tax, old.promoter.code
    accounts = (postings.available(promoter), postings.receivable(promoter))
    balances = ledger.lock([*accounts, postings.in_transit(promoter)], current().currency)
    row = Withdrawal.objects.create(
        number=public_id("spl", uuid5(old.id, "paid otherwise")),
        amount=amount,
        tax=tax,
        net=paid,
        tax_computation={**old.tax_computation, "amount": amount, "tax": tax, "net": paid},
        state=WithdrawalState.SENT,
        **{name: getattr(old, name) for name in (*_COPIED, *_INSTANTS)},
    )
    owed = amount - min(amount, max(balances[accounts[0]], 0))
    moves = postings.withdrawal_requested(promoter, amount, owed)
    key, now = postings.withdrawal_requested_key(row.number), clock.now()
    ledger.post([Transfer(key, "withdrawal_requested", now, moves)], current().currency)
    audit.record(
        actor,
        "withdrawal.split",
        f"withdrawal:{row.number}",
        order=order,
        amount=amount,
        tax=tax,
        to=f"{row.channel} {masked_account(row.receiver)}",
        instead_of=number,
    )
    settle(row.number, WithdrawalState.SUCCEEDED, at=now, actor=actor)
    return record_of(row)


def _why() -> str:
    """Why the first one failed, as the promoter reads it."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("the channel paid another amount, which is booked instead")
