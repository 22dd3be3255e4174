"""What the intake answers, and what it keeps."""

import base64
import time

import pytest
from django.db import OperationalError
from django.test import Client

from kefen.adapters.payments.sandbox import wire_format
from kefen.adapters.payments.sandbox.signature import secret_of, sign
from kefen.platform.inbox import actions as inbox
from kefen.platform.inbox.models import Notification
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.webhooks import shop as school
from tests.webhooks.shop import SLUG, paid, queued, send, send_body

pytestmark = pytest.mark.usefixtures("shop")


def stored() -> int:
    return Notification.objects.count()


def test_a_notification_is_kept_byte_by_byte_with_its_job() -> None:
    event = paid("ord-1")
    body = wire_format.write(SLUG, event).encode()
    assert send_body(body, event.event) == 200
    row = Notification.objects.get()
    assert bytes(row.body) == body
    assert (row.state, row.kind, row.subject, row.order_number) == (
        "received",
        "payment_succeeded",
        "ord-1",
        "ord-1",
    )
    assert set(row.headers) >= {"webhook-id", "webhook-timestamp", "webhook-signature"}
    (job,) = queued("notifications.work")
    assert job["notification"] == str(row.id)
    assert school.commissions() == 0


def test_a_duplicate_is_answered_200_and_changes_nothing() -> None:
    event = paid("ord-1")
    assert [send(event), send(event), send(event)] == [200, 200, 200]
    assert stored() == 1
    assert len(queued("notifications.work")) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"webhook_signature": "v1,AAAA"},
        {"webhook_signature": ""},
        {"webhook_signature": "v1,not base64"},
        {"webhook_signature": "v2,AAAA"},
        {"webhook_timestamp": "soon"},
        {"webhook_timestamp": "1"},
        {"webhook_id": "another"},
    ],
)
def test_a_bad_signature_is_401_and_leaves_nothing(headers: dict[str, str]) -> None:
    assert send(paid("ord-1"), **headers) == 401
    assert stored() == 0
    assert queued("notifications.work") == []


@pytest.mark.parametrize("age", [-301, 301])
def test_a_stale_signature_is_401(age: int) -> None:
    event = paid("ord-1")
    body = wire_format.write(SLUG, event).encode()
    then = int(time.time()) + age
    old = sign(secret_of(SLUG), event.event, then, body)
    assert send(event, webhook_timestamp=str(then), webhook_signature=old) == 401
    assert stored() == 0


def test_one_of_several_signatures_is_enough() -> None:
    event = paid("ord-1")
    body = wire_format.write(SLUG, event).encode()
    now = int(time.time())
    good = sign(secret_of(SLUG), event.event, now, body)
    old = "v1," + base64.b64encode(b"x" * 32).decode()
    both = f"{old} v1a,AAAA {good}"
    assert send(event, webhook_timestamp=str(now), webhook_signature=both) == 200


def test_another_institutions_key_does_not_open_this_one() -> None:
    found_institution(slug="other", name="Other")
    event = paid("ord-1")
    body = wire_format.write(SLUG, event).encode()
    now = int(time.time())
    foreign = sign(secret_of("other"), event.event, now, body)
    assert send(event, webhook_timestamp=str(now), webhook_signature=foreign) == 401
    # A message for one institution, honestly signed, sent to the address of another.
    answer = Client().post(
        "/webhooks/sandbox/other",
        body,
        content_type="application/json",
        headers={
            "webhook-id": event.event,
            "webhook-timestamp": str(now),
            "webhook-signature": sign(secret_of("other"), event.event, now, body),
        },
    )
    assert answer.status_code == 400
    assert stored() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b"\xff\xfe",
        b'{"id": "evt-x"}',
        b"[" * 50_000,
        wire_format.write(SLUG, paid("ord-1", event="evt-x")).replace("29900", "29900.0").encode(),
        wire_format.write(SLUG, paid("ord-1", event="evt-x")).replace("29900", "true").encode(),
        wire_format.write(SLUG, paid("ord-1", event="evt-x")).replace("29900", "-1").encode(),
        wire_format.write(SLUG, paid("ord-1", event="evt-x")).replace("succeeded", "won").encode(),
        wire_format.write(SLUG, paid("ord-1", event="evt-x")).replace("+00:00", "").encode(),
        wire_format.write(SLUG, paid("a\0b", event="evt-x")).encode(),
    ],
)
def test_what_the_channel_would_not_write_is_400(body: bytes) -> None:
    assert send_body(body, "evt-x") == 400
    assert stored() == 0


def test_too_long_unknown_places_and_other_methods() -> None:
    assert send_body(b"x" * (64 * 1024 + 1), "evt-x") == 413
    assert send(paid("ord-1"), channel="nobody") == 404
    event = paid("ord-1")
    assert send_body(wire_format.write("nowhere", event).encode(), event.event, "nowhere") == 404
    assert Client().get(f"/webhooks/sandbox/{SLUG}").status_code == 405
    assert stored() == 0


def test_a_database_that_is_down_lets_the_channel_try_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def gone(_: object) -> bool:
        raise OperationalError("the server closed the connection")

    monkeypatch.setattr(inbox, "store", gone)
    assert send(paid("ord-1")) == 503
    monkeypatch.undo()


def test_another_institutions_same_event_is_another_notification(shop: InstitutionFacts) -> None:
    found_institution(slug="other", name="Other")
    assert send(paid("ord-1")) == 200
    assert send(paid("ord-1"), slug="other") == 200
    assert stored() == 1, "of this institution"
