"""Accounts at channels: what goes in, what never comes out, which addresses are believed."""

import io
import json
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction
from django.test import override_settings

from kefen.core.errors import InvalidInput, MerchantTaken, NotFound
from kefen.platform.audit.models import Record
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import actions, gateways, queries
from kefen.platform.merchants.models import MerchantAccount, MerchantClaim
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.ports import registry
from tests.merchants.channels import Recorder, has_account

VALUES = {"app_id": "wx1", "merchant_id": "1900", "private_key": "a KEY nobody may see"}


@pytest.fixture(autouse=True)
def channel(monkeypatch: pytest.MonkeyPatch) -> Recorder:
    recorder = Recorder()
    monkeypatch.setitem(registry._channels, "wechat_pay", recorder)
    monkeypatch.setitem(registry._payments, "wechat_pay", recorder)
    return recorder


def connect(**more: object) -> None:
    values = {**VALUES, **more.pop("values", {})}  # type: ignore[dict-item]
    actions.connect("wechat_pay", values=values, actor=SYSTEM, **more)  # type: ignore[arg-type]


def test_an_account_is_found_by_its_adapter(institution: InstitutionFacts) -> None:
    find = queries.merchants_of("wechat_pay")
    with pytest.raises(NotFound):
        find("zhixing")
    connect()
    merchant = find("zhixing")
    assert merchant.gateway == "https://pay.example.com"
    assert merchant.settings == {
        "app_id": "wx1",
        "merchant_id": "1900",
        "transfer_scene_id": "1005",
    }
    assert merchant.secrets == {"private_key": "a KEY nobody may see"}
    assert not merchant.stand_in
    assert "KEY" not in repr(merchant)
    with pytest.raises(NotFound):
        find("another")


def test_a_secret_is_encrypted_and_never_told(institution: InstitutionFacts) -> None:
    connect()
    with connection.cursor() as cursor:
        cursor.execute("SELECT secrets, settings::text FROM merchants_merchantaccount")
        ((sealed, settings),) = cursor.fetchall()
    assert b"KEY" not in bytes(sealed)
    assert "KEY" not in settings
    told = queries.account("wechat_pay")
    assert told is not None
    assert told.kept == {"private_key"}
    assert "KEY" not in repr(told)
    record = Record.objects.get(verb="merchant.connected")
    assert record.details["new_secrets"] == ["private_key"]
    assert "KEY" not in json.dumps(record.details)


