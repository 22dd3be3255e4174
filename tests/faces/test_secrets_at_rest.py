"""Accounts at all channels are entered, well and badly, and nothing in the database tells a key."""

import base64
import json
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from django.contrib.sessions.models import Session
from django.db import connection

from kefen.emulators.alipay import build as build_alipay
from kefen.emulators.frame.server import running
from kefen.emulators.stripe import build as build_stripe
from kefen.platform import jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.merchants import queries
from kefen.ports import registry
from kefen.ports.merchants import Merchant
from tests.adapters.alipay_side import AlipaySide
from tests.adapters.post_box import PostBox
from tests.adapters.stripe_side import StripeSide
from tests.adapters.wechat_side import WeChatSide
from tests.faces.school import School

_SHORTEST = 12


@pytest.fixture
def accounts(tmp_path: Path) -> Iterator[dict[str, tuple[Merchant, Merchant]]]:
    """Two good accounts at each channel: one to enter, one to change to."""
    with ExitStack() as stack:
        box = stack.enter_context(PostBox())
        wechat = stack.enter_context(closing(WeChatSide(tmp_path / "wechat")))
        emulator = build_alipay(tmp_path / "alipay")
        address = stack.enter_context(running(emulator, delivering=False))
        alipay = AlipaySide(address, emulator, box)
        stack.enter_context(closing(alipay.http))
        emulated = build_stripe(tmp_path / "stripe")
        address = stack.enter_context(running(emulated, delivering=False))
        stripe = StripeSide(address, box)
        stack.enter_context(closing(stripe.control))
        yield {
            "wechat_pay": (wechat.merchants["zhixing"], wechat.merchants["another"]),
            "alipay": (alipay.merchants["zhixing"], alipay.merchants["another"]),
            "stripe": (stripe.accounts["zhixing"], stripe.accounts["another"]),
        }


def everything() -> Iterator[tuple[str, str]]:
    """Each row of each table, bytes as hexadecimal digits, and what sessions say when decoded."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        tables = sorted(name for (name,) in cursor.fetchall())
        assert {"audit_record", "procrastinate_jobs", "django_session"} <= set(tables)
        for table in tables:
            cursor.execute(f'SELECT row_to_json(t)::text FROM "{table}" t')
            for (row,) in cursor.fetchall():
                yield table, row
    for session in Session.objects.all():
        yield "django_session, decoded", json.dumps(session.get_decoded(), ensure_ascii=False)


def written(secret: str) -> set[str]:
    """How a secret may stand somewhere: line by line, plainly, in base64 or in hexadecimal."""
    lines = {line.strip() for line in secret.splitlines()}
    found = {line for line in lines if len(line) >= _SHORTEST and not line.startswith("-----")}
    encoded = {base64.b64encode(line.encode()).decode()[:-4] for line in found}
    return found | encoded | {line.encode().hex() for line in found}


def found_in_database(secrets: set[str]) -> set[str]:
    """The tables in which any of these stand."""
    wanted = {text for secret in secrets for text in written(secret)}
    assert wanted
    return {table for table, row in everything() if any(text in row for text in wanted)}


def test_no_table_tells_a_key(
    school: School, accounts: dict[str, tuple[Merchant, Merchant]]
) -> None:
    owner, secrets = school.as_("owner"), set[str]()
    for channel, (first, second) in accounts.items():
        page = school.at(f"channels/{channel}", "o")
        names = {one.name for one in registry.channel(channel).fields if not one.told}
        for merchant in (first, second):
            settings = {name: text for name, text in merchant.settings.items() if name in names}
            form = {**settings, **merchant.secrets, "gateway": merchant.gateway, "active": "1"}
            secrets |= {text for text in merchant.secrets.values() if len(text) >= _SHORTEST}
            # Refused at first, with the secrets in the form; then a good one.
            refused = owner.post(page, {**form, "gateway": "https://elsewhere.example"})
            assert refused.status_code == 422
            assert not any(text in refused.content.decode() for s in secrets for text in written(s))
            assert owner.post(page, form).status_code == 302, channel
        owner.post(school.at(f"channels/{channel}/try", "o"))
        told = queries.merchants_of(channel)(school.facts.slug)
        kept = {name: text.strip() for name, text in accounts[channel][1].secrets.items() if text}
        assert kept.items() <= dict(told.secrets).items()
    assert len(secrets) >= 8
    assert found_in_database(secrets) == set()


@pytest.mark.parametrize("where", ["audit_record", "procrastinate_jobs", "django_session, decoded"])
def test_a_key_that_is_told_would_be_found(school: School, where: str) -> None:
    secret = "sk_live_that_somebody_wrote_down"
    if where == "audit_record":
        audit.record(SYSTEM, "merchant.connected", "merchant:stripe", key=secret)
    elif where == "procrastinate_jobs":
        jobs.enqueue("refunds.send", refund=secret)
    else:
        session = school.as_("owner").session
        session["form"] = secret
        session.save()
    assert where in found_in_database({secret})
