"""Alipay's adapter keeps the contracts, against the emulator."""

import logging
import os
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import cycle
from pathlib import Path
from unittest.mock import patch
from urllib.parse import parse_qsl, urlencode

import pytest

from kefen.adapters.payments.alipay import client, numbers
from kefen.adapters.payments.alipay.wire_format import (
    account_kind,
    fen,
    instant,
    real_beijing,
    yuan,
)
from kefen.core.errors import (
    BadSignature,
    ChannelRejected,
    ChannelUnavailable,
    InvalidInput,
    NotFound,
    OutcomeUnknown,
)
from kefen.emulators.alipay import build, signing
from kefen.emulators.frame.server import running
from kefen.platform import clock
from kefen.ports.bills import BillKind
from kefen.ports.payments import EventKind
from kefen.ports.splits import Receiver, Share, ShareState
from tests.adapters.alipay_side import AlipaySide
from tests.adapters.contract import (
    AMOUNT,
    COLLECT,
    GIVE_BACK,
    HERE,
    PAY_OUT,
    AccountContract,
    BillContract,
    Message,
    PaymentContract,
    PayoutContract,
    SplitContract,
)
from tests.adapters.post_box import PostBox


@pytest.fixture(scope="module")
def keys() -> Iterator[None]:
    """Keys take long to make; six of them are enough for two merchants."""
    made = cycle([signing.new_key() for _ in range(6)])
    with patch.object(signing, "new_key", lambda: next(made)):
        yield


@pytest.fixture
def side(keys: None, tmp_path: Path) -> Iterator[AlipaySide]:
    emulator = build(tmp_path)
    with PostBox(answer=b"success") as box, running(emulator, delivering=False) as address:
        found = AlipaySide(address, emulator, box)
        with found.clock, closing(found.http):
            yield found


class TestAccount(AccountContract):
    """As a channel with accounts."""

    garbled = {
        "app_id": "wx1",
        "seller_id": "1",
        "private_key": "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----",
        "app_certificate": "-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----",
        "alipay_certificate": "no certificate at all",
        "root_certificate": "",
        "split_maximum_bps": "10001",
    }


class TestPayments(PaymentContract):
    """As a payment channel."""

    # The time stands in the body, and Alipay may repeat it for a day: see `TestFreshness`.
    signs_in_headers = False
    dates_signatures = False
    knows_cashiers = False

    def test_a_refused_refund_says_why_and_frees_its_amount(self, side: AlipaySide) -> None:
        """Alipay refuses when it is asked, and not afterwards."""
        self._paid(side)
        side.refuse("rfd-1")
        with pytest.raises(ChannelRejected) as refusal:
            side.channel.give_back(self._refund(side, amount=AMOUNT))
        assert "SELLER_BALANCE_NOT_ENOUGH" in refusal.value.params["reason"]
        with pytest.raises(NotFound):
            side.channel.query_refund(HERE, "rfd-1", order="ord-1")
        side.channel.give_back(self._refund(side, refund="rfd-2", amount=AMOUNT))

    def test_what_is_closed_cannot_be_paid(self, side: AlipaySide) -> None:
        """A trade begins when the student comes to the cashier; then it can be closed."""
        for looked_at in side.channel.methods:
            order = f"ord-{looked_at}"
            for method in side.channel.methods:
                self._open(side, order=order, method=method)
            side.visit(order, looked_at)
            side.channel.close(HERE, order)
            side.channel.close(HERE, order)
            for method in side.channel.methods:
                side.student_pays(order, method)
            assert side.channel.query_payment(HERE, order) is None
        assert side.messages() == 0

    def test_what_nobody_came_to_is_closed_and_may_be_paid_late(self, side: AlipaySide) -> None:
        self._open(side)
        side.channel.close(HERE, "ord-1")
        side.student_pays("ord-1")
        assert self._event(side, "ord-1").amount == AMOUNT

    @pytest.mark.parametrize("looked_at", [False, True])
    def test_no_cashier_outlives_its_time(self, side: AlipaySide, *, looked_at: bool) -> None:
        """Also where nobody came to it, so that it could not be closed."""
        until = clock.now() + timedelta(minutes=30)
        for method in side.channel.methods:
            order = f"ord-{method}"
            asked = self._collect(side, order, AMOUNT, method)
            side.channel.collect(replace(asked, until=until))
            if looked_at:
                side.visit(order, method)
        side.pass_time(timedelta(minutes=31))
        for method in side.channel.methods:
            side.student_pays(f"ord-{method}", method)
        assert side.messages() == 0

    def test_an_order_is_opened_anew_where_its_trade_was_closed(self, side: AlipaySide) -> None:
        for _ in range(2):
            self._open(side)
            side.visit("ord-1")
            side.channel.close(HERE, "ord-1")
        self._paid(side)
        event = self._event(side, "ord-1")
        assert (event.order, event.subject) == ("ord-1", "ord-1")
        self.check_message(side, side.last_message(), event)
        with pytest.raises(ChannelRejected):
            side.channel.close(HERE, "ord-1")
        side.channel.give_back(GIVE_BACK)
        refund = side.channel.query_refund(HERE, "rfd-1", order="ord-1")
        assert refund is not None
        assert refund.order == "ord-1"

    def test_a_payment_that_was_refunded_whole_was_one(self, side: AlipaySide) -> None:
        self._paid(side)
        before = self._event(side, "ord-1")
        side.channel.give_back(replace(GIVE_BACK, amount=AMOUNT))
        assert self._event(side, "ord-1") == before

    def test_another_amount_is_refused_once_the_trade_has_begun(self, side: AlipaySide) -> None:
        self._open(side)
        side.visit("ord-1")
        with pytest.raises(ChannelRejected):
            self._open(side, amount=AMOUNT + 1)

    def test_the_second_of_two_refunds_is_told_with_its_own_amount(self, side: AlipaySide) -> None:
        """Alipay's notification names the sum of both."""
        self._paid(side)
        side.channel.give_back(GIVE_BACK)
        side.channel.give_back(replace(GIVE_BACK, refund="rfd.2", amount=1))
        message = side.last_message()
        assert b"refund_fee=100.01" in message.body
        told = side.channel.read_notification(HERE, message.headers, message.body)
        assert (told.subject, told.amount) == ("rfd.2", 1)
        with side.down(), pytest.raises(ChannelUnavailable):
            side.channel.translate(HERE, message.body)


