"""What a proof gives: an account, its user; and how two accounts of one person become one."""

import pytest
from django.db import connection

from kefen.core.errors import InvalidInput, PhoneTaken
from kefen.platform.identity import proofs, queries
from kefen.platform.identity.actions import account_with_phone, make_user, normal_phone
from kefen.platform.identity.models import Account, User, WeChatIdentity
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts

OPENID = "oAbC-1234567890abcdefghijklm"


def test_each_account_has_one_user(institution: InstitutionFacts) -> None:
    account = account_with_phone("13800000001")
    first = proofs.user_of(account.id)
    assert proofs.user_of(account.id) == first
    assert queries.user_of_account(account.id) == first.pk


def test_one_number_at_two_institutions_is_two_people(institution: InstitutionFacts) -> None:
    here = proofs.user_of(account_with_phone("13800000001").id)
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        account = account_with_phone("13800000001")
        there = proofs.user_of(account.id)
    assert here != there
    assert queries.account_of_user(there.pk) is None


@pytest.mark.parametrize(
    "written", ["+86 138-0000-0001", "0086 13800000001", "138 0000 0001", "13800000001"]
)
def test_one_number_written_in_many_ways_is_one(written: str) -> None:
    assert normal_phone(written) == "13800000001"


@pytest.mark.parametrize("kept", ["+8613800000", "+14155550100", "+86108001", "8613800000001"])
def test_other_numbers_stay_as_they_are(kept: str) -> None:
    assert normal_phone(kept) == kept


def test_an_openid_is_one_account_and_stands_sealed(institution: InstitutionFacts) -> None:
    first = proofs.account_with_openid("wx1", OPENID, name="小北")
    assert proofs.account_with_openid("wx1", OPENID).id == first.id
    assert (first.name, first.phone) == ("小北", "")
    assert proofs.account_with_openid("wx2", OPENID).id != first.id
    with connection.cursor() as cursor:
        cursor.execute("SELECT openid, openid_index FROM identity_wechatidentity LIMIT 1")
        ((sealed, index),) = cursor.fetchall()
    assert OPENID.encode() not in bytes(sealed) + bytes(index)
    assert WeChatIdentity.objects.filter(app_id="wx1").get().openid == OPENID


def test_an_openid_is_known_at_its_own_institution_alone(institution: InstitutionFacts) -> None:
    here = proofs.account_with_openid("wx1", OPENID)
    other = found_institution(slug="other", name="Other")
    with scope.institution(other.id):
        assert proofs.account_by_openid("wx1", OPENID) is None
        assert proofs.account_with_openid("wx1", OPENID).id != here.id


def test_who_is_signed_in_gets_the_openid_unless_he_has_one(institution: InstitutionFacts) -> None:
    mine = account_with_phone("13800000001")
    assert proofs.account_with_openid("wx1", OPENID, signed_in_to=mine.id).id == mine.id
    second = proofs.account_with_openid("wx1", "o2", signed_in_to=mine.id)
    assert second.id != mine.id


def test_a_number_is_added_once_and_only_if_it_is_free(institution: InstitutionFacts) -> None:
    mine = proofs.account_with_openid("wx1", OPENID)
    holder = account_with_phone("13800000001")
    with pytest.raises(PhoneTaken):
        proofs.add_phone(mine.id, "13800000001")
    proofs.add_phone(mine.id, "13800000002")
    assert account_with_phone("13800000002").id == mine.id
    with pytest.raises(PhoneTaken):
        proofs.add_phone(mine.id, "13800000003")
    assert queries.account_by_phone("13800000003") is None
    assert queries.account_by_phone("13800000001") == holder


def test_wechat_moves_to_the_account_with_the_number_unless_it_has_its_own(
    institution: InstitutionFacts,
) -> None:
    mine = proofs.account_with_openid("wx1", OPENID)
    holder = account_with_phone("13800000001")
    proofs.move_wechat(mine.id, holder.id)
    found = proofs.account_by_openid("wx1", OPENID)
    assert found is not None
    assert found.id == holder.id
    third = proofs.account_with_openid("wx1", "o3")
    with pytest.raises(PhoneTaken):
        proofs.move_wechat(third.id, holder.id)
    assert proofs.account_by_openid("wx1", "o3") == third


def test_an_address_is_known_again_and_cannot_be_read(rolled_back: None) -> None:
    user, other = make_user("lan"), make_user("fang")
    proofs.set_email(user, " Lan@Example.ORG ")
    assert proofs.user_by_email("lan@example.org") == user
    with pytest.raises(InvalidInput):
        proofs.set_email(other, "LAN@example.org")
    proofs.set_email(user, "lan@example.org")
    assert proofs.user_by_email("lan@example.com") is None
    stored = bytes(User.objects.get(handle="lan").email_index or b"")
    assert len(stored) == 32
    assert b"lan" not in stored


@pytest.mark.parametrize("bad", ["", "lan", "lan@", "@x.cn", "a b@x.cn", "a@x", "a@x.cn,b@x.cn"])
def test_what_is_no_address_is_refused(bad: str) -> None:
    with pytest.raises(InvalidInput):
        proofs.normal_email(bad)


def test_who_is_not_active_is_not_found(rolled_back: None) -> None:
    user = make_user("lan")
    proofs.set_email(user, "lan@example.org")
    User.objects.filter(handle="lan").update(is_active=False)
    assert proofs.user_by_email("lan@example.org") is None


def test_a_secret_is_sealed(institution: InstitutionFacts) -> None:
    assert proofs.wechat_app() is None
    proofs.set_wechat_app("wx1", "first")
    proofs.set_wechat_app("wx2", "s3cr3t")
    app = proofs.wechat_app()
    assert app is not None
    assert (app.app_id, app.secret) == ("wx2", "s3cr3t")
    with connection.cursor() as cursor:
        cursor.execute("SELECT secret FROM identity_wechatapp")
        ((sealed,),) = cursor.fetchall()
    assert b"s3cr3t" not in bytes(sealed)
    for app_id, secret in (("", "x"), ("wx 1", "x"), ("wx1", " ")):
        with pytest.raises(InvalidInput):
            proofs.set_wechat_app(app_id, secret)
    assert Account.objects.count() == 0
