"""Transfers to promoters' balances (商家转账): the receiver confirms within a day, or agreed once.

WeChat says where to confirm (`package_info`) only when it is asked to transfer, not when it is
asked about a transfer; asking again under the same number transfers nothing twice and says it anew.
"""

from typing import Any, Final
from urllib.parse import quote, urlencode

from kefen.adapters.payments.wechat_pay import events
from kefen.adapters.payments.wechat_pay.account import Account
from kefen.adapters.payments.wechat_pay.connection import (
    Answer,
    Connection,
    NotThere,
    Refused,
    rejected,
)
from kefen.adapters.payments.wechat_pay.notifications import Notified
from kefen.adapters.payments.wechat_pay.numbers import CHANNEL, write_bill
from kefen.adapters.payments.wechat_pay.payments import found, understood
from kefen.core.errors import ChannelUnavailable, InvalidInput, NotFound, OutcomeUnknown
from kefen.ports.payments import ChannelEvent
from kefen.ports.payouts import Authorisation, Authorise, PayOut

_TRANSFERS: Final = "/v3/fund-app/mch-transfer/transfer-bills"
_AGREEMENTS: Final = "/v3/fund-app/mch-transfer/user-confirm-authorization"
_REMARK: Final = "课程推广佣金"
# In fen: below the first a name may not be named, from the second on it must be.
_NAME_FROM: Final = 30
_NAME_NEEDED_FROM: Final = 200_000
_WAITS: Final = "WAIT_USER_CONFIRM"
_TAKEN_BACK: Final = {"CANCELING", "CANCELLED"}


class Payouts(Notified):
    """The part of the adapter that pays out."""

    def pay_out(self, request: PayOut) -> ChannelEvent | None:
        """Ask for a transfer; where it waits for its receiver, it says at once where."""
        if request.currency != events.CURRENCY:
            raise rejected(f"WeChat pays {events.CURRENCY} only")
        if request.amount >= _NAME_NEEDED_FROM and not request.name:
            raise rejected("the receiver's real name is needed from 2,000 yuan on")
        connection = self.connection(request.institution)
        number = write_bill(request.withdrawal)
        wanted = _wanted(connection, request, number)
        path = f"{_TRANSFERS}/transfer" if request.authorisation else _TRANSFERS
        try:
            answer = connection.move(request.withdrawal, lambda: connection.post(path, wanted))
        except (Refused, NotThere) as refusal:
            return _refused(connection, request, number, refusal)
        told = {**answer, "out_bill_no": number, "transfer_amount": request.amount}
        return _told(connection.account, told)

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        """The result of a transfer, or that it waits and where; None while it is under way."""
        connection = self.connection(institution)
        known = _known(connection, withdrawal)
        url = ""
        if known.get("state") == _WAITS:
            url = confirm_at(connection.account, self._asked_again(connection, known))
        return understood(lambda: events.transfer(known, connection.account, url=url))

    def cancel_payout(self, institution: str, withdrawal: str) -> None:
        """Take back a transfer that waits for its receiver."""
        connection = self.connection(institution)
        number = write_bill(withdrawal)
        try:
            connection.move(withdrawal, lambda: connection.client.mch_transfer_bills_cancel(number))
        except NotThere:
            raise NotFound(what=f"payout {withdrawal}") from None
        except Refused as refusal:
            if _known(connection, withdrawal).get("state") not in _TAKEN_BACK:
                raise refusal.rejected() from refusal

    def authorise(self, request: Authorise) -> Authorisation:
        """Ask a receiver to accept every later transfer; the same number asks once."""
        connection = self.connection(request.institution)
        account, number = connection.account, write_bill(request.number)
        wanted = {
            "out_authorization_no": number,
            "appid": account.app_id,
            "openid": request.receiver,
            "transfer_scene_id": account.transfer_scene,
            "user_display_name": request.name or _REMARK,
            "authorization_notify_url": request.notify_url,
        }
        try:
            answer = connection.ask(lambda: connection.post(_AGREEMENTS, wanted))
        except NotThere:
            raise rejected("the receiver cannot be asked") from None
        except Refused as refusal:
            try:
                return self.query_authorisation(request.institution, request.number)
            except NotFound:
                raise refusal.rejected() from refusal
        return _agreement(account, answer)

    def query_authorisation(self, institution: str, number: str) -> Authorisation:
        """What became of it. Raises NotFound."""
        connection = self.connection(institution)
        path = f"{_AGREEMENTS}/out-authorization-no/{write_bill(number)}"
        known = found(connection, f"authorisation {number}", lambda: connection.get(path))
        return _agreement(connection.account, known)

    def _asked_again(self, connection: Connection, known: Answer) -> Answer:
        """The same transfer asked for once more, to hear where it is confirmed. It exists, so
        nothing new can come of it; if WeChat does not say, he finds it in his own messages."""
        if known.get("package_info"):
            return known
        wanted = {
            **_always(connection.account, str(known.get("out_bill_no", ""))),
            "openid": known.get("openid"),
            "transfer_amount": known.get("transfer_amount"),
            "notify_url": self._notify_url(),
        }
        try:
            if known.get("user_name"):
                name = connection.decrypt(str(known["user_name"]))
                wanted["user_name"] = connection.encrypt(name)
            return connection.ask(lambda: connection.post(_TRANSFERS, wanted))
        except (Refused, NotThere, ChannelUnavailable, ValueError):
            return {}


