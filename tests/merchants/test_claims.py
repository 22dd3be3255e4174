"""Accounts that are known by what their channel says, and those of older versions."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

import pytest

from kefen.core.errors import (
    ChannelRejected,
    ChannelUnavailable,
    InvalidInput,
    MerchantInUse,
    MerchantTaken,
)
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import actions, guards, queries
from kefen.platform.merchants.models import MerchantAccount, MerchantClaim
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from kefen.ports.merchants import Field, Merchant
from tests.merchants.channels import Recorder


@dataclass
class Keys(Recorder):
    """A channel whose accounts are known by their keys; a key begins with its owner."""

    name: str = "stripe"
    fields: tuple[Field, ...] = (
        Field("private_key", secret=True),
        Field("account_id", identity=True, exclusive=True, told=True),
    )
    down: bool = False

    def identify(self, merchant: Merchant) -> Mapping[str, str]:
        if self.down:
            raise ChannelUnavailable(channel=self.name)
        key = merchant.secrets["private_key"]
        if "revoked" in key:
            raise ChannelRejected(channel=self.name, reason="no such key")
        return {"account_id": f"acct_{key.split()[0]}"}


@pytest.fixture(autouse=True)
def channel(monkeypatch: pytest.MonkeyPatch) -> Keys:
    keys = Keys()
    monkeypatch.setitem(registry._channels, "stripe", keys)
    monkeypatch.setitem(registry._channels, "wechat_pay", Recorder())
    return keys


@pytest.fixture
def something_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(guards._open, "cashiers", lambda _: 1)


def connect(key: str) -> None:
    actions.connect("stripe", values={"private_key": key}, actor=SYSTEM)


def account() -> str:
    known = queries.account("stripe")
    assert known is not None
    return known.settings["account_id"]


def enter_as_before(channel: str, settings: dict[str, str], secrets: dict[str, str]) -> None:
    """As versions kept it that claimed nothing and asked nobody."""
    MerchantAccount.objects.create(
        channel=channel,
        gateway="https://pay.example.com",
        settings=settings,
        secrets=json.dumps(secrets),
        changed_at=clock.now(),
    )


def test_another_key_of_the_account_is_no_other_account(
    institution: InstitutionFacts, something_open: None
) -> None:
    connect("mine KEY 1")
    connect("mine KEY 2")
    assert account() == "acct_mine"
    assert queries.merchants_of("stripe")("zhixing").secrets == {"private_key": "mine KEY 2"}
    with pytest.raises(MerchantInUse):
        connect("other KEY")
    assert queries.merchants_of("stripe")("zhixing").secrets == {"private_key": "mine KEY 2"}


def test_a_key_that_the_channel_does_not_know_changes_nothing(
    institution: InstitutionFacts, channel: Keys
) -> None:
    connect("mine KEY 1")
    with pytest.raises(ChannelRejected):
        connect("revoked KEY")
    channel.down = True
    with pytest.raises(ChannelUnavailable):
        connect("mine KEY 2")
    assert queries.merchants_of("stripe")("zhixing").secrets == {"private_key": "mine KEY 1"}
    assert Record.objects.filter(verb__startswith="merchant").count() == 1


def test_one_account_is_one_institutions_whatever_its_keys(institution: InstitutionFacts) -> None:
    connect("mine KEY 1")
    other: UUID = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other):
        with pytest.raises(MerchantTaken) as refused:
            connect("mine KEY 2")
        assert refused.value.params == {"field": "account_id", "channel": "stripe"}
        assert queries.accounts() == []


def test_an_account_of_an_older_version_is_asked_for_its_number(
    institution: InstitutionFacts, something_open: None
) -> None:
    enter_as_before("stripe", {}, {"private_key": "mine KEY 1"})
    connect("mine KEY 2")
    assert account() == "acct_mine"
    MerchantAccount.objects.update(
        settings={}, secrets=json.dumps({"private_key": "mine revoked KEY"})
    )
    # Nobody can say whose the old key was: so it counts as another account.
    with pytest.raises(MerchantInUse):
        connect("mine KEY 3")


def test_older_accounts_claim_their_numbers(institution: InstitutionFacts, channel: Keys) -> None:
    enter_as_before("wechat_pay", {"merchant_id": "1900"}, {})
    enter_as_before("stripe", {}, {"private_key": "mine KEY 1"})
    channel.down = True
    actions.claim_present()
    assert MerchantClaim.objects.count() == 1
    channel.down = False
    actions.claim_present()
    assert account() == "acct_mine"
    assert {one.institution_id for one in MerchantClaim.objects.all()} == {institution.id}
    assert MerchantClaim.objects.count() == 2
    assert not MerchantAccount.objects.filter(claimed=False).exists()
    assert queries.contested() == []
    other: UUID = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other), pytest.raises(MerchantTaken):
        connect("mine KEY 2")


def test_a_number_of_two_is_told_once_and_refuses_nobody(institution: InstitutionFacts) -> None:
    enter_as_before("wechat_pay", {"app_id": "wx1", "merchant_id": "1900"}, {"private_key": "KEY"})
    other: UUID = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other):
        enter_as_before("wechat_pay", {"app_id": "wx1", "merchant_id": "1900"}, {})
    actions.claim_present()
    assert queries.contested() == []
    with scope.institution(other):
        for _ in range(2):
            actions.claim_present()
        assert queries.contested() == ["wechat_pay"]
        assert queries.merchants_of("wechat_pay")("lantu").settings["merchant_id"] == "1900"
        record = Record.objects.get(verb="merchant.contested")
        assert (record.subject, record.details) == (
            "merchant:wechat_pay",
            {"field": "merchant_id"},
        )
        # With a number of its own it is contested no longer.
        values = {"app_id": "wx1", "merchant_id": "1901", "private_key": "a KEY"}
        actions.connect("wechat_pay", values=values, actor=SYSTEM)
        assert queries.contested() == []


def test_what_a_channel_says_is_entered_by_nobody(institution: InstitutionFacts) -> None:
    with pytest.raises(InvalidInput):
        actions.connect(
            "stripe", values={"private_key": "mine KEY", "account_id": "acct_x"}, actor=SYSTEM
        )
