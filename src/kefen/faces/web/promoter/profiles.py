"""The promoter himself: what he agreed to, who he is, how he is paid, how he leaves."""

from collections.abc import Mapping

from kefen.core.errors import NotFound
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import payees, screens, ways
from kefen.faces.web.promoter.build import Money
from kefen.faces.web.shared.screens import Form
from kefen.platform import clock
from kefen.platform.identity import queries as known
from kefen.platform.identity.contracts import IdentityFacts
from kefen.platform.identity.declare import declare_identity
from kefen.platform.identity.personal import masked_phone
from kefen.programmes import queries as programmes


def profile(entry: Entry) -> screens.ProfileScreen:
    """我的."""
    me, facts, account = entry.me, entry.school, entry.account
    held, mine = Money(me.code, facts.currency), _identity(entry)
    rules = programmes.schedule().in_force(clock.now())
    return screens.ProfileScreen(
        currency=facts.currency,
        name=entry.person_name,
        phone_masked=masked_phone(account.phone) if account and account.phone else "–",
        code=me.code,
        kind=me.kind,
        group_name=me.group or "",
        state=me.status,
        joined_at=me.active_from or me.applied_at,
        agreement_at=me.agreed_at,
        expected=held.expected,
        available=held.available,
        tax_rule=facts.tax_rule.value,
        in_transit=held.in_transit,
        identity_name="" if mine is None else mine.name,
        identity_number="" if mine is None else mine.id_number,
        payout=payees.account_of(entry),
        way=ways.shown(entry),
        rules_version=0 if rules is None else rules.number,
        rules_from=None if rules is None else rules.terms.effective_from,
    )


def _identity(entry: Entry) -> IdentityFacts | None:
    return None if entry.account is None else known.identity_of(entry.account.id)


def identity(entry: Entry, form: Form | None = None) -> screens.IdentityScreen:
    """The form, or what was declared."""
    mine, currency = _identity(entry), entry.school.currency
    if mine is None:
        return screens.IdentityScreen(currency, form=form or Form())
    return screens.IdentityScreen(
        currency, mine.name, mine.id_number, mine.declared_at, form or Form()
    )


def declare(entry: Entry, values: Mapping[str, str]) -> None:
    """Note who the promoter is. Raises InvalidInput, PromoterTooYoung, IdentityTaken."""
    if entry.account is None:
        raise NotFound(what="account")
    declare_identity(
        entry.account.id,
        real_name=values.get("real_name", ""),
        id_number=values.get("id_number", ""),
        actor=entry.actor,
    )
