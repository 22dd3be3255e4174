"""Reading the draft of a new version: every field, with what is wrong beside it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from enum import StrEnum
from typing import TypeVar

from django.utils.translation import gettext as _

from kefen.core.errors import InvalidInput
from kefen.core.periods import PeriodKind
from kefen.core.terms import (
    AttributionPolicy,
    Base,
    Board,
    BoardMetric,
    CourseScope,
    CourseScopeKind,
    Fixed,
    Model,
    Percent,
    PointsTerms,
    PromoterScope,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
    TierMetric,
    TouchScope,
)
from kefen.faces.web import typed
from kefen.faces.web.operator.programme import BOARD_ROWS, MOST_ROWS
from kefen.platform import clock
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.programmes import queries

Values = Mapping[str, str]
_Kind = TypeVar("_Kind", bound=StrEnum)
_EMPTY = "0"


def read(values: Values, institution: InstitutionFacts) -> Terms:
    """The terms that were typed. Boards and points that were not sent at all stay as the newest
    version has them. Raises InvalidInput that names the field."""
    versions = queries.schedule().versions
    last = versions[-1].terms if versions else None
    start = typed.local_instant(
        values.get("effective_from", ""), institution.zone, field="effective_from"
    )
    terms = Terms(
        effective_from=start or clock.now(),
        policy=_policy(values),
        hold_days=typed.whole(values.get("hold_days", ""), field="hold_days"),
        max_rate_bps=typed.basis_points(
            values.get("max_rate_percent", ""), field="max_rate_percent"
        ),
        level2=values.get("level2") == "1",
        rules=tuple(
            _rule(_Row(values, number, institution))
            for number in range(1, MOST_ROWS + 1)
            if values.get(f"rule_{number}_key", "").strip()
        ),
    )
    points = PointsTerms() if last is None else last.points
    boards = () if last is None else last.boards
    if "points_per_order" in values:
        points = PointsTerms(
            typed.whole(values["points_per_order"] or _EMPTY, field="points_per_order"),
            typed.whole(values.get("points_per_yuan", "") or _EMPTY, field="points_per_yuan"),
        )
    if "board_1_metric" in values:
        boards = tuple(
            _board(values, number, institution)
            for number in range(1, BOARD_ROWS + 1)
            if values.get(f"board_{number}_metric", "")
        )
    return replace(terms, points=points, boards=boards)


def _board(values: Values, number: int, institution: InstitutionFacts) -> Board:
    def name(field: str) -> str:
        return f"board_{number}_{field}"

    prizes = values.get(name("prizes"), "").replace("，", ",").replace("、", ",")
    close = values.get(name("close"), "").strip()
    return Board(
        metric=_choice(BoardMetric, values.get(name("metric"), ""), name("metric")),
        period=_choice(PeriodKind, values.get(name("period"), ""), name("period")),
        prizes=tuple(
            typed.amount(prize, institution.currency, field=name("prizes"))
            for prize in prizes.split(",")
            if prize.strip()
        ),
        close_after_days=typed.whole(close, field=name("close")) if close else None,
    )


def _policy(values: Values) -> AttributionPolicy:
    return AttributionPolicy(
        model=_choice(Model, values.get("model", ""), "model"),
        window_days=typed.whole(values.get("window_days", ""), field="window_days"),
        touch_scope=_choice(TouchScope, values.get("touch_scope", ""), "touch_scope"),
        self_purchase=values.get("self_purchase") == "1",
        binding_days=typed.whole(values.get("binding_days", "") or _EMPTY, field="binding_days"),
        protection_days=typed.whole(
            values.get("protection_days", "") or _EMPTY, field="protection_days"
        ),
    )


def _choice(kind: type[_Kind], text: str, field: str) -> _Kind:
    try:
        return kind(text)
    except ValueError:
        raise InvalidInput(field=field, reason=_("choose one of the list")) from None


class _Row:
    """One rule's fields, each known by the name that the form gives it."""

    def __init__(self, values: Values, number: int, institution: InstitutionFacts) -> None:
        self._values, self._number, self.institution = values, number, institution

    def name(self, field: str) -> str:
        """`rule_2_value`."""
        return f"rule_{self._number}_{field}"

    def text(self, field: str) -> str:
        """What was typed, without blanks around it."""
        return self._values.get(self.name(field), "").strip()

    def instant(self, field: str) -> datetime | None:
        """A local instant, None for nothing."""
        return typed.local_instant(self.text(field), self.institution.zone, field=self.name(field))

    def scope(self, field: str) -> tuple[str, str | None]:
        """`course:python` as its kind and value."""
        kind, _colon, value = self.text(field).partition(":")
        return kind, value or None

    def reward(self, field: str, text: str) -> Percent | Fixed:
        """`12.5%` or an amount."""
        if text.endswith(("%", "％")):
            return Percent(typed.basis_points(text, field=self.name(field)))
        return Fixed(typed.amount(text, self.institution.currency, field=self.name(field)))


def _rule(row: _Row) -> Rule:
    promoter, whom = row.scope("promoter")
    course, what = row.scope("course")
    second = row.text("level2")
    return Rule(
        key=row.text("key"),
        promoter=PromoterScope(_choice(PromoterScopeKind, promoter, row.name("promoter")), whom),
        course=CourseScope(_choice(CourseScopeKind, course, row.name("course")), what),
        level1=_level1(row),
        level2=row.reward("level2", second) if second else None,
        base=_choice(Base, row.text("base") or Base.PAID.value, row.name("base")),
        starts_at=row.instant("from"),
        ends_at=row.instant("to"),
    )


def _level1(row: _Row) -> Percent | Fixed | Tiered:
    kind, value = row.text("kind"), row.text("value")
    if kind == "percent":
        return Percent(typed.basis_points(value, field=row.name("value")))
    if kind == "fixed":
        return Fixed(typed.amount(value, row.institution.currency, field=row.name("value")))
    if kind != "tiered":
        raise InvalidInput(field=row.name("kind"), reason=_("choose one of the list"))
    metric = _choice(TierMetric, row.text("metric"), row.name("metric"))
    period = _choice(PeriodKind, row.text("period"), row.name("period"))
    return Tiered(metric, period, _steps(row, metric))


def _steps(row: _Row, metric: TierMetric) -> tuple[Step, ...]:
    """`1=10%, 6=12%`: from which order (or which sum of sales) on what is paid."""
    steps, field = [], row.name("steps")
    for part in row.text("steps").replace("，", ",").replace("；", ",").split(","):
        start, equals, pays = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise InvalidInput(field=field, reason=_("write steps like 1=10%, 6=12%"))
        if metric is TierMetric.ORDERS:
            threshold = typed.whole(start, field=field)
        else:
            threshold = typed.amount(start, row.institution.currency, field=field)
        steps.append(Step(threshold, row.reward("steps", pays)))
    return tuple(steps)
