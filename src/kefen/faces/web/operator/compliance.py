"""The compliance centre: limits and what is frozen, texts, inviters, complaints, evidence."""

from uuid import UUID

from django.http import HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from kefen.catalog import queries as catalog
from kefen.compliance import actions, queries
from kefen.compliance.contracts import ComplaintState
from kefen.core.errors import DomainError, InvalidInput, NotFound
from kefen.core.words import forbidden
from kefen.faces.web import problems, typed
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator import compliance_build as build
from kefen.faces.web.operator.compliance_screens import MendScreen
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.typed import identity_of
from kefen.platform.exports import actions as exports
from kefen.platform.exports.contracts import Format
from kefen.platform.identity import rights
from kefen.platform.identity.rights import Deed
from kefen.platform.wording import actions as wording
from kefen.platform.wording import queries as words
from kefen.promoters import queries as promoters

_MENDED_BY = {"course": Deed.COURSES, "lesson": Deed.COURSES, "promoter": Deed.PROMOTERS}
_LONG = frozenset({"summary", "outline", "trial_text", "teacher_about"})


@require_safe
@operator_page()
def overview(entry: Entry) -> HttpResponse:
    """Limits, cost ratio, agreements, what is frozen."""
    return entry.show("web/operator/compliance.html", build.overview(entry), "compliance")


@require_safe
@operator_page()
def texts(entry: Entry) -> HttpResponse:
    """Forbidden words in what is saved, and the lists of words."""
    return entry.show("web/operator/compliance_texts.html", build.texts(entry), "compliance")


