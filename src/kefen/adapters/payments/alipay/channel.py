"""The adapter, put together."""

from collections.abc import Mapping

from kefen.adapters.payments.alipay import account
from kefen.adapters.payments.alipay.bills import Bills
from kefen.adapters.payments.alipay.splits import Splits
from kefen.ports.merchants import Merchant


class Alipay(Splits, Bills):
    """Collects, refunds, divides, pays out and writes bills, by the institutions' own accounts."""

    gateway = account.GATEWAY
    gateways: tuple[str, ...] = (account.GATEWAY,)
    trial_gateways: tuple[str, ...] = (account.TRIAL_GATEWAY,)
    fields = account.FIELDS

    def check(self, merchant: Merchant) -> None:
        """Whether keys and numbers can be read, without asking Alipay."""
        account.check(merchant)

    def identify(self, merchant: Merchant) -> Mapping[str, str]:  # noqa: ARG002 - asks nobody
        """Nothing: its numbers are entered."""
        return {}
