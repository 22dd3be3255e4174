"""What promoters ask about their rebates, and the school's answers."""

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from kefen.commissions import actions as commissions
from kefen.commissions import queries
from kefen.core.errors import InvalidInput
from kefen.faces.web import keyset, names, problems
from kefen.faces.web.entry import Entry, operator_page
from kefen.faces.web.operator.question_screens import QuestionRow, QuestionsScreen
from kefen.faces.web.promoter.proof import serial_of
from kefen.faces.web.shared.screens import Form
from kefen.faces.web.typed import identity_of


def _screen(entry: Entry, refused: str = "", form: Form | None = None) -> QuestionsScreen:
    state = entry.query.get("state", "")
    found, keys = queries.question_list(answered=state == "answered")
    page, window = keyset.window(entry, found, keys, {"state": state})
    rows = tuple(
        QuestionRow(
            id=str(row.id),
            promoter_name=names.promoter_name(row.commission.promoter),
            promoter_code=row.commission.promoter.code,
            title=row.commission.line.course.title,
            proof=serial_of(row.commission),
            order_number=row.commission.order.number,
            amount=row.commission.booked - row.commission.reversed,
            text=row.text,
            asked_at=row.asked_at,
            answer=row.answer,
            answered_at=row.answered_at,
        )
        for row in page
    )
    return QuestionsScreen(
        entry.school.currency, rows, window, refused, form or Form(), answered=state == "answered"
    )


@require_safe
@operator_page()
def listed(entry: Entry) -> HttpResponse:
    """Those that wait, the oldest on top, or those that were answered."""
    return entry.show("web/operator/questions.html", _screen(entry), "questions")


@require_POST
@operator_page(may="commissions")
def answer(entry: Entry, id: str) -> HttpResponse:  # noqa: A002 - named as in the address
    """Answer one."""
    values = entry.posted
    try:
        commissions.answer(identity_of(id), values.get("answer", ""), actor=entry.actor)
    except InvalidInput as refusal:
        screen = _screen(entry, id, problems.form_of(refusal, values, entry.school.currency))
        status = problems.status_of(refusal)
        return entry.show("web/operator/questions.html", screen, "questions", status)
    entry.say(_("The answer stands on the promoter's proof."))
    return entry.to("operator_questions")
