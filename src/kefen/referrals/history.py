"""What is known about students: their touches and their bindings, read set-based."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from kefen.core.attribution import Binding, Touch
from kefen.platform.tenancy.scope import institution_id
from kefen.promoters.contracts import PromoterRecord
from kefen.promoters.queries import COLUMNS, record_of

_PROMOTER = ", ".join(f'p."{column}"' for column in COLUMNS)

# What is known of each found touch; one look-up by key for each, whatever the planner expects.
_NAMED = """
  JOIN LATERAL (SELECT p.* FROM promoters_promoter p
                 WHERE p.institution_id = %(institution)s AND p.id = t.promoter_id
                OFFSET 0) AS p ON true
  LEFT JOIN LATERAL (SELECT c.code FROM catalog_course c
                      WHERE c.institution_id = %(institution)s AND c.id = t.course_id
                     OFFSET 0) AS c ON true
 ORDER BY t.id
"""
_FOUND = f"SELECT t.owner, t.id, t.at, c.code, {_PROMOTER}"

# All touches of students: those of every visitor tied to them, past and future, and the codes
# they typed; in order of arrival.
_TOUCHES = f"""
{_FOUND}
  FROM unnest(%(students)b::uuid[]) AS s(id)
  JOIN LATERAL (SELECT s.id AS owner, v.id, v.at, v.course_id, v.promoter_id
                  FROM referrals_tie tie
                  JOIN referrals_touch v
                    ON v.institution_id = tie.institution_id AND v.visitor_id = tie.visitor_id
                 WHERE tie.institution_id = %(institution)s AND tie.student_id = s.id
                UNION ALL
                SELECT s.id, t.id, t.at, t.course_id, t.promoter_id
                  FROM referrals_touch t
                 WHERE t.institution_id = %(institution)s AND t.student_id = s.id) AS t ON true
{_NAMED}"""

# For each purchase the touches of its student and those of visitors who are not tied; UNION,
# because they may be. One look-up by key for each visitor, as above.
_TOUCHES_WITH_VISITORS = f"""
SELECT t.place, t.id, t.at, c.code, {_PROMOTER}
  FROM unnest(%(places)b::int[], %(owners)b::uuid[], %(visitors)b::text[])
       AS s(place, owner, visitors)
  JOIN LATERAL (SELECT s.place, v.*
                  FROM (SELECT tie.visitor_id FROM referrals_tie tie
                         WHERE tie.institution_id = %(institution)s AND tie.student_id = s.owner
                        UNION SELECT unnest(s.visitors::uuid[])) AS w(id)
                  JOIN LATERAL (SELECT v.id, v.at, v.course_id, v.promoter_id
                                  FROM referrals_touch v
                                 WHERE v.institution_id = %(institution)s AND v.visitor_id = w.id
                                OFFSET 0) AS v ON true
                UNION
                SELECT s.place, t.id, t.at, t.course_id, t.promoter_id
                  FROM referrals_touch t
                 WHERE t.institution_id = %(institution)s AND t.student_id = s.owner) AS t ON true
{_NAMED}"""

_BINDINGS = f"""
SELECT b.student_id, b.id, b.starts_at, least(b.ends_at, b.replaced_at), {_PROMOTER}
  FROM referrals_binding b
  JOIN promoters_promoter p ON p.institution_id = b.institution_id AND p.id = b.promoter_id
 WHERE b.institution_id = %(institution)s AND b.student_id = ANY(%(students)s)
 ORDER BY b.id
