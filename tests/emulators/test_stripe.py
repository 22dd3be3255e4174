"""The emulator of Stripe, driven by Stripe's own library as it comes."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from kefen.emulators.frame.server import running
from kefen.emulators.stripe import build
from kefen.emulators.stripe.forms import nested
from tests.adapters.post_box import PostBox

SESSION: dict[str, Any] = {
    "mode": "payment",
    "client_reference_id": "ord-1",
    "success_url": "https://school.example/back",
    "line_items": [
        {
            "quantity": 2,
            "price_data": {
                "currency": "usd",
                "unit_amount": 5_000,
                "product_data": {"name": "Maths"},
            },
        }
    ],
    "payment_intent_data": {"transfer_group": "ord-1", "metadata": {"order": "ord-1"}},
}


class Shop:
    """An account at an emulator, with the official client."""

    def __init__(self, address: str, **wishes: Any) -> None:
        self.web = httpx.Client(base_url=address, timeout=10, trust_env=False)
        made = self.web.post("/emulator/merchants", json=wishes).json()
        self.values = made["values"]
        self.client = stripe.StripeClient(
            made["values"]["secret_key"],
            base_addresses={"api": made["gateway"]},
            http_client=stripe.RequestsClient(),
        )
        self.v1 = self.client.v1

    def sell(self) -> Any:
        """A paid session's charge."""
        session = self.v1.checkout.sessions.create(params=SESSION)
        assert session.url is not None
        self.web.post(session.url, data={"do": "pay"})
        return self.v1.charges.list(params={"transfer_group": "ord-1"}).data[0]

    def promoter(self) -> str:
        """A connected account whose owner said who he is."""
        params: Any = {"type": "express", "capabilities": {"transfers": {"requested": True}}}
        account = self.v1.accounts.create(params=params)
        link = self.v1.account_links.create(
            params={
                "account": account.id,
                "type": "account_onboarding",
                "refresh_url": "https://school.example/again",
                "return_url": "https://school.example/done",
            }
        )
        assert self.web.post(link.url, data={"do": "agree"}).status_code == 303
        return account.id

    def ahead(self, time: timedelta) -> None:
        self.web.post("/emulator/clock", json={"ahead_seconds": time.total_seconds()})


@pytest.fixture
def address(tmp_path: Path) -> Iterator[str]:
    with running(build(tmp_path), delivering=False) as found:
        yield found


@pytest.fixture
def shop(address: str) -> Iterator[Shop]:
    shop = Shop(address, balance={"usd": 10_000})
    yield shop
    shop.web.close()


def test_parameters_are_read_from_brackets() -> None:
    pairs = [("a[b][c]", "1"), ("d[0][e]", "2"), ("d[1][e]", "3"), ("f", "4"), ("g[]", "5")]
    assert nested(pairs) == {
        "a": {"b": {"c": "1"}},
        "d": [{"e": "2"}, {"e": "3"}],
        "f": "4",
        "g": ["5"],
    }


