"""Dividing a payment at Alipay (分账): the order asks for it, then it is settled in parts."""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from kefen.adapters.payments.alipay import numbers
from kefen.adapters.payments.alipay.client import Refused, ask
from kefen.adapters.payments.alipay.payments import rejected
from kefen.adapters.payments.alipay.payouts import Payouts
from kefen.adapters.payments.alipay.wire_format import CURRENCY, account_kind, fen, yuan
from kefen.core.errors import NotFound
from kefen.ports.merchants import Merchant
from kefen.ports.splits import Receiver, ShareResult, ShareState, Split, SplitFacts

# Settled asynchronously: 300 requests of 50 receivers, some of whom may fail.
_RECEIVERS, _REQUESTS = 50, 300
_FROZEN = timedelta(days=30)
_SCENE = "达人佣金"
_STATES = {"SUCCESS": ShareState.SUCCEEDED, "FAIL": ShareState.FAILED}


class Splits(Payouts):
    """As a channel that divides money."""

    def split_facts(self, institution: str) -> SplitFacts:
        """By the account's contract, as it was entered; Alipay releases what is left after 30
        days by itself."""
        settings = self._merchants(institution).settings
        return SplitFacts(
            maximum_bps=int(settings.get("split_maximum_bps") or 0),
            earliest=timedelta(),
            latest=_FROZEN,
            receivers_per_request=_RECEIVERS,
            requests_per_payment=_REQUESTS,
            minimum=1,
            monthly_maximum=None,
            freezes=True,
        )

    def add_receiver(self, institution: str, receiver: Receiver) -> None:
        """Bind a receiver to the account; binding again changes nothing."""
        kind = account_kind(receiver.account)
        if kind == "loginName" and not receiver.name:
            raise rejected("an account named by e-mail or phone needs the receiver's real name")
        bound = {"type": kind, "account": receiver.account, "memo": _SCENE}
        if receiver.name:
            bound["name"] = receiver.name
        content = {"receiver_list": [bound], "out_request_no": _number_of(receiver.account)}
        merchant = self._merchants(institution)
        try:
            ask(merchant, "alipay.trade.royalty.relation.bind", content)
        except Refused as refusal:
            raise refusal.rejected() from None

    def split(self, request: Split) -> None:
        """Settle shares, asynchronously: each one succeeds or fails by itself."""
        if request.currency != CURRENCY:
            raise rejected("Alipay divides yuan")
        merchant = self._merchants(request.institution)
        shares = [
            {
                "royalty_type": "transfer",
                "trans_out": merchant.settings["seller_id"],
                "trans_out_type": "userId",
                "trans_in": share.receiver.account,
                "trans_in_type": account_kind(share.receiver.account),
                "amount": yuan(share.amount),
                "desc": share.description[:100],
                "royalty_scene": _SCENE,
            }
            for share in request.shares
        ]
        content = {"royalty_parameters": shares, "royalty_mode": "async"}
        _settle(merchant, request.number, request.channel_number, content, finish=False)

    def query_split(
        self,
        institution: str,
        number: str,
        *,
        order: str,  # noqa: ARG002 - Alipay wants its own number of the payment
        channel_number: str,
    ) -> tuple[ShareResult, ...]:
        """What became of each share; Alipay repeats account and amount, not our numbers."""
        details = _settled(self._merchants(institution), number, channel_number)
        return tuple(
            ShareResult(
                account=str(detail.get("trans_in", "")),
                amount=fen(detail.get("amount")),
                state=_state(detail),
                reason=str(detail.get("error_desc") or detail.get("error_code") or "")[:200],
                channel_number=str(detail.get("detail_id") or ""),
            )
            for detail in details
            if detail.get("operation_type", "transfer") == "transfer"
        )

    def finish(
        self,
        institution: str,
        number: str,
        *,
        order: str,  # noqa: ARG002 - Alipay wants its own number of the payment
        channel_number: str,
        amount: int,  # noqa: ARG002 - Alipay releases all that is left
    ) -> None:
        """Settle nothing and say that this was all."""
        content = {"royalty_mode": "async"}
        _settle(self._merchants(institution), number, channel_number, content, finish=True)

    def query_finish(
        self,
        institution: str,
        number: str,
        *,
        order: str,  # noqa: ARG002
        channel_number: str,
    ) -> bool:
        """Whether the rest was released."""
        details = _settled(self._merchants(institution), number, channel_number)
        return all(_state(detail) is ShareState.SUCCEEDED for detail in details)


def _settle(
    merchant: Merchant, number: str, trade: str, content: dict[str, Any], *, finish: bool
) -> None:
    asked = content | {
        "out_request_no": numbers.written(number),
        "trade_no": trade,
        "extend_params": {"royalty_finish": "true" if finish else "false"},
    }
    try:
        ask(merchant, "alipay.trade.order.settle", asked, moves=number)
    except Refused as refusal:
        raise refusal.rejected() from None


def _settled(merchant: Merchant, number: str, trade: str) -> list[dict[str, Any]]:
    content = {"out_request_no": numbers.written(number), "trade_no": trade}
    try:
        told = ask(merchant, "alipay.trade.order.settle.query", content)
    except Refused as refusal:
        if refusal.is_missing():
            raise NotFound(what=f"split {number}") from None
        raise refusal.rejected() from None
    return list(told.get("royalty_detail_list") or [])


def _state(detail: dict[str, Any]) -> ShareState:
    return _STATES.get(str(detail.get("state", "")), ShareState.UNDER_WAY)


def _number_of(account: str) -> str:
    """A number for binding: the same account, the same number, and it tells nobody who that is."""
    return f"bind_{sha256(account.encode()).hexdigest()[:32]}"
