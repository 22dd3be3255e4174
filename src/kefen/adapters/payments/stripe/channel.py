"""The adapter: what Kefen sees of Stripe."""

import time
from collections.abc import Mapping, Sequence
from datetime import date

import stripe

from kefen.adapters.payments.stripe import (
    account,
    bills,
    payments,
    transfers,
    wire_format,
)
from kefen.adapters.payments.stripe.calls import Calls
from kefen.core.errors import BadSignature
from kefen.ports.bills import BillLine
from kefen.ports.merchants import Field, Merchant, Merchants
from kefen.ports.payments import (
    Acknowledgement,
    Cashier,
    ChannelEvent,
    Collect,
    GiveBack,
    Method,
)
from kefen.ports.payouts import PayOut
from kefen.ports.splits import Receiver, ShareResult, Split, SplitFacts

TOLERANCE_SECONDS = 300


class Stripe:
    """Collects, refunds, divides, pays out and writes bills, for accounts at Stripe."""

    name = account.NAME
    gateway = account.GATEWAY
    gateways: tuple[str, ...] = (account.GATEWAY,)
    trial_gateways: tuple[str, ...] = ()
    fields: tuple[Field, ...] = account.FIELDS
    methods: tuple[Method, ...] = (Method.PAGE, Method.MOBILE)
    acknowledgement = Acknowledgement()

    def __init__(self, merchants: Merchants) -> None:
        self._merchants = merchants

    def check(self, merchant: Merchant) -> None:
        """Whether the keys can be used."""
        account.check(merchant)

    def identify(self, merchant: Merchant) -> Mapping[str, str]:
        """Whose key it is, as Stripe says, and whether it moves money."""
        return {
            "account_id": Calls(merchant).own_account(),
            "mode": account.mode_of(merchant.secrets["secret_key"]),
        }

    def collect(self, request: Collect) -> Cashier:
        """The hosted page where an order is paid."""
        return payments.collect(self._calls(request.institution), request)

    def close(self, institution: str, order: str) -> None:
        """Let nobody pay an order any more."""
        payments.close(self._calls(institution), institution, order)

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund."""
        payments.give_back(self._calls(request.institution), request)

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order, None if it is not paid."""
        return payments.query_payment(self._calls(institution), institution, order)

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        """The result of a refund, None while it is under way."""
        calls = self._calls(institution)
        return payments.query_refund(
            calls, institution, refund, order=order, channel_number=channel_number
        )

    def pay_out(self, request: PayOut) -> None:
        """Send money to a promoter's connected account."""
        transfers.pay_out(self._calls(request.institution), request)

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        """What became of a payout."""
        return transfers.query_payout(self._calls(institution), institution, withdrawal)

    def cancel_payout(self, institution: str, withdrawal: str) -> None:
        """A transfer waits for nobody: there is nothing to take back."""
        self._merchants(institution)
        raise payments.rejected(f"the transfer {withdrawal} is final")

    def split_facts(self, institution: str) -> SplitFacts:
        """The same for every account."""
        self._merchants(institution)
        return transfers.FACTS

    def add_receiver(self, institution: str, receiver: Receiver) -> None:
        """Look whether somebody can receive shares."""
        transfers.add_receiver(self._calls(institution), receiver)

    def split(self, request: Split) -> None:
        """Divide a payment."""
        transfers.split(self._calls(request.institution), request)

    def query_split(
        self, institution: str, number: str, *, order: str, channel_number: str
    ) -> tuple[ShareResult, ...]:
        """What became of each share."""
        return transfers.query_split(
            self._calls(institution),
            institution,
            number,
            order=order,
            channel_number=channel_number,
        )

    def finish(
        self, institution: str, number: str, *, order: str, channel_number: str, amount: int
    ) -> None:
        """Nothing is frozen."""

    def query_finish(
        self,
        institution: str,  # noqa: ARG002 - the answer is the same for all
        number: str,  # noqa: ARG002
        *,
        order: str,  # noqa: ARG002
        channel_number: str,  # noqa: ARG002
    ) -> bool:
        """Nothing is frozen: the rest is the institution's from the beginning."""
        return True

    def fetch_bill(self, institution: str, day: date) -> Sequence[BillLine]:
        """All movements of a day in UTC."""
        return bills.fetch(self._calls(institution), institution, day)

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        """Verify and translate a notification."""
        secret = self._merchants(institution).secrets["webhook_secret"]
        try:
            signature = headers.get("stripe-signature", "")
            stripe.WebhookSignature.verify_header(body, signature, secret, TOLERANCE_SECONDS)
        except (stripe.SignatureVerificationError, UnicodeDecodeError) as error:
            raise BadSignature(channel=self.name) from error
        # The SDK looks at the past only.
        if _timestamp(signature) > time.time() + TOLERANCE_SECONDS:
            raise BadSignature(channel=self.name)
        return self.translate(institution, body)

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        """Translate a body that was verified before."""
        self._merchants(institution)
        return wire_format.read(institution, body)

    def _calls(self, institution: str) -> Calls:
        return Calls(self._merchants(institution))


def _timestamp(signature: str) -> int:
    """When it was signed, of a signature that was verified."""
    return int(next(part for part in signature.split(",") if part.startswith("t="))[2:])