"""


@dataclass(frozen=True, slots=True)
class BoundTo:
    """A stored binding; `value.ends_at` is its end or the instant it was replaced."""

    id: UUID
    value: Binding
    promoter: PromoterRecord

    def active_at(self, at: datetime) -> bool:
        """Does it reserve the student at `at`?"""
        return self.value.starts_at <= at < self.value.ends_at


class History:
    """Touches (in order of arrival), their ids, bindings and promoters of some students."""

    def __init__(self) -> None:
        self.touches: dict[UUID, list[Touch]] = {}
        self.touch_ids: dict[UUID, list[UUID]] = {}
        self.bindings: dict[UUID, list[BoundTo]] = {}
        self.promoters: dict[str, PromoterRecord] = {}

    def add_touch(
        self, student: UUID, touch_id: UUID, touch: Touch, promoter: PromoterRecord
    ) -> None:
        """Note one touch after all others of the student."""
        self.touches.setdefault(student, []).append(touch)
        self.touch_ids.setdefault(student, []).append(touch_id)
        self.promoters[promoter.code] = promoter

    def binding_at(self, student: UUID, at: datetime) -> BoundTo | None:
        """The student's binding that is active at `at`."""
        for bound in self.bindings.get(student, ()):
            if bound.active_at(at):
                return bound
        return None

    def next_start(self, student: UUID, at: datetime) -> datetime | None:
        """When the student's next binding after `at` starts: one that is made late, because its
        cause was recorded late, ends there, so that nobody is ever reserved twice."""
        later = (
            bound.value.starts_at
            for bound in self.bindings.get(student, ())
            if at < bound.value.starts_at < bound.value.ends_at
        )
        return min(later, default=None)

    def with_touch(
        self, student: UUID, touch_id: UUID, touch: Touch, promoter: PromoterRecord
    ) -> "History":
        """What is known of one student, and one more touch; this history stays as it is."""
        more = History()
        more.bindings, more.promoters = self.bindings, dict(self.promoters)
        more.touches[student] = list(self.touches.get(student, ()))
        more.touch_ids[student] = list(self.touch_ids.get(student, ()))
        more.add_touch(student, touch_id, touch, promoter)
        return more


def history_of(students: Iterable[UUID], *, bindings: bool, touches: bool = True) -> History:
    """Read the history of some students: one query for touches, one for bindings."""
    found = History()
    parameters: dict[str, Any] = {"institution": institution_id(), "students": list(set(students))}
    with connection.cursor() as cursor:
        if touches:
            cursor.execute(_TOUCHES, parameters)
            for student, touch_id, at, course, *promoter in cursor.fetchall():
                record = _known(found, promoter)
                found.add_touch(student, touch_id, Touch(record.code, at, course), record)
        if bindings:
            cursor.execute(_BINDINGS, parameters)
            for student, binding_id, starts_at, ends_at, *promoter in cursor.fetchall():
                record = _known(found, promoter)
                bound = BoundTo(binding_id, Binding(record.code, starts_at, ends_at), record)
                found.bindings.setdefault(student, []).append(bound)
    return found


_Seen = tuple[UUID, Touch, PromoterRecord]


def touches_with_visitors(
    wanted: Mapping[int, tuple[UUID, Collection[UUID]]],
) -> dict[int, list[_Seen]]:
    """The touches of students and of some visitors with them, by the place of who asks; one query
    for any number."""
    if not wanted:
        return {}
    found: dict[int, list[_Seen]] = {place: [] for place in wanted}
    known = History()
    parameters: dict[str, Any] = {
        "institution": institution_id(),
        "places": list(wanted),
        "owners": [owner for owner, _ in wanted.values()],
        "visitors": ["{" + ",".join(map(str, them)) + "}" for _, them in wanted.values()],
    }
    with connection.cursor() as cursor:
        cursor.execute(_TOUCHES_WITH_VISITORS, parameters)
        for place, touch_id, at, course, *promoter in cursor.fetchall():
            record = _known(known, promoter)
            found[place].append((touch_id, Touch(record.code, at, course), record))
    return found


def add_visitors(found: History, student: UUID, seen: Iterable[_Seen]) -> History:
    """The same history, where for `student` the touches of some visitors count as well: for one
    order, without a tie. What was typed earlier in the batch stays last."""
    joined = History()
    joined.bindings, joined.promoters = found.bindings, dict(found.promoters)
    for touch_id, touch, promoter in seen:
        joined.add_touch(student, touch_id, touch, joined.promoters.get(touch.promoter, promoter))
    stored = set(joined.touch_ids.get(student, ()))
    for touch_id, touch in zip(
        found.touch_ids.get(student, ()), found.touches.get(student, ()), strict=True
    ):
        if touch_id not in stored:
            joined.add_touch(student, touch_id, touch, found.promoters[touch.promoter])
    return joined


def _known(found: History, values: list[object]) -> PromoterRecord:
    """One record for each promoter, however many touches he has."""
    code = values[1]
    assert isinstance(code, str)  # noqa: S101 - COLUMNS has the code second
    record = found.promoters.get(code)
    if record is None:
        record = found.promoters[code] = record_of(values)
    return record
