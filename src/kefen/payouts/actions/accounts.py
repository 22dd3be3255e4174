"""The account a promoter is paid on: he enters it himself, replaces it, removes it.

What was approved keeps the receiver it was approved with. Audit has masked values only.
"""

from django.db import transaction

from kefen.core.errors import InvalidInput
from kefen.core.payees import AccountKind, Payee, payee
from kefen.payouts import queries
from kefen.payouts.contracts import PayoutAccountFacts
from kefen.payouts.models import PayoutAccount, Withdrawal
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import proofs
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord

_OPEN = ("requested", "approved", "sent", "awaiting_confirmation")


@transaction.atomic
def set_account(
    promoter: str,
    kind: str,
    *,
    account: str = "",
    name: str = "",
    bank_name: str = "",
    actor: Actor = SYSTEM,
) -> PayoutAccountFacts:
    """Pay this promoter here from now on; the same again changes nothing. `account` is typed for
    Alipay, Stripe and banks; WeChat told us the openid, the sandbox knows promoters by code.

    Raises UnknownPromoter, InvalidInput (a kind that is not offered, or what cannot be one).
    """
    owner = promoters.by_code(promoter)
    if kind not in queries.offered_kinds():
        raise InvalidInput(field="kind", reason="choose one of the list")
    wanted = _wanted(owner, AccountKind(kind), account, name, bank_name)
    row = PayoutAccount.objects.select_for_update().filter(promoter_id=owner.id).first()
    before = None if row is None else queries.facts_of(row)
    values: dict[str, object] = {
        "kind": wanted.kind.value,
        "account": wanted.account,
        "name": wanted.name,
        "bank_name": wanted.bank,
    }
    if row is not None and all(getattr(row, name) == value for name, value in values.items()):
        return queries.facts_of(row)
    values = {**values, "changed_at": clock.now()}
    row, _ = PayoutAccount.objects.update_or_create(promoter_id=owner.id, defaults=values)
    facts = queries.facts_of(row)
    audit.record(
        actor,
        "payout_account.changed",
        f"promoter:{promoter}",
        before="" if before is None else _told(before),
        after=_told(facts),
    )
    return facts


@transaction.atomic
def remove_account(promoter: str, *, actor: Actor = SYSTEM) -> None:
    """Forget the account; what was approved still goes where it was approved to.

    Raises UnknownPromoter.
    """
    owner = promoters.by_code(promoter)
    row = PayoutAccount.objects.select_for_update().filter(promoter_id=owner.id).first()
    if row is None or not row.account:
        return
    before = _told(queries.facts_of(row))
    row.account = row.name = row.bank_name = ""
    row.changed_at = clock.now()
    row.save(update_fields=["account", "name", "bank_name", "changed_at"])
    audit.record(actor, "payout_account.removed", f"promoter:{promoter}", before=before)


@transaction.atomic
def erase_receivers(promoter: str, *, actor: Actor = SYSTEM) -> int:
    """Erase where a person was paid, the account and every receiver of a withdrawal that has its
    result; answers how many. Amounts, taxes and the ledger stay: they know only ids."""
    remove_account(promoter, actor=actor)
    closed = Withdrawal.objects.filter(promoter_id=promoters.by_code(promoter).id)
    closed = closed.exclude(state__in=_OPEN).exclude(receiver=b"", receiver_name=b"")
    number = closed.update(receiver="", receiver_name="")
    if number:
        audit.record(actor, "payout_account.erased", f"promoter:{promoter}", withdrawals=number)
    return number


def _wanted(
    owner: PromoterRecord, kind: AccountKind, account: str, name: str, bank_name: str
) -> Payee:
    if kind is AccountKind.SANDBOX:
        return Payee(kind, owner.code)
    if kind is AccountKind.WECHAT_PAY:
        account = "" if owner.account_id is None else proofs.openid_of(owner.account_id)
        if not account:
            raise InvalidInput(field="kind", reason="sign in by WeChat first, so that we know it")
    return payee(kind, account, name, bank_name)


def _told(facts: PayoutAccountFacts) -> str:
    return " ".join(filter(None, (facts.kind, facts.bank_name, facts.account, facts.name)))
