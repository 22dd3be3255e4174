"""What `kefen audit` says of splits that are not what they must be."""

import pytest
from django.db import transaction

from kefen.ops.audit import audit_institution
from kefen.payouts.models import Withdrawal
from kefen.splits.models import OrderSplit, SplitShare
from tests.orders.school import DAY
from tests.splits.channel import FakeChannel
from tests.splits.school import DUE, look, open_dividing_school, register, sell_divisible


@pytest.fixture
def channel(institution, monkeypatch) -> FakeChannel:
    found = register(monkeypatch, FakeChannel())
    open_dividing_school()
    sell_divisible()
    return found


def found_after(change) -> set[str]:
    """The names of what the audit finds after a change that is taken back."""
    with transaction.atomic():
        change()
        names = {finding.check for finding in audit_institution()}
        transaction.set_rollback(True)
    return names


def test_what_is_right_is_not_complained_about(channel):
    for days in (-1, 0, 1):
        look(DUE + days * DAY)
        assert audit_institution() == []


def test_another_channel_than_the_orders(channel):
    look()
    change = Withdrawal.objects.filter(way="split").update
    assert found_after(lambda: change(channel="alipay")) == {"split share", "withdrawal paid"}


def test_released_before_its_results(channel):
    channel.down = 1
    look()
    change = OrderSplit.objects.update
    wrong = {"state": "done", "next_at": None, "closed_at": DUE}
    assert found_after(lambda: change(**wrong)) == {"split"}


def test_more_released_than_was_left(channel):
    look()
    change = OrderSplit.objects.update
    assert found_after(lambda: change(released=8001)) == {"split total"}


def test_a_share_of_somebody_elses_commission(channel):
    look()
    share = SplitShare.objects.get()
    from kefen.promoters import queries as promoters

    def second() -> None:
        SplitShare.objects.create(
            split_id=share.split_id,
            promoter_id=promoters.by_code("chen").id,
            amount=1,
            withdrawal_id=Withdrawal.objects.create(
                number="spl_forged",
                promoter_id=promoters.by_code("chen").id,
                amount=1,
                tax=0,
                net=1,
                state="approved",
                way="split",
                channel="wechat_pay",
                requested_at=DUE,
                approved_at=DUE,
            ).id,
        )

    assert {"split", "split share", "withdrawal reserved"} <= found_after(second)