class TestPayouts(PayoutContract):
    """As a payout channel."""

    signs_in_headers = False
    dates_signatures = False
    refuses_at_once = True

    def test_it_cannot_be_taken_back(self, side: AlipaySide) -> None:
        with pytest.raises(ChannelRejected):
            side.channel.cancel_payout(HERE, "wd-1")

    def test_a_name_is_needed_where_the_account_is_a_sign_in_name(self, side: AlipaySide) -> None:
        with pytest.raises(ChannelRejected):
            side.channel.pay_out(self._request(side, name=""))
        side.channel.pay_out(self._request(side, name="", receiver="2088000000000077"))
        assert self._event(side).kind is EventKind.PAYOUT_SUCCEEDED

    def test_limits_are_alipays(self, side: AlipaySide) -> None:
        for amount in (9, 5_000_001):
            with pytest.raises(ChannelRejected):
                side.channel.pay_out(self._request(side, amount=amount))
        side.channel.pay_out(self._request(side, amount=5_000_000))


def test_transfers_need_certificates(keys: None, tmp_path: Path) -> None:
    emulator = build(tmp_path)
    with PostBox(answer=b"success") as box, running(emulator, delivering=False) as address:
        side = AlipaySide(address, emulator, box, mode="key")
        with closing(side.http):
            side.channel.check(side.merchant())
            side.channel.collect(COLLECT)
            with pytest.raises(ChannelRejected, match="certificates"):
                side.channel.pay_out(replace(PAY_OUT, receiver="2088000000000077"))


class TestSplits(SplitContract):
    """As a channel that divides money."""

    def test_one_share_fails_by_itself(self, side: AlipaySide) -> None:
        request = self._ready(side)
        other = Receiver("2088000000000078")
        side.channel.add_receiver(HERE, other)
        shares = (*request.shares, Share("shr-2", other, 500, "推广佣金"))
        side.fault("share_fails", other.account)
        side.channel.split(replace(request, shares=shares))
        first, second = side.channel.query_split(
            HERE, "spl-1", order="ord-1", channel_number=request.channel_number
        )
        assert (first.state, second.state) == (ShareState.SUCCEEDED, ShareState.FAILED)
        assert second.account == other.account
        assert second.reason

    def test_what_was_not_asked_for_cannot_be_split(self, side: AlipaySide) -> None:
        side.channel.collect(replace(COLLECT, notify_url=side.notify_url))
        side.student_pays("ord-1")
        paid = side.channel.query_payment(HERE, "ord-1")
        assert paid is not None
        side.channel.add_receiver(HERE, Receiver(side.person.account, side.person.name))
        request = replace(self._ready_order(side), channel_number=paid.channel_number)
        with pytest.raises(ChannelRejected):
            side.channel.split(request)

    def _ready_order(self, side: AlipaySide):
        from kefen.ports.splits import Split

        receiver = Receiver(side.person.account, side.person.name)
        shares = (Share("shr-1", receiver, 1_000, "推广佣金"),)
        return Split(HERE, "spl-1", "ord-1", "", AMOUNT, "CNY", shares)

    def test_after_thirty_days_nothing_is_frozen(self, side: AlipaySide) -> None:
        request = self._ready(side)
        side.pass_time(timedelta(days=30, seconds=1))
        with pytest.raises(ChannelRejected):
            side.channel.split(request)


