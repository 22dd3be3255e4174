"""WeChat Pay keeps the contracts, against its emulator."""

import gzip
import hashlib
import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from wechatpayv3 import WeChatPayType

from kefen.adapters.payments.wechat_pay import connection
from kefen.adapters.payments.wechat_pay.account import read
from kefen.adapters.payments.wechat_pay.bills import checked
from kefen.adapters.payments.wechat_pay.payouts import confirm_at
from kefen.core.errors import BadSignature, ChannelRejected, InvalidInput
from kefen.core.ids import public_id, uuid7
from kefen.platform import clock
from kefen.ports.bills import BillKind
from kefen.ports.payments import Collect, EventKind, Method
from kefen.ports.payouts import Authorise, PayOut
from kefen.ports.splits import Receiver, Share, Split
from tests.adapters.contract import (
    AMOUNT,
    COLLECT,
    GIVE_BACK,
    HERE,
    PAY_OUT,
    AccountContract,
    AuthorisedContract,
    BillContract,
    ConfirmedContract,
    PaymentContract,
    SplitContract,
)
from tests.adapters.test_wechat_vectors import NOTICE
from tests.adapters.wechat_side import WeChatSide


@pytest.fixture
def side(tmp_path: Path) -> Iterator[WeChatSide]:
    found = WeChatSide(tmp_path)
    yield found
    found.close()


class TestPayments(PaymentContract):
    """As a payment channel."""


class TestPayouts(ConfirmedContract):
    """As a payout channel whose receivers confirm."""


class TestAuthorisedPayouts(AuthorisedContract):
    """As a payout channel whose receivers agreed once."""


class TestSplits(SplitContract):
    """As a channel that divides."""


class TestBills(BillContract):
    """As a writer of bills."""


class TestAccounts(AccountContract):
    """As a channel at which institutions have accounts."""

    garbled = {
        "app_id": "gh_0123456789ab",
        "merchant_id": "19x",
        "certificate_serial": "not-a-serial",
        "private_key": "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
        "api_v3_key": "thirty-one-letters-are-too-few.",
        "public_key_id": "PUB_KEY_0116",
        "public_key": "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----",
        "transfer_scene_id": "commission",
        "transfer_report_first": "很长" * 17,
        "transfer_report_second": "",
        "split_maximum_bps": "30%",
    }


def asked(side: WeChatSide, **changes: object) -> Collect:
    request = replace(COLLECT, notify_url=side.notify_url, method=Method.CODE)
    return replace(request, **changes)  # type: ignore[arg-type]


def payout(side: WeChatSide, **changes: object) -> PayOut:
    request = replace(
        PAY_OUT,
        receiver=side.person.account,
        name=side.person.name,
        notify_url=side.notify_url,
    )
    return replace(request, **changes)  # type: ignore[arg-type]


def test_a_payout_says_at_once_and_when_asked_where_it_is_confirmed(side: WeChatSide) -> None:
    told = side.channel.pay_out(payout(side))
    assert told is not None
    assert told.kind is EventKind.PAYOUT_WAITING
    known = side.channel.query_payout(HERE, "wd-1")
    assert known == told, "after a crash the address is not lost"
    assert side.control.get(told.url).status_code == 200
    side.receiver_confirms("wd-1")
    done = side.channel.pay_out(payout(side))
    assert done is not None
    assert done.kind is EventKind.PAYOUT_SUCCEEDED


def test_at_wechat_itself_the_address_is_the_call_of_its_bridge(side: WeChatSide) -> None:
    account = replace(read(side.merchant()), stand_in=False)
    address = urlsplit(confirm_at(account, {"package_info": "a+b=="}))
    assert (address.scheme, address.netloc) == ("weixin", "requestMerchantTransfer")
    assert (
        address.query == f"mchId={account.merchant_id}&appId={account.app_id}&package=a%2Bb%3D%3D"
    )
    assert confirm_at(account, {}) == ""


def test_a_code_can_be_paid_at_the_emulators_phone_only(side: WeChatSide) -> None:
    for method in (Method.CODE, Method.IN_APP):
        cashier = side.channel.collect(asked(side, method=method, payer=side.payer()))
        assert side.control.get(cashier.stand_in).status_code == 200, method
    side.merchants[HERE] = replace(side.merchant(), stand_in=False)
    assert side.channel.collect(asked(side)).stand_in == ""


def test_a_phone_comes_back_to_the_order(side: WeChatSide) -> None:
    cashier = side.channel.collect(asked(side, method=Method.MOBILE))
    back = "redirect_url=https%3A%2F%2Fschool.example%2Forders%2Ford-1"
    assert cashier.url.endswith(back)


