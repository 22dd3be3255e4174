"""The adapter: all that Kefen sees of WeChat Pay."""

from collections.abc import Mapping

from kefen.adapters.payments.wechat_pay.account import FIELDS, GATEWAY, GATEWAYS, read
from kefen.adapters.payments.wechat_pay.bills import Bills
from kefen.adapters.payments.wechat_pay.payments import Payments
from kefen.adapters.payments.wechat_pay.payouts import Payouts
from kefen.adapters.payments.wechat_pay.splits import Splits
from kefen.ports.merchants import Field, Merchant


class WeChatPay(Payments, Payouts, Splits, Bills):
    """Collects, refunds, divides, pays out and reads bills, each for an institution's own merchant
    number."""

    gateway = GATEWAY
    gateways: tuple[str, ...] = GATEWAYS
    trial_gateways: tuple[str, ...] = ()
    fields: tuple[Field, ...] = FIELDS

    def check(self, merchant: Merchant) -> None:
        """Whether keys and numbers can be read. Raises InvalidInput naming the field."""
        read(merchant)

    def identify(self, merchant: Merchant) -> Mapping[str, str]:  # noqa: ARG002 - asks nobody
        """Nothing: its numbers are entered."""
        return {}
