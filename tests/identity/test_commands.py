"""Naming an address and a service account from the command line."""

import io
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from kefen.platform.identity import proofs
from kefen.platform.identity.actions import make_user
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.platform.tenancy.queries import all_institutions


def run(*words: str) -> str:
    out = io.StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_an_address_is_named(institution: InstitutionFacts) -> None:
    user = make_user("lan")
    assert "lan" in run("sign_in_email", "lan", "lan@example.org")
    assert proofs.user_by_email("lan@example.org") == user
    for words in (("nobody", "a@b.cn"), ("lan", "no address")):
        with pytest.raises(CommandError):
            run("sign_in_email", *words)


def test_a_service_account_is_named_and_its_secret_not_shown(
    institution: InstitutionFacts, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("s3cr3t\n"))
    said = run("wechat_app", institution.slug, "wx1")
    app: Any = proofs.wechat_app()
    assert (app.app_id, app.secret) == ("wx1", "s3cr3t")
    assert f"/t/{institution.slug}/sign-in/wechat/back" in said
    assert "s3cr3t" not in said
    for slug, secret in ((institution.slug, ""), ("nowhere", "s")):
        monkeypatch.setattr("sys.stdin", io.StringIO(secret))
        with pytest.raises(CommandError):
            run("wechat_app", slug, "wx2")
    assert proofs.wechat_app() == app


def test_a_school_is_founded_with_its_owners_address_or_not_at_all(
    rolled_back: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kefen.ops.management.commands.found.ensure_current", lambda: None)
    run("found", "first", "First", "--owner", "lan", "--email", "lan@example.org")
    with pytest.raises(CommandError):
        run("found", "second", "Second", "--owner", "fang", "--email", "lan@example.org")
    assert [one.slug for one in all_institutions()] == ["first"]
    assert proofs.user_by_email("lan@example.org") is not None
