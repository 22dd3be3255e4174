"""Standard Webhooks: the published vector, and what must not pass."""

import base64

import pytest

from kefen.adapters.payments.sandbox.signature import secret_of, sign, verify
from kefen.core.errors import BadSignature

# From the specification's own libraries (standard-webhooks/standard-webhooks).
SECRET = base64.b64decode("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
EVENT = "msg_p5jXN8AQM9LWM0D4loKWxJek"
TIMESTAMP = 1614265330
BODY = b'{"test": 2432232314}'
SIGNATURE = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
HEADERS = {
    "webhook-id": EVENT,
    "webhook-timestamp": str(TIMESTAMP),
    "webhook-signature": SIGNATURE,
}


def test_the_published_vector() -> None:
    assert sign(SECRET, EVENT, TIMESTAMP, BODY) == SIGNATURE
    assert verify(SECRET, HEADERS, BODY, now=TIMESTAMP) == EVENT


@pytest.mark.parametrize("now", [TIMESTAMP - 300, TIMESTAMP + 300])
def test_five_minutes_are_fresh(now: float) -> None:
    assert verify(SECRET, HEADERS, BODY, now=now) == EVENT


@pytest.mark.parametrize("now", [TIMESTAMP - 301, TIMESTAMP + 301])
def test_more_is_stale(now: float) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, HEADERS, BODY, now=now)


@pytest.mark.parametrize(
    "changed",
    [
        {"webhook-id": "msg_other"},
        {"webhook-timestamp": str(TIMESTAMP + 1)},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": SIGNATURE.replace("v1", "v1a")},
        {"webhook-signature": SIGNATURE[:-2]},
    ],
)
def test_anything_changed_does_not_pass(changed: dict[str, str]) -> None:
    with pytest.raises(BadSignature):
        verify(SECRET, HEADERS | changed, BODY, now=TIMESTAMP)


def test_every_institution_has_a_key_of_its_own() -> None:
    assert secret_of("zhixing") == secret_of("zhixing")
    assert secret_of("zhixing") != secret_of("other")
