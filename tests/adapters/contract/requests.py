"""What is asked for in the contracts. A channel of another currency replaces it (`currency`)."""

from kefen.ports.payments import Collect, GiveBack
from kefen.ports.payouts import PayOut

HERE = "zhixing"
AMOUNT = 29_900
COLLECT = Collect(
    institution=HERE,
    order="ord-1",
    amount=AMOUNT,
    currency="CNY",
    subject="考研数学",
    return_url="https://school.example/orders/ord-1",
    notify_url="https://school.example/webhooks/channel/zhixing",
    client_address="203.0.113.9",
)
GIVE_BACK = GiveBack(
    institution=HERE,
    order="ord-1",
    refund="rfd-1",
    amount=10_000,
    currency="CNY",
    reason="she asked",
    notify_url=COLLECT.notify_url,
    total=AMOUNT,
)
PAY_OUT = PayOut(
    institution=HERE,
    withdrawal="wd-1",
    receiver="yu",
    amount=5_000,
    currency="CNY",
    notify_url=COLLECT.notify_url,
)
