"""Collecting through a Checkout Session and giving back by the charge's number.

An order has at most one open session. Stripe forgets idempotency keys after a day and does not
tell a session by our number, so that the open ones (which live for a day at most) are looked
through before and after one is made; the key only keeps two equal requests of one moment together.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import quote

from kefen.adapters.payments.stripe import account, wire_format
from kefen.adapters.payments.stripe.calls import Calls
from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.payments import Cashier, ChannelEvent, Collect, GiveBack

_SESSIONS: Final = "/v1/checkout/sessions"
_REOPENED_AT_MOST: Final = 20


def collect(calls: Calls, request: Collect) -> Cashier:
    """The one open session of an order."""
    if charge_of(calls, request.institution, request.order) is not None:
        raise rejected("the order is paid")
    session = _only_open(calls, request.institution, request.order) or _opened(calls, request)
    wanted = (request.amount, request.currency.lower())
    if (session["amount_total"], session["currency"]) != wanted:
        raise rejected("the order is open with another amount")
    return Cashier(url=session["url"])


def close(calls: Calls, institution: str, order: str) -> None:
    """Expire whatever is open."""
    for session in _open_ones(calls, institution, order):
        _expire(calls, session["id"], order)
    if charge_of(calls, institution, order) is not None:
        raise rejected("the order is paid")


def charge_of(
    calls: Calls, institution: str, order: str, number: str = ""
) -> dict[str, Any] | None:
    """The first successful charge of an order, or the one with Stripe's own number."""
    found = calls.every("/v1/charges", {"transfer_group": order})
    paid = [
        charge
        for charge in found
        if charge["status"] == "succeeded"
        and account.is_ours(charge, institution, account.PAYMENT, order)
        and number in ("", charge["id"])
    ]
    return paid[-1] if paid else None


def query_payment(calls: Calls, institution: str, order: str) -> ChannelEvent | None:
    """The payment of an order; None if it is not paid."""
    charge = charge_of(calls, institution, order)
    return None if charge is None else wire_format.payment(charge, charge["id"])


def give_back(calls: Calls, request: GiveBack) -> None:
    """Ask for a refund, unless it was asked for before."""
    charge = charge_of(calls, request.institution, request.order, request.channel_number)
    if charge is None:
        raise rejected("the order is not paid")
    if charge["currency"] != request.currency.lower():
        raise rejected("the payment has another currency")
    known = _refund(calls, request.institution, request.refund, charge["id"])
    if known is None:
        if request.amount > charge["amount"] - charge["amount_refunded"]:
            # Said here, so that the number stays free: a key keeps what it was first used for.
            raise rejected("more than what is left of the payment")
        known = calls.post(
            "/v1/refunds",
            {
                "charge": charge["id"],
                "amount": request.amount,
                "reason": "requested_by_customer",
                "metadata": account.label(
                    request.institution, account.REFUND, request.refund, request.order
                ),
            },
            number=request.refund,
            once=request.refund,
        )
    if (known["amount"], known["currency"]) != (request.amount, request.currency.lower()):
        raise rejected("the number exists with another amount")


def query_refund(
    calls: Calls, institution: str, refund: str, *, order: str, channel_number: str
) -> ChannelEvent | None:
    """The result of a refund, None while it is under way; without its payment every refund of the
    account is looked through, newest first. Raises NotFound."""
    charge = channel_number
    if not charge and order:
        paid = charge_of(calls, institution, order)
        charge = "" if paid is None else paid["id"]
    found = _refund(calls, institution, refund, charge)
    if found is None:
        raise NotFound(what=f"refund {refund}")
    return wire_format.refund(found, found["id"])


def rejected(why: str) -> ChannelRejected:
    """A final no."""
    return ChannelRejected(channel=account.NAME, reason=why)


def _refund(calls: Calls, institution: str, refund: str, charge: str) -> dict[str, Any] | None:
    for found in calls.every("/v1/refunds", {"charge": charge} if charge else {}):
        if account.is_ours(found, institution, account.REFUND, refund):
            return found
    return None


def _open_ones(calls: Calls, institution: str, order: str) -> list[dict[str, Any]]:
    return [
        session
        for session in calls.every(_SESSIONS, {"status": "open"})
        if account.is_ours(session, institution, account.PAYMENT, order)
    ]


def _only_open(calls: Calls, institution: str, order: str) -> dict[str, Any] | None:
    """The oldest open session; younger ones, made at the same moment, are closed."""
    found = _open_ones(calls, institution, order)
    for younger in found[:-1]:
        _expire(calls, younger["id"], order)
    return found[-1] if found else None


def _expire(calls: Calls, session: str, order: str) -> None:
    """Close a session, whoever else does so. Raises ChannelRejected if somebody paid there."""
    path = f"{_SESSIONS}/{quote(session)}"
    try:
        calls.post(f"{path}/expire", {}, number=order)
    except ChannelRejected:
        if calls.get(path)["status"] != "expired":
            raise


def _opened(calls: Calls, request: Collect) -> dict[str, Any]:
    """The session that this request makes, or an equal one of the same moment. If the answer is
    lost it is looked for; nobody has the address of one that is not found, so that asking again is
    safe."""
    made: dict[str, Any] | None = None
    lost: OutcomeUnknown | None = None
    try:
        made = _open(calls, request)
    except OutcomeUnknown as silence:
        lost = silence
    session = _only_open(calls, request.institution, request.order) or made
    if session is None:
        raise ChannelUnavailable(channel=account.NAME) from lost
    return session


def _open(calls: Calls, request: Collect) -> dict[str, Any]:
    """Make a session. The key's answer may be of a session that was closed since: then the key is
    continued by its number, which whoever asks at the same moment does alike."""
    params = _session(request)
    digest = hashlib.sha256(json.dumps(params, sort_keys=True).encode()).hexdigest()[:32]
    key = f"{request.order}.{digest}"
    for _ in range(_REOPENED_AT_MOST):
        made = calls.post(_SESSIONS, params, number=request.order, once=key)
        session = calls.get(f"{_SESSIONS}/{quote(made['id'])}")
        if session["status"] == "open":
            return session
        if session["status"] == "complete":
            raise rejected("the order is paid")
        key = f"{request.order}.{hashlib.sha256(made['id'].encode()).hexdigest()[:32]}"
    raise rejected("the order was opened and closed too often today")


def _session(request: Collect) -> Mapping[str, Any]:
    """Cards (and the wallets that carry them) only: a payment that takes days to arrive would be
    neither open nor paid. In the order's own currency only."""
    order = request.order
    known = account.label(request.institution, account.PAYMENT, order, order)
    return {
        "mode": "payment",
        "payment_method_types": ["card"],
        "adaptive_pricing": {"enabled": False},
        "client_reference_id": order,
        "metadata": known,
        "payment_intent_data": {"transfer_group": order, "metadata": known, "description": order},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": request.currency.lower(),
                    "unit_amount": request.amount,
                    "product_data": {"name": request.subject[:250] or order},
                },
            }
        ],
        "success_url": request.return_url,
        "cancel_url": request.return_url,
    }
