"""WeChat's published vectors, through the adapter's own code."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from wechatpayv3.utils import aes_decrypt, build_authorization, load_private_key

from kefen.adapters.payments.wechat_pay import events, notifications
from kefen.adapters.payments.wechat_pay.account import Account
from kefen.adapters.payments.wechat_pay.connection import Connection
from kefen.adapters.payments.wechat_pay.payments import bridge
from kefen.adapters.payments.wechat_pay.sheets import trade_lines
from kefen.adapters.payments.wechat_pay.signatures import is_signed
from kefen.core.errors import BadSignature, InvalidInput
from kefen.ports.bills import BillKind
from kefen.ports.payments import EventKind

VECTORS = Path(__file__).parent / "vectors"
SIGNED = json.loads((VECTORS / "wechat_signatures.json").read_text("utf-8"))
EMULATORS = Path(__file__).parents[1] / "emulators" / "vectors"
NOTICE = json.loads((EMULATORS / "wechat_notify.json").read_text("utf-8"))
BILL = (VECTORS / "wechat_tradebill_ALL.csv").read_text("utf-8")


def account(**changes: Any) -> Account:
    key = load_pem_public_key(SIGNED["answer"]["public_key"].encode())
    made = Account(
        institution="zhixing",
        gateway="https://api.mch.weixin.qq.com",
        stand_in=False,
        app_id=SIGNED["jsapi"]["app_id"],
        merchant_id="1900007291",
        certificate_serial="408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB",
        private_key=SIGNED["private_key"],
        api_v3_key="0123456789abcdef0123456789abcdef",
        keys={"PUB_KEY_ID_01": key},  # type: ignore[dict-item]
        key_serial="PUB_KEY_ID_01",
    )
    return replace(made, **changes)


def test_a_request_is_signed_as_published() -> None:
    method, path, _, nonce, body, _ = SIGNED["request"]["text"].split("\n")
    with patch("wechatpayv3.utils.time.time", return_value=1554208460.9):
        header = build_authorization(
            path, method, "1900007291", "408B", load_private_key(SIGNED["private_key"]), body, nonce
        )
    assert f'signature="{SIGNED["request"]["signature"]}"' in header
    assert 'timestamp="1554208460"' in header


def test_the_bridge_is_called_as_published() -> None:
    wanted = SIGNED["jsapi"]
    called = bridge(
        Connection(account()), wanted["prepay_id"], at=wanted["timestamp"], nonce=wanted["nonce"]
    )
    assert called == {
        "appId": wanted["app_id"],
        "timeStamp": str(wanted["timestamp"]),
        "nonceStr": wanted["nonce"],
        "package": f"prepay_id={wanted['prepay_id']}",
        "signType": "RSA",
        "paySign": wanted["signature"],
    }


def test_an_answer_of_wechats_own_platform_key_is_believed() -> None:
    answer = SIGNED["answer"]
    headers = {
        "wechatpay-timestamp": answer["timestamp"],
        "wechatpay-nonce": answer["nonce"],
        "wechatpay-serial": "PUB_KEY_ID_01",
        "wechatpay-signature": answer["signature"],
    }
    body, at = answer["body"].encode(), int(answer["timestamp"])
    keys = account().keys
    assert is_signed(keys, headers, body, now=at)
    assert is_signed(keys, headers, body, now=at + 300)
    assert not is_signed(keys, headers, body, now=at + 301)
    assert not is_signed(keys, headers, body, now=at - 301)
    assert not is_signed(keys, headers, body + b" ", now=at)
    for missing in headers:
        less = {name: value for name, value in headers.items() if name != missing}
        assert not is_signed(keys, less, body, now=at), missing
    for name, value in (
        ("wechatpay-serial", "PUB_KEY_ID_02"),
        ("wechatpay-signature", f"WECHATPAY/SIGNTEST/{answer['signature']}"),
        ("wechatpay-signature", "no base64"),
        ("wechatpay-timestamp", "now"),
        ("wechatpay-timestamp", "9" * 30),
        ("wechatpay-nonce", "another"),
        ("wechatpay-signature-type", "WECHATPAY2-SM2-WITH-SM3"),
    ):
        assert not is_signed(keys, {**headers, name: value}, body, now=at), name


def test_the_published_text_is_opened() -> None:
    aes = SIGNED["aes"]
    opened = aes_decrypt(aes["nonce"], aes["ciphertext"], aes["associated_data"], aes["key"])
    assert opened == aes["plaintext"]


class NoticeAdapter(notifications.Notified):
    """The adapter with the merchant of the published notification."""

    def __init__(self, **changes: Any) -> None:
        certificate = x509.load_pem_x509_certificate(NOTICE["platform_certificate"].encode())
        self.made = account(
            merchant_id="1234567890",
            app_id="054aa7d7a2a54ab5898df65bd96f001c",
            api_v3_key=NOTICE["apiv3_key"],
            keys={f"{certificate.serial_number:X}": certificate.public_key()},
            **changes,
        )

    def account(self, institution: str) -> Account:
        return self.made


@pytest.fixture
def _then() -> Iterator[None]:
    with patch.object(notifications, "real_seconds", return_value=float(NOTICE["now"])):
        yield


@pytest.mark.usefixtures("_then")
def test_the_published_notification_is_verified_and_opened() -> None:
    headers = {name.lower(): value for name, value in NOTICE["headers"].items()}
    body = NOTICE["body"].encode()
    event = NoticeAdapter().read_notification("zhixing", headers, body)
    assert event.event == "3119dfba-e649-5eec-ab1e-3412bc4d2e17"
    assert event.kind is EventKind.OTHER
    opened = notifications._opened(NoticeAdapter().made, body)
    assert opened.content == json.loads(NOTICE["plaintext"])
    for name, value in headers.items():
        if name != "content-type":
            with pytest.raises(BadSignature):
                NoticeAdapter().read_notification("zhixing", {**headers, name: f"{value}0"}, body)


def test_the_published_notification_is_too_old_now() -> None:
    headers = {name.lower(): value for name, value in NOTICE["headers"].items()}
    with pytest.raises(BadSignature):
        NoticeAdapter().read_notification("zhixing", headers, NOTICE["body"].encode())


def test_the_published_bill_is_read_whole() -> None:
    lines = trade_lines(BILL, "1921000401")
    assert len(lines) == 45
    payments = [line for line in lines if line.kind is BillKind.PAYMENT]
    refunds = [line for line in lines if line.kind is BillKind.REFUND]
    assert len(payments) + len(refunds) == 45
    # The bill's own summary: paid, given back, fees.
    assert sum(line.amount for line in payments) == 47
    assert sum(line.amount for line in refunds) == 14
    assert sum(line.fee for line in lines) == 8
    first = lines[0]
    assert first.channel_number == "50000709672019011908420787722"
    assert (first.kind, first.amount) == (BillKind.REFUND, 1)
    assert first.at.isoformat() == "2019-02-19T05:01:46+08:00"


def test_a_bill_that_is_cut_off_or_another_merchants_is_refused() -> None:
    rows = BILL.splitlines()
    for broken in (
        "\n".join(rows[:-2]),
        "\n".join(rows[:-1]),
        "\n".join([*rows[:1], *rows[2:]]),
        "\n".join([rows[0].replace("手续费", "其他"), *rows[1:]]),
        "\n".join([rows[0], rows[1] + ",`more", *rows[2:]]),
        BILL.replace("`0.01,", "`0.015,"),
        BILL.replace("`2019-02-19 05:01:46", "`yesterday", 1),
    ):
        with pytest.raises(InvalidInput):
            trade_lines(broken, "1921000401")
    with pytest.raises(InvalidInput):
        trade_lines(BILL, "1921000402")


def test_what_is_about_another_merchant_or_app_is_refused() -> None:
    good = {"mchid": "1900007291", "appid": SIGNED["jsapi"]["app_id"], "trade_state": "NOTPAY"}
    assert events.payment(good, account()) is None
    for name in ("mchid", "appid"):
        with pytest.raises(InvalidInput) as refused:
            events.payment({**good, name: "another"}, account())
        assert refused.value.params["field"] == name
