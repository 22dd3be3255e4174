"""Notifications of Stripe: the published cases of its SDK, and what we read in its events.

Payload, secret and cases are those of `tests/test_webhook.py` in stripe/stripe-python (MIT); the
fixed signature was computed with OpenSSL, not with the code under test.
"""

import hashlib
import hmac
import json
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from kefen.adapters.payments.stripe import account
from kefen.adapters.payments.stripe.channel import Stripe
from kefen.core.errors import BadSignature, InvalidInput, NotFound
from kefen.ports.merchants import Merchant
from kefen.ports.payments import EventKind

PAYLOAD = """{
  "id": "evt_test_webhook",
  "object": "event",
  "data": { "object": { "id": "rdr_123", "object": "terminal.reader" } }
}"""
SECRET = "whsec_test_secret"
HERE = "zhixing"


def merchants(institution: str) -> Merchant:
    if institution != HERE:
        raise NotFound(what="account at stripe")
    keys = {"secret_key": "sk_test_1", "webhook_secret": SECRET}
    return Merchant(institution, account.GATEWAY, {}, keys)


STRIPE = Stripe(merchants)


def digest(timestamp: int, payload: str = PAYLOAD, secret: str = SECRET) -> str:
    signed = f"{timestamp}.{payload}".encode()
    return hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest()


def event(kind: str, about: dict[str, Any], **more: Any) -> str:
    content = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "created": 1_763_800_000,
        "data": {"object": about},
    }
    return json.dumps({**content, **more})


def read(payload: str, header: str) -> Any:
    return STRIPE.read_notification(HERE, {"stripe-signature": header}, payload.encode())


@pytest.mark.parametrize(
    "header",
    [
        lambda _: "",
        lambda _: "bad_header",
        lambda _: "i'm not even a real signature header",
        lambda now: f"t={now},v0={digest(now)}",
        lambda now: f"t={now},v1=bad_signature",
        lambda now: f"t={now - 301},v1={digest(now - 301)}",
        lambda now: f"t={now + 330},v1={digest(now + 330)}",
        lambda now: f"t={now},v1={digest(now, secret='whsec_of_another')}",
    ],
    ids=["none", "no pairs", "words", "v0", "wrong", "old", "future", "another's"],
)
def test_what_stripe_did_not_sign_is_refused(header: Callable[[int], str]) -> None:
    with pytest.raises(BadSignature):
        read(PAYLOAD, header(int(time.time())))


def test_one_of_several_signatures_is_enough() -> None:
    """Two secrets are in force while one is rolled."""
    payload = event("customer.created", {"id": "cus_1", "object": "customer"})
    now = int(time.time())
    told = read(payload, f"t={now},v1={'0' * 64},v1={digest(now, payload)}")
    assert told.kind is EventKind.OTHER


def test_the_published_payload_is_signed_as_published() -> None:
    """Good signature, but no type: so it is not an event that Stripe writes today."""
    assert digest(12345) == "07b1ede164afb7b5de91267ffa656f568c65d6e0783ce0ac55ee094643578eda"
    now = int(time.time())
    with pytest.raises(InvalidInput):
        read(PAYLOAD, f"t={now},v1={digest(now)}")


def charge(**changes: Any) -> dict[str, Any]:
    found = {
        "id": "ch_1",
        "object": "charge",
        "amount": 29_900,
        "currency": "jpy",
        "created": 1_763_800_001,
        "status": "succeeded",
        "metadata": account.label(HERE, account.PAYMENT, "ord-1", "ord-1"),
    }
    return {**found, **changes}


def test_a_charge_is_a_payment_in_its_minor_units() -> None:
    told = STRIPE.translate(HERE, event("charge.succeeded", charge()).encode())
    assert (told.kind, told.subject, told.order) == (
        EventKind.PAYMENT_SUCCEEDED,
        "ord-1",
        "ord-1",
    )
    assert (told.amount, told.currency, told.channel_number) == (29_900, "JPY", "ch_1")
    assert told.at == datetime.fromtimestamp(1_763_800_001, UTC)


@pytest.mark.parametrize(
    ("kind", "about"),
    [
        ("charge.succeeded", charge(metadata={})),
        ("charge.succeeded", charge(metadata=account.label("another", "payment", "ord-1"))),
        ("charge.succeeded", charge(metadata=None)),
        ("charge.failed", charge(status="failed")),
        ("payment_intent.succeeded", charge(id="pi_1", object="payment_intent")),
        ("checkout.session.completed", {"id": "cs_1", "object": "checkout.session"}),
        ("refund.updated", charge(id="re_1", object="refund", metadata={})),
        ("payout.failed", {"id": "po_1", "object": "payout", "amount": 1, "currency": "usd"}),
        ("balance.available", {"object": "balance"}),
    ],
)
def test_everything_else_is_only_kept(kind: str, about: dict[str, Any]) -> None:
    told = STRIPE.translate(HERE, event(kind, about).encode())
    assert (told.kind, told.reason, told.order) == (EventKind.OTHER, kind, "")
    assert told.subject


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("succeeded", EventKind.REFUND_SUCCEEDED),
        ("failed", EventKind.REFUND_FAILED),
        ("canceled", EventKind.REFUND_FAILED),
        ("pending", EventKind.OTHER),
        ("requires_action", EventKind.OTHER),
    ],
)
def test_a_refund_is_told_by_its_status(status: str, kind: EventKind) -> None:
    about = charge(
        id="re_1",
        object="refund",
        status=status,
        metadata=account.label(HERE, account.REFUND, "rfd-1", "ord-1"),
    )
    told = STRIPE.translate(HERE, event("refund.updated", about).encode())
    assert told.kind is kind
    if kind is not EventKind.OTHER:
        assert (told.subject, told.order, told.amount) == ("rfd-1", "ord-1", 29_900)


@pytest.mark.parametrize(
    "changes",
    [
        {"amount": "29900"},
        {"amount": -1},
        {"amount": True},
        {"created": "today"},
        {"created": 10**30},
        {"currency": None, "metadata": account.label(HERE, "payment", "o" * 65, "o" * 65)},
        {"metadata": account.label(HERE, "payment", "ord\0", "ord\0")},
    ],
)
def test_nonsense_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(InvalidInput):
        STRIPE.translate(HERE, event("charge.succeeded", charge(**changes)).encode())


@pytest.mark.parametrize(
    "payload", [b"null", b'{"object": "v2.core.event"}', b"\xff\xfe", b"[" * 9999]
)
def test_what_is_no_event_is_refused(payload: bytes) -> None:
    with pytest.raises(InvalidInput):
        STRIPE.translate(HERE, payload)
