"""The programme in the console: what is in force, and the draft of the next version."""

from collections.abc import Mapping
from datetime import datetime

from kefen.catalog import queries as catalog
from kefen.core.compliance import WorstCase
from kefen.core.errors import ComplianceViolation, DomainError
from kefen.core.terms import (
    AttributionPolicy,
    CourseScopeKind,
    Fixed,
    Percent,
    PromoterKind,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
)
from kefen.faces.web import labels, limits_shown, names, problems, rules_shown
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import programme_screens as screens
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.templatetags.kefen import major, percent_bps, percent_input
from kefen.platform import clock
from kefen.platform.audit import queries as audit
from kefen.platform.tenancy import queries as tenancy
from kefen.programmes import queries
from kefen.programmes.contracts import PublishedVersion
from kefen.promoters import queries as promoters

SPARE_ROWS = 2
MOST_ROWS = 100
BOARD_ROWS = 9
_NAMED = 200


def programme(
    entry: Entry,
    form: Form | None = None,
    refusal: DomainError | None = None,
    *,
    basis: Terms | None = None,
    basis_number: int | None = None,
) -> screens.ProgrammeScreen:
    """The page; the draft starts with the version in force, so that a change is a change, or with
    `basis`: an older version, or a draft that was tried on past orders."""
    schedule = queries.schedule()
    version = schedule.in_force(clock.now())
    terms = None if version is None else version.terms
    titles = {course.code: course.title for course in catalog.all_courses()}
    people = promoter_names()
    rules = () if terms is None else terms.rules
    begun = basis or terms
    form = form or Form({} if begun is None else typed_of(begun, entry))
    newest = schedule.versions[-1].number if schedule.versions else 0
    return screens.ProgrammeScreen(
        currency=entry.school.currency,
        version=None if version is None else version.number,
        effective_from=None if terms is None else terms.effective_from,
        policy=policy_of(terms),
        rules=tuple(rules_shown.rule(rule, titles, people) for rule in rules),
        history=history(schedule.versions, version),
        rule_rows=_rule_rows(form, begun),
        promoter_scopes=_promoter_scopes(people),
        course_scopes=_course_scopes(titles),
        platform_cap_bps=schedule.limits.max_rate_bps,
        platform_minimum_hold_days=schedule.limits.minimum_hold_days,
        platform_level2=schedule.limits.level2_allowed,
        limits=limits_shown.locked(tenancy.limits_history()),
        refusal=None if refusal is None else refusal_of(entry, refusal),
        form=form,
        begun_from=_whole(form.values.get("begun_from", ""), newest),
        basis=basis_number,
        board_rows=tuple(range(1, 1 + min(BOARD_ROWS, 1 + _boards_typed(form)))),
        courses=tuple(Option(code, title) for code, title in titles.items()),
    )


def _rule_rows(form: Form, begun: Terms | None) -> tuple[int, ...]:
    """As many rows as the form had; else those of the rules, and a few empty ones."""
    had = form.values.get("rows", "")
    if not had:
        typed = [n for n in range(1, MOST_ROWS + 1) if form.values.get(f"rule_{n}_key")]
        had = str(max([*typed, 0 if begun is None else len(begun.rules)]) + SPARE_ROWS)
    return tuple(range(1, 1 + min(MOST_ROWS, max(1, _whole(had, SPARE_ROWS)))))


