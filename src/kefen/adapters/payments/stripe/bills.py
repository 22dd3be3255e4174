"""A day's balance transactions as a bill."""

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, Final
from urllib.parse import quote

from kefen.adapters.payments.stripe import account
from kefen.adapters.payments.stripe.calls import Calls
from kefen.core.errors import ChannelRejected, ChannelUnavailable, InvalidInput
from kefen.platform import clock
from kefen.ports.bills import BillKind, BillLine

_KINDS: Final = {
    "charge": BillKind.PAYMENT,
    "payment": BillKind.PAYMENT,
    "refund": BillKind.REFUND,
    "payment_refund": BillKind.REFUND,
    "stripe_fee": BillKind.FEE,
    "stripe_fx_fee": BillKind.FEE,
    "application_fee": BillKind.FEE,
}
_TRANSFERS: Final = {account.PAYOUT: BillKind.PAYOUT, account.SHARE: BillKind.SHARE}


def fetch(calls: Calls, institution: str, day: date) -> Sequence[BillLine]:
    """All movements of a day in UTC, the oldest first. Raises ChannelUnavailable while it lasts."""
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    end = begin + timedelta(days=1)
    if clock.now() < end:
        raise ChannelUnavailable(channel=account.NAME)
    params = {
        "created": {"gte": int(begin.timestamp()), "lt": int(end.timestamp())},
        "expand": ["data.source"],
    }
    try:
        found = calls.every("/v1/balance_transactions", params)
        lines = [_line(calls, one, institution) for one in found]
    except (KeyError, TypeError, ValueError) as error:
        raise InvalidInput(field="bill", reason="it is not a list of movements") from error
    return lines[::-1]


def _line(calls: Calls, moved: Mapping[str, Any], institution: str) -> BillLine:
    """One movement. Where Stripe changed the money into the account's currency, the line says what
    was paid, as our books do; the fee is counted back at the same rate, and the note says both."""
    source = moved.get("source")
    about: Mapping[str, Any] = source if isinstance(source, Mapping) else {}
    kind = _kind(moved["type"], about, institution)
    amount, currency, fee, note = abs(moved["amount"]), moved["currency"], moved["fee"], ""
    changed = currency != about.get("currency", currency)
    if changed and moved.get("exchange_rate"):
        rate = Decimal(str(moved["exchange_rate"]))
        note = f"{moved['amount']} {currency.upper()}, fee {fee}, rate {rate}"
        fee = int((Decimal(fee) / rate).to_integral_value(rounding=ROUND_HALF_UP))
        amount, currency = abs(about["amount"]), about["currency"]
    mine = kind in {BillKind.PAYMENT, BillKind.REFUND, BillKind.PAYOUT, BillKind.SHARE}
    return BillLine(
        kind=kind,
        number=_number(kind, about, institution) if mine else "",
        channel_number=str(about.get("id") or source or moved["id"]),
        amount=amount,
        fee=fee,
        currency=currency.upper(),
        at=datetime.fromtimestamp(moved["created"], UTC),
        note=note or ("" if kind in _KINDS.values() else str(moved["type"])),
        order=_order(calls, about, institution) if kind is BillKind.REFUND else "",
    )


def _order(calls: Calls, refund: Mapping[str, Any], institution: str) -> str:
    """The order of a refund: as we wrote it there, or of its charge where somebody refunded at
    Stripe's console."""
    if account.is_ours(refund, institution, account.REFUND):
        return account.order_of(refund)
    charge = refund.get("charge")
    if not isinstance(charge, str):
        return ""
    try:
        paid = calls.get(f"/v1/charges/{quote(charge)}")
    except ChannelRejected:
        return ""
    return account.order_of(paid) if account.is_ours(paid, institution, account.PAYMENT) else ""


def _kind(named: str, about: Mapping[str, Any], institution: str) -> BillKind:
    if named == "transfer":
        for what, kind in _TRANSFERS.items():
            if account.is_ours(about, institution, what):
                return kind
    return _KINDS.get(named, BillKind.OTHER)


def _number(kind: BillKind, about: Mapping[str, Any], institution: str) -> str:
    """Our number of it. A share goes by its split's number."""
    whats = {
        BillKind.PAYMENT: account.PAYMENT,
        BillKind.REFUND: account.REFUND,
        BillKind.PAYOUT: account.PAYOUT,
        BillKind.SHARE: account.SHARE,
    }
    if not account.is_ours(about, institution, whats[kind]):
        return ""
    if kind is BillKind.SHARE:
        return str(about["metadata"].get(account.SPLIT, ""))
    return account.number_of(about)
