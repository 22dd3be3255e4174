"""The adapter: what Kefen sees of the sandbox channel."""

import time
from collections.abc import Mapping

from django.conf import settings

from kefen.adapters.payments.sandbox import books, faults, payouts, wire_format
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Payment, Refund
from kefen.adapters.payments.sandbox.signature import CHANNEL, real_now, secret_of, verify
from kefen.core.errors import BadSignature, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.payments import (
    Acknowledgement,
    Cashier,
    ChannelEvent,
    Collect,
    GiveBack,
    Method,
)
from kefen.ports.payouts import PayOut


class Sandbox:
    """Collects, refunds and pays out without moving money."""

    name = CHANNEL
    methods: tuple[Method, ...] = (Method.PAGE, Method.MOBILE, Method.IN_APP)
    acknowledgement = Acknowledgement()

    def collect(self, request: Collect) -> Cashier:
        """Open the cashier of an order."""
        self._reach(request.institution, request.order)
        row = books.open_payment(request)
        return Cashier(url=f"{settings.PUBLIC_URL.rstrip('/')}/sandbox/cashier/{row.token}")

    def close(self, institution: str, order: str) -> None:
        """Let nobody pay an order any more."""
        self._reach(institution, order)
        books.close_payment(institution, order)

    def give_back(self, request: GiveBack) -> None:
        """Ask for a refund."""
        self._reach(request.institution, request.refund)
        self._answer(request.refund, books.give_back(request))

    def pay_out(self, request: PayOut) -> None:
        """Ask for a payout."""
        self._reach(request.institution, request.withdrawal)
        self._answer(request.withdrawal, payouts.pay_out(request))

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        """The payment of an order, None if it is not paid."""
        row = Payment.objects.filter(institution=institution, order=order).first()
        if row is None or row.paid_at is None:
            return None
        return books.payment_event(row, row.paid_at)

    def query_refund(
        self,
        institution: str,
        refund: str,
        *,
        order: str = "",  # noqa: ARG002 - the number alone finds it here
        channel_number: str = "",  # noqa: ARG002
    ) -> ChannelEvent | None:
        """The result of a refund, None while it is under way."""
        row = Refund.objects.filter(institution=institution, number=refund).first()
        if row is None:
            raise NotFound(what=f"refund {refund}")
        return books.refund_event(row) if row.known_from <= real_now() else None

    def cancel_payout(self, institution: str, withdrawal: str) -> None:
        """Take back a payout that waits for its receiver."""
        self._reach(institution, withdrawal)
        payouts.cancel(institution, withdrawal)

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        """The result of a payout, or that it waits for its receiver; None while under way."""
        row = payouts.by_number(institution, withdrawal)
        return payouts.event_of(row) if row.known_from <= real_now() else None

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        """Verify and translate a notification."""
        signed = verify(secret_of(institution), headers, body, now=time.time())
        event = self.translate(institution, body)
        if event.event != signed:
            raise BadSignature(channel=CHANNEL)
        return event

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        """Translate a body that was verified before."""
        return wire_format.read(institution, body)

    def _reach(self, institution: str, number: str) -> None:
        if faults.unreachable(institution, number):
            raise ChannelUnavailable(channel=CHANNEL)

    def _answer(self, number: str, fault: Fault | None) -> None:
        if fault is Fault.OUTCOME_UNKNOWN:
            raise OutcomeUnknown(channel=CHANNEL, number=number)
