"""What can go wrong with Stripe, and what the adapter makes of it."""

import logging
import threading
from dataclasses import replace
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from kefen.adapters.payments.stripe import calls as stripe_calls
from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.bills import BillKind
from kefen.ports.payments import EventKind
from kefen.ports.payouts import PayOut
from kefen.ports.splits import Receiver, Share, ShareState, Split
from tests.adapters.contract import AMOUNT, COLLECT, GIVE_BACK, HERE, PAY_OUT
from tests.adapters.stripe_side import StripeSide
from tests.adapters.test_stripe import side

__all__ = ["side"]

ORDER = replace(COLLECT, currency="USD")
REFUND = replace(GIVE_BACK, currency="USD")


def paid(side: StripeSide) -> str:
    """An order that was paid; its charge."""
    side.channel.collect(ORDER)
    side.student_pays("ord-1")
    event = side.channel.query_payment(HERE, "ord-1")
    assert event is not None
    return event.channel_number


def payout(side: StripeSide, **changes: object) -> PayOut:
    request = replace(PAY_OUT, currency="USD", receiver=side.person.account)
    return replace(request, **changes)  # type: ignore[arg-type]


def division(charge: str, *shares: Share, number: str = "spl-1") -> Split:
    return Split(HERE, number, "ord-1", charge, AMOUNT, "USD", shares)


def share(number: str, account: str, amount: int) -> Share:
    return Share(number, Receiver(account), amount, "commission")


def transfers(side: StripeSide) -> list[tuple[str, int]]:
    return [(one["destination"], one["amount"]) for one in side.state("transfer")]


class TestSessions:
    def test_equal_requests_of_one_moment_open_one_session(self, side: StripeSide) -> None:
        opened: list[str] = []
        start = threading.Barrier(4)

        def visit(number: int) -> None:
            start.wait()
            back = f"{ORDER.return_url}?r={number % 2}"
            opened.append(side.channel.collect(replace(ORDER, return_url=back)).url)

        visits = [threading.Thread(target=visit, args=(one,)) for one in range(4)]
        for one in visits:
            one.start()
        for one in visits:
            one.join()
        assert len(opened) == 4
        still_open = [one for one in side.state("session") if one["status"] == "open"]
        assert len(still_open) == 1
        assert set(opened) == {still_open[0]["url"]}
        assert side.channel.collect(ORDER).url == still_open[0]["url"]

    def test_a_session_that_ended_by_itself_is_followed_by_another(self, side: StripeSide) -> None:
        first = side.channel.collect(ORDER)
        side.pass_time(timedelta(hours=25))
        second = side.channel.collect(ORDER)
        assert second != first
        assert [one["status"] for one in side.state("session")] == ["expired", "open"]

    def test_one_whose_answer_was_lost_is_found(self, side: StripeSide) -> None:
        side.fault("fail_after", "checkout.sessions.create", times=1)
        url = side.channel.collect(ORDER).url
        assert [one["url"] for one in side.state("session")] == [url]

    def test_one_that_was_not_made_can_be_asked_for_again(self, side: StripeSide) -> None:
        side.fault("conflict", "checkout.sessions.create", times=1)
        with pytest.raises(ChannelUnavailable):
            side.channel.collect(ORDER)
        assert side.channel.collect(ORDER).url

    def test_a_paid_order_opens_no_more(self, side: StripeSide) -> None:
        paid(side)
        with pytest.raises(ChannelRejected):
            side.channel.collect(ORDER)
        assert len(side.state("session")) == 1

    def test_a_declined_card_pays_nothing_and_can_try_again(self, side: StripeSide) -> None:
        url = side.channel.collect(ORDER).url
        side.control.post(url, data={"do": "decline"}).raise_for_status()
        assert side.channel.query_payment(HERE, "ord-1") is None
        assert side.messages() == 0
        side.student_pays("ord-1")
        event = side.channel.query_payment(HERE, "ord-1")
        assert event is not None
        assert event.amount == AMOUNT

    def test_who_has_paid_is_sent_back(self, side: StripeSide) -> None:
        url = side.channel.collect(ORDER).url
        page = side.control.get(url)
        assert "考研数学" in page.text
        assert "299.00 USD" in page.text
        answer = side.control.post(url, data={"do": "pay"})
        assert (answer.status_code, answer.headers["location"]) == (303, ORDER.return_url)


class TestRefunds:
    def test_a_refund_is_found_without_its_payment(self, side: StripeSide) -> None:
        paid(side)
        side.channel.give_back(REFUND)
        event = side.channel.query_refund(HERE, "rfd-1")
        assert event is not None
        assert (event.kind, event.amount) == (EventKind.REFUND_SUCCEEDED, REFUND.amount)

    def test_a_number_is_known_when_its_key_is_forgotten(self, side: StripeSide) -> None:
        paid(side)
        side.channel.give_back(REFUND)
        side.pass_time(timedelta(days=3))
        side.channel.give_back(REFUND)
        assert [one["amount"] for one in side.state("refund")] == [REFUND.amount]

    def test_a_refund_made_by_hand_at_stripe_is_only_kept(self, side: StripeSide) -> None:
        charge = paid(side)
        told = side.messages()
        side.api("POST", "/v1/refunds", {"charge": charge, "amount": "500"})
        side.control.post("/emulator/deliver")
        kinds = [side.channel.translate(HERE, one.body).kind for one in side.box.messages]
        assert kinds.count(EventKind.OTHER) == len(kinds) - told


