"""Students reserved for a promoter, and moving one to another promoter."""

from typing import Final
from uuid import UUID

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from kefen.core.errors import DomainError, NotFound
from kefen.core.states import PromoterStatus
from kefen.faces.web import names, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.binding_screens import BoundStudent, BoundStudents, RebindScreen
from kefen.faces.web.shared.screens import Form, Option
from kefen.platform import clock
from kefen.promoters import queries as promoters
from kefen.promoters.models import Promoter
from kefen.referrals import actions, queries
from kefen.referrals.models import Binding

_SHOWN: Final = 20
_OPTIONS: Final = 200
_PAGE: Final = "web/operator/rebind.html"


def students_of(row: Promoter) -> BoundStudents:
    """The students who are reserved for a promoter now."""
    found = queries.bound_to(row.id, clock.now())
    shown = list(found[:_SHOWN])
    known = names.students(one.student_id for one in shown)
    return BoundStudents(found.order_by().count(), tuple(_student(one, known) for one in shown))


def _student(one: Binding, known: dict[UUID, str]) -> BoundStudent:
    return BoundStudent(str(one.id), known.get(one.student_id, ""), one.starts_at, one.ends_at)


@require_http_methods(["GET", "POST"])
@operator_page(may="promoters")
def rebind(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - the address's word
    """Move a reserved student: first what follows, then the deed."""
    row = queries.binding(_identity(id))
    if entry.request.method == "GET":
        return entry.show(_PAGE, _screen(row), "promoters")
    wanted = entry.posted.get("promoter", "").strip()
    reason = entry.posted.get("reason", "")
    try:
        actions.rebind(row.id, wanted, reason=reason, actor=entry.actor)
    except DomainError as refusal:
        values = {"promoter": "", "reason": "", **entry.posted}
        form = problems.form_of(refusal, values, entry.school.currency)
        status = problems.status_of(refusal)
        return entry.show(_PAGE, _screen(row, form), "promoters", status)
    entry.say(_("Moved. It counts for orders from now on, and both promoters' pages say so."))
    return entry.to("operator_promoter", wanted)


def _screen(row: Binding, form: Form | None = None) -> RebindScreen:
    active = promoters.filtered(status=PromoterStatus.ACTIVE).exclude(id=row.promoter_id)
    return RebindScreen(
        bound=_student(row, names.students([row.student_id])),
        promoter_name=names.promoter_name(row.promoter),
        promoter_code=row.promoter.code,
        promoters=tuple(Option(one.code, names.promoter_name(one)) for one in active[:_OPTIONS]),
        form=form or Form(),
    )


def _identity(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError as error:
        raise NotFound(what="binding") from error