def test_a_student_whose_address_changed_gets_another_cashier_and_pays_once(
    side: WeChatSide,
) -> None:
    request = asked(side, method=Method.MOBILE)
    first = side.channel.collect(request)
    second = side.channel.collect(replace(request, client_address="198.51.100.7"))
    assert second.url != first.url
    with pytest.raises(ChannelRejected):
        side.channel.collect(replace(request, amount=AMOUNT + 1))
    for _ in range(2):
        side.student_pays("ord-1")
    paid = side.channel.query_payment(HERE, "ord-1")
    assert paid is not None
    assert side.messages() == 1
    with pytest.raises(ChannelRejected):
        side.channel.collect(request)


def test_generated_numbers_go_the_whole_way(side: WeChatSide) -> None:
    order, refund = public_id("ord", uuid7()), public_id("rfd", uuid7())
    side.channel.collect(asked(side, order=order))
    side.student_pays(order)
    paid = side.last_message()
    assert side.channel.read_notification(HERE, paid.headers, paid.body).order == order
    request = replace(GIVE_BACK, order=order, refund=refund, notify_url=side.notify_url)
    side.channel.give_back(request)
    back = side.last_message()
    told = side.channel.read_notification(HERE, back.headers, back.body)
    assert (told.subject, told.order) == (refund, order)
    withdrawal = public_id("wd", uuid7())
    side.channel.pay_out(payout(side, withdrawal=withdrawal))
    side.receiver_confirms(withdrawal)
    sent = side.last_message()
    assert side.channel.read_notification(HERE, sent.headers, sent.body).subject == withdrawal


def test_an_abnormal_refund_has_no_result_yet(side: WeChatSide) -> None:
    side.channel.collect(asked(side))
    side.student_pays("ord-1")
    side.fault("refund_abnormal", "refunds", number="rfd-1")
    side.channel.give_back(replace(GIVE_BACK, notify_url=side.notify_url))
    notice = side.last_message()
    told = side.channel.read_notification(HERE, notice.headers, notice.body)
    asked_for = side.channel.query_refund(HERE, "rfd-1")
    assert asked_for is not None
    assert told.kind is asked_for.kind is EventKind.REFUND_STUCK
    assert "console" in told.reason


def test_probes_are_refused_and_the_notice_after_them_is_not(side: WeChatSide) -> None:
    side.fault("sign_test", "TRANSACTION.SUCCESS")
    side.channel.collect(asked(side))
    side.student_pays("ord-1")
    assert side.messages() == 2
    probe, notice = side.box.messages
    assert probe.headers["wechatpay-signature"].startswith("WECHATPAY/SIGNTEST/")
    with pytest.raises(BadSignature):
        side.channel.read_notification(HERE, probe.headers, probe.body)
    told = side.channel.read_notification(HERE, notice.headers, notice.body)
    assert told.kind is EventKind.PAYMENT_SUCCEEDED


def test_no_cashier_outlives_its_time(side: WeChatSide) -> None:
    for method in side.channel.methods:
        wanted = asked(side, order=f"ord-{method}", method=method, payer=side.payer())
        until = clock.now() + timedelta(minutes=30)
        side.channel.collect(replace(wanted, until=until))
    side.pass_time(timedelta(minutes=31))
    side.deliver()  # what is due by WeChat's clock
    for method in side.channel.methods:
        side.student_pays(f"ord-{method}", method)
    assert side.messages() == 0


def test_another_systems_payment_is_kept_and_not_judged(side: WeChatSide) -> None:
    connection = side.channel.connection(HERE)
    connection.ask(
        lambda: connection.client.pay(
            description="another shop",
            out_trade_no="SHOP20261122001",
            amount={"total": 100, "currency": "CNY"},
            notify_url=side.notify_url,
            pay_type=WeChatPayType.NATIVE,
        )
    )
    with side.emulator.books.transaction() as books:
        foreign = books.find("order", merchant=side.merchant().settings["merchant_id"])[0]
    form = {"prepay_id": foreign["prepay_id"], "do": "pay"}
    side.control.post("/emulator/phone/pay", data=form).raise_for_status()
    message = side.last_message()
    told = side.channel.read_notification(HERE, message.headers, message.body)
    assert (told.kind, told.order) == (EventKind.OTHER, "")
    day = side.today()
    side.pass_time(timedelta(days=2))
    (line,) = side.channel.fetch_bill(HERE, day)
    assert (line.kind, line.number, line.note) == (
        BillKind.PAYMENT,
        "",
        "商户单号 SHOP20261122001",
    )