class TestBills(BillContract):
    """As a source of bills."""

    def test_transfers_and_shares_stand_in_it_and_nothing_twice(self, side: AlipaySide) -> None:
        splits = TestSplits()
        side.channel.split(splits._ready(side))
        side.channel.query_split(HERE, "spl-1", order="ord-1", channel_number=self._paid(side))
        side.channel.pay_out(replace(PAY_OUT, receiver=side.person.account, name=side.person.name))
        day = side.today()
        side.pass_time(timedelta(days=2))
        lines = side.channel.fetch_bill(HERE, day)
        assert [(line.kind, line.number, line.amount, line.fee) for line in lines] == [
            (BillKind.PAYMENT, "ord-1", AMOUNT, 179),
            (BillKind.SHARE, "spl-1", 1_000, 0),
            (BillKind.PAYOUT, "wd-1", 5_000, 0),
        ]

    def _paid(self, side: AlipaySide) -> str:
        paid = side.channel.query_payment(HERE, "ord-1")
        assert paid is not None
        return paid.channel_number


def paid(side: AlipaySide) -> Message:
    side.channel.collect(replace(COLLECT, notify_url=side.notify_url))
    side.student_pays("ord-1")
    return side.last_message()


class TestFreshness:
    """Notifications are of the last day, by the world's clock."""

    def test_of_a_day_and_no_more(self, side: AlipaySide) -> None:
        message = paid(side)
        for ago in (timedelta(hours=25), timedelta(minutes=-4)):
            fresh = side.signed_before(message, ago)
            assert side.channel.read_notification(HERE, {}, fresh.body).amount == AMOUNT
        for ago in (timedelta(hours=27), timedelta(days=365), timedelta(minutes=-6)):
            old = side.signed_before(message, ago)
            with pytest.raises(BadSignature):
                side.channel.read_notification(HERE, {}, old.body)

    def test_the_demos_clock_does_not_count(self, side: AlipaySide) -> None:
        message = paid(side)
        side.pass_time(timedelta(days=40))
        assert side.channel.read_notification(HERE, {}, message.body).amount == AMOUNT
        side.channel.collect(replace(COLLECT, order="ord-9"))