def test_an_empty_secret_stays_what_it_was(institution: InstitutionFacts) -> None:
    connect()
    connect(values={"private_key": "", "app_id": "wx2"})
    merchant = queries.merchants_of("wechat_pay")("zhixing")
    assert merchant.secrets["private_key"] == "a KEY nobody may see"
    assert merchant.settings["app_id"] == "wx2"
    assert Record.objects.get(verb="merchant.changed").details["new_secrets"] == []


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"app_id": " "}, "app_id"),
        ({"private_key": "something else"}, "private_key"),
        ({"transfer_scene_id": "7"}, "transfer_scene_id"),
        ({"colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_kept(
    institution: InstitutionFacts, values: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as refused:
        connect(values=values)
    assert refused.value.params["field"] == field
    assert queries.accounts() == []
    assert not Record.objects.filter(verb__startswith="merchant").exists()


@pytest.mark.parametrize(
    "gateway",
    [
        "http://127.0.0.1:8701",
        "https://127.0.0.1",
        "http://127.8.9.1/gateway.do",
        "https://[::1]",
        "http://localhost:8701",
    ],
)
def test_production_believes_no_machine_at_hand(
    institution: InstitutionFacts, gateway: str
) -> None:
    with override_settings(STAND_INS=False), pytest.raises(InvalidInput):
        connect(gateway=gateway)
    assert gateways.is_stand_in(gateway)
    with override_settings(STAND_INS=True):
        connect(gateway=gateway)
        assert queries.merchants_of("wechat_pay")("zhixing").stand_in
    # What a demo left behind is not asked by a production process either.
    with override_settings(STAND_INS=False), pytest.raises(InvalidInput):
        queries.merchants_of("wechat_pay")("zhixing")


@pytest.mark.parametrize("stand_ins", [False, True])
@pytest.mark.parametrize(
    "gateway",
    [
        "https://evil.example",
        "https://pay.example.com.evil.example",
        "https://pay.example.com@evil.example",
        "https://pay.example.com:8443",
        "https://pay.example.com/elsewhere",
        "http://pay.example.com",
        # Names and numbers that a resolver takes for this machine, or for one beside it.
        "https://127.1",
        "https://0x7f.1",
        "https://0177.0.0.1",
        "https://2130706433",
        "https://127.0.0.1.nip.io",
        "https://localhost.",
        "https://[::ffff:127.0.0.1]",
        "https://0.0.0.0",
        "https://10.0.0.7",
        "https://169.254.169.254",
        "https://gateway.internal",
        "https://gateway",
        # No addresses.
        "ftp://127.0.0.1",
        "pay.example.com",
        "https://a:b@127.0.0.1",
        "https://127.0.0.1?to=there",
        "https://[",
        "https://",
    ],
)
def test_only_the_channels_own_gateways_are_believed(
    institution: InstitutionFacts, gateway: str, *, stand_ins: bool
) -> None:
    with override_settings(STAND_INS=stand_ins):
        with pytest.raises(InvalidInput) as refused:
            connect(gateway=gateway)
        assert refused.value.params["field"] == "gateway"
        assert queries.accounts() == []
        # Nor is it asked where an older version let it in.
        has_account("wechat_pay")
        MerchantAccount.objects.update(gateway=gateway)
        with pytest.raises(InvalidInput):
            queries.merchants_of("wechat_pay")("zhixing")


def test_a_place_for_trying_is_for_demos_alone(institution: InstitutionFacts) -> None:
    connect(gateway="https://pay2.example.com")
    with override_settings(STAND_INS=True):
        connect(gateway="https://try.example.com")
        assert not queries.merchants_of("wechat_pay")("zhixing").stand_in
    with override_settings(STAND_INS=False), pytest.raises(InvalidInput):
        connect(gateway="https://try.example.com")


def test_a_kept_secret_never_goes_to_another_host(institution: InstitutionFacts) -> None:
    connect()
    for blank in ("", "  "):
        with pytest.raises(InvalidInput) as refused:
            connect(gateway="https://pay2.example.com", values={"private_key": blank})
        assert refused.value.params["field"] == "private_key"
    merchant = queries.merchants_of("wechat_pay")("zhixing")
    assert merchant.gateway == "https://pay.example.com"
    connect(gateway="https://pay2.example.com", values={"private_key": "another KEY"})
    merchant = queries.merchants_of("wechat_pay")("zhixing")
    assert merchant.secrets == {"private_key": "another KEY"}


def test_a_channel_switched_off_is_offered_no_more(institution: InstitutionFacts) -> None:
    assert "wechat_pay" not in queries.collecting()
    connect()
    assert "wechat_pay" in queries.collecting()
    actions.switch("wechat_pay", active=False, actor=SYSTEM)
    actions.switch("wechat_pay", active=False, actor=SYSTEM)
    assert "wechat_pay" not in queries.collecting()
    # What was begun by it goes on: its adapter still finds the account.
    assert queries.merchants_of("wechat_pay")("zhixing").settings["app_id"] == "wx1"
    assert Record.objects.filter(verb="merchant.switched").count() == 1
    with pytest.raises(NotFound):
        actions.switch("alipay", active=False, actor=SYSTEM)


def test_a_neighbour_has_no_account(institution: InstitutionFacts) -> None:
    connect()
    other: UUID = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other):
        assert queries.accounts() == []
        with pytest.raises(NotFound):
            queries.merchants_of("wechat_pay")("lantu")


def test_a_number_belongs_to_one_institution(institution: InstitutionFacts) -> None:
    connect()
    connect()
    other: UUID = found_institution(slug="lantu", name="蓝图").id
    with scope.institution(other):
        with pytest.raises(MerchantTaken) as refused:
            connect()
        assert refused.value.params == {"field": "merchant_id", "channel": "wechat_pay"}
        assert queries.accounts() == []
        # An app may be shared: numbers of orders are the merchant number's.
        connect(values={"merchant_id": "1901"})
        with pytest.raises(MerchantTaken):
            connect()
    # What it had once stays its own: late notifications still come for it.
    connect(values={"merchant_id": "1902"})
    with scope.institution(other), pytest.raises(MerchantTaken):
        connect()
    connect()
    for claim in MerchantClaim.objects.all():
        assert b"190" not in bytes(claim.digest)


def test_who_has_a_number_cannot_be_rewritten(institution: InstitutionFacts) -> None:
    connect()
    for change in (
        "UPDATE merchants_merchantclaim SET digest = digest",
        "DELETE FROM merchants_merchantclaim",
    ):
        with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(change)


def test_an_account_is_entered_from_the_command_line(
    institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = io.StringIO()
    monkeypatch.setattr("sys.stdin", io.StringIO(json.dumps(VALUES)))
    call_command("merchant", institution.slug, "wechat_pay", "--splits", "--off", stdout=out)
    assert f"/webhooks/wechat_pay/{institution.slug}" in out.getvalue()
    assert "KEY" not in out.getvalue()
    known = queries.account("wechat_pay")
    assert known is not None
    assert (known.active, known.splits) == (False, True)
    for slug, text in (
        (institution.slug, "{"),
        (institution.slug, '{"app_id": 7}'),
        (institution.slug, '{"colour": "red"}'),
        ("nowhere", json.dumps(VALUES)),
    ):
        monkeypatch.setattr("sys.stdin", io.StringIO(text))
        with pytest.raises(CommandError):
            call_command("merchant", slug, "wechat_pay")
    assert queries.account("wechat_pay") == known