def test_payouts_and_shares_stand_in_the_bill(side: WeChatSide) -> None:
    day = side.today()
    split_all(side)
    side.channel.pay_out(payout(side))
    side.receiver_confirms("wd-1")
    side.channel.pay_out(payout(side, withdrawal="wd-2", amount=4_000))
    side.channel.cancel_payout(HERE, "wd-2")
    assert side.channel.query_payout(HERE, "wd-2") is not None
    side.pass_time(timedelta(days=2))
    lines = side.channel.fetch_bill(HERE, day)
    told = {(line.kind, line.number, line.amount) for line in lines}
    assert told >= {
        (BillKind.PAYMENT, "ord-1", AMOUNT),
        (BillKind.SHARE, "spl-1", 1_000),
        (BillKind.PAYOUT, "wd-1", 5_000),
        (BillKind.PAYOUT, "wd-2", 4_000),
        # What came back is no payout, and says of which it is.
        (BillKind.OTHER, "wd-2", 4_000),
    }
    assert len(lines) == len(told) == 5


def test_a_refund_that_was_closed_costs_nothing(side: WeChatSide) -> None:
    day = side.today()
    side.channel.collect(asked(side))
    side.student_pays("ord-1")
    side.refuse("rfd-1")
    side.channel.give_back(replace(GIVE_BACK, notify_url=side.notify_url))
    told = side.channel.query_refund(HERE, "rfd-1", order="ord-1")
    assert told is not None
    assert told.kind is EventKind.REFUND_FAILED
    side.pass_time(timedelta(days=2))
    lines = side.channel.fetch_bill(HERE, day)
    with side.emulator.books.transaction() as books:
        (merchant,) = (
            one
            for one in books.find("merchant")
            if one["mchid"] == side.merchant().settings["merchant_id"]
        )
    assert [line.fee for line in lines if line.number == "rfd-1"] == [0]
    assert merchant["balance"] - 100_000 == AMOUNT - sum(line.fee for line in lines)


def test_a_refund_that_fails_after_its_bill_was_written_left_and_returned(
    side: WeChatSide,
) -> None:
    day = side.today()
    side.channel.collect(asked(side))
    side.student_pays("ord-1")
    side.fault("slow", "refunds", number="rfd-1", seconds=2 * 86_400)
    side.refuse("rfd-1")
    side.channel.give_back(replace(GIVE_BACK, notify_url=side.notify_url))
    side.pass_time(timedelta(hours=36))
    told = [line for line in side.channel.fetch_bill(HERE, day) if line.number == "rfd-1"]
    (left,) = told
    assert (left.kind, left.order, left.fee < 0) == (BillKind.REFUND, "ord-1", True)
    side.pass_time(timedelta(days=3))
    result = side.channel.query_refund(HERE, "rfd-1", order="ord-1")
    assert result is not None
    assert result.kind is EventKind.REFUND_FAILED
    # Asked for again it says FAIL by now, and still that it left; the return is of another day.
    (again,) = (line for line in side.channel.fetch_bill(HERE, day) if line.number == "rfd-1")
    assert (again.kind, again.amount, again.fee) == (left.kind, left.amount, left.fee)
    side.pass_time(timedelta(days=2))
    later = [
        line
        for days in range(1, 6)
        for line in side.channel.fetch_bill(HERE, day + timedelta(days=days))
    ]
    kinds = {line.kind: (line.number, line.amount) for line in later}
    assert kinds == {BillKind.OTHER: ("rfd-1", left.amount), BillKind.FEE: ("", -left.fee)}


def test_an_abnormal_refund_stands_in_the_bill_until_it_has_a_result(side: WeChatSide) -> None:
    day = side.today()
    side.channel.collect(asked(side))
    side.student_pays("ord-1")
    side.fault("refund_abnormal", "refunds", number="rfd-1")
    side.channel.give_back(replace(GIVE_BACK, notify_url=side.notify_url))
    told = side.channel.query_refund(HERE, "rfd-1", order="ord-1")
    assert told is not None
    assert told.kind is EventKind.REFUND_STUCK
    side.pass_time(timedelta(days=2))
    (line,) = (line for line in side.channel.fetch_bill(HERE, day) if line.number == "rfd-1")
    assert (line.kind, line.amount) == (BillKind.REFUND, GIVE_BACK.amount)


