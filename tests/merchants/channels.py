"""A channel with accounts, for tests: it keeps what it was asked and moves nothing."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kefen.core.errors import ChannelRejected, InvalidInput
from kefen.platform import clock
from kefen.platform.merchants.models import MerchantAccount
from kefen.ports.merchants import Field, Merchant
from kefen.ports.payments import (
    Acknowledgement,
    Cashier,
    ChannelEvent,
    Collect,
    GiveBack,
    Method,
)


@dataclass
class Recorder:
    """Stands where a real channel's adapter stands."""

    name: str = "wechat_pay"
    gateway: str = "https://pay.example.com"
    gateways: tuple[str, ...] = ("https://pay.example.com", "https://pay2.example.com")
    trial_gateways: tuple[str, ...] = ("https://try.example.com",)
    methods: tuple[Method, ...] = (Method.CODE, Method.IN_APP, Method.MOBILE)
    acknowledgement: Acknowledgement = field(default_factory=Acknowledgement)
    fields: tuple[Field, ...] = (
        Field("app_id", identity=True),
        Field("merchant_id", identity=True, exclusive=True),
        Field("private_key", secret=True, long=True),
        Field("transfer_scene_id", required=False, default="1005", choices=("1000", "1005")),
    )
    asked: list[Collect] = field(default_factory=list)
    closed: list[str] = field(default_factory=list)
    paid: dict[str, ChannelEvent] = field(default_factory=dict)

    def check(self, merchant: Merchant) -> None:
        if "KEY" not in merchant.secrets["private_key"]:
            raise InvalidInput(field="private_key", reason="it is no key")

    def identify(self, merchant: Merchant) -> Mapping[str, str]:
        return {}

    def collect(self, request: Collect) -> Cashier:
        self.asked.append(request)
        if request.method is Method.CODE:
            return Cashier(code=f"weixin://{request.order}", stand_in="http://127.0.0.1:9/phone")
        if request.method is Method.IN_APP:
            return Cashier(bridge={"appId": "wx1", "package": f"prepay_id={request.order}"})
        return Cashier(url=f"https://pay.example.com/{request.order}")

    def close(self, institution: str, order: str) -> None:
        if order in self.paid:
            raise ChannelRejected(channel=self.name, reason="it is paid")
        self.closed.append(order)

    def give_back(self, request: GiveBack) -> None:
        raise NotImplementedError

    def query_payment(self, institution: str, order: str) -> ChannelEvent | None:
        return self.paid.get(order)

    def query_refund(
        self, institution: str, refund: str, *, order: str = "", channel_number: str = ""
    ) -> ChannelEvent | None:
        raise NotImplementedError

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        raise NotImplementedError

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        raise NotImplementedError


def has_account(channel: str) -> None:
    """The institution in scope has an account there; nobody reads its keys."""
    MerchantAccount.objects.create(
        channel=channel, gateway="https://pay.example.com", changed_at=clock.now()
    )