class TestPayouts:
    def test_a_number_is_known_when_its_key_is_forgotten(self, side: StripeSide) -> None:
        side.channel.pay_out(payout(side))
        side.pass_time(timedelta(days=3))
        side.channel.pay_out(payout(side))
        assert transfers(side) == [(side.person.account, 5_000)]

    def test_more_than_there_is_is_rejected(self, side: StripeSide) -> None:
        with pytest.raises(ChannelRejected) as refusal:
            side.channel.pay_out(payout(side, amount=1_000_001))
        assert "insufficient" in refusal.value.params["reason"]
        with pytest.raises(NotFound):
            side.channel.query_payout(HERE, "wd-1")

    def test_an_account_that_is_not_ready_is_rejected(self, side: StripeSide) -> None:
        unready = side.connected_account(active=False)
        with pytest.raises(ChannelRejected):
            side.channel.add_receiver(HERE, Receiver(unready))
        with pytest.raises(ChannelRejected):
            side.channel.pay_out(payout(side, receiver=unready))
        with pytest.raises(ChannelRejected):
            side.channel.add_receiver(HERE, Receiver("acct_nobody/../../v1/balance"))
        assert transfers(side) == []

    def test_a_transfer_is_final(self, side: StripeSide) -> None:
        side.channel.pay_out(payout(side))
        with pytest.raises(ChannelRejected):
            side.channel.cancel_payout(HERE, "wd-1")

    def test_one_that_was_taken_back_by_hand_is_told(self, side: StripeSide) -> None:
        side.channel.pay_out(payout(side))
        number = side.state("transfer")[0]["id"]
        side.api("POST", f"/v1/transfers/{number}/reversals")
        event = side.channel.query_payout(HERE, "wd-1")
        assert event is not None
        assert (event.kind, event.reason) == (
            EventKind.PAYOUT_FAILED,
            "the transfer was reversed",
        )
        message = side.last_message()
        assert side.channel.translate(HERE, message.body).kind is EventKind.PAYOUT_FAILED


class TestSplits:
    def test_a_refused_share_does_not_stop_the_others(self, side: StripeSide) -> None:
        charge = paid(side)
        ready, unready = side.person.account, side.connected_account(active=False)
        request = division(charge, share("s1", unready, 700), share("s2", ready, 900))
        side.channel.split(request)
        side.channel.split(request)
        results = side.channel.query_split(HERE, "spl-1", order="ord-1", channel_number=charge)
        assert {(one.number, one.account, one.amount, one.state) for one in results} == {
            ("s1", unready, 700, ShareState.FAILED),
            ("s2", ready, 900, ShareState.SUCCEEDED),
        }
        assert all(one.reason for one in results if one.state is ShareState.FAILED)
        assert transfers(side) == [(ready, 900)]

    def test_one_that_was_interrupted_goes_on_under_its_number(self, side: StripeSide) -> None:
        charge = paid(side)
        first, second = side.person.account, side.connected_account()
        request = division(charge, share("s1", first, 700), share("s2", second, 900))
        side.fault("rate_limit", "transfers.create", second, times=1)
        with pytest.raises(OutcomeUnknown):
            side.channel.split(request)
        assert transfers(side) == [(first, 700)]
        with pytest.raises(NotFound):
            side.channel.query_split(HERE, "spl-1", order="ord-1", channel_number=charge)
        side.channel.split(request)
        assert transfers(side) == [(first, 700), (second, 900)]
        results = side.channel.query_split(HERE, "spl-1", order="ord-1", channel_number=charge)
        assert {one.state for one in results} == {ShareState.SUCCEEDED}

    def test_a_payment_is_divided_at_most_whole(self, side: StripeSide) -> None:
        charge = paid(side)
        side.channel.split(division(charge, share("s1", side.person.account, AMOUNT - 100)))
        more = division(charge, share("s2", side.person.account, 101), number="spl-2")
        side.channel.split(more)
        (result,) = side.channel.query_split(HERE, "spl-2", order="ord-1", channel_number=charge)
        assert result.state is ShareState.FAILED

    def test_a_payment_that_is_not_there_is_rejected(self, side: StripeSide) -> None:
        with pytest.raises(ChannelRejected):
            side.channel.split(division("ch_none", share("s1", side.person.account, 1)))


