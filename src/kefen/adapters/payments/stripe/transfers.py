"""Transfers to promoters' connected accounts: payouts from the balance, shares of one payment.

A transfer is final at once and Stripe keeps none that it refused. A refused share is therefore
noted in the metadata of the payment that it was to come from. A split is as many transfers as it
has shares, each of which says how many they are: one that was interrupted is told from one that is
whole, and goes on under the same number.
"""

import hashlib
import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from kefen.adapters.payments.stripe import account, wire_format
from kefen.adapters.payments.stripe.calls import Calls
from kefen.adapters.payments.stripe.payments import rejected
from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.ports.payments import ChannelEvent
from kefen.ports.payouts import PayOut
from kefen.ports.splits import (
    Receiver,
    Share,
    ShareResult,
    ShareState,
    Split,
    SplitFacts,
)

_TRANSFERS: Final = "/v1/transfers"
# Metadata has room for 50 entries; three name the payment. Stripe itself sets no ratio, no number
# of receivers and no end: a year is ours.
FACTS: Final = SplitFacts(
    maximum_bps=10_000,
    earliest=timedelta(),
    latest=timedelta(days=365),
    receivers_per_request=20,
    requests_per_payment=2,
    minimum=1,
    monthly_maximum=None,
    freezes=False,
)
_REFUSED: Final = "kefen_refused_"
_COUNT: Final = "kefen_shares"


def pay_out(calls: Calls, request: PayOut) -> None:
    """Send money from the balance, unless it was sent before. The withdrawal's number is the group
    of its one transfer, so that a list finds it when Stripe has forgotten the key."""
    known = _payout(calls, request.institution, request.withdrawal)
    if known is None:
        known = calls.post(
            _TRANSFERS,
            {
                "amount": request.amount,
                "currency": request.currency.lower(),
                "destination": request.receiver,
                "transfer_group": request.withdrawal,
                "metadata": account.label(request.institution, account.PAYOUT, request.withdrawal),
            },
            number=request.withdrawal,
            once=request.withdrawal,
        )
    wanted = (request.amount, request.currency.lower(), request.receiver)
    if (known["amount"], known["currency"], known["destination"]) != wanted:
        raise rejected("the number exists with other content")


def query_payout(calls: Calls, institution: str, withdrawal: str) -> ChannelEvent | None:
    """What became of a payout. Raises NotFound."""
    found = _payout(calls, institution, withdrawal)
    if found is None:
        raise NotFound(what=f"payout {withdrawal}")
    return wire_format.payout(found, found["id"])


def add_receiver(calls: Calls, receiver: Receiver) -> None:
    """Look whether the connected account can receive; it was opened with Stripe itself."""
    found = calls.get(f"/v1/accounts/{quote(receiver.account, safe='')}")
    if (found.get("capabilities") or {}).get("transfers") != "active":
        raise rejected("the account cannot receive transfers yet")


def split(calls: Calls, request: Split) -> None:
    """Make each share that was not made before. One that is refused is noted, the others go on."""
    if sum(share.amount for share in request.shares) > request.paid:
        raise rejected("the shares are more than the payment")
    known = {one.number: one for one in _made(calls, request.institution, request)}
    refused: dict[str, str] = {}
    for place, share in enumerate(request.shares):
        made = known.get(share.number)
        if made is not None:
            if (made.account, made.amount) != (share.receiver.account, share.amount):
                raise rejected("the number exists with other content")
            continue
        try:
            _transfer(calls, request, share)
        except ChannelRejected as refusal:
            refused.update(_note(request, share, str(refusal.params["reason"])))
        except ChannelUnavailable as gone:
            if place == 0:
                raise
            raise OutcomeUnknown(channel=account.NAME, number=request.number) from gone
    if refused:
        path = f"/v1/charges/{quote(request.channel_number, safe='')}"
        calls.post(path, {"metadata": refused}, number=request.number)


def query_split(
    calls: Calls, institution: str, number: str, *, order: str, channel_number: str
) -> tuple[ShareResult, ...]:
    """What became of each share. Raises NotFound for what Stripe never heard of, or not whole: it
    is to be sent (again)."""
    made = _transfers_of(calls, institution, number, order)
    charge = calls.get(f"/v1/charges/{quote(channel_number, safe='')}")
    done = {account.number_of(one) for one in made}
    refused = [one for one in _refused(charge, number) if one.number not in done]
    results = (*map(_result, made), *refused)
    announced = [int(one["metadata"][_COUNT]) for one in made]
    if not results or len(results) < max(announced, default=0):
        raise NotFound(what=f"split {number}")
    return results


def _payout(calls: Calls, institution: str, withdrawal: str) -> dict[str, Any] | None:
    for found in calls.every(_TRANSFERS, {"transfer_group": withdrawal}):
        if account.is_ours(found, institution, account.PAYOUT, withdrawal):
            return found
    return None


def _transfer(calls: Calls, request: Split, share: Share) -> None:
    calls.post(
        _TRANSFERS,
        {
            "amount": share.amount,
            "currency": request.currency.lower(),
            "destination": share.receiver.account,
            "source_transaction": request.channel_number,
            "transfer_group": request.order,
            "description": share.description[:200],
            "metadata": account.label(
                request.institution,
                account.SHARE,
                share.number,
                request.order,
                **{account.SPLIT: request.number, _COUNT: str(len(request.shares))},
            ),
        },
        number=request.number,
        once=f"{request.number}.{share.number}",
    )


def _made(calls: Calls, institution: str, request: Split) -> list[ShareResult]:
    found = _transfers_of(calls, institution, request.number, request.order)
    return [_result(one) for one in found]


def _transfers_of(calls: Calls, institution: str, number: str, order: str) -> list[dict[str, Any]]:
    return [
        found
        for found in calls.every(_TRANSFERS, {"transfer_group": order})
        if account.is_ours(found, institution, account.SHARE)
        and found["metadata"].get(account.SPLIT) == number
    ]


def _result(found: Mapping[str, Any]) -> ShareResult:
    """A transfer as a share; one that was taken back whole has failed."""
    return ShareResult(
        account=found["destination"],
        amount=found["amount"],
        state=ShareState.FAILED if found["reversed"] else ShareState.SUCCEEDED,
        reason="the transfer was reversed" if found["reversed"] else "",
        channel_number=found["id"],
        number=account.number_of(found),
    )


def _note(request: Split, share: Share, reason: str) -> dict[str, str]:
    """One entry of metadata: a name of 40 letters at most, a text of 500."""
    digest = hashlib.sha256(f"{request.number}.{share.number}".encode()).hexdigest()[:20]
    text = [request.number, share.number, share.receiver.account, share.amount, reason[:120]]
    return {f"{_REFUSED}{digest}": json.dumps(text, ensure_ascii=False)}


def _refused(charge: Mapping[str, Any], number: str) -> list[ShareResult]:
    noted = [text for name, text in charge["metadata"].items() if name.startswith(_REFUSED)]
    return [
        ShareResult(account=to, amount=amount, state=ShareState.FAILED, reason=why, number=share)
        for split_number, share, to, amount, why in map(json.loads, noted)
        if split_number == number
    ]
