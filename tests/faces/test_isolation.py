"""Another school's things do not exist: every address, with a neighbour's ids, by whoever is signed
in at one's own school. The list is the table of addresses itself: a new page is covered, or fails
here until it is said what its parameters are."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from io import BytesIO
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from PIL import Image

from kefen.catalog import queries as course_rows
from kefen.catalog.actions import NewCourse, add_course, set_cover
from kefen.catalog.models import Session
from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.commissions.models import Question
from kefen.compliance.actions import submit_licence
from kefen.compliance.contracts import NewLicence
from kefen.compliance.models import Complaint, Hit, Reveal
from kefen.core.terms import PromoterKind
from kefen.faces.web import urls
from kefen.faces.web.promoter.proof import serial_of
from kefen.orders import queries as order_rows
from kefen.orders.models import LeftCashier, StrayPayment
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.models import BankFile, PayoutBatch
from kefen.platform import clock
from kefen.platform.audit.models import Record
from kefen.platform.exports import actions as exports
from kefen.platform.exports.contracts import Format
from kefen.platform.identity.actions import account_with_phone, link_user, make_user
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.models import Membership
from kefen.platform.inbox.models import Notification
from kefen.platform.merchants.models import ShutAccount
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.programmes import queries as programmes
from kefen.programmes.actions import publish
from kefen.promoters.actions import Enrolment, enrol
from kefen.promoters.queries import by_code
from kefen.reconciliation.models import Difference
from kefen.referrals.actions import make_link
from kefen.referrals.models import Binding
from kefen.risk.models import Signal
from kefen.splits.models import OrderSplit
from tests.faces.school import School, open_school

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
PEOPLE = ("owner", "promoter", "student")

# Parameters that name nothing of a school: names of channels, days, looks, versions of our texts.
OF_NOBODY = {
    "channel": "sandbox",
    "on": "2026-01-01",
    "look": "paper",
    "version": "1",
    "metric": "sales",
    "period": "month",
    "starts_on": "2026-01-01",
    "place": "orders",
    "kind": "course",
    "field": "title",
    "size": "wide",
}

# Addresses that belong to no school, with what keeps them apart.
WITHOUT_A_SCHOOL = {
    *("role_picker", "set_language", "set_theme", "demo_advance"),
    *("sign_in", "sign_in_code", "sign_in_link", "sign_out", "sign_out_everywhere"),
    *("styleguide", "styleguide_qr", "styleguide_poster", "styleguide_page"),
    # For everybody: a link leads to its own school, a proof is checked by its own school's name.
    *("short_link", "public_proof"),
    # The platform's own; to everybody else they do not exist (test_permissions.py).
    *("platform_institutions", "platform_institution_create"),
    *("platform_limits", "platform_limits_review", "platform_health", "platform_job_retry"),
    *("platform_institution", "platform_institution_state", "platform_institution_plan"),
    *("platform_risk", "platform_audit", "platform_audit_file"),
    *("platform_tasks", "platform_file", "platform_file_retry"),
    *("platform_licences", "platform_licence", "platform_licence_scan"),
    *("platform_reveals", "platform_subject", "platform_revealed"),
}

# Whatever a form may carry, so that it would do something if it were let in.
FORM = {
    "decision": "approve",
    "reason": "why",
    "amount": "1",
    "number": "n-1",
    "answer": "no",
    "note": "why",
    "role": "owner",
    "group": "gold",
    "way": "wallet",
    "question": "why?",
    "format": "csv",
    "name": "x",
    "contact": "x@example.org",
}


@dataclass
class Neighbour:
    """The school next door, and what its addresses would name there: by the word before a
    parameter, because an order, a withdrawal and a file are all called by a number."""

    school: School
    ids: dict[tuple[str, str], str] = field(default_factory=dict)


def next_door() -> Neighbour:
    facts = found_institution(slug="next-door", name="别的学校")
    with scope.institution(facts.id):
        school = open_school(facts)
        now = clock.now()
        add_course(NewCourse(code="biology", title="生物", category="x", list_price=100_00))
        with clock.at(now - timedelta(days=9)):
            order = school.buy(phone="13700000001")
        commissions.mature(now)
        mine = commission_rows.of_promoter(by_code("yu").id)[0]
        commissions.ask_about(mine.id, "为什么？")
        payouts.request(RequestWithdrawal("their-w", "yu", 20_00, now))
        account = account_with_phone("13600000009")
        enrol([Enrolment("ben", PromoterKind.STUDENT, None, account.id, now, None)])
        link = make_link(by_code("ben").id, course_id=None).short_code
        PayoutBatch.objects.create(
            number="their-b", made_by=uuid4(), made_at=now, total=0, amount=0
        )
        BankFile.objects.create(
            number="their-f", made_at=now, expected=0, encoding="utf-8", columns=["number"]
        )
        note = Notification.objects.create(
            channel="sandbox",
            event="e",
            kind="payment",
            subject=order,
            body=b"",
            state="parked",
            reason="x",
            received_at=now,
        )
        difference = Difference.objects.create(
            channel="sandbox",
            on=now.date(),
            verdict="only_theirs",
            subject="payment",
            number="x",
            nth=1,
            theirs=1,
            currency="CNY",
            at=now,
            found_at=now,
            state="open",
        )
        their = order_rows.by_number(order)
        gone = ShutAccount.objects.create(
            channel="alipay",
            gateway="https://pay.example.com",
            reason="closed",
            first_at=now,
            shut_at=now,
        )
        left = LeftCashier.objects.create(
            order_id=their.id, channel="alipay", account_id=gone.id, state="open", opened_at=now
        )
        StrayPayment.objects.create(
            order_id=their.id,
            channel="sandbox",
            channel_number="c-s",
            number="their-s",
            amount=1,
            currency="CNY",
            cause="order_not_open",
            state="failed",
            paid_at=now,
            received_at=now,
            next_at=now,
            ended_at=now,
        )
        OrderSplit.objects.create(
            order_id=their.id,
            number="their-p",
            release_number="their-r",
            channel="sandbox",
            state="failed",
            reason="amount_differs",
            closed_at=now,
        )
        photo = BytesIO()
        Image.new("RGB", (64, 36)).save(photo, "PNG")
        set_cover("biology", photo.getvalue())
        lesson = Session.objects.create(
            course_id=course_rows.by_codes(["biology"])["biology"].id,
            title="光合作用",
            starts_at=now,
            minutes=60,
        )
        ben = by_code("ben")
        binding = Binding.objects.create(
            student_id=account.id,
            promoter_id=ben.id,
            starts_at=now,
            ends_at=now + timedelta(days=30),
        )
        signal = Signal.objects.create(
            kind="link_burst",
            subject="promoter",
            subject_id=ben.id,
            promoter_id=ben.id,
            score=60,
            evidence={},
            wants_hold=False,
            happened_at=now,
            seen_at=now,
        )
        hit = Hit.objects.create(
            place="course:biology",
            title="生物",
            field="title",
            digest=b"",
            start=0,
            word="x",
            found_at=now,
        )
        complaint = Complaint.objects.create(
            kind="other", text="x", contact="", note="", origin=b"", raised_at=now
        )
        licence = submit_licence(NewLicence("business", "9111", "x", now.date(), None, b"%PDF-1.7"))
        reveal = Reveal.objects.create(
            subject="promoter",
            key="ben",
            kind="fault",
            reason="a fault is looked for",
            opened_by=uuid4(),
            handle="staff",
            opened_at=now,
            ends_at=now + timedelta(minutes=15),
        )
        days = {"from": "2026-01-01", "to": "2026-01-02"}
        ask = {"form": Format.CSV, "actor": SYSTEM}
        file = exports.ask("statement", parameters=days, **ask)
        (first,) = programmes.schedule().versions
        second = publish(replace(first.terms, effective_from=now), take_over=True).version
        backtest = commissions.ask_backtest(first.terms, 7, begun_from=1)
        own = exports.ask("statement", parameters=days, party="promoter:ben", **ask)
        return Neighbour(
            school,
            {
                ("orders", "number"): order,
                ("rebates", "proof"): serial_of(mine),
                ("income", "proof_"): serial_of(mine),
                ("withdrawals", "number"): "their-w",
                ("withdraw", "number"): "their-w",
                ("rows", "withdrawal"): "their-w",
                ("batches", "number"): "their-b",
                ("files", "number"): "their-f",
                ("files", "id"): str(own.id),
                ("tasks", "id"): str(file.id),
                ("promoters", "code"): "ben",
                ("versions", "number"): str(second.number),
                ("backtests", "id"): str(backtest),
                ("questions", "id"): str(Question.objects.get().id),
                ("notifications", "id"): str(note.id),
                ("differences", "id"): str(difference.id),
                ("courses", "code"): "biology",
                ("wide", "digest"): course_rows.page("biology").cover_digest,
                ("course", "key"): "biology",
                ("lessons", "id"): str(lesson.id),
                ("reservations", "id"): str(binding.id),
                ("risk", "id"): str(signal.id),
                ("texts", "id"): str(hit.id),
                ("complaints", "id"): str(complaint.id),
                ("licences", "id"): str(licence),
                ("platform", "id"): str(reveal.id),
                ("inviters", "code"): "ben",
                ("settlement", "number"): "their-b",
                ("strays", "number"): "their-s",
                ("left", "id"): str(left.id),
                ("splits", "number"): "their-p",
                ("team", "id"): str(Membership.objects.order_by("id")[0].id),
                ("posters", "link"): link,
                **{(word, "course"): "biology" for word in ("c", "courses", "checkout", "learn")},
            },
        )


@pytest.fixture
def neighbour(school: School) -> Neighbour:
    for user in school.users.values():  # next door work other people
        user.handle = f"{user.handle} of zhixing"
        user.save(update_fields=["handle"])
    made = next_door()
    account = account_with_phone("13700000002")
    school.buy(phone="13700000002")
    school.users["student"] = make_user("student")
    link_user(account.id, school.users["student"])
    return made


@dataclass(frozen=True)
class Address:
    """One address of the table: its name, its face, and where it leads with a school's slug."""

    name: str
    face: str
    named: bool
    path: str