def _wanted(connection: Connection, request: PayOut, number: str) -> dict[str, Any]:
    account = connection.account
    wanted: dict[str, Any] = {
        **_always(account, number),
        "transfer_amount": request.amount,
        "notify_url": request.notify_url,
    }
    if request.authorisation:
        wanted["authorization_id"] = request.authorisation
    else:
        wanted["openid"] = request.receiver
    if request.name and request.amount >= _NAME_FROM:
        wanted["user_name"] = connection.encrypt(request.name)
    return wanted


def _always(account: Account, number: str) -> dict[str, Any]:
    return {
        "appid": account.app_id,
        "out_bill_no": number,
        "transfer_scene_id": account.transfer_scene,
        "transfer_remark": _REMARK,
        "transfer_scene_report_infos": [
            {"info_type": kind, "info_content": content}
            for kind, content in account.transfer_reports
        ],
    }


def _known(connection: Connection, withdrawal: str) -> Answer:
    number = write_bill(withdrawal)
    return found(
        connection,
        f"payout {withdrawal}",
        lambda: connection.client.mch_transfer_bills_query(out_bill_no=number),
    )


def confirm_at(account: Account, answer: Answer) -> str:
    """Where the receiver confirms: the call `requestMerchantTransfer` of WeChat's bridge, written
    as an address; at an emulator, its phone."""
    package = answer.get("package_info")
    if not isinstance(package, str) or not package:
        return ""
    if account.stand_in:
        return f"{account.gateway}/emulator/phone/receive?package_info={quote(package, safe='')}"
    called = {"mchId": account.merchant_id, "appId": account.app_id, "package": package}
    return f"weixin://requestMerchantTransfer?{urlencode(called)}"


def _agreement(account: Account, answer: Answer) -> Authorisation:
    number = answer.get("authorization_id")
    return Authorisation(
        active=answer.get("state") == "TAKING_EFFECT",
        number=number if isinstance(number, str) else "",
        url=confirm_at(account, answer),
    )


def _told(account: Account, answer: Answer) -> ChannelEvent | None:
    """What is known at once; what cannot be read of it is asked for later."""
    try:
        return events.transfer(answer, account, url=confirm_at(account, answer))
    except InvalidInput:
        return None


def _refused(
    connection: Connection, request: PayOut, number: str, refusal: Refused | NotThere
) -> ChannelEvent | None:
    """A no is final only when WeChat has no such transfer, or another one, under the number."""
    reason = refusal.rejected() if isinstance(refusal, Refused) else rejected("no such receiver")
    try:
        known = connection.ask(
            lambda: connection.client.mch_transfer_bills_query(out_bill_no=number)
        )
    except NotThere:
        raise reason from refusal
    except (Refused, ChannelUnavailable) as unclear:
        raise OutcomeUnknown(channel=CHANNEL, number=request.withdrawal) from unclear
    same_receiver = known.get("openid", request.receiver) == request.receiver
    if known.get("transfer_amount") != request.amount or not same_receiver:
        raise reason from refusal
    return _told(connection.account, known)
