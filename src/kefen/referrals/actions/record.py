"""Recording visits through links; each may replace a binding (domain.md §2)."""

from collections.abc import Sequence
from uuid import UUID

from django.db import connection, transaction

from kefen.catalog import queries as catalog
from kefen.core.attribution import Binding, PromoterFact, Touch, bind_on_touch
from kefen.core.errors import DomainError, UnknownCourse, UnknownPromoter
from kefen.core.ids import uuid7
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.scope import institution_id
from kefen.programmes import queries as programmes
from kefen.programmes.contracts import Schedule
from kefen.promoters import queries as promoters
from kefen.promoters.contracts import PromoterRecord
from kefen.referrals.contracts import Visit
from kefen.referrals.history import BoundTo, History, history_of
from kefen.referrals.locks import lock_students
from kefen.referrals.models import Binding as BindingRow
from kefen.referrals.models import Touch as TouchRow
from kefen.referrals.networks import network_digest

_COLUMNS = (
    *("id", "visitor_id", "promoter_id", "course_id", "link_id", "at"),
    *("network", "automated"),
)


@transaction.atomic
def record_visits(visits: Sequence[Visit]) -> list[DomainError | None]:
    """Record visits in order of arrival; answers, for each, None or why it was refused
    (UnknownPromoter, UnknownCourse). Refused visits leave nothing behind."""
    known = promoters.by_codes(visit.promoter for visit in visits)
    codes = {visit.course for visit in visits if visit.course is not None}
    courses = catalog.by_codes(codes) if codes else {}
    answers: list[DomainError | None] = []
    rows, accepted = [], []
    for visit in visits:
        promoter = known.get(visit.promoter)
        if promoter is None:
            answers.append(UnknownPromoter(promoter=visit.promoter))
            continue
        if visit.course is not None and visit.course not in courses:
            answers.append(UnknownCourse(course=visit.course))
            continue
        answers.append(None)
        course_id = None if visit.course is None else courses[visit.course].id
        known_by = (uuid7(), visit.visitor, promoter.id, course_id, visit.link_id, visit.at)
        rows.append((*known_by, network_digest(visit.network, visit.at), visit.automated))
        accepted.append((visit, promoter))
    insert_rows(TouchRow, _COLUMNS, rows)
    _replace_bindings(accepted)
    return answers


def _replace_bindings(accepted: list[tuple[Visit, PromoterRecord]]) -> None:
    schedule = programmes.schedule()
    binding = [pair for pair in accepted if _binds(schedule, pair[0])]
    if not binding:
        return
    tied = _students_of({visit.visitor for visit, _ in binding})
    students = {student for found in tied.values() for student in found}
    if not students:
        return
    lock_students(students)
    history = history_of(students, bindings=True, touches=False)
    for visit, promoter in binding:
        for student in tied.get(visit.visitor, ()):
            _replace(schedule, history, visit, promoter, student)


def _binds(schedule: Schedule, visit: Visit) -> bool:
    version = schedule.in_force(visit.at)
    return version is not None and version.terms.policy.binding_days > 0


def _students_of(visitors: set[UUID]) -> dict[UUID, list[UUID]]:
    """The students that visitors are tied to by now."""
    found: dict[UUID, list[UUID]] = {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT visitor_id, student_id FROM referrals_tie"
            " WHERE institution_id = %s AND visitor_id = ANY(%s) ORDER BY student_id",
            [institution_id(), list(visitors)],
        )
        for visitor, student in cursor.fetchall():
            found.setdefault(visitor, []).append(student)
    return found


def _replace(
    schedule: Schedule, history: History, visit: Visit, promoter: PromoterRecord, student: UUID
) -> None:
    version = schedule.in_force(visit.at)
    current = history.binding_at(student, visit.at)
    if version is None or current is None:
        return
    account = promoter.account_id
    new = bind_on_touch(
        current=current.value,
        touch=Touch(promoter.code, visit.at, visit.course),
        policy=version.terms.policy,
        student=student,
        promoters={
            promoter.code: PromoterFact(promoter.code, promoter.active_at(visit.at), account)
        },
    )
    if new is None:
        return
    cut = history.next_start(student, new.starts_at)
    if cut is not None and cut >= new.ends_at:
        cut = None
    BindingRow.objects.filter(id=current.id).update(replaced_at=new.starts_at)
    row = BindingRow.objects.create(
        student_id=student,
        promoter_id=promoter.id,
        starts_at=new.starts_at,
        ends_at=new.ends_at,
        replaced_at=cut,
    )
    mine = history.bindings[student]
    ended = Binding(current.value.promoter, current.value.starts_at, new.starts_at)
    mine[mine.index(current)] = BoundTo(current.id, ended, current.promoter)
    kept = Binding(new.promoter, new.starts_at, cut or new.ends_at)
    mine.append(BoundTo(row.id, kept, promoter))
