"""Where a promoter is paid: entered by himself, masked, and frozen once it is approved."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from django.db import connection

from kefen.core.errors import InvalidInput, NotFound, PayoutAccountMissing, UnknownPromoter
from kefen.core.states import WithdrawalState
from kefen.payouts import actions, queries
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.models import PayoutAccount
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity import proofs
from kefen.platform.identity.actions import ensure_accounts
from kefen.platform.identity.declare import declare_identity
from kefen.platform.tenancy.scope import institution_id
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent
from kefen.ports.payouts import PayOut
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from tests.merchants.channels import has_account
from tests.orders.school import ask, come_by, mature, money, open_school, sell, unchanged

CARD, ALIPAY = "6222021234567894", "yu@example.org"
NAME = "于小鱼"


class Channel:
    """A payout channel that only remembers what it was asked for."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.asked: list[PayOut] = []

    def pay_out(self, request: PayOut) -> None:
        self.asked.append(request)

    def query_payout(self, institution: str, withdrawal: str) -> ChannelEvent | None:
        if any(one.withdrawal == withdrawal for one in self.asked):
            return None
        raise NotFound(what=withdrawal)

    def read_notification(
        self, institution: str, headers: Mapping[str, str], body: bytes
    ) -> ChannelEvent:
        raise NotImplementedError

    def translate(self, institution: str, body: bytes) -> ChannelEvent:
        raise NotImplementedError


@pytest.fixture(autouse=True)
def school(institution: object) -> None:
    open_school()
    come_by("yu")
    sell("A", 50_000)
    mature()


@pytest.fixture
def channels(monkeypatch: pytest.MonkeyPatch) -> dict[str, Channel]:
    """No sandbox: three channels as in production."""
    found = {name: Channel(name) for name in ("wechat_pay", "alipay", "bank")}
    monkeypatch.setattr(registry, "_payouts", found)
    for name in ("wechat_pay", "alipay"):
        has_account(name)
    return found


def by_card(number: str = CARD) -> None:
    actions.set_account("yu", "bank", account=number, name=NAME, bank_name="招商银行")


def by_alipay(account: str = ALIPAY) -> None:
    actions.set_account("yu", "alipay", account=account, name=NAME)


def audited() -> list[tuple[str, dict[str, object]]]:
    found = Record.objects.filter(verb__startswith="payout_account").order_by("id")
    return [(row.verb, row.details) for row in found]


def test_only_what_has_a_channel_behind_it_is_offered(channels: dict[str, Channel]) -> None:
    assert queries.offered_kinds() == ("wechat_pay", "alipay", "bank")
    # Nobody is paid by a channel at which the school has no account.
    channels["stripe"] = Channel("stripe")
    del channels["bank"]
    assert queries.offered_kinds() == ("wechat_pay", "alipay")
    assert queries.offered_kinds(bank=True) == ("wechat_pay", "alipay", "bank")
    for kind in ("stripe", "sandbox", "bank", "", "cash"):
        with unchanged(), pytest.raises(InvalidInput):
            actions.set_account("yu", kind, account=CARD, name=NAME, bank_name="招商银行")
    with unchanged(), pytest.raises(UnknownPromoter):
        actions.set_account("nobody", "alipay", account=ALIPAY, name=NAME)


def test_it_is_encrypted_masked_and_audited_without_its_values(
    channels: dict[str, Channel],
) -> None:
    by_card()
    by_card()
    by_alipay()
    facts = queries.account_of(promoters.by_code("yu").id)
    assert facts is not None
    assert (facts.kind, facts.account, facts.name) == ("alipay", "y****@example.org", "于**")
    assert PayoutAccount.objects.count() == 1
    assert audited() == [
        ("payout_account.changed", {"before": "", "after": "bank 招商银行 **** 7894 于**"}),
        (
            "payout_account.changed",
            {
                "before": "bank 招商银行 **** 7894 于**",
                "after": "alipay y****@example.org 于**",
            },
        ),
    ]
    with connection.cursor() as cursor:
        cursor.execute("SELECT account, name FROM payouts_payoutaccount")
        stored = b"".join(bytes(value) for value in cursor.fetchone())
    assert NAME.encode() not in stored
    assert ALIPAY.encode() not in stored