def addresses(slug: str, ids: dict[tuple[str, str], str]) -> Iterator[Address]:
    """Every address of a school with these ids."""
    for pattern in urls.urlpatterns:
        route = str(pattern.pattern)
        if "<str:slug>" not in route or str(pattern.name) in WITHOUT_A_SCHOOL:
            assert str(pattern.name) in WITHOUT_A_SCHOOL, f"whose is {route}? Say it here"
            continue
        parts, named = [], False
        for part in route.split("/"):
            match = _PARAMETER.search(part)
            if match is None or match[1] == "slug":
                parts.append(slug if match else part)
                continue
            word = _PARAMETER.sub("", parts[-1])
            own = ids.get((word, match[1]))
            assert own or match[1] in OF_NOBODY, f"what is {match[1]} of {route}? Say it here"
            named = named or own is not None
            parts.append(_PARAMETER.sub(own or OF_NOBODY[match[1]], part))
        yield Address(str(pattern.name), route[0], named, "/" + "/".join(parts))


def books() -> dict[str, str]:
    """A digest of every table, of all schools; not of the log, which notes the attempts, nor of
    what a browser keeps."""
    kept = {"audit_record", "django_session"}
    tables = {model._meta.db_table for model in apps.get_models()} - kept
    found = {}
    with connection.cursor() as cursor:
        for table in sorted(tables):
            rows = "md5(string_agg(t::text, '|' ORDER BY t::text))"
            cursor.execute(f'SELECT count(*), {rows} FROM "{table}" t')
            found[table] = str(cursor.fetchone())
    return found


