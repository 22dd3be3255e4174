"""A channel's gateway that sends elsewhere: no adapter goes there, with its keys and numbers."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from kefen.adapters.payments.alipay.channel import Alipay
from kefen.adapters.payments.stripe.channel import Stripe
from kefen.adapters.payments.wechat_pay.channel import WeChatPay
from kefen.core.errors import ChannelUnavailable, OutcomeUnknown
from kefen.emulators.alipay import signing
from kefen.ports.merchants import Merchant
from tests.adapters.contract import GIVE_BACK, HERE
from tests.adapters.test_wechat_wire import Gateway, Reply
from tests.adapters.test_wechat_wire import merchant as wechat_merchant


@pytest.fixture
def gateways() -> Iterator[tuple[Gateway, Gateway]]:
    """The gateway, and another machine that it points to."""
    own, elsewhere = Gateway(), Gateway()
    yield own, elsewhere
    own.close()
    elsewhere.close()


def wechat_pay(address: str) -> WeChatPay:
    return WeChatPay(lambda institution: wechat_merchant(address))


def alipay(address: str) -> Alipay:
    key = signing.new_key()
    private = signing.private_text(key)
    public = key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    settings = {"app_id": "2021000000000001", "alipay_public_key": public.decode()}
    merchant = Merchant(HERE, address, settings, {"private_key": private}, stand_in=True)
    return Alipay(lambda institution: merchant)


def stripe(address: str) -> Stripe:
    secrets = {"secret_key": "sk_test_1", "webhook_secret": "whsec_1"}
    return Stripe(lambda institution: Merchant(HERE, address, {}, secrets, stand_in=True))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("made", [wechat_pay, alipay, stripe])
def test_no_redirect_is_followed(
    gateways: tuple[Gateway, Gateway], made: Callable[[str], Any], status: int
) -> None:
    own, elsewhere = gateways
    away = {"Location": f"{elsewhere.url}/v3/pay"}
    own.gets = [Reply(status, headers=away) for _ in range(3)]
    own.posts = [Reply(status, headers=away) for _ in range(3)]
    channel = made(own.url)
    with pytest.raises((OutcomeUnknown, ChannelUnavailable)):
        channel.give_back(GIVE_BACK)
    with pytest.raises(ChannelUnavailable):
        channel.query_payment(HERE, "ord-1")
    assert own.asked
    assert elsewhere.asked == []
