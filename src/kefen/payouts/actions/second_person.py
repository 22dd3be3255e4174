"""Two persons approve what is large: the first is noted, another one decides."""

from kefen.core.errors import OwnPayout, SecondPersonNeeded
from kefen.payouts.models import Withdrawal
from kefen.payouts.queries.arrangements import policy
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.personal import masked_account
from kefen.platform.identity.persons import same_person
from kefen.platform.identity.queries import user_of_account
from kefen.platform.identity.rights import Deed

FROZEN = ("channel", "receiver", "receiver_name", "receiver_bank")


def waits_for_second(row: Withdrawal, actor: Actor) -> bool:
    """Note the first approval of a locked withdrawal that needs two, with where it goes; answers
    whether it waits for the second now. What began with two persons ends with two, whatever was
    decided since.

    Raises NotAllowed (nobody whose work this is), SecondPersonNeeded (the first one again),
    OwnPayout (who receives it).
    """
    threshold = policy().two_persons_from
    large = threshold is not None and row.amount >= threshold
    if not (large or row.two_persons):
        return False
    person = rights.require_person(Deed.WITHDRAWALS, actor)
    account = row.promoter.account_id
    if account is not None and same_person(user_of_account(account), person):
        raise OwnPayout
    if row.first_approver is None:
        row.two_persons, row.first_approver = True, actor.user
        row.first_approved_at = clock.now()
        row.save(update_fields=["two_persons", "first_approver", "first_approved_at", *FROZEN])
        audit.record(
            actor,
            "withdrawal.first_approved",
            f"withdrawal:{row.number}",
            amount=row.amount,
            to=f"{row.channel} {masked_account(row.receiver)}",
        )
        return True
    if same_person(row.first_approver, actor.user):
        raise SecondPersonNeeded(amount=row.amount, minimum=threshold or row.amount)
    row.second_approver = actor.user
    return False
