"""The emulator's objects have the shape of Stripe's: its library's classes are generated from its
OpenAPI specification, so that what they name and what they always have is held against ours."""

from pathlib import Path
from typing import Any, get_args

import pytest
import stripe

from kefen.emulators.frame.server import running
from kefen.emulators.stripe import build
from tests.emulators.test_stripe import SESSION, Shop

# What the emulator leaves out on purpose; and what is the library's own.
LEFT_OUT = {"automatic_tax", "custom_fields", "custom_text", "shipping_options", "OBJECT_NAME"}


def always(kind: type) -> set[str]:
    """The fields that an object of Stripe always has and that are never null."""
    return {
        name
        for name, what in kind.__annotations__.items()
        if type(None) not in get_args(what) and "Optional" not in str(what)
    }


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[type, dict[str, Any]]:
    home: Path = tmp_path_factory.mktemp("stripe")
    with running(build(home), delivering=False) as address:
        shop = Shop(address, balance={"usd": 10_000})
        v1, charge, promoter = shop.v1, shop.sell(), shop.promoter()
        shop.v1.refunds.create(params={"charge": charge.id, "amount": 100})
        send: Any = {"amount": 100, "currency": "usd", "destination": promoter}
        transfer = v1.transfers.create(params=send)
        reversal = v1.transfers.reversals.create(transfer.id, params={"amount": 10})
        found = {
            stripe.checkout.Session: v1.checkout.sessions.create(params=SESSION),
            stripe.PaymentIntent: v1.payment_intents.retrieve(charge.payment_intent),
            stripe.Charge: v1.charges.retrieve(charge.id),
            stripe.Refund: v1.refunds.list().data[0],
            stripe.Transfer: v1.transfers.retrieve(transfer.id),
            stripe.TransferReversal: reversal,
            stripe.Payout: v1.payouts.create(params={"amount": 100, "currency": "usd"}),
            stripe.Account: v1.accounts.retrieve(promoter),
            stripe.BalanceTransaction: v1.balance_transactions.list().data[0],
            stripe.Balance: v1.balance.retrieve(),
            stripe.Event: v1.events.list().data[0],
            stripe.AccountLink: v1.account_links.create(
                params={
                    "account": promoter,
                    "type": "account_onboarding",
                    "return_url": "https://a",
                }
            ),
        }
        shop.web.close()
        return {kind: one.to_dict() for kind, one in found.items()}


@pytest.mark.parametrize(
    "kind",
    [
        stripe.checkout.Session,
        stripe.PaymentIntent,
        stripe.Charge,
        stripe.Refund,
        stripe.Transfer,
        stripe.TransferReversal,
        stripe.Payout,
        stripe.Account,
        stripe.BalanceTransaction,
        stripe.Balance,
        stripe.Event,
        stripe.AccountLink,
    ],
    ids=lambda kind: kind.__name__,
)
def test_an_object_has_the_fields_of_stripe(kind: type, made: dict[type, dict[str, Any]]) -> None:
    ours = set(made[kind])
    assert ours <= set(kind.__annotations__), "no field is made up"
    assert always(kind) - LEFT_OUT <= ours, "no field is missing"
