"""What Alipay itself signed and numbered, as published by others (named in the file)."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import patch
from urllib.parse import urlencode

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa

from kefen.adapters.payments.alipay import certificates, notifications
from kefen.adapters.payments.alipay.channel import Alipay
from kefen.adapters.payments.alipay.wire_format import instant
from kefen.core.errors import BadSignature
from kefen.emulators.alipay import signing
from kefen.ports.merchants import Merchant
from kefen.ports.payments import EventKind

FOLDER = Path(__file__).parent / "vectors"
VECTORS = json.loads((FOLDER / "alipay.json").read_text())
ROOTS = (FOLDER / "alipay_roots.crt").read_text()


def alipay(kind: str) -> Alipay:
    """The adapter of the account that the notification was for."""
    told, vector = VECTORS[kind]["notification"], VECTORS[kind]
    certificate = vector.get("alipay_certificate", "")
    settings = {
        "app_id": told["app_id"],
        "seller_id": told["seller_id"],
        "alipay_public_key": vector.get("alipay_public_key", ""),
        "app_certificate": VECTORS["certificates"]["app_certificate"] if certificate else "",
        "alipay_certificate": certificate,
        "root_certificate": ROOTS if certificate else "",
    }
    secrets = {"private_key": signing.private_text(_key())}
    merchant = Merchant("zhixing", "https://openapi.alipay.com/gateway.do", settings, secrets)
    channel = Alipay(lambda institution: merchant)
    channel.check(merchant)
    return channel


def _key() -> rsa.RSAPrivateKey:
    return signing.new_key()


def body(told: Mapping[str, str]) -> bytes:
    return urlencode(told).encode()


@pytest.mark.parametrize(
    ("kind", "order", "amount"),
    [("production", "20190815155618536-564-57", 10), ("sandbox", "1703147160", 1)],
)
def test_a_notification_that_alipay_signed(kind: str, order: str, amount: int) -> None:
    channel, told = alipay(kind), VECTORS[kind]["notification"]
    sent = instant(told["notify_time"])
    with patch.object(notifications, "real_now", lambda: sent + timedelta(minutes=1)):
        event = channel.read_notification("zhixing", {}, body(told))
        assert event.kind is EventKind.PAYMENT_SUCCEEDED
        assert (event.order, event.amount, event.currency) == (order, amount, "CNY")
        assert event.at == instant(told["gmt_payment"])
        assert event.channel_number == told["trade_no"]
        for name, value in (
            ("total_amount", "0.02"),
            ("out_trade_no", "another"),
            ("sign", told["sign"][:-4] + "AAA="),
            ("sign_type", "RSA"),
        ):
            with pytest.raises(BadSignature):
                channel.read_notification("zhixing", {}, body(told | {name: value}))
    for late in (timedelta(hours=27), timedelta(days=365), timedelta(minutes=-6)):
        at_that_time = patch.object(notifications, "real_now", lambda late=late: sent + late)
        with at_that_time, pytest.raises(BadSignature):
            channel.read_notification("zhixing", {}, body(told))
    with pytest.raises(BadSignature):
        channel.read_notification("zhixing", {}, body(told))


def test_times_are_beijings() -> None:
    paid = instant(VECTORS["production"]["notification"]["gmt_payment"])
    assert paid == datetime(2019, 8, 15, 7, 56, 24, tzinfo=UTC)


def test_certificates_are_numbered_as_alipay_does() -> None:
    vector = VECTORS["certificates"]
    assert certificates.number(vector["app_certificate"]) == vector["app_cert_sn"]
    for text in (
        ROOTS,
        ROOTS.replace("\n", "\r\n"),
        ROOTS.replace("-----\n-----", "-----\n\n-----"),
    ):
        assert certificates.root_number(text) == vector["alipay_root_cert_sn"]
    assert signing.certificate_number(vector["app_certificate"]) == vector["app_cert_sn"]
