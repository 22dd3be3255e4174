"""Deciding how the institution pays out, and by which tax rule; each change is audited."""

from dataclasses import replace
from datetime import date

from django.db import transaction

from kefen.core.errors import InvalidInput
from kefen.core.payees import AccountKind
from kefen.core.payout_limits import ChannelLimits
from kefen.core.tax import TaxRule
from kefen.payouts.actions.loosen import drop, loosens, propose
from kefen.payouts.bank_columns import COLUMNS, ENCODINGS
from kefen.payouts.contracts import PolicyFacts
from kefen.payouts.models import PayoutLimit, PayoutPolicy, TaxTerms
from kefen.payouts.queries import arrangements
from kefen.payouts.tax import tax_rule_at
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.queries import current

_LIMITS = ("least", "most", "person_day", "school_day", "name_needed")


@needs(Deed.PAYOUT_SETTINGS)
@transaction.atomic
def set_policy(wanted: PolicyFacts, *, actor: Actor) -> bool:
    """Decide who approves and whether banks are paid by files; the same again changes nothing.
    Answers whether all of it counts: a higher threshold, or none, waits for a second person.

    A withdrawal that waits for its second person keeps waiting. Raises InvalidInput, NotAllowed.
    """
    _check(wanted)
    PayoutPolicy.objects.select_for_update().first()
    before = arrangements.policy()
    looser = loosens(before.two_persons_from, wanted.two_persons_from)
    at_once = replace(wanted, two_persons_from=before.two_persons_from) if looser else wanted
    if at_once != before:
        _store(before, at_once, actor)
    if looser:
        propose(PayoutPolicy.objects.get(), wanted.two_persons_from, actor=actor)
    return not looser


def _check(wanted: PolicyFacts) -> None:
    if wanted.two_persons_from is not None and wanted.two_persons_from < 1:
        raise InvalidInput(field="two_persons_from", reason="write an amount like 59.80")
    if wanted.bank_encoding not in ENCODINGS:
        raise InvalidInput(field="bank_encoding", reason="choose one of the list")
    unknown = [name for name in wanted.bank_columns if name not in COLUMNS]
    if unknown or len(set(wanted.bank_columns)) != len(wanted.bank_columns):
        raise InvalidInput(field="bank_columns", reason="choose one of the list")
    if wanted.bank_columns and not {"number", "account", "amount"} <= set(wanted.bank_columns):
        raise InvalidInput(
            field="bank_columns", reason="number, account and amount are needed in every file"
        )


def _store(before: PolicyFacts, wanted: PolicyFacts, actor: Actor) -> None:
    values = {
        "two_persons_from": wanted.two_persons_from,
        "bank_files": wanted.bank_files,
        "bank_encoding": wanted.bank_encoding,
        "bank_columns": list(wanted.bank_columns),
    }
    institution = current()
    row, _ = PayoutPolicy.objects.update_or_create(
        institution_id=institution.id, defaults={**values, "changed_at": clock.now()}
    )
    audit.record(actor, "payout_policy.changed", "payout_policy", before=str(before), **values)
    if wanted.two_persons_from != before.two_persons_from:
        drop(row, actor=actor)  # it was proposed against another threshold


@needs(Deed.PAYOUT_SETTINGS)
@transaction.atomic
def set_limits(channel: str, wanted: ChannelLimits, *, actor: Actor) -> None:
    """The institution's own limits at a channel; the same again changes nothing. Raises
    InvalidInput naming the field."""
    if channel not in {kind.value for kind in AccountKind}:
        raise InvalidInput(field="channel", reason="choose one of the list")
    for name in _LIMITS:
        value = getattr(wanted, name)
        if value is not None and value < 1:
            raise InvalidInput(field=name, reason="write an amount like 59.80")
    if wanted.least and wanted.most and wanted.most < wanted.least:
        raise InvalidInput(field="most", reason="it is below the least amount")
    if wanted.name_from < 0 or (wanted.name_needed or wanted.name_from) < wanted.name_from:
        raise InvalidInput(field="name_needed", reason="it is below the amount a name goes from")
    PayoutLimit.objects.select_for_update().filter(channel=channel).first()
    before = arrangements.channel_limits(channel)
    if before == wanted:
        return
    values = {name: getattr(wanted, name) for name in (*_LIMITS, "name_from")}
    PayoutLimit.objects.update_or_create(channel=channel, defaults=values)
    audit.record(
        actor, "payout_limits.changed", f"payout_limits:{channel}", before=str(before), **values
    )


@needs(Deed.PAYOUT_SETTINGS)
@transaction.atomic
def set_tax_rule(rule: str, *, effective_on: date, actor: Actor) -> None:
    """Withhold by this rule from a day on, today or later: what was withheld stays as it is.

    Raises InvalidInput.
    """
    if rule not in {one.value for one in TaxRule}:
        raise InvalidInput(field="rule", reason="choose one of the list")
    institution, now = current(), clock.now()
    if effective_on < now.astimezone(institution.zone).date():
        raise InvalidInput(field="effective_on", reason="a tax rule never reaches into the past")
    before = tax_rule_at(institution, now)
    TaxTerms.objects.create(
        rule=rule, effective_on=effective_on, decided_at=now, decided_by=actor.user
    )
    audit.record(
        actor,
        "tax_terms.decided",
        "tax_terms",
        before=before.value,
        rule=rule,
        effective_on=effective_on.isoformat(),
    )