def _whole(text: str, otherwise: int) -> int:
    """A number of the form's own; `otherwise` for one that was tampered with or is missing."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else otherwise


def _boards_typed(form: Form) -> int:
    typed = [n for n in range(1, BOARD_ROWS + 1) if form.values.get(f"board_{n}_metric")]
    return max([*typed, 0])


def promoter_names() -> dict[str, str]:
    """Names of promoters by code, for choosing one by name."""
    return {row.code: names.promoter_name(row) for row in promoters.listed()[:_NAMED]}


def policy_of(terms: Terms | None) -> screens.Policy:
    """The terms besides the rules; those that a first version would begin with for None."""
    policy = AttributionPolicy() if terms is None else terms.policy
    limits = queries.schedule().limits
    return screens.Policy(
        model=policy.model.value,
        window_days=policy.window_days,
        touch_scope=policy.touch_scope.value,
        self_purchase=policy.self_purchase,
        binding_days=policy.binding_days,
        protection_days=policy.protection_days,
        hold_days=max(7, limits.minimum_hold_days) if terms is None else terms.hold_days,
        max_rate_bps=limits.max_rate_bps if terms is None else terms.max_rate_bps,
        level2=False if terms is None else terms.level2,
    )


def history(
    versions: tuple[PublishedVersion, ...], current: PublishedVersion | None
) -> tuple[screens.VersionRow, ...]:
    """All versions, the newest first, with who published them."""
    known = names.members()
    published = {
        note.subject: names.actor_name(note.actor_kind, note.actor_user, known)
        for note in audit.listed().filter(verb="programme.published")
    }
    return tuple(
        screens.VersionRow(
            number=one.number,
            effective_from=one.terms.effective_from,
            published_by=published.get(f"programme:{one.number}", ""),
            rule_count=len(one.terms.rules),
            in_force=current is not None and one.id == current.id,
        )
        for one in reversed(versions)
    )


def _promoter_scopes(people: Mapping[str, str]) -> tuple[Option, ...]:
    kind, group, one = PromoterScopeKind.KIND, PromoterScopeKind.GROUP, PromoterScopeKind.PROMOTER
    return (
        Option("any:", str(labels.label("scope", "any_promoter"))),
        *(Option(f"{kind}:{k}", str(labels.label("promoter_kind", k))) for k in PromoterKind),
        *(Option(f"{group}:{name}", name) for name in promoters.groups()),
        *(Option(f"{one}:{code}", name) for code, name in people.items()),
    )


def _course_scopes(titles: Mapping[str, str]) -> tuple[Option, ...]:
    category, course = CourseScopeKind.CATEGORY, CourseScopeKind.COURSE
    categories = sorted({record.category for record in catalog.all_courses()})
    return (
        Option("any:", str(labels.label("scope", "any_course"))),
        *(Option(f"{category}:{name}", name) for name in categories),
        *(Option(f"{course}:{code}", title) for code, title in titles.items()),
    )


def typed_of(terms: Terms, entry: Entry) -> dict[str, str]:
    """Terms as somebody would have typed them; when they begin is left open."""
    currency, policy = entry.school.currency, terms.policy
    values = {
        "model": policy.model.value,
        "window_days": str(policy.window_days),
        "touch_scope": policy.touch_scope.value,
        "self_purchase": "1" if policy.self_purchase else "",
        "binding_days": str(policy.binding_days),
        "protection_days": str(policy.protection_days),
        "hold_days": str(terms.hold_days),
        "max_rate_percent": percent_input(terms.max_rate_bps),
        "level2": "1" if terms.level2 else "",
        "points_per_order": str(terms.points.per_order),
        "points_per_yuan": str(terms.points.per_yuan),
    }
    for number, rule in enumerate(terms.rules[:MOST_ROWS], start=1):
        row = _typed_rule(rule, entry)
        values |= {f"rule_{number}_{name}": value for name, value in row.items()}
    for number, board in enumerate(terms.boards, start=1):
        close = board.close_after_days
        values |= {
            f"board_{number}_metric": board.metric.value,
            f"board_{number}_period": board.period.value,
            f"board_{number}_prizes": ", ".join(major(prize, currency) for prize in board.prizes),
            f"board_{number}_close": "" if close is None else str(close),
        }
    return values


def _typed_rule(rule: Rule, entry: Entry) -> dict[str, str]:
    row = {
        "key": rule.key,
        "promoter": f"{rule.promoter.kind}:{rule.promoter.value or ''}",
        "course": f"{rule.course.kind}:{rule.course.value or ''}",
        "base": rule.base.value,
        "kind": rules_shown.reward(rule.level1).kind,
        "level2": "" if rule.level2 is None else _typed(rule.level2, entry),
        "from": _local(rule.starts_at, entry),
        "to": _local(rule.ends_at, entry),
    }
    if isinstance(rule.level1, Tiered):
        row["metric"], row["period"] = rule.level1.metric.value, rule.level1.period.value
        row["steps"] = ", ".join(_typed_step(s, rule.level1, entry) for s in rule.level1.steps)
    else:
        row["value"] = _typed(rule.level1, entry)
    return row


def _typed(reward: Percent | Fixed, entry: Entry) -> str:
    if isinstance(reward, Percent):
        return percent_bps(reward.bps)
    return major(reward.amount, entry.school.currency)


def _typed_step(step: Step, ladder: Tiered, entry: Entry) -> str:
    start = step.threshold
    shown = str(start) if ladder.metric == "orders" else major(start, entry.school.currency)
    return f"{shown}={_typed(step.reward, entry)}"


def _local(at: datetime | None, entry: Entry) -> str:
    """As an input shows it, to the second where that says something: a version that begins from
    another one has its very instants."""
    if at is None:
        return ""
    local = at.astimezone(entry.school.zone).replace(tzinfo=None)
    is_whole = local == local.replace(second=0, microsecond=0)
    return f"{local:%Y-%m-%dT%H:%M}" if is_whole else local.isoformat()


def refusal_of(entry: Entry, error: DomainError) -> screens.Refusal:
    """A refusal with its numbers."""
    currency = entry.school.currency
    rule, limit, worst = (str(error.params.get(name, "")) for name in ("rule", "limit", "worst"))
    case, whose = error.params.get("worst"), ""
    if isinstance(case, WorstCase):
        limit, worst = percent_bps(case.cap_bps), percent_bps(case.rate_bps)
        is_platforms = case.cap_bps == queries.schedule().limits.max_rate_bps
        whose = "platform" if is_platforms else "programme"
    elif error.code == "version_above_platform":
        limit, worst, whose = percent_bps(int(limit)), percent_bps(int(worst)), "platform"
    elif error.code == "hold_below_minimum":
        whose = "platform"
    named = isinstance(error, ComplianceViolation)
    return screens.Refusal(
        sentence=problems.sentence(error, currency),
        rule=rule if named else "",
        limit=limit if named else "",
        worst=worst if named else "",
        whose=whose,
        why=_why(error) if whose == "platform" else "",
    )


def _why(error: DomainError) -> str:
    """The platform's reason for the limit that is passed."""
    name = "minimum_hold_days" if error.code == "hold_below_minimum" else "max_rate_bps"
    return tenancy.limits_whys()[name].reason