def every_book(neighbour: Neighbour) -> dict[str, str]:
    """The digests as each of the two schools sees its rows."""
    here = books()
    with scope.institution(neighbour.school.facts.id):
        there = books()
    return here | {f"{table} next door": digest for table, digest in there.items()}


def tried(client: Client, address: Address, neighbour: Neighbour) -> Iterator[tuple[str, int]]:
    """GET and POST; what they answer."""
    their = neighbour.ids["withdrawals", "number"]
    form = {**FORM, "withdrawal": their, "count": "1", "institution": "next-door"}
    for verb, answer in (
        ("GET", client.get(address.path)),
        ("POST", client.post(address.path, form)),
    ):
        yield verb, answer.status_code


def attempts(user: object) -> int:
    return Record.objects.filter(verb__startswith="access.", actor_user=user).count()


@pytest.mark.parametrize("who", PEOPLE)
def test_the_house_next_door_is_shut(neighbour: Neighbour, school: School, who: str) -> None:
    client, user = school.as_(who), school.users[who].id
    before, wrong, seen = every_book(neighbour), [], 0
    with scope.institution(neighbour.school.facts.id):
        noted = attempts(user)
    for address in addresses("next-door", neighbour.ids):
        # A school's shop window is for everybody; an order in it is for its student alone.
        if address.face == "t" and "/orders/" not in address.path:
            continue
        for verb, status in tried(client, address, neighbour):
            seen += status == 404
            if status not in (404, 405):
                wrong.append((verb, address.name, status))
    assert wrong == []
    assert seen > 100
    with scope.institution(neighbour.school.facts.id):
        rows = Record.objects.filter(verb__startswith="access.", actor_user=user)
        assert rows.count() - noted == seen
        names = {str(pattern.name) for pattern in urls.urlpatterns}
        assert {row.subject.removeprefix("page:") for row in rows} <= names
        assert all(row.details == {} for row in rows)
    assert every_book(neighbour) == before


@pytest.mark.parametrize("who", PEOPLE)
def test_their_ids_mean_nothing_at_ones_own(neighbour: Neighbour, school: School, who: str) -> None:
    client, user = school.as_(who), school.users[who].id
    before, noted, wrong, seen = every_book(neighbour), attempts(user), [], 0
    for address in addresses("zhixing", neighbour.ids):
        if not address.named or (address.face == "p" and who == "student"):
            continue  # a student has no promoter centre: he is led to the application
        for verb, status in tried(client, address, neighbour):
            seen += status == 404
            if status not in (404, 405):
                wrong.append((verb, address.name, status))
    assert wrong == []
    assert seen > 10
    assert attempts(user) - noted == seen
    everything = " ".join(
        f"{row.subject} {row.details}" for row in Record.objects.filter(actor_user=user)
    )
    foreign = [value for value in neighbour.ids.values() if len(value) > 4]
    assert not [value for value in foreign if value in everything]
    assert every_book(neighbour) == before


def test_a_form_that_names_what_is_theirs_does_nothing(
    neighbour: Neighbour, school: School
) -> None:
    client, before = school.as_("owner"), every_book(neighbour)
    for path in ("payouts/choose", "payouts/begin"):
        form = {"withdrawal": "their-w", "number": "n-1", "count": "1", "amount": "2000"}
        answer = client.post(school.at(path, "o"), form)
        assert answer.status_code in (302, 422), path
        assert "20.00" not in answer.content.decode()
    assert every_book(neighbour) == before
