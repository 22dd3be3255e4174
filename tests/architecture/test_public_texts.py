"""Every text that somebody can save stands here: the public reads it, and the verbs that save it
refuse forbidden words; or it does not, and why."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models

from kefen.catalog import actions as catalog
from kefen.catalog.contracts import PUBLIC_TEXTS
from kefen.catalog.models import Course, Session
from kefen.core.errors import ForbiddenWords
from kefen.core.terms import CourseScope, Percent, PromoterKind, PromoterScope, Rule
from kefen.platform import clock
from kefen.platform.identity.personal import PersonalField
from kefen.platform.tenancy import actions as tenancy
from kefen.platform.wording import actions as wording
from kefen.programmes import actions as programmes
from kefen.promoters import actions as promoters
from kefen.promoters.models import Promoter
from tests.factories.people import make_promoter, make_student
from tests.factories.terms import make_terms

WORD = "secret-price"

MACHINE = "written by the product or by a channel, not by a person"
WITHIN = "read by the school, or by the one person whom it is about"
PERSONAL = "personal data, encrypted, masked where it is shown"
SETTING = "a setting of the school or the platform"

NOT_PUBLIC: dict[str, str] = {
    MACHINE: """
        catalog.Course.cover_digest catalog.Cover.digest
        commissions.Cut.reason compliance.Hit.after compliance.Hit.before compliance.Hit.title
        compliance.Hit.word orders.StrayPayment.reason payouts.BankFileRow.reason
        payouts.BankFileRow.told payouts.PayoutBatchItem.problem reconciliation.BillDay.reason
        reconciliation.BillEntry.note reconciliation.BillEntry.subject
        reconciliation.Difference.subject referrals.Attribution.reason
        risk.Signal.finding risk.Signal.subject oversight.Figures.cap
        compliance.Licence.media_type compliance.Reveal.subject compliance.Reveal.key
        compliance.Reveal.handle compliance.Reveal.network compliance.Reveal.device
        compliance.RevealView.network compliance.RevealView.device
    """,
    WITHIN: """
        identity.Membership.display_name promoters.Promoter.group promoters.Promoter.about
        promoters.Promoter.decision_reason referrals.Link.label orders.Refund.reason
        orders.RefundAsk.reason orders.RefundAsk.answer commissions.Commission.state_reason
        commissions.Question.text commissions.Question.answer
        orders.LeftCashier.decision orders.LeftCashier.note orders.LeftCashier.named_number
        reconciliation.Difference.note payouts.Withdrawal.state_reason
        compliance.Hit.note compliance.GraphAlarm.note compliance.Complaint.about
        compliance.Complaint.text compliance.Complaint.note referrals.Attribution.group
        programmes.Rule.promoter_value programmes.Rule.course_value
        saved_filters.SavedFilter.name saved_filters.SavedFilter.query risk.Signal.reason
        tenancy.Institution.state_reason tenancy.Limits.reason
        compliance.Licence.holder compliance.LicenceDecision.reason compliance.Reveal.reason
    """,
    PERSONAL: """
        identity.Membership.contact identity.Account.name identity.Account.phone
        identity.Identity.real_name identity.Identity.id_number compliance.Complaint.contact
        payouts.PayoutAccount.account
        payouts.PayoutAccount.name payouts.PayoutAccount.bank_name payouts.Withdrawal.receiver
        payouts.Withdrawal.receiver_name payouts.Withdrawal.receiver_bank
    """,
    SETTING: """
        tenancy.Limits.forbidden_words wording.OwnWord.word promoters.Admission.automatic
        identity.WeChatApp.secret tenancy.Institution.plan
    """,
}
# Rooms whose tables hold no sentence that a person of the school or a promoter writes.
WITHOUT_WRITERS = {"audit", "inbox", "merchants", "exports", "ledger", "splits", "standings"}
# What is called so holds codes, numbers and names of states, in every table.
CODES = {
    *("state", "status", "kind", "number", "code", "channel", "channel_number"),
    *("order_number", "short_code", "currency", "their_currency", "medium", "language"),
    *("encoding", "bank_encoding", "url", "confirm_url", "ledger_key", "verdict"),
    *("resolution", "rule", "rule_key", "way", "role", "metric", "period", "prizes"),
    *("model", "touch_scope", "base", "promoter_scope", "course_scope", "tier_metric"),
    *("tier_period", "app_id", "openid", "place", "field", "slug", "time_zone", "tax_rule"),
    *("accent", "agreement_version", "cover_tone", "trial_video", "change", "cause"),
}
KINDS = (models.CharField, models.TextField, PersonalField, ArrayField)


def course(**other: Any) -> catalog.NewCourse:
    return catalog.NewCourse(code="c", title="t", category="x", list_price=1, **other)


def schedule() -> Any:
    made = catalog.add_course(course())
    return catalog.schedule(made, [catalog.NewSession(WORD, clock.now(), 1)])


def move_lesson() -> None:
    made = catalog.add_course(course())
    catalog.schedule(made, [catalog.NewSession("x", clock.now() + timedelta(days=1), 1)])
    row = Session.objects.get()
    catalog.move_lesson(row.id, catalog.NewSession(WORD, row.starts_at, row.minutes))


def add(field: str) -> Callable[[], Any]:
    if field.startswith("trial_"):
        part = field.removeprefix("trial_")
        trial = replace(catalog.Trial("t", 1, "x"), **{part: WORD})
        return lambda: catalog.add_course(course(trial=trial))
    return lambda: catalog.add_course(replace(course(), **{field: WORD}))


def change(field: str) -> Callable[[], Any]:
    told = course()
    if field.startswith("trial_"):
        part = field.removeprefix("trial_")
        told = replace(told, trial=replace(catalog.Trial("t", 1, "x"), **{part: WORD}))
    else:
        told = replace(told, **{field: WORD})

    def run() -> None:
        catalog.add_course(course())
        catalog.change_course(told)

    return run


def apply(verb: Callable[..., Any]) -> Callable[[], Any]:
    student = PromoterKind.STUDENT
    told = {"code": "p", "kind": student, "nickname": WORD, "agreed": True, "adult": True}
    return lambda: verb(account_id=make_student(), **told)


def rename() -> None:
    make_promoter(code="p")
    promoters.rename("p", WORD)


def publish() -> None:
    rule = Rule(key=WORD, promoter=PromoterScope(), course=CourseScope(), level1=Percent(1))
    programmes.publish(make_terms(rules=(rule,), effective_from=clock.now() + timedelta(days=1)))


# The verbs that save each public text. Taking over (`take_over`, `enrol`) publishes nothing new;
# compliance.look finds what came that way.
PUBLIC: dict[str, dict[str, Callable[[], Any]]] = {
    **{
        f"catalog.Course.{field}": {"add_course": add(field), "change_course": change(field)}
        for field in PUBLIC_TEXTS
        if field != "cover_glyph"
    },
    # Two signs: a word of the school's own is longer than that.
    "catalog.Course.cover_glyph": {
        "add_course": lambda: catalog.add_course(course(cover_glyph="躺赚")),
    },
    "catalog.Session.title": {"schedule": schedule, "move_lesson": move_lesson},
    "promoters.Promoter.nickname": {
        "apply": apply(promoters.apply),
        "join": apply(promoters.join),
        "rename": rename,
    },
    "programmes.Rule.key": {"publish": publish},
    "tenancy.Institution.name": {
        "found_institution": lambda: tenancy.found_institution(slug="other", name="躺赚学堂"),
    },
}
DRIVERS = [(column, verb) for column, verbs in PUBLIC.items() for verb in verbs]


def texts() -> set[str]:
    """Every column in which a person may write something."""
    found = set()
    for model in apps.get_models():
        if not model.__module__.startswith("kefen.") or model.__module__.startswith(
            "kefen.adapters"
        ):
            continue
        label = model._meta.label
        for field in model._meta.fields:
            known = f"{label}.{field.name}"
            named = field.name not in CODES and model._meta.app_label not in WITHOUT_WRITERS
            if isinstance(field, KINDS) and (named or known in PUBLIC):
                found.add(known)
    return found


def test_every_text_is_public_or_says_why_not() -> None:
    excused = {name for names in NOT_PUBLIC.values() for name in names.split()}
    shared = {"identity.User.password", "identity.User.handle"}
    assert texts() - set(PUBLIC) - excused - shared == set()
    every = {f"{m._meta.label}.{f.name}" for m in apps.get_models() for f in m._meta.fields}
    assert (set(PUBLIC) | excused) - every == set(), "an excuse for what does not exist"
    assert set(PUBLIC) & excused == set()


@pytest.mark.parametrize(("column", "verb"), DRIVERS, ids=str)
def test_it_is_refused_where_it_is_saved(institution: object, column: str, verb: str) -> None:
    wording.forbid(WORD)
    with pytest.raises(ForbiddenWords) as refused:
        PUBLIC[column][verb]()
    spans: Any = refused.value.params["spans"]
    text = str(refused.value.params["text"])
    assert [text[start:end] for start, end, _word in spans]
    written = [*Course.objects.all(), *Session.objects.all(), *Promoter.objects.all()]
    assert WORD not in str([vars(row) for row in written])