class TestMoney:
    def test_a_session_is_paid_and_its_parts_know_each_other(self, shop: Shop) -> None:
        charge = shop.sell()
        assert (charge.amount, charge.currency, charge.paid) == (10_000, "usd", True)
        intent = shop.v1.payment_intents.retrieve(charge.payment_intent)
        assert (intent.latest_charge, intent.status) == (charge.id, "succeeded")
        (session,) = shop.v1.checkout.sessions.list().data
        assert (session.status, session.payment_status, session.url) == ("complete", "paid", None)
        moved = shop.v1.balance_transactions.retrieve(charge.balance_transaction)
        assert (moved.amount, moved.fee, moved.net, moved.source) == (10_000, 320, 9_680, charge.id)

    def test_what_was_charged_is_available_later(self, shop: Shop) -> None:
        shop.sell()
        balance = shop.v1.balance.retrieve()
        assert (balance.available[0].amount, balance.pending[0].amount) == (10_000, 9_680)
        shop.ahead(timedelta(days=3))
        balance = shop.v1.balance.retrieve()
        assert (balance.available[0].amount, balance.pending[0].amount) == (19_680, 0)

    def test_a_charge_is_refunded_once_over(self, shop: Shop) -> None:
        charge = shop.sell()
        shop.v1.refunds.create(params={"payment_intent": charge.payment_intent, "amount": 4_000})
        with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
            shop.v1.refunds.create(params={"charge": charge.id, "amount": 6_001})
        shop.v1.refunds.create(params={"charge": charge.id})
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.v1.refunds.create(params={"charge": charge.id})
        assert refusal.value.code == "charge_already_refunded"
        again = shop.v1.charges.retrieve(charge.id)
        assert (again.amount_refunded, again.refunded) == (10_000, True)

    def test_transfers_of_a_charge_are_at_most_the_charge(self, shop: Shop) -> None:
        charge, promoter = shop.sell(), shop.promoter()
        send: Any = {
            "amount": 9_999,
            "currency": "usd",
            "destination": promoter,
            "source_transaction": charge.id,
        }
        made = shop.v1.transfers.create(params=send)
        assert made.transfer_group == "ord-1"
        with pytest.raises(stripe.InvalidRequestError, match="greater than what is left"):
            shop.v1.transfers.create(params={**send, "amount": 2})
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.transfers.create(params={**send, "amount": 1, "transfer_group": "other"})
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.transfers.create(params={**send, "amount": 1, "currency": "eur"})

    def test_transfers_of_the_balance_are_at_most_what_is_available(self, shop: Shop) -> None:
        shop.sell()
        send: Any = {"amount": 10_001, "currency": "usd", "destination": shop.promoter()}
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.v1.transfers.create(params=send)
        assert refusal.value.code == "balance_insufficient"
        assert shop.v1.transfers.create(params={**send, "amount": 10_000}).reversed is False

    def test_a_transfer_comes_back_as_far_as_the_promoter_has_it(self, shop: Shop) -> None:
        promoter = shop.promoter()
        send: Any = {"amount": 5_000, "currency": "usd", "destination": promoter}
        made = shop.v1.transfers.create(params=send)
        shop.v1.payouts.create(
            params={"amount": 4_000, "currency": "usd"}, options={"stripe_account": promoter}
        )
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.v1.transfers.reversals.create(made.id, params={"amount": 1_001})
        assert refusal.value.code == "balance_insufficient"
        shop.v1.transfers.reversals.create(made.id, params={"amount": 1_000})
        again = shop.v1.transfers.retrieve(made.id)
        assert (again.amount_reversed, again.reversed) == (1_000, False)

    def test_who_has_not_said_who_he_is_receives_nothing(self, shop: Shop) -> None:
        params: Any = {"capabilities": {"transfers": {"requested": True}}}
        account = shop.v1.accounts.create(params=params)
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.v1.transfers.create(
                params={"amount": 1, "currency": "usd", "destination": account.id}
            )
        assert refusal.value.code == "insufficient_capabilities_for_transfer"

    def test_the_bank_gets_what_is_available(self, shop: Shop) -> None:
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.payouts.create(params={"amount": 10_001, "currency": "usd"})
        made = shop.v1.payouts.create(params={"amount": 10_000, "currency": "usd"})
        assert made.status == "paid"
        assert shop.v1.balance.retrieve().available[0].amount == 0


class TestKeys:
    def test_the_same_key_answers_the_same_for_a_day(self, shop: Shop) -> None:
        once: Any = {"idempotency_key": "wd-1"}
        send: Any = {"amount": 100, "currency": "usd", "destination": shop.promoter()}
        made = shop.v1.transfers.create(params=send, options=once)
        assert shop.v1.transfers.create(params=send, options=once).id == made.id
        with pytest.raises(stripe.IdempotencyError):
            shop.v1.transfers.create(params={**send, "amount": 101}, options=once)
        shop.ahead(timedelta(hours=25))
        assert shop.v1.transfers.create(params=send, options=once).id != made.id

    def test_a_refusal_is_repeated_too(self, shop: Shop) -> None:
        once: Any = {"idempotency_key": "wd-1"}
        shop.sell()
        send: Any = {"amount": 10_001, "currency": "usd", "destination": shop.promoter()}
        for ahead in (timedelta(), timedelta(hours=23)):
            shop.ahead(ahead)
            with pytest.raises(stripe.InvalidRequestError):
                shop.v1.transfers.create(params=send, options=once)
        shop.ahead(timedelta(days=3))
        assert shop.v1.transfers.create(params=send, options=once).amount == 10_001

    def test_without_a_good_key_nothing_is_said(self, shop: Shop, address: str) -> None:
        assert shop.web.get("/v1/charges").status_code == 401
        assert shop.web.get("/v1/charges", auth=("sk_test_wrong", "")).status_code == 401
        key = shop.values["secret_key"]
        assert shop.web.get("/v1/charges", auth=(key, "")).status_code == 200
        another = Shop(address)
        charge = shop.sell()
        with pytest.raises(stripe.InvalidRequestError):
            another.v1.charges.retrieve(charge.id)
        assert another.v1.charges.list().data == []

    def test_the_books_show_no_keys(self, shop: Shop) -> None:
        shop.sell()
        shown = shop.web.get("/emulator/state").text + shop.web.get("/emulator/").text
        assert shop.values["secret_key"] not in shown
        assert shop.values["webhook_secret"] not in shown