def test_without_an_account_nothing_can_be_asked_for(channels: dict[str, Channel]) -> None:
    with unchanged(), pytest.raises(PayoutAccountMissing):
        ask("W", 5000)
    by_card()
    ask("W", 5000)
    assert queries.by_number("W").channel == "bank"
    actions.remove_account("yu")
    assert queries.account_of(promoters.by_code("yu").id) is None
    with unchanged(), pytest.raises(PayoutAccountMissing):
        actions.approve("W")
    by_alipay()
    actions.approve("W")
    assert queries.by_number("W").channel == "alipay"


def test_an_account_of_a_kind_that_is_no_longer_offered_pays_nobody(
    channels: dict[str, Channel],
) -> None:
    by_card()
    del channels["bank"]
    with unchanged(), pytest.raises(PayoutAccountMissing):
        ask("W", 5000)


def test_the_sandbox_knows_promoters_by_their_codes() -> None:
    ask("W", 5000)
    assert queries.by_number("W").channel == "sandbox"
    actions.approve("W")
    row = queries.by_number("W")
    assert (row.channel, row.receiver) == ("sandbox", "yu")


def test_a_change_after_approval_never_redirects_the_money(
    channels: dict[str, Channel],
) -> None:
    by_card()
    ask("W", 5000)
    actions.approve("W")
    by_alipay()
    actions.send("W")
    (sent,) = channels["bank"].asked
    assert (sent.receiver, sent.name, sent.amount) == (CARD, NAME, 5000)
    assert channels["alipay"].asked == []
    actions.remove_account("yu")
    actions.send("W")
    assert len(channels["bank"].asked) == 1


def test_a_change_before_approval_counts_and_is_seen(channels: dict[str, Channel]) -> None:
    by_card()
    ask("W", 5000)
    row = queries.by_number("W")
    with clock.at(row.requested_at + timedelta(minutes=1)):
        by_alipay()
    changed = queries.accounts_changed([row.promoter_id])
    assert changed[row.promoter_id] > row.requested_at
    actions.approve("W")
    actions.send("W")
    (sent,) = channels["alipay"].asked
    assert (sent.receiver, sent.name) == (ALIPAY, NAME)


def test_what_is_sent_at_once_goes_to_the_account_of_that_channel(
    channels: dict[str, Channel],
) -> None:
    by_card()
    wanted = RequestWithdrawal("W", "yu", 5000, clock.now())
    with unchanged(), pytest.raises(PayoutAccountMissing):
        actions.request(wanted, send_through="alipay")
    actions.request(wanted, send_through="bank")
    by_alipay()
    actions.send("W")
    (sent,) = channels["bank"].asked
    assert (sent.receiver, sent.name) == (CARD, NAME)


def test_wechat_says_itself_who_he_is(channels: dict[str, Channel]) -> None:
    account = ensure_accounts(["yu-student"])["yu-student"]
    Promoter.objects.filter(code="yu").update(account_id=account, institution_id=institution_id())
    with unchanged(), pytest.raises(InvalidInput):
        actions.set_account("yu", "wechat_pay", account="typed-by-hand")
    proofs.set_wechat_app("wx1", "secret")
    proofs.account_with_openid("wx1", "openid-of-yu-1234", signed_in_to=account)
    declare_identity(account, real_name=NAME, id_number="11010519491231002X")
    facts = actions.set_account("yu", "wechat_pay", account="typed-by-hand")
    assert facts.account == "**** 1234"
    ask("W", 5000)
    actions.approve("W")
    actions.send("W")
    (sent,) = channels["wechat_pay"].asked
    # Nobody typed a name: the declared one is compared by the channel.
    assert (sent.receiver, sent.name) == ("openid-of-yu-1234", NAME)


def test_a_person_can_be_erased_without_touching_money(channels: dict[str, Channel]) -> None:
    by_card()
    ask("W", 5000)
    ask("V", 2000)
    actions.approve("W")
    actions.approve("V")
    actions.send("W")
    actions.settle("W", WithdrawalState.SUCCEEDED, at=clock.now())
    before = money()
    assert actions.erase_receivers("yu") == 1
    assert money() == before
    done, still_open = queries.by_number("W"), queries.by_number("V")
    assert (done.receiver, done.receiver_name, done.net) == ("", "", 5000)
    # What is not paid yet must still arrive.
    assert (still_open.receiver, still_open.receiver_name) == (CARD, NAME)
    row = PayoutAccount.objects.get()
    assert (row.account, row.name, row.bank_name) == ("", "", "")
    assert actions.erase_receivers("yu") == 0
