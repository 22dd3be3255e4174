"""Dividing a payment (分账). A person's share cannot be pulled back, and what was not asked to be
divisible when it was paid can never be divided."""

from datetime import timedelta
from typing import Final

from kefen.adapters.payments.wechat_pay import events
from kefen.adapters.payments.wechat_pay.connection import (
    Answer,
    Connection,
    NotThere,
    Refused,
    rejected,
)
from kefen.adapters.payments.wechat_pay.notifications import Notified
from kefen.adapters.payments.wechat_pay.numbers import CHANNEL, write_number
from kefen.adapters.payments.wechat_pay.payments import found
from kefen.core.errors import ChannelRejected, ChannelUnavailable, InvalidInput, OutcomeUnknown
from kefen.ports.splits import Receiver, ShareResult, ShareState, Split, SplitFacts

_PERSON: Final = "PERSONAL_OPENID"
_RELATION: Final = "DISTRIBUTOR"
_LONGEST_DESCRIPTION: Final = 80
_REST: Final = "解冻剩余资金"
_STATES: Final = {
    "PENDING": ShareState.UNDER_WAY,
    "SUCCESS": ShareState.SUCCEEDED,
    "CLOSED": ShareState.FAILED,
}


class Splits(Notified):
    """The part of the adapter that divides."""

    def split_facts(self, institution: str) -> SplitFacts:
        """WeChat's rules, with the ratio that the merchant was granted."""
        return SplitFacts(
            maximum_bps=self.account(institution).split_maximum_bps,
            earliest=timedelta(minutes=1),
            latest=timedelta(days=30),
            receivers_per_request=50,
            requests_per_payment=50,
            minimum=1,
            monthly_maximum=20_000_000,
            freezes=True,
        )

    def add_receiver(self, institution: str, receiver: Receiver) -> None:
        """Let a person receive shares."""
        connection = self.connection(institution)
        try:
            connection.ask(
                lambda: connection.client.profitsharing_add_receiver(
                    account_type=_PERSON,
                    account=receiver.account,
                    relation_type=_RELATION,
                    name=receiver.name or None,
                )
            )
        except Refused as refusal:
            raise refusal.rejected() from refusal
        except NotThere:
            raise rejected("WeChat does not know this receiver") from None

    def split(self, request: Split) -> None:
        """Ask for a split, under its number; what WeChat has already stays as it is."""
        if request.currency != events.CURRENCY:
            raise rejected(f"WeChat divides {events.CURRENCY} only")
        if len({share.receiver.account for share in request.shares}) != len(request.shares):
            raise rejected("a receiver has one share of a split")
        connection = self.connection(request.institution)
        number = write_number(request.number)
        try:
            connection.move(
                request.number,
                lambda: connection.client.profitsharing_order(
                    transaction_id=request.channel_number,
                    out_order_no=number,
                    # Written afresh for each request: the SDK encrypts the names where they stand.
                    receivers=_receivers(request),
                    unfreeze_unsplit=False,
                ),
            )
        except (Refused, NotThere) as refusal:
            known = _or_rejected(connection, request.number, request.channel_number, refusal)
            if _shares(known) != {(one.receiver.account, one.amount) for one in request.shares}:
                raise _reason(refusal) from refusal

    def query_split(
        self,
        institution: str,
        number: str,
        *,
        order: str,  # noqa: ARG002 - WeChat's own number finds the payment
        channel_number: str,
    ) -> tuple[ShareResult, ...]:
        """What became of each share. Raises NotFound."""
        known = _known(self.connection(institution), number, channel_number)
        try:
            return tuple(_result(one) for one in _persons(known))
        except InvalidInput as error:
            raise ChannelUnavailable(channel=CHANNEL) from error

    def finish(
        self,
        institution: str,
        number: str,
        *,
        order: str,  # noqa: ARG002
        channel_number: str,
        amount: int,  # noqa: ARG002 - WeChat releases whatever is left
    ) -> None:
        """Release what was not shared, under a number of its own."""
        connection = self.connection(institution)
        try:
            connection.move(
                number,
                lambda: connection.client.profitsharing_unfreeze(
                    transaction_id=channel_number,
                    out_order_no=write_number(number),
                    description=_REST,
                ),
            )
        except (Refused, NotThere) as refusal:
            _or_rejected(connection, number, channel_number, refusal)

    def query_finish(
        self,
        institution: str,
        number: str,
        *,
        order: str,  # noqa: ARG002
        channel_number: str,
    ) -> bool:
        """Whether the rest was released. Raises NotFound."""
        known = _known(self.connection(institution), number, channel_number)
        return known.get("state") == "FINISHED"


def _receivers(request: Split) -> list[dict[str, object]]:
    receivers = []
    for share in request.shares:
        receiver: dict[str, object] = {
            "type": _PERSON,
            "account": share.receiver.account,
            "amount": share.amount,
            "description": share.description[:_LONGEST_DESCRIPTION],
        }
        if share.receiver.name:
            receiver["name"] = share.receiver.name
        receivers.append(receiver)
    return receivers


def _known(connection: Connection, number: str, payment: str) -> Answer:
    return found(
        connection,
        f"split {number}",
        lambda: connection.client.profitsharing_order_query(payment, write_number(number)),
    )


def _or_rejected(
    connection: Connection, number: str, payment: str, refusal: Refused | NotThere
) -> Answer:
    """What WeChat has under a number that it refused: a no is final only when it has nothing."""
    try:
        return connection.ask(
            lambda: connection.client.profitsharing_order_query(payment, write_number(number))
        )
    except NotThere:
        raise _reason(refusal) from refusal
    except (Refused, ChannelUnavailable) as unclear:
        raise OutcomeUnknown(channel=CHANNEL, number=number) from unclear


def _reason(refusal: Refused | NotThere) -> ChannelRejected:
    return refusal.rejected() if isinstance(refusal, Refused) else rejected("no such payment")


def _persons(known: Answer) -> list[Answer]:
    """The persons among the receivers; what was released stands there as the merchant's share."""
    receivers = known.get("receivers")
    every = receivers if isinstance(receivers, list) else []
    return [one for one in every if isinstance(one, dict) and one.get("type") == _PERSON]


def _shares(known: Answer) -> set[tuple[object, object]]:
    return {(one.get("account"), one.get("amount")) for one in _persons(known)}


def _result(one: Answer) -> ShareResult:
    state = events.text(one, "result")
    if state not in _STATES:
        raise InvalidInput(field="result", reason="it is no result of a share")
    return ShareResult(
        account=events.text(one, "account"),
        amount=events.whole(one, "amount"),
        state=_STATES[state],
        reason=events.text(one, "fail_reason", "") if state == "CLOSED" else "",
        channel_number=events.text(one, "detail_id", ""),
    )
