"""What holds an account, and what an adapter finds while it is held."""

import pytest
from django.db import transaction

from kefen.core.errors import InvariantBroken, NotFound
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import actions, queries
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from tests.merchants.channels import Recorder

VALUES = {"app_id": "wx1", "merchant_id": "1900", "private_key": "a KEY"}


@pytest.fixture(autouse=True)
def channel(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(registry._channels, "wechat_pay", Recorder())


def connect(**values: str) -> None:
    actions.connect("wechat_pay", values={**VALUES, **values}, actor=SYSTEM)


def test_an_account_is_held_inside_a_transaction_alone(
    committed_institution: InstitutionFacts,
) -> None:
    with pytest.raises(InvariantBroken):
        actions.hold("wechat_pay")


def test_who_speaks_as_an_account_finds_it_though_another_took_its_place(
    institution: InstitutionFacts,
) -> None:
    find = queries.merchants_of("wechat_pay")
    connect()
    with transaction.atomic():
        held = actions.held_account("wechat_pay")
    connect(merchant_id="1901", private_key="another KEY")
    with actions.speaking_as(held):
        assert find("zhixing").settings["merchant_id"] == "1900"
        assert find("zhixing").secrets == {"private_key": "a KEY"}
        with pytest.raises(NotFound):
            queries.merchants_of("alipay")("zhixing")
    assert find("zhixing").settings["merchant_id"] == "1901"
    assert "KEY" not in repr(held)


def test_it_is_one_institutions_account_alone(institution: InstitutionFacts) -> None:
    connect()
    with transaction.atomic():
        held = actions.held_account("wechat_pay")
    other = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other), actions.speaking_as(held), pytest.raises(NotFound):
        queries.merchants_of("wechat_pay")("lantu")


def test_who_had_no_account_does_not_speak_as_a_new_one(institution: InstitutionFacts) -> None:
    with transaction.atomic():
        held = actions.held_account("wechat_pay")
    connect()
    with actions.speaking_as(held), pytest.raises(NotFound):
        queries.merchants_of("wechat_pay")("zhixing")
