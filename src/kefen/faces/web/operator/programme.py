"""The programme in the console: what is in force, and the form for the next version."""

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
from kefen.faces.web import labels, names, problems, rules_shown
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import programme_screens as screens
from kefen.faces.web.shared.screens import Form, Option
from kefen.faces.web.templatetags.kefen import major, percent_bps
from kefen.platform import clock
from kefen.platform.audit import queries as audit
from kefen.programmes import queries
from kefen.programmes.contracts import PublishedVersion
from kefen.promoters import queries as promoters

SPARE_ROWS = 2
MOST_ROWS = 12
_NAMED = 200


def programme(
    entry: Entry, form: Form | None = None, refusal: DomainError | None = None
) -> screens.ProgrammeScreen:
    """The page; the form starts with the version in force, so that a change is a change."""
    schedule = queries.schedule()
    version = schedule.in_force(clock.now())
    terms = None if version is None else version.terms
    titles = {course.code: course.title for course in catalog.all_courses()}
    people = promoter_names()
    rules = () if terms is None else terms.rules
    rows = min(MOST_ROWS, len(rules) + SPARE_ROWS)
    return screens.ProgrammeScreen(
        currency=entry.school.currency,
        version=None if version is None else version.number,
        effective_from=None if terms is None else terms.effective_from,
        policy=_policy(terms),
        rules=tuple(rules_shown.rule(rule, titles, people) for rule in rules),
        history=_history(schedule.versions, version),
        rule_rows=tuple(range(1, rows + 1)),
        promoter_scopes=_promoter_scopes(people),
        course_scopes=_course_scopes(titles),
        platform_cap_bps=schedule.limits.max_rate_bps,
        platform_minimum_hold_days=schedule.limits.minimum_hold_days,
        platform_level2=schedule.limits.level2_allowed,
        refusal=None if refusal is None else _refusal(entry, refusal),
        form=form or Form(typed_of(rules, entry)),
    )


def promoter_names() -> dict[str, str]:
    """Names of promoters by code, for choosing one by name."""
    return {row.code: names.promoter_name(row) for row in promoters.listed()[:_NAMED]}


def _policy(terms: Terms | None) -> screens.Policy:
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


def _history(
    versions: tuple[PublishedVersion, ...], current: PublishedVersion | None
) -> tuple[screens.VersionRow, ...]:
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


def typed_of(rules: tuple[Rule, ...], entry: Entry) -> dict[str, str]:
    """The rules in force as somebody would have typed them."""
    values: dict[str, str] = {}
    for number, rule in enumerate(rules[:MOST_ROWS], start=1):
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
        values |= {f"rule_{number}_{name}": value for name, value in row.items()}
    return values


def _typed(reward: Percent | Fixed, entry: Entry) -> str:
    if isinstance(reward, Percent):
        return percent_bps(reward.bps)
    return major(reward.amount, entry.school.currency)


def _typed_step(step: Step, ladder: Tiered, entry: Entry) -> str:
    start = step.threshold
    shown = str(start) if ladder.metric == "orders" else major(start, entry.school.currency)
    return f"{shown}={_typed(step.reward, entry)}"


def _local(at: datetime | None, entry: Entry) -> str:
    if at is None:
        return ""
    return f"{at.astimezone(entry.school.zone):%Y-%m-%dT%H:%M}"


def _refusal(entry: Entry, error: DomainError) -> screens.Refusal:
    currency = entry.school.currency
    rule, limit, worst = (str(error.params.get(name, "")) for name in ("rule", "limit", "worst"))
    case = error.params.get("worst")
    if isinstance(case, WorstCase):
        limit = percent_bps(case.cap_bps)
        worst = f"{case.course or ''} {percent_bps(case.rate_bps)}".strip()
    elif error.code == "version_above_platform":
        limit, worst = percent_bps(int(limit)), percent_bps(int(worst))
    named = isinstance(error, ComplianceViolation)
    return screens.Refusal(
        sentence=problems.sentence(error, currency),
        rule=rule if named else "",
        limit=limit if named else "",
        worst=worst if named else "",
    )
