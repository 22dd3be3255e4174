"""What the wire brings, in the ports' words; and what the SDK does not do and the adapter does."""

import base64
import json
import logging
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)
from wechatpayv3.utils import rsa_decrypt

from kefen.adapters.payments.wechat_pay.channel import WeChatPay
from kefen.core.errors import (
    ChannelRejected,
    ChannelUnavailable,
    KefenError,
    NotFound,
    OutcomeUnknown,
)
from kefen.ports.merchants import Merchant
from kefen.ports.payments import Method
from kefen.ports.splits import Receiver, Share, Split
from tests.adapters.contract import COLLECT, GIVE_BACK, HERE, PAY_OUT

KEY = rsa.generate_private_key(65537, 2048)
SERIAL = "PUB_KEY_ID_0119000072912024110100"
PRIVATE = KEY.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
PUBLIC = KEY.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()
SPLIT = Split(
    institution=HERE,
    number="spl-1",
    order="ord-1",
    channel_number="4200000001",
    paid=29_900,
    currency="CNY",
    shares=(Share("shr-1", Receiver("oPromoter", "于晨"), 1_000, "佣金"),),
)
REFUND = replace(GIVE_BACK, channel_number="4200000001")
PAYOUT = replace(PAY_OUT, receiver="oPromoter", name="于晨")


def signed(body: bytes, *, at: float | None = None, serial: str = SERIAL) -> dict[str, str]:
    stamp = str(int(time.time() if at is None else at))
    text = f"{stamp}\nnonce\n".encode() + body + b"\n"
    signature = KEY.sign(text, PKCS1v15(), SHA256())
    return {
        "Wechatpay-Timestamp": stamp,
        "Wechatpay-Nonce": "nonce",
        "Wechatpay-Serial": serial,
        "Wechatpay-Signature": base64.b64encode(signature).decode(),
        "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
    }


class Reply:
    """One answer: what it says, how it is signed, and after how long; `cut` hangs up instead."""

    def __init__(
        self,
        status: int = 200,
        content: object = None,
        *,
        raw: bytes | None = None,
        headers: dict[str, str] | None = None,
        wait: float = 0,
        cut: bool = False,
    ) -> None:
        self.status, self.wait, self.cut = status, wait, cut
        self.body = json.dumps(content or {}).encode() if raw is None else raw
        self.headers = headers


