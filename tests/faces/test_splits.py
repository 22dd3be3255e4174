"""The way of rebates and the split of an order, on the pages of promoter and console."""

import re
from datetime import timedelta

import pytest

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.splits import Way
from kefen.core.words import FORBIDDEN_IN_PRODUCT, forbidden
from kefen.faces.web.promoter.proof import serial_of
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import PolicyFacts
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


def odd_share(school: School, channel: FakeChannel, paid: int) -> str:
    """A split that is stopped, because the channel paid another amount; answers its order."""
    actions.choose_way("yu", Way.SPLIT, actor=SYSTEM)
    number, now = school.buy(), clock.now()
    bring_up(now + timedelta(minutes=2))
    channel.slow = 1
    bring_up(now + 8 * DAY)
    (share,) = next(iter(channel.got.values())).shares
    channel.pays[share.receiver.account] = paid
    bring_up(now + 9 * DAY)
    return number


def test_the_console_settles_a_stopped_split(school: School, channel: FakeChannel) -> None:
    order = odd_share(school, channel, 100)
    owner, page = school.as_("owner"), school.at("splits", "o")
    shown = text_of(owner, page)
    assert "渠道实付" in shown
    assert "¥1.00" in re.sub(r"<[^>]+>", "", shown)
    assert "按渠道实付入账" in shown
    assert page in text_of(owner, school.at(f"orders/{order}", "o"))
    assert page in text_of(owner, school.at("", "o"))
    split = OrderSplit.objects.get()
    address = school.at(f"splits/{split.number}/settle", "o")
    reader = school.as_("read_only")
    assert "<fieldset" not in text_of(reader, page)
    assert reader.post(address, {"decision": "accept", "note": "x"}).status_code == 403
    for wrong in ({"decision": "accept", "note": " "}, {"decision": "both", "note": "x"}, {}):
        refused = owner.post(address, wrong)
        assert refused.status_code == 422
        assert "ferr" in refused.content.decode() or "decision" not in wrong or wrong["note"] == "x"
    assert owner.post(school.at("splits/none/settle", "o"), {"note": "x"}).status_code in (404, 422)
    split.refresh_from_db()
    assert split.state == "failed"
    for _ in range(2):
        assert owner.post(address, {"decision": "accept", "note": "核对"}).status_code == 302
    split.refresh_from_db()
    assert split.state == "releasing"
    shown = text_of(owner, page)
    assert "核对" in shown
    assert "分账均与请求一致" in shown


def test_two_persons_settle_a_large_one(school: School, channel: FakeChannel) -> None:
    odd_share(school, channel, 100)
    payouts.set_policy(PolicyFacts(two_persons_from=1), actor=SYSTEM)
    owner, finance, page = school.as_("owner"), school.as_("finance"), school.at("splits", "o")
    split = OrderSplit.objects.get()
    address = school.at(f"splits/{split.number}/settle", "o")
    form = {"decision": "wallet", "note": "渠道已追回"}
    assert "该金额须两人决定" in text_of(owner, page)
    assert owner.post(address, form).status_code == 302
    assert "需另一人作出相同决定" in text_of(finance, page)
    assert owner.post(address, form).status_code in (403, 409, 422)
    split.refresh_from_db()
    assert split.state == "failed"
    assert finance.post(address, form).status_code == 302
    split.refresh_from_db()
    assert split.state == "releasing"