class TestBelief:
    """What is not signed, or not for us, is not believed."""

    @pytest.mark.parametrize("name", ["app_id", "seller_id"])
    def test_a_notification_for_another_account(self, side: AlipaySide, name: str) -> None:
        told = dict(parse_qsl(paid(side).body.decode()))
        if name == "seller_id":
            message = side.sign(told | {name: "2088999999999999"})
            with pytest.raises(InvalidInput, match=name):
                side.channel.read_notification(HERE, {}, message.body)
        body = urlencode(told | {name: "x"}).encode()
        with pytest.raises(InvalidInput, match=name):
            side.channel.translate(HERE, body)

    def test_a_parameter_that_stands_twice(self, side: AlipaySide) -> None:
        message = paid(side)
        with pytest.raises(InvalidInput):
            side.channel.read_notification(HERE, {}, message.body + b"&total_amount=0.01")

    def test_an_answer_with_a_wrong_signature(self, side: AlipaySide) -> None:
        paid(side)
        side.fault("bad_signature")
        with pytest.raises(ChannelUnavailable):
            side.channel.query_payment(HERE, "ord-1")
        side.speak_again("")
        side.fault("bad_signature", where="alipay.trade.refund")
        with pytest.raises(OutcomeUnknown):
            side.channel.give_back(GIVE_BACK)

    def test_a_key_that_is_not_the_apps(self, side: AlipaySide) -> None:
        here, another = side.merchants[HERE], side.merchants["another"]
        side.merchants[HERE] = replace(here, secrets=another.secrets)
        with pytest.raises(ChannelRejected, match="invalid-signature"):
            side.channel.query_payment(HERE, "ord-1")

    def test_alipay_itself_does_not_know(self, side: AlipaySide) -> None:
        paid(side)
        side.fault("unknown", where="alipay.trade.refund", times=1)
        with pytest.raises(OutcomeUnknown):
            side.channel.give_back(GIVE_BACK)
        event = side.channel.query_refund(HERE, "rfd-1", order="ord-1")
        assert event is not None

    def test_an_answer_that_takes_too_long(
        self, side: AlipaySide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        paid(side)
        payment = side.channel.query_payment(HERE, "ord-1")
        assert payment is not None
        request = replace(GIVE_BACK, channel_number=payment.channel_number)
        side.fault("hang", "rfd-1", where="alipay.trade.refund", seconds=1)
        with monkeypatch.context() as patience:
            patience.setattr(client, "SECONDS", 0.3)
            with pytest.raises(OutcomeUnknown):
                side.channel.give_back(request)
        side.speak_again("rfd-1")
        side.channel.give_back(request)
        assert side.messages() == 2

    def test_the_signed_text_is_the_exact_text(self) -> None:
        inner = '{"code":"10000","subject":"a } b \\" {","n": 1.10}'
        found = client.pieces(f' {{ "x_response" : {inner} , "sign":"s"}} ')
        assert found == {"x_response": inner, "sign": '"s"'}
        for wrong in ("", "{}", "[]", '{"a":1,"a":2}', '{"a":1', '{"a" 1}'):
            with pytest.raises(ValueError, match=r"."):
                client.pieces(wrong)


class TestWords:
    """Yuan, times, numbers."""

    def test_yuan_and_fen(self) -> None:
        for amount, text in ((0, "0.00"), (1, "0.01"), (110, "1.10"), (-5, "-0.05")):
            assert yuan(amount) == text
            assert fen(text) == amount
        assert fen("88.8") == 8_880
        assert fen("+7\t") == 700
        assert fen(yuan(99_999_999_999)) == 99_999_999_999
        for wrong in ("", "1.234", "1e3", "abc", None, "٣"):
            with pytest.raises(InvalidInput):
                fen(wrong)

    def test_beijings_time_wherever_the_machine_stands(self) -> None:
        before = os.environ.get("TZ")
        try:
            for zone in ("America/New_York", "Asia/Tokyo", "UTC"):
                os.environ["TZ"] = zone
                time.tzset()
                real = datetime.fromtimestamp(time.time(), UTC)
                assert abs(real - instant(real_beijing())) < timedelta(seconds=3)
        finally:
            os.environ.pop("TZ") if before is None else os.environ.update(TZ=before)
            time.tzset()

    @pytest.mark.parametrize(
        "number",
        [
            "ord_01",
            "a-b",
            "a--b",
            "a.b",
            "a-.b",
            "--r2",
            "a--r2",
            "...",
            "---",
            "-.-",
            "--h",
            "--d",
        ],
    )
    def test_numbers_are_read_back(self, number: str) -> None:
        for opening in (1, 2, 9):
            text = numbers.written(number, opening)
            assert numbers.read(text) == number
            assert "." not in text

    def test_a_number_that_grows_too_long_is_refused(self) -> None:
        numbers.written("a" * 64)
        with pytest.raises(ChannelRejected):
            numbers.written("." + "a" * 63)

    def test_kinds_of_accounts(self) -> None:
        assert account_kind("2088123412341234") == "userId"
        assert account_kind("a@b.cn") == account_kind("13800138000") == "loginName"
        assert account_kind("074a1CcTG1LelxKe4xQC0zgNdId0nxi95b5lsNpazWYoCo5") == "openId"


def test_logs_hold_no_keys_names_or_accounts(
    side: AlipaySide, caplog: pytest.LogCaptureFixture
) -> None:
    paid(side)
    with caplog.at_level(logging.DEBUG):
        side.fault("bad_signature", times=1)
        with pytest.raises(ChannelUnavailable):
            side.channel.query_payment(HERE, "ord-1")
        side.channel.add_receiver(HERE, Receiver(side.person.account, side.person.name))
        side.channel.pay_out(replace(PAY_OUT, receiver=side.person.account, name=side.person.name))
        side.fault("fail_after", times=1)
        with pytest.raises(OutcomeUnknown):
            side.channel.pay_out(
                replace(PAY_OUT, receiver=side.person.account, name=side.person.name)
            )
        day = side.today()
        side.pass_time(timedelta(days=2))
        assert side.channel.fetch_bill(HERE, day)
    assert caplog.records
    text = caplog.text + "".join(str(vars(record)) for record in caplog.records)
    merchant = side.merchant()
    key = merchant.secrets["private_key"].splitlines()[2]
    for secret in (
        key,
        side.person.account,
        side.person.name,
        merchant.settings["seller_id"],
        "token=",
    ):
        assert secret not in text