@require_POST
@operator_page(may="compliance")
def hit_keep(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """Let a text stay, and say why."""
    try:
        actions.keep(identity_of(id), entry.posted.get("note", ""), actor=entry.actor)
    except InvalidInput as refusal:
        form = problems.form_of(refusal, {"note": "", **entry.posted})
        screen = build.texts(entry, refused=id, form=form)
        return entry.show("web/operator/compliance_texts.html", screen, "compliance", 422)
    entry.say(_("Noted. When the text changes it is looked at again."))
    return entry.to("operator_texts")


@require_POST
@operator_page(may="compliance")
def own_words(entry: Entry) -> HttpResponse:
    """Add a word of the school's own, take one back, or look through everything now."""
    values = {"word": "", **entry.posted}
    try:
        match values.get("decision"):
            case "forbid":
                wording.forbid(values["word"], actor=entry.actor)
                actions.ask_to_look()
                entry.say(_("Forbidden from now on; what is saved already is looked through."))
            case "allow":
                wording.allow(values["word"], actor=entry.actor)
                actions.ask_to_look()
                entry.say(_("Allowed again."))
            case "look":
                actions.ask_to_look()
                entry.say(_("It is being looked through; reload in a moment."))
            case _other:
                raise InvalidInput(field="decision", reason="choose one of the list")
    except DomainError as refusal:
        form = problems.form_of(refusal, values, field="word")
        status = problems.status_of(refusal)
        screen = build.texts(entry, words=form)
        return entry.show("web/operator/compliance_texts.html", screen, "compliance", status)
    return entry.to("operator_texts")


@require_http_methods(["GET", "POST"])
@operator_page()
def mend(entry: Entry, kind: str, key: str, field: str) -> HttpResponse:
    """Where a text is written anew: a course's and its lessons' in their editor, a promoter's name
    here, refused with the word marked."""
    deed = _MENDED_BY.get(kind)
    if deed is None:
        raise NotFound(what=kind)
    rights.require(deed)
    if kind != "promoter":
        return _to_editor(entry, kind, key, field)
    place = f"{kind}:{key}"
    found = next((one for one in queries.texts_at(place) if one.field == field), None)
    if found is None:
        raise NotFound(what=place)
    form = Form({"text": found.text})
    if entry.request.method == "POST":
        values = {"text": "", **entry.posted}
        try:
            actions.rename_promoter(key, values["text"], actor=entry.actor)
        except DomainError as refusal:
            form = problems.form_of(refusal, values, field="text")
            return _mend(entry, found.text, form, (kind, key, found.title, field), 422)
        entry.say(_("Saved; the public reads it from now on."))
        return entry.to("operator_texts")
    return _mend(entry, found.text, form, (kind, key, found.title, field))


def _to_editor(entry: Entry, kind: str, key: str, field: str) -> HttpResponse:
    """The course's page, at the field or at its lessons. Raises NotFound."""
    if field not in {one.field for one in queries.texts_at(f"{kind}:{key}")}:
        raise NotFound(what=field)
    if entry.request.method == "POST":
        raise NotFound(what=kind)
    code, spot = key, f"field-{field}"
    if kind == "lesson":
        code, spot = catalog.page_of_lesson(UUID(key)).code, "lessons"
    return HttpResponseRedirect(f"{entry.address('operator_course', code)}#{spot}")


def _mend(
    entry: Entry, text: str, form: Form, where: tuple[str, str, str, str], status: int = 200
) -> HttpResponse:
    kind, key, title, field = where
    spans = forbidden(text, words.words().all)
    screen = MendScreen(
        kind=kind,
        key=key,
        title=title,
        field=field,
        marked=problems.with_marks(text, spans),
        long=field in _LONG,
        form=form,
        waiting=queries.waiting(),
    )
    return entry.show("web/operator/compliance_mend.html", screen, "compliance", status)


@require_safe
@operator_page()
def inviters(entry: Entry) -> HttpResponse:
    """Who invited whom."""
    return entry.show("web/operator/compliance_inviters.html", build.inviters(entry), "compliance")


@require_POST
@operator_page(may="compliance")
def alarm_note(entry: Entry, code: str) -> HttpResponse:
    """Note that an alarm was looked at."""
    promoter = promoters.by_code(code)
    try:
        actions.note_alarm(promoter.id, entry.posted.get("note", ""), actor=entry.actor)
    except InvalidInput as refusal:
        form = problems.form_of(refusal, {"note": "", **entry.posted})
        screen = build.inviters(entry, refused=code, form=form)
        return entry.show("web/operator/compliance_inviters.html", screen, "compliance", 422)
    entry.say(_("Noted. It comes back when more persons or levels are added."))
    return entry.to("operator_inviters")


@require_safe
@operator_page()
def complaints(entry: Entry) -> HttpResponse:
    """What was reported from outside."""
    screen = build.complaints(entry)
    return entry.show("web/operator/compliance_complaints.html", screen, "compliance")


@require_POST
@operator_page(may="compliance")
def complaint(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """Answer one, or close it."""
    one, values = queries.complaint(identity_of(id)), {"note": "", **entry.posted}
    try:
        decision = values.get("decision", "")
        if decision not in (ComplaintState.ANSWERED, ComplaintState.CLOSED):
            raise InvalidInput(field="decision", reason="choose one of the list")
        actions.answer(one.id, ComplaintState(decision), values["note"], actor=entry.actor)
    except DomainError as refusal:
        form = problems.form_of(refusal, values)
        screen = build.complaints(entry, refused=id, form=form)
        status = problems.status_of(refusal)
        return entry.show("web/operator/compliance_complaints.html", screen, "compliance", status)
    entry.say(_("The decision is noted."))
    return entry.to("operator_complaints")


@require_POST
@operator_page(may="compliance")
def contact(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """Show how to reach who sent one, in full, once; it stands in the audit log."""
    known = actions.read_contact(identity_of(id), actor=entry.actor)
    screen = build.complaints(entry, contact=(id, known))
    return entry.show("web/operator/compliance_complaints.html", screen, "compliance")


@require_POST
@operator_page(may="evidence")
def evidence(entry: Entry) -> HttpResponse:
    """Ask for the evidence of a time; a job writes it."""
    values = {"from": "", "to": "", **entry.posted}
    first, last = typed.day(values["from"]), typed.day(values["to"])
    try:
        if first is None or last is None:
            missing = "from" if first is None else "to"
            raise InvalidInput(field=missing, reason="write a day")
        if last < first:
            raise InvalidInput(field="to", reason="it ends before it begins")
    except InvalidInput as refusal:
        screen = build.overview(entry, problems.form_of(refusal, values))
        return entry.show("web/operator/compliance.html", screen, "compliance", 422)
    period = {"from": first.isoformat(), "to": last.isoformat()}
    exports.ask("evidence", Format.ZIP, actor=entry.actor, parameters=period)
    entry.say(_("The evidence is being put together; you find it here."))
    return entry.to("operator_tasks")