def test_keys_are_read_once_for_many_requests(
    side: WeChatSide, monkeypatch: pytest.MonkeyPatch
) -> None:
    read_keys, original = 0, connection.Client

    def counting(**given: object) -> object:
        nonlocal read_keys
        read_keys += 1
        return original(**given)

    connection._client.cache_clear()
    monkeypatch.setattr(connection, "Client", counting)
    side.channel.collect(asked(side))
    for _ in range(3):
        assert side.channel.query_payment(HERE, "ord-1") is None
    assert read_keys == 1
    # Another merchant has its own, and the way to one is not the way to the other.
    assert side.channel.query_payment("another", "ord-1") is None
    assert read_keys == 2
    first, second = side.channel.connection(HERE), side.channel.connection("another")
    assert first._core is not second._core
    assert first.account.merchant_id != second.account.merchant_id


def split_all(side: WeChatSide) -> None:
    """An order that is paid, shared, and released."""
    receiver = Receiver(side.person.account, side.person.name)
    side.channel.add_receiver(HERE, receiver)
    side.channel.collect(asked(side, split=True))
    side.student_pays("ord-1")
    side.pass_time(timedelta(seconds=61))
    paid = side.channel.query_payment(HERE, "ord-1")
    assert paid is not None
    payment = {"order": "ord-1", "channel_number": paid.channel_number}
    shares = (Share("shr-1", receiver, 1_000, "推广佣金"),)
    side.channel.split(Split(HERE, "spl-1", **payment, paid=AMOUNT, currency="CNY", shares=shares))
    side.channel.query_split(HERE, "spl-1", **payment)
    side.channel.finish(HERE, "fin-1", **payment, amount=AMOUNT - 1_000)
    side.channel.query_finish(HERE, "fin-1", **payment)


def test_a_bill_is_the_one_that_was_announced() -> None:
    text = "交易时间\n".encode()
    good = {"hash_type": "SHA1", "hash_value": hashlib.sha1(text).hexdigest()}  # noqa: S324
    assert checked(text, good) == checked(gzip.compress(text), good) == text.decode()
    cut_off = gzip.compress(text)[:-9]
    for content in (text + b" ", gzip.compress(text + b" "), cut_off, b"\x1f\x8bx"):
        with pytest.raises(InvalidInput):
            checked(content, good)
    for offer in ({}, {**good, "hash_type": "MD5"}, {**good, "hash_value": ""}):
        with pytest.raises(InvalidInput):
            checked(text, offer)


def test_while_keys_are_changed_both_are_known(side: WeChatSide) -> None:
    good = side.merchant()
    certificate, public = NOTICE["platform_certificate"], good.settings["public_key"]
    both = replace(good, settings={**good.settings, "public_key": f"{public}\n{certificate}"})
    account = read(both)
    assert list(account.keys) == [good.settings["public_key_id"], "D7CE59D1F522D701"]
    assert account.key_serial == good.settings["public_key_id"]
    old = {**good.settings, "public_key_id": "", "public_key": certificate}
    assert read(replace(good, settings=old)).key_serial == "D7CE59D1F522D701"
    side.merchants[HERE] = both
    assert side.channel.collect(asked(side)).code


def test_nothing_personal_is_ever_logged(
    side: WeChatSide, caplog: pytest.LogCaptureFixture
) -> None:
    """Every verb with logging at its most talkative: no key, openid, name or number of a card."""
    with caplog.at_level(logging.DEBUG):
        for method in side.channel.methods:
            side.channel.collect(asked(side, order="ord-9", method=method, payer=side.payer()))
        side.channel.close(HERE, "ord-9")
        split_all(side)
        side.channel.give_back(replace(GIVE_BACK, notify_url=side.notify_url))
        side.channel.query_refund(HERE, "rfd-1", order="ord-1")
        side.channel.pay_out(payout(side, amount=250_000))
        side.channel.query_payout(HERE, "wd-1")
        side.channel.cancel_payout(HERE, "wd-1")
        agreed = Authorise(HERE, "auth-1", side.person.account, side.person.name, side.notify_url)
        side.channel.authorise(agreed)
        side.channel.query_authorisation(HERE, "auth-1")
        side.messages()
        for message in side.box.messages:
            side.channel.read_notification(HERE, message.headers, message.body)
        day = side.today()
        side.pass_time(timedelta(days=2))
        assert side.channel.fetch_bill(HERE, day)
    assert caplog.records, "the libraries below do log"
    merchant = side.merchant()
    told = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    secrets = [side.person.account, side.person.name, side.payer(), merchant.secrets["api_v3_key"]]
    secrets += merchant.secrets["private_key"].splitlines()[1:-1]
    for secret in secrets:
        assert secret not in told