class TestLists:
    def test_pages_are_newest_first(self, shop: Shop) -> None:
        promoter = shop.promoter()
        made = [
            shop.v1.transfers.create(
                params={"amount": number, "currency": "usd", "destination": promoter}
            ).id
            for number in range(1, 8)
        ]
        page = shop.v1.transfers.list(params={"limit": 3})
        assert [one.id for one in page.data] == made[:-4:-1]
        assert page.has_more
        assert [one.id for one in page.auto_paging_iter()] == made[::-1]
        before = shop.v1.transfers.list(params={"limit": 3, "ending_before": made[0]})
        assert [one.id for one in before.data] == made[3:0:-1]
        at = page.data[0].created
        assert not shop.v1.transfers.list(params={"created": {"gt": at + 5}}).data
        assert len(shop.v1.transfers.list(params={"created": {"gte": at - 60}}).data) == 7

    def test_what_stripe_does_not_know_is_refused(self, shop: Shop) -> None:
        unknown: Any = {"client_reference_id": "ord-1"}
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            shop.v1.checkout.sessions.list(params=unknown)
        assert refusal.value.code == "parameter_unknown"
        with pytest.raises(stripe.InvalidRequestError):
            shop.v1.charges.list(params={"limit": 101})


class TestEvents:
    def test_events_are_signed_and_sent_until_they_are_taken(self, address: str) -> None:
        with PostBox(status=500) as box:
            shop = Shop(address, webhook_url=box.url)
            shop.sell()
            assert shop.web.post("/emulator/deliver").json() == {"delivered": 0}
            assert shop.web.post("/emulator/deliver").json() == {"delivered": 0}
            assert box.deliveries == 3
            box.status = 200
            shop.ahead(timedelta(minutes=2))
            assert shop.web.post("/emulator/deliver").json() == {"delivered": 3}
            kinds = []
            for message in box.messages:
                event = stripe.Webhook.construct_event(
                    message.body,
                    message.headers["stripe-signature"],
                    shop.values["webhook_secret"],
                )
                kinds.append(event.type)
            assert kinds == [
                "charge.succeeded",
                "payment_intent.succeeded",
                "checkout.session.completed",
            ]
            listed = shop.v1.events.list(params={"type": "charge.succeeded"}).data
            assert listed[0].data.object["amount"] == 10_000
            shop.web.close()

    def test_a_session_ends_by_itself(self, shop: Shop) -> None:
        session = shop.v1.checkout.sessions.create(params=SESSION)
        shop.ahead(timedelta(hours=25))
        assert shop.v1.checkout.sessions.retrieve(session.id).status == "expired"
        assert [one.type for one in shop.v1.events.list().data] == ["checkout.session.expired"]
        assert session.url is not None
        shop.web.post(session.url, data={"do": "pay"})
        assert not shop.v1.charges.list().data


SERVER = """
import sys
from pathlib import Path
from kefen.emulators.frame.server import serve
from kefen.emulators.stripe import build
say = lambda address: print(address, flush=True)
serve(build(Path(sys.argv[1])), host="127.0.0.1", port=int(sys.argv[2]), ready=say)
"""


@contextmanager
def process(home: Path, port: int = 0) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The emulator in a process of its own."""
    command = [sys.executable, "-c", SERVER, str(home), str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as found:
        assert found.stdout is not None
        try:
            yield found.stdout.readline().strip(), found
        finally:
            found.kill()


def test_kill_9_loses_nothing(tmp_path: Path) -> None:
    once: Any = {"idempotency_key": "wd-1"}
    with PostBox() as box:
        with process(tmp_path) as (address, server):
            shop = Shop(address, balance={"usd": 10_000}, webhook_url=f"{box.url}")
            send: Any = {"amount": 100, "currency": "usd", "destination": shop.promoter()}
            box.status = 500
            made = shop.v1.transfers.create(params=send, options=once)
            server.kill()
            server.wait()
        box.status = 200
        with process(tmp_path, int(address.rpartition(":")[2])):
            assert shop.v1.transfers.create(params=send, options=once).id == made.id
            assert shop.v1.balance.retrieve().available[0].amount == 9_900
            shop.web.post("/emulator/deliver", json={"all": True})
            told = [message.body for message in box.messages]
            assert any(b'"transfer.created"' in body and made.id.encode() in body for body in told)
        shop.web.close()
