"""The way of rebates and the split of an order, on the pages of promoter and console."""

import re
from datetime import timedelta

import pytest

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.splits import Way
from kefen.core.words import FORBIDDEN_IN_PRODUCT, forbidden
from kefen.faces.web.promoter.proof import serial_of
from kefen.platform import clock
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants.actions import connect
from kefen.promoters.queries import by_code
from kefen.splits import actions, queries
from kefen.splits.models import OrderSplit
from tests.faces.school import School
from tests.splits.channel import FakeChannel
from tests.splits.school import register

DAY = timedelta(days=1)


@pytest.fixture
def channel(school, monkeypatch) -> FakeChannel:
    """The sandbox, were it to divide payments."""
    from kefen.ports import registry

    channel = FakeChannel(name="sandbox")
    kept = dict(registry._payouts)
    register(monkeypatch, channel)
    monkeypatch.setattr(registry, "_payouts", kept)
    connect("sandbox", values={}, actor=SYSTEM, splits=True)
    return channel


def text_of(client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    html = answer.content.decode()
    assert forbidden(re.sub(r"<[^>]+>", " ", html), FORBIDDEN_IN_PRODUCT) == []
    return html


def bring_up(at) -> None:
    with clock.at(at):
        while commissions.mature(at):
            pass
        actions.gather(since=40 * DAY)
        for number in list(OrderSplit.objects.values_list("number", flat=True)):
            actions.advance(number)


def test_a_promoter_chooses_his_way(school: School, channel: FakeChannel) -> None:
    client, page = school.as_("promoter"), school.at("way", "p")
    assert "留存，申请后提现" in text_of(client, school.at("profile", "p"))
    assert 'value="wallet" checked' in text_of(client, page)
    answer = client.post(page, {"way": "split"})
    assert answer.status_code == 302
    assert queries.way_of(by_code("yu").id).way is Way.SPLIT
    assert "从订单款项直接分账" in text_of(client, school.at("profile", "p"))
    for wrong in ("", "both", "transfer"):
        assert client.post(page, {"way": wrong}).status_code == 422
    assert queries.way_of(by_code("yu").id).way is Way.SPLIT


def test_where_nothing_is_divided_there_is_no_choice(school: School) -> None:
    client, page = school.as_("promoter"), school.at("way", "p")
    assert school.at("way", "p") not in text_of(client, school.at("profile", "p"))
    assert "<fieldset" not in text_of(client, page)
    assert client.post(page, {"way": "split"}).status_code == 422
    owner = school.as_("owner")
    assert "promoters-way" not in text_of(owner, school.at("promoters", "o"))


def test_the_console_sets_the_way_of_one_and_of_all(school: School, channel: FakeChannel) -> None:
    owner = school.as_("owner")
    assert "promoters-way" in text_of(owner, school.at("promoters", "o"))
    owner.post(school.at("promoters-way", "o"), {"way": "split"})
    assert queries.default_way() is Way.SPLIT
    owner.post(school.at("promoters/yu/way", "o"), {"way": "wallet"})
    assert queries.way_of(by_code("yu").id).way is Way.WALLET
    assert 'value="wallet" selected' in text_of(owner, school.at("promoters/yu", "o"))
    assert owner.post(school.at("promoters/yu/way", "o"), {"way": "both"}).status_code == 302
    assert queries.way_of(by_code("yu").id).way is Way.WALLET
    nobody = school.as_("read_only")
    assert nobody.post(school.at("promoters/yu/way", "o"), {"way": "split"}).status_code == 403
    assert nobody.post(school.at("promoters-way", "o"), {"way": "wallet"}).status_code == 403
    assert queries.default_way() is Way.SPLIT


def test_order_and_proof_show_what_became_of_it(school: School, channel: FakeChannel) -> None:
    actions.choose_way("yu", Way.SPLIT, actor=SYSTEM)
    number, owner, promoter = school.buy(), school.as_("owner"), school.as_("promoter")
    now = clock.now()
    order = school.at(f"orders/{number}", "o")
    assert "款项分账" not in text_of(owner, order)
    bring_up(now + timedelta(minutes=2))
    assert "等退款期和冻结期结束" in text_of(owner, order)
    bring_up(now + 8 * DAY)
    shown = text_of(owner, order)
    assert "已到账" in shown
    assert "解冻给机构" in shown
    (row,) = commission_rows.of_promoter(by_code("yu").id)
    (share,) = next(iter(channel.got.values())).shares
    proof = text_of(promoter, school.at(f"income/{serial_of(row)}", "p"))
    assert "已从订单款项直接到账" in proof
    assert share.number in proof
    assert text_of(promoter, school.at(f"withdraw/{share.number}", "p"))


def test_the_order_shows_that_a_person_must_look(school: School, channel: FakeChannel) -> None:
    actions.choose_way("yu", Way.SPLIT, actor=SYSTEM)
    number, owner = school.buy(), school.as_("owner")
    now = clock.now()
    bring_up(now + timedelta(minutes=2))
    channel.slow = 1
    bring_up(now + 8 * DAY)
    (share,) = next(iter(channel.got.values())).shares
    channel.pays[share.receiver.account] = 1
    bring_up(now + 9 * DAY)
    assert "渠道实付金额与请求不符" in text_of(owner, school.at(f"orders/{number}", "o"))


def test_the_proof_says_why_it_is_in_the_wallet(school: School, channel: FakeChannel) -> None:
    school.buy()
    bring_up(clock.now() + 8 * DAY)
    (row,) = commission_rows.of_promoter(by_code("yu").id)
    proof = text_of(school.as_("promoter"), school.at(f"income/{serial_of(row)}", "p"))
    assert "按选择留在余额" in proof
