"""Which account a proved phone number signs in to, and joining the two of somebody who came by
WeChat first."""

from django.db import transaction

from kefen.core.errors import PhoneTaken
from kefen.orders import queries as orders
from kefen.platform.audit import actions as audit
from kefen.platform.identity import actions as identity
from kefen.platform.identity import proofs, queries
from kefen.platform.identity.contracts import AccountFacts, Actor, ActorKind
from kefen.promoters import queries as promoters
from kefen.referrals import actions as referrals
from kefen.referrals import queries as visits


@transaction.atomic
def account_of_phone(signed_in_to: AccountFacts | None, phone: str) -> AccountFacts:
    """The account of a phone number that was proved just now, made if it is new.

    Whoever is signed in to an account without a number gives it this one. If the number has an
    account already, WeChat vouches for that one from now on, and the visits come along: but only
    if nothing hangs on the account without a number. Raises PhoneTaken where something does.
    """
    mine = signed_in_to
    if mine is None or mine.phone:
        return identity.account_with_phone(phone)
    holder = queries.account_by_phone(phone)
    actor = Actor(ActorKind.STUDENT, queries.user_of_account(mine.id))
    if holder is None:
        proofs.add_phone(mine.id, phone)
        audit.record(actor, "account.phone_added", f"account:{mine.code}")
        return identity.account_with_phone(phone)
    identity.lock_accounts([mine.id, holder.id])
    if orders.has_any(mine.id) or promoters.of_account(mine.id) is not None:
        raise PhoneTaken
    proofs.move_wechat(mine.id, holder.id)
    for visitor in visits.visitors_of(mine.id):
        referrals.identify(visitor, holder.id)
    # Other browsers that are signed in to the emptied account would go on working on nobody's.
    proofs.end_sessions_of(mine.id)
    audit.record(actor, "account.joined", f"account:{holder.code}", of=mine.code)
    return holder