class TestBills:
    def test_every_kind_of_movement_stands_in_it(self, side: StripeSide) -> None:
        day = side.today()
        charge = paid(side)
        side.channel.give_back(REFUND)
        side.channel.pay_out(payout(side))
        side.channel.split(division(charge, share("s1", side.person.account, 700)))
        side.api("POST", "/v1/payouts", {"amount": "300", "currency": "usd"})
        side.pass_time(timedelta(days=2))
        lines = side.channel.fetch_bill(HERE, day)
        fee = AMOUNT * 29 // 1000 + 30
        assert [(one.kind, one.number, one.amount, one.fee) for one in lines] == [
            (BillKind.OTHER, "", 1_000_000, 0),
            (BillKind.PAYMENT, "ord-1", AMOUNT, fee),
            (BillKind.REFUND, "rfd-1", REFUND.amount, 0),
            (BillKind.PAYOUT, "wd-1", 5_000, 0),
            (BillKind.SHARE, "spl-1", 700, 0),
            (BillKind.OTHER, "", 300, 0),
        ]
        assert {one.currency for one in lines} == {"USD"}

    def test_a_long_day_is_read_page_by_page(
        self, side: StripeSide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stripe_calls, "PAGE_LENGTH", 3)
        day = side.today()
        for number in range(7):
            side.channel.pay_out(payout(side, withdrawal=f"wd-{number}"))
        side.pass_time(timedelta(days=2))
        lines = side.channel.fetch_bill(HERE, day)
        assert [one.number for one in lines[1:]] == [f"wd-{number}" for number in range(7)]


class TestSilence:
    def test_a_busy_channel_did_nothing(self, side: StripeSide) -> None:
        side.fault("rate_limit", "transfers.create")
        with pytest.raises(ChannelUnavailable):
            side.channel.pay_out(payout(side))
        assert transfers(side) == []

    def test_two_at_the_same_moment_are_not_known(self, side: StripeSide) -> None:
        side.fault("conflict", "transfers.create", times=1)
        with pytest.raises(OutcomeUnknown):
            side.channel.pay_out(payout(side))

    def test_a_time_out_is_followed_by_what_was_done(
        self, side: StripeSide, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(stripe_calls._transport()._connections, "timeout", 0.3)
        side.fault("hang", "transfers.create", "wd-1", seconds=1, times=1)
        with pytest.raises(OutcomeUnknown):
            side.channel.pay_out(payout(side))
        side.channel.pay_out(payout(side))
        assert transfers(side) == [(side.person.account, 5_000)]

    def test_a_question_that_is_not_answered_is_asked_again(self, side: StripeSide) -> None:
        side.fault("fail_before", "charges", times=1)
        with pytest.raises(ChannelUnavailable):
            side.channel.query_payment(HERE, "ord-1")
        assert side.channel.query_payment(HERE, "ord-1") is None

    def test_a_wrong_key_is_rejected(self, side: StripeSide) -> None:
        wrong = replace(side.merchant(), secrets={"secret_key": "sk_test_0", "webhook_secret": ""})
        side.accounts = {HERE: wrong}
        with pytest.raises(ChannelRejected):
            side.channel.collect(ORDER)

    def test_an_hour_of_misfortune_ends_well(self, side: StripeSide) -> None:
        """Half of all calls fail before or after they were done; everything is asked again."""
        for fault in ("fail_before", "fail_after"):
            side.fault(fault, "", probability=0.25)
        for number in range(5):
            request = payout(side, withdrawal=f"wd-{number}")
            for _ in range(100):
                try:
                    side.channel.pay_out(request)
                    break
                except (ChannelUnavailable, OutcomeUnknown):
                    continue
        side.speak_again("")
        assert transfers(side) == [(side.person.account, 5_000)] * 5


def test_logs_keep_quiet(side: StripeSide, caplog: pytest.LogCaptureFixture) -> None:
    """Neither keys nor accounts nor numbers of sessions, whatever the level of the root."""
    caplog.set_level(logging.DEBUG)
    for name in ("stripe", "httpx", "httpcore"):
        assert logging.getLogger(name).level == logging.WARNING
    charge = paid(side)
    side.channel.give_back(REFUND)
    side.channel.pay_out(payout(side))
    side.channel.split(division(charge, share("s1", side.person.account, 700)))
    with pytest.raises(ChannelRejected) as refusal:
        side.channel.pay_out(payout(side, withdrawal="wd-2", receiver="acct_of_nobody"))
    said = caplog.text + str(refusal.value) + repr(refusal.value.params)
    secrets = side.merchant().secrets.values()
    for private in (*secrets, side.person.account, "acct_of_nobody", "Bearer", "cs_test_"):
        assert private not in said


def test_the_version_of_the_api_is_said(side: StripeSide, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, str]] = []
    transport = stripe_calls._transport()
    plain = transport.request

    def watch(method, url, headers, post_data=None, **more):  # type: ignore[no-untyped-def]
        seen.append((headers["Stripe-Version"], headers.get("Idempotency-Key", "")))
        if method == "post" and urlsplit(url).path == "/v1/checkout/sessions":
            assert parse_qs(post_data)["payment_intent_data[transfer_group]"] == ["ord-1"]
        return plain(method, url, headers, post_data, **more)

    monkeypatch.setattr(transport, "request", watch)
    paid(side)
    side.channel.give_back(REFUND)
    assert {version for version, _ in seen} == {stripe_calls.API_VERSION}
    assert seen[-1][1] == "rfd-1"
