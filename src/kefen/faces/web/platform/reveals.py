"""Personal data on the platform's console: masked, or in full for fifteen minutes with a reason."""

import math
from datetime import timedelta

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from kefen.compliance import actions, queries
from kefen.compliance.contracts import RevealSubject
from kefen.core.errors import DomainError, InvalidInput, NotFound, RevealEnded
from kefen.faces.web import keyset, problems
from kefen.faces.web.entry import Entry, platform_page
from kefen.faces.web.operator.reveals import row_of
from kefen.faces.web.platform.reveal_screens import LooksScreen, RevealedScreen, SubjectScreen
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.typed import identity_of
from kefen.platform import clock
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts

_LIST, _ONE, _OPEN = (f"web/platform/{one}.html" for one in ("reveals", "subject", "revealed"))
_SECOND = timedelta(seconds=1)


@require_safe
@platform_page
def listed(entry: Entry) -> HttpResponse:
    """Looks at one school's personal data, and the way to a subject."""
    every = tenancy.all_institutions()
    choices = tuple(Option(one.slug, one.name) for one in every)
    chosen = next((one for one in every if one.slug == entry.query.get("institution")), None)
    if chosen is None:
        return entry.show(_LIST, LooksScreen(choices), "reveals")
    values = {name: entry.query.get(name, "").strip() for name in ("subject", "key")}
    form = Form(values)
    with scope.institution(chosen.id):
        if values["key"]:
            try:
                subject = _subject(values["subject"])
                queries.subject_account(subject, values["key"])
            except NotFound:
                wrong = InvalidInput(field="key", reason="nobody here has this number or code")
                form = problems.form_of(wrong, values)
            else:
                return entry.to("platform_subject", chosen.slug, subject.value, values["key"])
        rows, window = keyset.window(
            entry, queries.reveals(), ("-id",), {"institution": chosen.slug}
        )
        now = clock.now()
        shown = tuple(row_of(row, now) for row in rows)
    return entry.show(_LIST, LooksScreen(choices, chosen.slug, shown, window, form), "reveals")


def _subject(text: str) -> RevealSubject:
    try:
        return RevealSubject(text)
    except ValueError:
        raise NotFound(what="subject") from None


@require_http_methods(["GET", "POST"])
@platform_page
def subject(entry: Entry, slug: str, subject: str, key: str) -> HttpResponse:
    """A subject, masked; POST opens a reveal."""
    facts, whose = tenancy.by_slug(slug), _subject(subject)
    with scope.institution(facts.id):
        if entry.request.method == "GET":
            return entry.show(_ONE, _masked(entry, facts, whose, key), "reveals")
        values = {"kind": "", "reason": "", **entry.posted}
        try:
            opened = actions.open_reveal(
                whose, key, values["kind"], values["reason"], actor=entry.actor
            )
        except NotFound:
            raise
        except DomainError as refusal:
            screen = _masked(entry, facts, whose, key, problems.form_of(refusal, values))
            return entry.show(_ONE, screen, "reveals", problems.status_of(refusal))
    return entry.to("platform_revealed", slug, str(opened))


@require_safe
@platform_page
def revealed(entry: Entry, slug: str, id: str) -> HttpResponse:  # noqa: A002 - by the address
    """A subject in full, each reading noted; when the reveal ends the page goes by itself."""
    facts, number = tenancy.by_slug(slug), identity_of(id)
    with scope.institution(facts.id):
        row = queries.reveal(number)
        whose = RevealSubject(row.subject)
        try:
            person = actions.read_revealed(number, actor=entry.actor)
        except RevealEnded as refusal:
            form = Form({}, {}, problems.sentence(refusal))
            masked = _masked(entry, facts, whose, row.key, form)
            return entry.show(_ONE, masked, "reveals", problems.status_of(refusal))
        now = clock.now()
        shown = row_of(queries.reveals().get(id=number), now)
        screen = RevealedScreen(facts.slug, facts.name, shown, person)
        response = entry.show(_OPEN, screen, "reveals")
    left = math.ceil((row.ends_at - now) / _SECOND)
    way = reverse("web:platform_subject", args=(slug, row.subject, row.key))
    response["Refresh"] = f"{left}; url={way}"
    return response


def _masked(
    entry: Entry, facts: InstitutionFacts, whose: RevealSubject, key: str, form: Form | None = None
) -> SubjectScreen:
    """A subject as the fields themselves give it to the platform's staff."""
    person, now = queries.personal_of(whose, key), clock.now()
    open_ones = queries.reveals().filter(subject=whose.value, key=key, ends_at__gt=now)
    opened = next((row for row in open_ones if row.opened_by == entry.actor.user), None)
    return SubjectScreen(
        slug=facts.slug,
        school=facts.name,
        subject=whose.value,
        key=key,
        person=person,
        opened="" if opened is None else str(opened.id),
        ends_at=None if opened is None else opened.ends_at,
        form=form or Form(),
    )
