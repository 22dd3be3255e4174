"""A new key: what is kept is encrypted with it, and the old one opens nothing any more."""

import os
import subprocess
import sys
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import connection
from django.test import override_settings

from kefen.compliance.actions import read_scan, submit_licence
from kefen.compliance.contracts import NewLicence
from kefen.core.errors import InvariantBroken
from kefen.platform import clock
from kefen.platform.identity.models import Account
from kefen.platform.identity.personal import blind_index, key_for
from kefen.platform.merchants.models import MerchantAccount
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.orders.school import student

FIRST = settings.PERSONAL_DATA_KEYS[1]
SECOND = b"another key, made by whoever runs this installation"
ROTATED = {2: SECOND, 1: FIRST}


@pytest.fixture(autouse=True)
def no_key_remembered() -> Iterator[None]:
    """Keys are derived once; here they come and go."""
    key_for.cache_clear()
    yield
    key_for.cache_clear()


def fill() -> None:
    """A secret, a person, and one whose phone nobody knows."""
    MerchantAccount.objects.create(
        channel="stripe", gateway="https://x", secrets='{"a": "b"}', changed_at=clock.now()
    )
    for code, phone in (("s1", "13800000001"), ("s2", "")):
        Account.objects.filter(id=student(code)).update(
            name="李小明", phone=phone, phone_index=blind_index(phone) if phone else None
        )


def marks() -> list[int]:
    """The ids of the keys under which values are."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT get_byte(value, 0) FROM ("
            " SELECT secrets AS value FROM merchants_merchantaccount"
            " UNION ALL SELECT name FROM identity_account"
            " UNION ALL SELECT phone FROM identity_account) AS found"
            " WHERE octet_length(value) > 0 ORDER BY 1"
        )
        return [mark for (mark,) in cursor.fetchall()]


def reseal() -> str:
    """The command, as whoever runs the installation starts it."""
    environment = {**os.environ, "KEFEN_PERSONAL_DATA_KEY_2": SECOND.decode()}
    environment["KEFEN_PERSONAL_DATA_KEY"] = FIRST.decode()
    command = [sys.executable, "-m", "kefen.config.cli", "reseal"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_everything_is_encrypted_with_the_new_key(committed_institution: InstitutionFacts) -> None:
    fill()
    neighbour = found_institution(slug="lantu", name="蓝图")
    with scope.institution(neighbour.id):
        fill()
    assert marks() == [1]
    # Two schools, each with a secret, two names and one phone; what is empty stays empty.
    assert "Encrypted 8 values anew; all are under key 2 now." in reseal()
    assert "Encrypted 0 values anew" in reseal()
    for institution in (committed_institution.id, neighbour.id):
        with scope.institution(institution):
            assert marks() == [2]
            with override_settings(PERSONAL_DATA_KEYS=ROTATED):
                key_for.cache_clear()
                assert MerchantAccount.objects.get().secrets == '{"a": "b"}'
                found = Account.objects.get(phone_index=blind_index("13800000001"))
                assert (found.name, found.phone) == ("李小明", "13800000001")
                assert Account.objects.get(phone_index=None).phone == ""
    # Whoever has the old key alone opens nothing.
    key_for.cache_clear()
    with pytest.raises(InvariantBroken):
        MerchantAccount.objects.get()


def test_a_key_that_was_put_first_encrypts_and_both_decrypt(institution: InstitutionFacts) -> None:
    fill()
    with override_settings(PERSONAL_DATA_KEYS=ROTATED):
        assert MerchantAccount.objects.get().secrets == '{"a": "b"}'
        MerchantAccount.objects.update(secrets="new")
        assert MerchantAccount.objects.get().secrets == "new"
        assert marks() == [1, 2]
    key_for.cache_clear()
    with pytest.raises(InvariantBroken):
        MerchantAccount.objects.get()


def test_scans_of_licences_are_encrypted_with_the_new_key(
    committed_institution: InstitutionFacts,
) -> None:
    scan = b"%PDF-1.7 \xff\x00 not a text"
    day = clock.now().date()
    licence = submit_licence(NewLicence("business", "9111", "知行", day, None, scan))
    assert "Encrypted 1 values anew" in reseal()
    with override_settings(PERSONAL_DATA_KEYS=ROTATED):
        key_for.cache_clear()
        assert read_scan(licence).content == scan
    key_for.cache_clear()
    with pytest.raises(InvariantBroken):
        read_scan(licence)
