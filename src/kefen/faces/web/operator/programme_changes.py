"""Two versions side by side in words, whom a new one concerns, and the page before publishing."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from kefen.catalog import queries as catalog
from kefen.commissions import queries as commissions
from kefen.core.compliance import WorstCase
from kefen.core.errors import DomainError, NotFound
from kefen.core.rules import covers_course, covers_promoter
from kefen.core.states import CommissionState, OrderState, PromoterStatus
from kefen.core.terms import Board, PromoterKind, Rule, Terms
from kefen.faces.web import labels, rules_shown
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import programme
from kefen.faces.web.operator import programme_screens as screens
from kefen.faces.web.shared.screens import Rule as ShownRule
from kefen.faces.web.templatetags.kefen import money_text, percent_bps
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.programmes import queries
from kefen.promoters import queries as promoters


def changes(entry: Entry, before: Terms | None, after: Terms) -> screens.Changes:
    """What differs, rule by rule and term by term."""
    words_before = {} if before is None else _words(entry, before)
    words_after = _words(entry, after)
    return screens.Changes(
        tuple(
            screens.ChangedTerm(name, words_before.get(name, ""), words)
            for name, words in words_after.items()
            if words != words_before.get(name, "")
        ),
        _rules(before, after),
    )


def _words(entry: Entry, terms: Terms) -> dict[str, str]:
    """Every term besides the rules, as a sentence says it."""
    policy, currency = terms.policy, entry.school.currency
    reserved = _("off")
    if policy.binding_days:
        figures = {"n": policy.binding_days, "m": policy.protection_days}
        reserved = _("%(n)s days, protected for %(m)s") % figures
    points = {"order": terms.points.per_order, "yuan": terms.points.per_yuan}
    return {
        _("What counts"): str(labels.label("model", policy.model.value)),
        _("Attribution window"): _days(policy.window_days),
        _("A link credits"): str(labels.label("touch_scope", policy.touch_scope.value)),
        _("Own purchases"): _("earn") if policy.self_purchase else _("earn nothing"),
        _("Reserving students"): reserved,
        _("Refund protection"): _days(terms.hold_days),
        _("Cap per order line"): percent_bps(terms.max_rate_bps),
        _("Inviter earns too"): _("on") if terms.level2 else _("off"),
        _("Points"): _("%(order)d per order, %(yuan)d per whole unit paid") % points,
        _("Leaderboards"): "; ".join(_board(board, currency) for board in terms.boards)
        or _("none"),
    }


def _days(count: int) -> str:
    return _("%(n)s days") % {"n": count}


def _board(board: Board, currency: str) -> str:
    metric = labels.label("prize_metric", board.metric.value)
    words = f"{metric} / {labels.label('period', board.period.value)}"
    prizes = ", ".join(money_text(prize, currency) for prize in board.prizes)
    closing = "" if board.close_after_days is None else f" +{_days(board.close_after_days)}"
    return f"{words}{closing}: {prizes}" if prizes else f"{words}{closing}"


def _rules(before: Terms | None, after: Terms) -> tuple[screens.ChangedRule, ...]:
    titles = {course.code: course.title for course in catalog.all_courses()}
    people = programme.promoter_names()
    old = {} if before is None else {rule.key: rule for rule in before.rules}
    new = {rule.key: rule for rule in after.rules}

    def show(rule: Rule | None) -> ShownRule | None:
        return None if rule is None else rules_shown.rule(rule, titles, people)

    return tuple(
        screens.ChangedRule(
            key, _state(old.get(key), new.get(key)), show(old.get(key)), show(new.get(key))
        )
        for key in (*new, *(key for key in old if key not in new))
    )


def _state(before: Rule | None, after: Rule | None) -> str:
    if before is None:
        return "added"
    if after is None:
        return "removed"
    return "same" if before == after else "changed"


def affected(before: Terms | None, after: Terms) -> screens.Affected:
    """Everybody where the terms besides the rules change; else those of the rules that do."""
    active = promoters.filtered(status=PromoterStatus.ACTIVE.value)
    people = [
        (code, PromoterKind(kind), group)
        for code, kind, group in active.values_list("code", "kind", "group")
    ]
    courses = [course for course in catalog.all_courses() if course.promotable]
    touched = _touched(before, after)
    everybody = before is None or _besides_rules(before) != _besides_rules(after)
    return screens.Affected(
        promoters=sum(
            everybody or any(covers_promoter(rule.promoter, *one) for rule in touched)
            for one in people
        ),
        courses=sum(
            everybody or any(covers_course(rule.course, one.code, one.category) for rule in touched)
            for one in courses
        ),
        unpaid=orders.filtered(state=OrderState.PLACED.value).count(),
        held=commissions.orders_in_state(CommissionState.PENDING.value),
    )


def _touched(before: Terms | None, after: Terms) -> list[Rule]:
    old = {} if before is None else {rule.key: rule for rule in before.rules}
    new = {rule.key: rule for rule in after.rules}
    pairs = [(old.get(key), new.get(key)) for key in old.keys() | new.keys()]
    return [rule for was, will in pairs if was != will for rule in (was, will) if rule is not None]


def _besides_rules(terms: Terms) -> tuple[object, ...]:
    return (
        terms.policy,
        terms.hold_days,
        terms.max_rate_bps,
        terms.level2,
        terms.points,
        terms.boards,
    )


def review(
    entry: Entry,
    draft: Terms,
    values: Mapping[str, str],
    worst: WorstCase | None,
    refusal: DomainError | None = None,
) -> screens.ReviewScreen:
    """The page before publishing, of the draft as it was typed."""
    schedule = queries.schedule()
    version = schedule.in_force(clock.now())
    before = None if version is None else version.terms
    begun = values.get("begun_from", "")
    newest = schedule.versions[-1].number if schedule.versions else 0
    at_once = not values.get("effective_from", "").strip()
    return screens.ReviewScreen(
        currency=entry.school.currency,
        begun_from=int(begun)
        if begun.isascii() and begun.isdecimal() and len(begun) < 10
        else newest,
        changes=changes(entry, before, draft),
        affected=affected(before, draft),
        effective_from=None if at_once else draft.effective_from,
        fields=tuple(
            (name, value)
            for name, value in values.items()
            if name not in ("do", "begun_from") and not name.startswith("sim_")
        ),
        worst=None if worst is None else _worst(worst),
        refusal=None if refusal is None else programme.refusal_of(entry, refusal),
    )


def _worst(case: WorstCase) -> screens.Worst:
    course = "" if case.course is None else catalog.by_codes([case.course])[case.course].title
    return screens.Worst(case.rule, course, case.amount, case.rate_bps, case.cap_bps)


def version(entry: Entry, number: int) -> screens.VersionScreen:
    """A published version. Raises NotFound."""
    schedule = queries.schedule()
    found = {one.number: place for place, one in enumerate(schedule.versions)}
    if number not in found:
        raise NotFound(what="programme version")
    place = found[number]
    one, terms = schedule.versions[place], schedule.versions[place].terms
    later = schedule.versions[place + 1 : place + 2]
    until: datetime | None = later[0].terms.effective_from if later else None
    rows = programme.history(schedule.versions, schedule.in_force(clock.now()))
    earlier = schedule.versions[place - 1].terms if place else None
    titles = {course.code: course.title for course in catalog.all_courses()}
    people = programme.promoter_names()
    return screens.VersionScreen(
        currency=entry.school.currency,
        row=next(row for row in rows if row.number == one.number),
        until=until,
        policy=programme.policy_of(terms),
        rules=tuple(rules_shown.rule(rule, titles, people) for rule in terms.rules),
        points_per_order=terms.points.per_order,
        points_per_yuan=terms.points.per_yuan,
        boards=tuple(
            screens.BoardRow(b.metric.value, b.period.value, b.prizes, b.close_after_days)
            for b in terms.boards
        ),
        changes=None if earlier is None else changes(entry, earlier, terms),
    )


def terms_of(text: str) -> tuple[Terms, int] | None:
    """The terms of a version by its typed number; None if there is none."""
    for one in queries.schedule().versions:
        if text == str(one.number):
            return one.terms, one.number
    return None


def terms_of_backtest(text: str) -> Terms | None:
    """The terms that a backtest tried. None for a word that is no id; raises NotFound."""
    try:
        return commissions.backtest_run(UUID(text)).terms if text else None
    except ValueError:
        return None
