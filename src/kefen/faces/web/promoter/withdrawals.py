"""The promoter's withdrawals: asking, what the tax is, and the way of each."""

import json
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from kefen.core.errors import DomainError, UnknownWithdrawal
from kefen.core.ids import public_id, uuid7
from kefen.core.payees import AccountKind
from kefen.core.states import WithdrawalState
from kefen.core.tax import TaxRule
from kefen.faces.web import keyset, labels, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.promoter import payees
from kefen.faces.web.promoter import payout_screens as screens
from kefen.faces.web.promoter.build import Money
from kefen.faces.web.promoter.todos import hours_left
from kefen.faces.web.shared.screens import Form, TimelineStep
from kefen.payouts import queries as payouts
from kefen.payouts.models import Withdrawal
from kefen.platform import clock
from kefen.platform.identity import queries as identity
from kefen.platform.identity.personal import masked_account

_SHOWN = 20
_BACK = (WithdrawalState.FAILED, WithdrawalState.EXPIRED, WithdrawalState.REJECTED)
_CLOSED = (*_BACK, WithdrawalState.CANCELLED)
# The lines of a computation that are money or a rate; `rule` and `period` are words.
_LINES = (
    *("amount", "income_before", "income", "expenses", "deduction", "taxable", "rate_bps"),
    *("quick_deduction", "due", "withheld_before", "tax", "net"),
)


def withdraw(entry: Entry, form: Form | None = None) -> screens.WithdrawScreen:
    """What can be withdrawn, what the tax would be, and what was withdrawn before."""
    me, facts = entry.me, entry.school
    money = Money(me.code, facts.currency)
    values = entry.query if form is None else form.values
    preview = _wanted(values.get("amount", ""), money.available, facts.currency)
    tax = payouts.preview_tax(me.id, preview, clock.now())
    rows, window = keyset.window(entry, payouts.of_promoter(me.id), ("-id",), size=_SHOWN)
    usual, account = payouts.usual_wait(), payees.account_of(entry)
    return screens.WithdrawScreen(
        currency=facts.currency,
        available=money.available,
        minimum=facts.withdrawal_minimum,
        number=public_id("wdr", uuid7()),
        tax_rule=facts.tax_rule.value,
        preview_amount=preview,
        preview_tax=tax.tax,
        withdrawals=tuple(_row(row) for row in rows),
        window=window,
        owed=money.owed,
        account=account,
        account_missing=account is None and payouts.account_needed(),
        form=form or Form(),
        tax=_lines({name: getattr(tax, name) for name in ("rule", *_LINES)}),
        usual_hours=None if usual is None else max(1, -(-usual // timedelta(hours=1))),
        identity_missing=not _may_be_paid(entry),
    )


def _wanted(text: str, available: int, currency: str) -> int:
    """The amount typed, or everything where it is none."""
    try:
        return typed.amount(text, currency)
    except DomainError:
        return available


def _may_be_paid(entry: Entry) -> bool:
    return entry.account is not None and identity.has_identity(entry.account.id)


def _row(row: Withdrawal) -> screens.WithdrawalRow:
    return screens.WithdrawalRow(
        row.number,
        row.amount,
        row.state,
        row.requested_at,
        row.tax,
        row.net if row.state not in _CLOSED else None,
        _reason(row),
        hours_left(row),
    )


def _lines(computed: dict[str, Any] | None) -> screens.TaxLines | None:
    """A computation line by line; None where nothing is withheld by any rule."""
    if computed is None or computed["rule"] == TaxRule.NONE:
        return None
    yearly = computed["rule"] == TaxRule.CUMULATIVE_2025_16
    figures = {name: int(computed[name]) for name in _LINES}
    return screens.TaxLines(str(computed["rule"]), "year" if yearly else "month", **figures)


def mine(entry: Entry, number: str) -> Withdrawal:
    """A withdrawal of whoever looks. Raises UnknownWithdrawal for anybody else's."""
    row = payouts.by_number(number)
    if row.promoter_id != entry.me.id:
        raise UnknownWithdrawal(withdrawal=number)
    return row


def withdrawal(entry: Entry, row: Withdrawal) -> screens.WithdrawalScreen:
    """One withdrawal whole."""
    left = hours_left(row)
    return screens.WithdrawalScreen(
        currency=entry.school.currency,
        number=row.number,
        amount=row.amount,
        state=row.state,
        channel_name=str(labels.label("channel", row.channel)),
        timeline=tuple(_way(row)),
        # Nothing was paid of what came back, so nothing was withheld.
        tax=None if row.state in _CLOSED else _lines(row.tax_computation),
        reason=_reason(row),
        confirm_url="" if left is None else row.confirm_url,
        confirm_bridge="" if left is None else _bridge(row.confirm_url),
        confirm_until=None if left is None else row.confirm_until,
        hours_left=left,
        again=row.state in _BACK,
        held_until=row.held_until if row.state == WithdrawalState.APPROVED else None,
        receiver=_receiver(row),
    )


def _receiver(row: Withdrawal) -> str:
    """Where it went, masked; the sandbox knows promoters by code."""
    if not row.receiver or row.channel == AccountKind.SANDBOX:
        return ""
    return masked_account(row.receiver)


def _way(row: Withdrawal) -> list[TimelineStep]:
    """What happened and what is still to come, in order."""
    steps = [TimelineStep("requested", row.requested_at)]
    if row.state in _CLOSED and row.approved_at is None:
        return [*steps, _end(row)]
    steps.append(_step("approved", row.approved_at, now=row.state == WithdrawalState.REQUESTED))
    steps.append(_step("sent", row.sent_at, now=row.state == WithdrawalState.APPROVED))
    if row.state == WithdrawalState.AWAITING_CONFIRMATION:
        steps.append(TimelineStep("confirm", None, "now"))
    elif row.state == WithdrawalState.SUCCEEDED and row.confirm_until is not None:
        steps.append(TimelineStep("confirm"))
    if row.closed_at is not None:
        return [*steps, _end(row)]
    under_way = row.state == WithdrawalState.SENT
    return [*steps, TimelineStep("payout", None, "now" if under_way else "later")]


def _step(kind: str, at: datetime | None, *, now: bool) -> TimelineStep:
    if at is not None:
        return TimelineStep(kind, at)
    return TimelineStep(kind, None, "now" if now else "later")


def _end(row: Withdrawal) -> TimelineStep:
    if row.state == WithdrawalState.SUCCEEDED:
        return TimelineStep("payout", row.closed_at)
    return TimelineStep(row.state, row.closed_at, "back", _reason(row))


def _reason(row: Withdrawal) -> str:
    """Why it came back; that it expired says so by itself."""
    return "" if row.state == WithdrawalState.EXPIRED else row.state_reason


def _bridge(url: str) -> str:
    """The parameters for WeChat's script, where a receipt is confirmed inside WeChat alone."""
    parts = urlsplit(url)
    if (parts.scheme, parts.netloc) != ("weixin", "requestMerchantTransfer"):
        return ""
    return json.dumps(dict(parse_qsl(parts.query)))