class Gateway:
    """A server that answers as it was told, by method, then with 404; keeps what it was asked."""

    def __init__(self) -> None:
        self.posts: list[Reply] = []
        self.gets: list[Reply] = []
        self.asked: list[tuple[str, str, dict[str, Any]]] = []
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                self._answer(gateway.gets)

            def do_POST(self) -> None:
                self._answer(gateway.posts)

            def _answer(self, replies: list[Reply]) -> None:
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                said = body if body.startswith(b"{") else b"{}"
                gateway.asked.append((self.command, self.path, json.loads(said)))
                reply = replies.pop(0) if replies else NEVER_SEEN
                time.sleep(reply.wait)
                if reply.cut:
                    self.close_connection = True
                    return
                good = 200 <= reply.status < 300
                headers = signed(reply.body) if good and reply.headers is None else reply.headers
                with suppress(OSError):
                    self.send_response(reply.status)
                    for name, value in (headers or {}).items():
                        self.send_header(name, value)
                    self.send_header("Content-Type", "application/json")
                    self.send_header("Content-Length", str(len(reply.body)))
                    self.end_headers()
                    self.wfile.write(reply.body)

            def log_message(self, *args: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


NEVER_SEEN = Reply(404, {"code": "RESOURCE_NOT_EXISTS", "message": "记录不存在"})


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    made = Gateway()
    yield made
    made.close()


def merchant(gateway: str, **changes: str) -> Merchant:
    filled = {field.name: field.default for field in WeChatPay.fields}
    filled |= {
        "app_id": "wx2421b1c4370ec43b",
        "merchant_id": "1900007291",
        "certificate_serial": "408B07E79B8269FEC3D5D3E6AB8ED163A6A380DB",
        "public_key_id": SERIAL,
        "public_key": PUBLIC,
        **changes,
    }
    secrets = {"private_key": PRIVATE, "api_v3_key": "0123456789abcdef0123456789abcdef"}
    settings = {name: text for name, text in filled.items() if name not in secrets}
    return Merchant(HERE, gateway, settings, secrets, stand_in=True)


@pytest.fixture
def channel(gateway: Gateway) -> WeChatPay:
    return WeChatPay(lambda institution: merchant(gateway.url), timeout=(5.0, 10.0))


def hearing(channel: WeChatPay, reply: str, gateway: Gateway) -> WeChatPay:
    """The adapter, which does not wait long where nothing will come."""
    if reply != SILENCE:
        return channel
    return WeChatPay(lambda institution: merchant(gateway.url), timeout=(5.0, 0.3))


MONEY = {
    "refund": lambda channel: channel.give_back(REFUND),
    "payout": lambda channel: channel.pay_out(PAYOUT),
    "authorised payout": lambda channel: channel.pay_out(replace(PAYOUT, authorisation="A1")),
    "split": lambda channel: channel.split(SPLIT),
    "release": lambda channel: channel.finish(
        HERE, "fin-1", order="ord-1", channel_number="4200000001", amount=1
    ),
    "cancel": lambda channel: channel.cancel_payout(HERE, "wd-1"),
}
HARMLESS = {
    "collect": lambda channel: channel.collect(replace(COLLECT, method=Method.CODE)),
    "receiver": lambda channel: channel.add_receiver(HERE, Receiver("oPromoter", "于晨")),
}
SILENCE = "silence"
UNCLEAR = {
    "302": Reply(302, headers={"Location": "/elsewhere"}),
    "500": Reply(500, {"code": "SYSTEM_ERROR", "message": "系统错误"}),
    "502 of a proxy": Reply(502, raw=b"<html>bad gateway</html>"),
    "503": Reply(503, {"code": "SERVICE_UNAVAILABLE", "message": "稍后"}),
    "400 of a proxy": Reply(400, raw=b"<html>bad request</html>"),
    "no signature": Reply(200, {"state": "SUCCESS"}, headers={}),
    "old signature": Reply(200, raw=b"{}", headers=signed(b"{}", at=time.time() - 3600)),
    "another's signature": Reply(200, raw=b"{ }", headers=signed(b"{}")),
    "unknown serial": Reply(200, raw=b"{}", headers=signed(b"{}", serial="7132D72A03E93CDD")),
    "serial that is none": Reply(200, raw=b"{}", headers=signed(b"{}", serial="no serial")),
    "broken JSON": Reply(200, raw=b"{"),
    "no object": Reply(200, raw=b"[]"),
    SILENCE: Reply(200, wait=1.0),
    "hung up": Reply(cut=True),
}


# Every answer to two of them; the others go the same way.
UNCLEAR_ABOUT_MONEY = [(name, reply) for name in ("refund", "payout") for reply in UNCLEAR]
UNCLEAR_ABOUT_MONEY += [(name, reply) for name in MONEY for reply in ("500", "no signature")]


@pytest.mark.parametrize(("name", "reply"), sorted(set(UNCLEAR_ABOUT_MONEY)))
def test_an_unclear_answer_about_money_is_an_unknown_outcome(
    channel: WeChatPay, gateway: Gateway, name: str, reply: str
) -> None:
    gateway.posts = [UNCLEAR[reply]]
    with pytest.raises(OutcomeUnknown):
        MONEY[name](hearing(channel, reply, gateway))
    assert len(gateway.asked) <= 1, "nothing else is asked, least of all for certificates"


@pytest.mark.parametrize(
    ("name", "reply"), [*(("collect", reply) for reply in UNCLEAR), ("receiver", "500")]
)
def test_an_unclear_answer_about_nothing_of_worth_is_tried_again(
    channel: WeChatPay, gateway: Gateway, name: str, reply: str
) -> None:
    gateway.posts = [UNCLEAR[reply]]
    with pytest.raises(ChannelUnavailable):
        HARMLESS[name](hearing(channel, reply, gateway))
    # Sibling trades were asked about first; the unclear request itself was made once.
    assert len([method for method, _, _ in gateway.asked if method == "POST"]) <= 1


@pytest.mark.parametrize("reply", UNCLEAR)
def test_a_query_that_is_not_answered_says_nothing(
    channel: WeChatPay, gateway: Gateway, reply: str
) -> None:
    asking = hearing(channel, reply, gateway)
    for query in (
        lambda: asking.query_payout(HERE, "wd-1"),
        lambda: asking.query_payment(HERE, "ord-1"),
        lambda: asking.query_refund(HERE, "rfd-1"),
    ):
        gateway.gets = [UNCLEAR[reply]]
        with pytest.raises(ChannelUnavailable):
            query()


@pytest.mark.parametrize("name", MONEY | HARMLESS)
def test_too_often_and_nobody_there_are_tried_again(
    channel: WeChatPay, gateway: Gateway, name: str
) -> None:
    gateway.posts = [Reply(429, {"code": "FREQUENCY_LIMITED", "message": "慢一点"})]
    with pytest.raises(ChannelUnavailable):
        (MONEY | HARMLESS)[name](channel)
    nowhere = WeChatPay(lambda institution: merchant("http://127.0.0.1:9"))
    with pytest.raises(ChannelUnavailable):
        (MONEY | HARMLESS)[name](nowhere)


@pytest.mark.parametrize("name", ["refund", "payout", "split", "release"])
def test_a_no_is_believed_when_a_query_finds_nothing(
    channel: WeChatPay, gateway: Gateway, name: str
) -> None:
    no = Reply(403, {"code": "NOT_ENOUGH", "message": "余额不足"})
    gateway.posts = [no]
    with pytest.raises(ChannelRejected) as refusal:
        MONEY[name](channel)
    assert "NOT_ENOUGH: 余额不足" in str(refusal.value.params["reason"])
    assert [method for method, _, _ in gateway.asked] == ["POST", "GET"]
    gateway.posts, gateway.gets = [no], [UNCLEAR["500"]]
    with pytest.raises(OutcomeUnknown):
        MONEY[name](channel)


def test_a_no_to_what_was_done_before_is_no_failure(channel: WeChatPay, gateway: Gateway) -> None:
    no = Reply(400, {"code": "INVALID_REQUEST", "message": "单号已存在"})
    bill = {
        "mch_id": "1900007291",
        "out_bill_no": "wdZH1",
        "transfer_bill_no": "1330000071",
        "state": "SUCCESS",
        "openid": "oPromoter",
        "transfer_amount": 5_000,
        "create_time": "2026-11-22T10:00:00+08:00",
        "update_time": "2026-11-22T10:00:05+08:00",
    }
    gateway.posts, gateway.gets = [no], [Reply(200, bill)]
    told = channel.pay_out(PAYOUT)
    assert told is not None
    assert (told.subject, told.amount) == ("wd-1", 5_000)
    gateway.posts, gateway.gets = [no], [Reply(200, {**bill, "openid": "oAnother"})]
    with pytest.raises(ChannelRejected):
        channel.pay_out(PAYOUT)
    gateway.posts, gateway.gets = [no], [Reply(200, {"amount": {"refund": 10_000}})]
    channel.give_back(REFUND)
    gateway.posts, gateway.gets = [no], [Reply(200, {"amount": {"refund": 9_999}})]
    with pytest.raises(ChannelRejected):
        channel.give_back(REFUND)


def test_names_are_encrypted_afresh_and_what_was_asked_stays(
    channel: WeChatPay, gateway: Gateway
) -> None:
    for _ in range(2):
        gateway.posts = [UNCLEAR["500"]]
        with pytest.raises(OutcomeUnknown):
            channel.split(SPLIT)
    assert SPLIT.shares[0].receiver.name == "于晨"
    sent = [asked["receivers"][0]["name"] for _, _, asked in gateway.asked]
    assert len(set(sent)) == 2
    assert {rsa_decrypt(name, KEY) for name in sent} == {"于晨"}


def test_names_are_sent_where_the_rule_wants_them(channel: WeChatPay, gateway: Gateway) -> None:
    for amount, named in ((29, False), (30, True), (199_999, True)):
        gateway.posts, gateway.asked = [UNCLEAR["500"]], []
        with pytest.raises(OutcomeUnknown):
            channel.pay_out(replace(PAYOUT, amount=amount))
        assert ("user_name" in gateway.asked[0][2]) is named
    gateway.asked = []
    with pytest.raises(ChannelRejected):
        channel.pay_out(replace(PAYOUT, amount=200_000, name=""))
    assert gateway.asked == []


def test_what_cannot_be_asked_is_refused_without_asking(
    channel: WeChatPay, gateway: Gateway
) -> None:
    for request in (
        replace(COLLECT, method=Method.PAGE),
        replace(COLLECT, method=Method.IN_APP, payer=""),
        replace(COLLECT, method=Method.MOBILE, client_address=""),
        replace(COLLECT, method=Method.CODE, currency="USD"),
        replace(COLLECT, method=Method.CODE, order="a" * 31),
    ):
        with pytest.raises(ChannelRejected):
            channel.collect(request)
    twice = replace(SPLIT, shares=(SPLIT.shares[0], replace(SPLIT.shares[0], number="shr-2")))
    with pytest.raises(ChannelRejected):
        channel.split(twice)
    with pytest.raises(ChannelRejected):
        channel.pay_out(replace(PAYOUT, withdrawal="wd_" + "a" * 40))
    assert gateway.asked == []


def test_numbers_never_seen_are_not_found(channel: WeChatPay) -> None:
    payment = {"order": "ord-1", "channel_number": "4200000001"}
    for query in (
        lambda: channel.query_payout(HERE, "wd-1"),
        lambda: channel.query_refund(HERE, "rfd-1"),
        lambda: channel.query_split(HERE, "spl-1", **payment),
        lambda: channel.query_finish(HERE, "fin-1", **payment),
        lambda: channel.query_authorisation(HERE, "auth-1"),
    ):
        with pytest.raises(NotFound):
            query()
    assert channel.query_payment(HERE, "ord-1") is None


def test_the_sdk_logs_nothing_of_its_own(
    channel: WeChatPay, gateway: Gateway, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        gateway.posts = [UNCLEAR["500"]]
        with pytest.raises(KefenError):
            channel.pay_out(PAYOUT)
    for told in ("于晨", "oPromoter", "BEGIN", "0123456789abcdef"):
        assert told not in caplog.text


def test_a_bill_that_cannot_be_fetched_is_told_without_its_token() -> None:
    nowhere, token = "http://127.0.0.1:9", "0123456789abcdef"
    channel = WeChatPay(lambda _: merchant(nowhere))
    with pytest.raises(ChannelUnavailable) as refusal:
        channel.connection(HERE).download(f"{nowhere}/v3/billdownload/file?token={token}")
    told = "".join(traceback.format_exception(refusal.value))
    assert "ConnectionError" in told
    assert token not in told
