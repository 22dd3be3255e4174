"""programme.json as values (replay.md)."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from kefen.core.compliance import CourseFact, check_terms
from kefen.core.errors import DomainError
from kefen.core.periods import PeriodKind
from kefen.core.tax import TaxRule
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
    PlatformLimits,
    PointsTerms,
    PromoterKind,
    PromoterScope,
    PromoterScopeKind,
    Rule,
    Step,
    Terms,
    Tiered,
    TierMetric,
    TouchScope,
)
from kefen.ops.replay.strict import LARGEST_POINTS, Malformed, Node, parse, read_text

FILE = "programme.json"


@dataclass(frozen=True, slots=True)
class ScenarioCourse:
    """A course of the scenario."""

    code: str
    title: str
    category: str
    price: int
    promotable: bool


@dataclass(frozen=True, slots=True)
class ScenarioPromoter:
    """A promoter of the scenario; `account` is his own student."""

    code: str
    kind: PromoterKind
    group: str | None
    inviter: str | None
    account: str | None
    active_from: datetime
    active_to: datetime | None


@dataclass(frozen=True, slots=True)
class Programme:
    """Everything that stands before the first event."""

    institution: str
    name: str
    currency: str
    zone: str
    limits: PlatformLimits
    courses: tuple[ScenarioCourse, ...]
    promoters: tuple[ScenarioPromoter, ...]
    versions: tuple[Terms, ...]
    withdrawal_minimum: int
    tax_rule: TaxRule


def read_programme(folder: Path) -> Programme:
    """Read and check programme.json. Raises Malformed."""
    text = read_text(folder / FILE)
    try:
        return _programme(Node(parse(text, FILE, None), FILE, None))
    except Malformed as error:
        raise error.found_in(text) from None


def _programme(root: Node) -> Programme:
    institution, platform, withdrawal = (
        root.node("institution"),
        root.node("platform"),
        root.node("withdrawal"),
    )
    limits = PlatformLimits(
        max_rate_bps=platform.integer("max_rate_bps", 0, default=3000),
        level2_allowed=platform.boolean("level2_allowed", default=False),
    )
    if limits.max_rate_bps > 10_000:
        raise platform.wrong("max_rate_bps", "must be at most 10000")
    platform.done()
    courses = tuple(_course(node) for node in root.nodes("courses"))
    _unique(root, "courses", [course.code for course in courses])
    promoters = tuple(_promoter(node) for node in root.nodes("promoters"))
    _unique(root, "promoters", [promoter.code for promoter in promoters])
    _check_inviters(root, promoters)
    names = {promoter.code for promoter in promoters}, {course.code for course in courses}
    versions = tuple(_version(node, *names) for node in root.nodes("versions"))
    _check_versions(root, versions, limits, courses)
    programme = Programme(
        institution=institution.text("id"),
        name=institution.text("name"),
        currency=_currency(institution),
        zone=_zone(institution),
        limits=limits,
        courses=courses,
        promoters=promoters,
        versions=versions,
        withdrawal_minimum=withdrawal.integer("minimum", 0, default=1000),
        tax_rule=withdrawal.choice("tax", TaxRule),
    )
    institution.done()
    withdrawal.done()
    root.done()
    return programme


def _unique(root: Node, field: str, ids: list[str]) -> None:
    seen: set[str] = set()
    for place, name in enumerate(ids):
        if name in seen:
            raise root.wrong(f"{field}[{place}].id", f"{name} stands twice")
        seen.add(name)


def _currency(node: Node) -> str:
    currency = node.text("currency")
    if len(currency) != 3 or not currency.isascii() or not currency.isupper():
        raise node.wrong("currency", "must be a code like CNY")
    return currency


def _zone(node: Node) -> str:
    name = node.text("timezone", default="Asia/Shanghai")
    try:
        ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise node.wrong("timezone", f"{name} is not a known time zone") from None
    return name


def _course(node: Node) -> ScenarioCourse:
    course = ScenarioCourse(
        code=node.code("id"),
        title=node.text("title"),
        category=node.text("category"),
        price=node.integer("price", 0),
        promotable=node.boolean("promotable"),
    )
    node.done()
    return course


def _promoter(node: Node) -> ScenarioPromoter:
    promoter = ScenarioPromoter(
        code=node.code("id"),
        kind=node.choice("kind", PromoterKind),
        group=node.nullable("group", node.text),
        inviter=node.nullable("inviter", node.text),
        account=node.nullable("account", node.text),
        active_from=node.instant("active_from"),
        active_to=node.nullable("active_to", node.instant),
    )
    node.done()
    if promoter.code == "institution":
        raise node.wrong("id", "no promoter may be called institution")
    return promoter


def _check_inviters(root: Node, promoters: tuple[ScenarioPromoter, ...]) -> None:
    names = {promoter.code for promoter in promoters}
    for place, promoter in enumerate(promoters):
        if promoter.inviter is not None and promoter.inviter not in names:
            raise root.wrong(f"promoters[{place}].inviter", f"{promoter.inviter} is unknown")
        if promoter.inviter == promoter.code:
            raise root.wrong(f"promoters[{place}].inviter", "must be another promoter")


def _version(node: Node, promoters: set[str], courses: set[str]) -> Terms:
    attribution = node.node("attribution")
    policy = AttributionPolicy(
        model=attribution.choice("model", Model, default=Model.FIRST_TOUCH),
        window_days=attribution.integer("window_days", 1),
        touch_scope=attribution.choice("touch_scope", TouchScope, default=TouchScope.INSTITUTION),
        self_purchase=attribution.boolean("self_purchase", default=False),
        binding_days=attribution.integer("binding_days", 0, default=0),
        protection_days=attribution.integer("protection_days", 0),
    )
    attribution.done()
    points = PointsTerms()
    if node.has("points"):
        inner = node.node("points")
        points = PointsTerms(
            inner.count("points_per_order", 0, LARGEST_POINTS),
            inner.count("points_per_yuan", 0, LARGEST_POINTS),
        )
        inner.done()
    terms = Terms(
        effective_from=node.instant("effective_from"),
        policy=policy,
        hold_days=node.integer("hold_days", 0),
        max_rate_bps=node.integer("max_rate_bps", 0),
        level2=node.boolean("level2", default=False),
        rules=tuple(_rule(rule, promoters, courses) for rule in node.nodes("rules")),
        points=points,
        boards=tuple(_board(board) for board in node.nodes("boards", optional=True)),
    )
    node.done()
    return terms


def _rule(node: Node, promoters: set[str], courses: set[str]) -> Rule:
    rule = Rule(
        key=node.code("key"),
        promoter=_promoter_scope(node.node("promoter"), promoters),
        course=_course_scope(node.node("course"), courses),
        level1=_level1(node.node("level1")),
        level2=node.nullable("level2", lambda key: _reward(node.node(key)), optional=True),
        base=node.choice("base", Base, default=Base.PAID),
        starts_at=node.nullable("from", node.instant, optional=True),
        ends_at=node.nullable("to", node.instant, optional=True),
    )
    node.done()
    if rule.starts_at and rule.ends_at and rule.starts_at >= rule.ends_at:
        raise node.wrong("from", "must be before to")
    return rule


def _any(node: Node) -> bool:
    if not node.has("any"):
        return False
    if not node.boolean("any"):
        raise node.wrong("any", "must be true")
    node.done()
    return True


def _promoter_scope(node: Node, promoters: set[str]) -> PromoterScope:
    if _any(node):
        return PromoterScope()
    for kind in (PromoterScopeKind.KIND, PromoterScopeKind.GROUP, PromoterScopeKind.PROMOTER):
        if node.has(kind.value):
            if kind is PromoterScopeKind.KIND:
                value = node.choice("kind", PromoterKind).value
            else:
                value = node.text(kind.value)
            if kind is PromoterScopeKind.PROMOTER and value not in promoters:
                raise node.wrong("promoter", f"{value} is unknown")
            node.done()
            return PromoterScope(kind, value)
    raise node.wrong("", "must be one of any, kind, group, promoter")


def _course_scope(node: Node, courses: set[str]) -> CourseScope:
    if _any(node):
        return CourseScope()
    for kind in (CourseScopeKind.CATEGORY, CourseScopeKind.COURSE):
        if node.has(kind.value):
            value = node.text(kind.value)
            if kind is CourseScopeKind.COURSE and value not in courses:
                raise node.wrong("course", f"{value} is unknown")
            node.done()
            return CourseScope(kind, value)
    raise node.wrong("", "must be one of any, category, course")


def _reward(node: Node) -> Percent | Fixed:
    reward = _open_reward(node)
    node.done()
    return reward


def _open_reward(node: Node) -> Percent | Fixed:
    if node.has("percent_bps"):
        return Percent(node.count("percent_bps", 0))
    if node.has("fixed"):
        return Fixed(node.integer("fixed", 0))
    raise node.wrong("", "must be one of percent_bps, fixed")


def _level1(node: Node) -> Percent | Fixed | Tiered:
    if not node.has("tiered"):
        return _reward(node)
    inner = node.node("tiered")
    tiered = Tiered(
        metric=inner.choice("metric", TierMetric),
        period=inner.choice("period", PeriodKind),
        steps=tuple(_step(step) for step in inner.nodes("steps")),
    )
    inner.done()
    node.done()
    return tiered


def _step(node: Node) -> Step:
    step = Step(node.integer("from", 0), _open_reward(node))
    node.done()
    return step


def _board(node: Node) -> Board:
    def read(key: str) -> int:
        return node.integer(key, 0)

    board = Board(
        metric=node.choice("metric", BoardMetric),
        period=node.choice("period", PeriodKind),
        prizes=node.integers("prizes", 0),
        close_after_days=node.nullable("close_after_days", read, optional=True),
    )
    node.done()
    return board


def _check_versions(
    root: Node,
    versions: tuple[Terms, ...],
    limits: PlatformLimits,
    courses: tuple[ScenarioCourse, ...],
) -> None:
    facts = [CourseFact(c.code, c.category, c.price, c.promotable) for c in courses]
    for place, terms in enumerate(versions):
        if place and terms.effective_from <= versions[place - 1].effective_from:
            raise root.wrong(
                f"versions[{place}].effective_from", "must be later than the one before"
            )
        try:
            check_terms(terms, limits, facts)
        except DomainError as error:
            raise root.wrong(f"versions[{place}]", f"cannot be published: {error}") from None
