"""Stripe: its page, its connected accounts, and its books."""

from functools import cache
from typing import Any

import httpx
import pytest

from kefen.adapters.payments.stripe import account, calls
from kefen.adapters.payments.stripe.channel import Stripe
from kefen.platform.merchants.queries import merchants_of
from kefen.ports.payments import Cashier, Method
from tests.chaos.books import Books, Listed, Theirs
from tests.chaos.channel_side import Account, ChannelSide


class StripeSide(ChannelSide):
    """Payouts wait until what was collected is available, so that the first ones are refused."""

    name = "stripe"
    emulator = "stripe"
    currency = "USD"
    methods = (Method.PAGE, Method.MOBILE)
    start = 0
    own_faults = (
        ("rate_limit", "", 0.02),
        ("conflict", "", 0.02),
        ("refuse", "transfers.create", 0.10),
        ("refuse", "refunds.create", 0.06),
    )
    _key = ""

    def adapter(self, patch: pytest.MonkeyPatch) -> Any:
        patch.setattr(calls, "_TIMEOUT", httpx.Timeout(self.patience, connect=1))
        # Connections are kept for the life of a process: these are the run's own.
        patch.setattr(calls, "_transport", cache(calls._Transport))
        return Stripe(merchants_of(self.name))

    def account(self, notify_url: str) -> Account:
        made = self.merchant(webhook_url=notify_url)
        self._key = made.values["secret_key"]
        return made

    def payee(self, code: str, name: str) -> tuple[str, str]:
        made = self.control.post(
            "/v1/accounts",
            data={"capabilities[transfers][requested]": "true"},
            headers={"Authorization": f"Bearer {self._key}"},
        )
        made.raise_for_status()
        found = str(made.json()["id"])
        self.control.post(f"/connect/{found}", data={"do": "agree"})
        return found, ""

    def pay(self, cashier: Cashier) -> bool:
        answer = self.control.post(cashier.url, data={"do": "pay"})
        return answer.status_code < 400

    def confirm(self, url: str) -> bool:
        return False

    def read(self, books: Books) -> Theirs:
        sent = [one for one in books.get("transfer", []) if not one["reversed"]]
        return Theirs(
            payments=_ours(books["charge"], account.PAYMENT, succeeded=True),
            refunds=_ours(books.get("refund", []), account.REFUND, succeeded=True),
            transfers=_ours(sent, account.PAYOUT),
            shares=[
                (one["destination"], one["amount"])
                for one in sent
                if one["metadata"]["kefen_kind"] == account.SHARE
            ],
            moved=sum(one["net"] for one in books["balance_transaction"]),
        )


def _ours(found: list[dict[str, Any]], kind: str, *, succeeded: bool = False) -> Listed:
    return [
        (account.number_of(one), one["amount"])
        for one in found
        if one["metadata"]["kefen_kind"] == kind and (not succeeded or one["status"] == "succeeded")
    ]
