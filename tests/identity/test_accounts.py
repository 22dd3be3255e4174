"""Accounts, and what is told of people."""

import pytest
from django.db import connection

from kefen.core.errors import InvalidInput
from kefen.platform.identity import actions, queries
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from tests.orders.school import unchanged


def test_a_phone_number_is_one_account_however_it_is_written(institution: object) -> None:
    first = actions.account_with_phone("138 0013-8000", name="王芳")
    with unchanged():
        assert actions.account_with_phone("13800138000").id == first.id
    assert (first.name, first.phone) == ("王芳", "13800138000")
    assert queries.account_by_phone("13800138000") == first
    assert queries.account_by_phone("13800138001") is None


@pytest.mark.parametrize("phone", ["", "12345", "1" * 16, "138001380zz", "٣٣٣٣٣٣٣٣"])
def test_what_is_no_phone_number_is_refused(institution: object, phone: str) -> None:
    with unchanged(), pytest.raises(InvalidInput):
        actions.account_with_phone(phone)


def test_personal_data_is_never_stored_in_plain(institution: object) -> None:
    actions.account_with_phone("13800138000", name="王芳")
    with connection.cursor() as cursor:
        cursor.execute("SELECT a::text, name, phone FROM identity_account a")
        ((text, name, phone),) = cursor.fetchall()
    assert "13800138000" not in text
    assert "王芳".encode() not in bytes(name)
    assert b"13800138000" not in bytes(phone)


def test_the_same_number_at_two_schools_is_two_people(institution: object) -> None:
    first = actions.account_with_phone("13800138000")
    other = found_institution(slug="other", name="o")
    with scope.institution(other.id):
        second = actions.account_with_phone("13800138000")
    assert first.id != second.id


def test_accounts_of_another_system_are_made_once(institution: object) -> None:
    first = actions.ensure_accounts(["a", "b", "a"])
    with unchanged():
        assert actions.ensure_accounts(["b"]) == {"b": first["b"]}


def test_a_member_has_one_role(institution: object) -> None:
    user = actions.make_user("fang")
    actions.add_member(user, Role.FINANCE)
    actions.add_member(user, Role.OWNER)
    assert queries.role_of(user.id) == Role.OWNER
    assert queries.role_of(actions.make_user("nobody").id) is None
