"""Who somebody is by his papers: once, encrypted, masked."""

from datetime import UTC, datetime

import pytest
from django.db import connection

from kefen.core.errors import IdentityTaken, InvalidInput, PromoterTooYoung
from kefen.core.id_numbers import normalised
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.identity import actions, queries
from kefen.platform.identity.declare import declare_identity
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from tests.orders.school import unchanged

NUMBER = "11010519491231002X"


def numbered(first_17: str) -> str:
    """A number with the check character that fits."""
    for check in "0123456789X":
        try:
            return normalised(first_17 + check)
        except InvalidInput:
            continue
    raise AssertionError(first_17)


def test_it_is_kept_encrypted_and_shown_masked(institution: object) -> None:
    account = actions.account_with_phone("13800138000")
    assert queries.identity_of(account.id) is None
    assert not queries.has_identity(account.id)
    declare_identity(account.id, real_name="  王  小明 ", id_number=NUMBER)
    facts = queries.identity_of(account.id)
    assert facts is not None
    assert (facts.name, facts.id_number) == ("王**", "1****************X")
    assert queries.has_identity(account.id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT i::text, real_name FROM identity_identity i")
        ((text, name),) = cursor.fetchall()
    assert NUMBER not in text
    assert "小明".encode() not in bytes(name)
    (entry,) = Record.objects.filter(verb="identity.declared")
    assert NUMBER not in str(entry.details)
    assert "小明" not in str(entry.details)


def test_one_person_has_one_account_to_be_paid_by(institution: object) -> None:
    mine = actions.account_with_phone("13800138000")
    other = actions.account_with_phone("13800138001")
    declare_identity(mine.id, real_name="王小明", id_number=NUMBER)
    again = numbered("11010519880101001")
    for account, number in ((mine.id, again), (other.id, NUMBER.lower())):
        with unchanged(), pytest.raises(IdentityTaken):
            declare_identity(account, real_name="王小明", id_number=number)
    elsewhere = found_institution(slug="other", name="另一所")
    with scope.institution(elsewhere.id):
        there = actions.account_with_phone("13800138000")
        declare_identity(there.id, real_name="王小明", id_number=NUMBER)


def test_the_birthday_of_the_minimum_age_is_the_institutions(institution: object) -> None:
    account = actions.account_with_phone("13800138000")
    young = numbered("11010520080501001")
    eve = datetime(2026, 4, 30, 15, 59, 59, tzinfo=UTC)  # 23:59:59 in Shanghai
    with clock.at(eve), unchanged(), pytest.raises(PromoterTooYoung):
        declare_identity(account.id, real_name="王小明", id_number=young)
    with clock.at(datetime(2026, 4, 30, 16, tzinfo=UTC)):
        declare_identity(account.id, real_name="王小明", id_number=young)


@pytest.mark.parametrize("name", ["", "王", "王" * 61])
def test_a_name_is_as_on_a_card(institution: object, name: str) -> None:
    account = actions.account_with_phone("13800138000")
    with unchanged(), pytest.raises(InvalidInput):
        declare_identity(account.id, real_name=name, id_number=NUMBER)
