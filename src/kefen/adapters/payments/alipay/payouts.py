"""Sending money to promoters: transfers to Alipay accounts (单笔转账)."""

from typing import Any

from kefen.adapters.payments.alipay import notifications, numbers
from kefen.adapters.payments.alipay.account import by_certificates
from kefen.adapters.payments.alipay.client import NAME, Refused, ask
from kefen.adapters.payments.alipay.payments import Payments, rejected
from kefen.adapters.payments.alipay.wire_format import CURRENCY, account_kind, yuan
from kefen.core.errors import NotFound
from kefen.ports.payments import ChannelEvent
from kefen.ports.payouts import PayOut

_PRODUCT = {"product_code": "TRANS_ACCOUNT_NO_PWD", "biz_scene": "DIRECT_TRANSFER"}
_IDENTITY = {
    "userId": "ALIPAY_USER_ID",
    "loginName": "ALIPAY_LOGON_ID",
    "openId": "ALIPAY_OPEN_ID",
}
_TITLE = "课程推广佣金"


class Payouts(Payments):
    """As a payout channel; its notifications are read as those of payments are."""

    def pay_out(self, request: PayOut) -> None:
        """Ask for a transfer; asked again under the same number, Alipay answers as before. Its
        notification goes where the app's page at Alipay says, and not to `notify_url`."""
        merchant = self._merchants(request.institution)
        if not by_certificates(merchant):
            raise rejected("transfers need the account's three certificates")
        if request.currency != CURRENCY:
            raise rejected("Alipay transfers yuan")
        kind = account_kind(request.receiver)
        if kind == "loginName" and not request.name:
            raise rejected("an account named by e-mail or phone needs the receiver's real name")
        payee = {"identity": request.receiver, "identity_type": _IDENTITY[kind]}
        if request.name:
            payee["name"] = request.name
        content: dict[str, Any] = _PRODUCT | {
            "out_biz_no": numbers.written(request.withdrawal),
            "trans_amount": yuan(request.amount),
            "order_title": _TITLE,
            "payee_info": payee,
        }
        scene = merchant.settings.get("transfer_scene_name", "")
        if scene:
            content["transfer_scene_name"] = scene
            content["transfer_scene_report_infos"] = [
                {"info_type": f"{scene}说明", "info_content": _TITLE}
            ]
        try:
            ask(merchant, "alipay.fund.trans.uni.transfer", content, moves=request.withdrawal)
        except Refused as refusal:
            raise refusal.rejected() from None

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        """The result of a transfer, None while it is under way."""
        content = _PRODUCT | {"out_biz_no": numbers.written(withdrawal)}
        try:
            told = ask(self._merchants(institution), "alipay.fund.trans.common.query", content)
        except Refused as refusal:
            if refusal.is_missing():
                raise NotFound(what=f"payout {withdrawal}") from None
            raise refusal.rejected() from None
        return notifications.payout(told)

    def cancel_payout(
        self,
        institution: str,  # noqa: ARG002 - there is nothing to ask Alipay for
        withdrawal: str,  # noqa: ARG002
    ) -> None:
        """A transfer waits for nobody and cannot be taken back."""
        raise rejected(f"a transfer at {NAME} cannot be taken back")
