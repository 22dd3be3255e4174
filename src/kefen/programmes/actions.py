"""Publishing a version: checked whole against the platform's limits, stored once, never changed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import IntegrityError, transaction

from kefen.catalog import queries as catalog
from kefen.core.compliance import CourseFact, WorstCase, check_terms, pays_level2
from kefen.core.errors import InvalidInput, NumberConflict, PublishedBetween
from kefen.core.ids import is_code, uuid7
from kefen.core.terms import Fixed, Percent, Rule, Terms, Tiered
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy.queries import limits_facts, limits_row
from kefen.platform.tenancy.scope import forget
from kefen.platform.wording import queries as wording
from kefen.programmes import conditions, models, queries
from kefen.programmes.contracts import Published
from kefen.programmes.splits import check_at, check_for_splits


def course_facts() -> list[CourseFact]:
    """The institution's courses as compliance looks at them."""
    return [
        CourseFact(c.code, c.category, c.list_price, c.promotable, c.for_minors)
        for c in catalog.all_courses()
    ]


def ask_before_publishing(condition: Callable[[], None]) -> None:
    """Ask `condition` before a version is published, from now on; it raises to refuse."""
    conditions.register(condition)


@needs(Deed.PROGRAMME)
def review(terms: Terms) -> WorstCase | None:
    """What publishing these terms now would be refused for, raised as `publish` raises it; answers
    the most that they may pay. Writes nothing."""
    return _judge(terms)


def _judge(terms: Terms, *, take_over: bool = False) -> WorstCase | None:
    forget()
    limits = limits_facts(limits_row())
    _check_names(terms, linted=not take_over)
    worst = check_terms(terms, limits, course_facts())
    check_for_splits(terms)
    if not take_over:
        conditions.check()
    newest = _newest()
    if newest is not None and terms.effective_from <= newest.effective_from:
        raise InvalidInput(field="effective_from", reason="it must be later than the newest one's")
    if not take_over and terms.effective_from < clock.now():
        raise InvalidInput(field="effective_from", reason="a version never reaches into the past")
    return worst


@needs(Deed.PROGRAMME)
@transaction.atomic
def publish(
    terms: Terms, *, actor: Actor = SYSTEM, take_over: bool = False, after: int | None = None
) -> Published:
    """Publish a new version of the programme, in force from `terms.effective_from`.

    Refused, with the rule, the limit and the worst case, by a ComplianceViolation of
    `core.compliance.check_terms`, or of `core.splits.check_terms` where a channel divides payments
    of this institution; ForbiddenWords for the name of a rule; InvalidInput if it starts before now
    or not after the newest version; whatever `conditions` raise. `take_over` lets a history from
    another system start in the past, without conditions. `after` is the number of the newest
    version that the author has seen (0 for none): sent twice it is published once, and where
    somebody else published in between it is refused by PublishedBetween.
    """
    if (done := _published_since(terms, after)) is not None:
        return done
    worst = _judge(terms, take_over=take_over)
    limits, newest = limits_row(), _newest()
    pays = pays_level2(limits_facts(limits), terms)
    try:
        with transaction.atomic():
            row = models.Version.objects.create(
                number=1 if newest is None else newest.number + 1,
                effective_from=terms.effective_from,
                published_at=clock.now(),
                limits_id=limits.id,
                platform_max_rate_bps=limits.max_rate_bps,
                platform_level2_allowed=limits.level2_allowed,
                model=terms.policy.model,
                window_days=terms.policy.window_days,
                touch_scope=terms.policy.touch_scope,
                self_purchase=terms.policy.self_purchase,
                binding_days=terms.policy.binding_days,
                protection_days=terms.policy.protection_days,
                hold_days=terms.hold_days,
                max_rate_bps=terms.max_rate_bps,
                level2=terms.level2,
                pays_level2=pays,
                points_per_order=terms.points.per_order,
                points_per_yuan=terms.points.per_yuan,
            )
    except IntegrityError as error:
        # Somebody else published at this moment, or this was sent twice.
        if (done := _published_since(terms, after)) is not None:
            return done
        raise NumberConflict(number=terms.effective_from.isoformat()) from error
    _store_rules(row, terms.rules)
    models.Board.objects.bulk_create(
        models.Board(
            version_id=row.id,
            metric=board.metric,
            period=board.period,
            prizes=list(board.prizes),
            close_after_days=board.close_after_days,
        )
        for board in terms.boards
    )
    audit.record(actor, "programme.published", f"programme:{row.number}", rules=len(terms.rules))
    return Published(queries.version(row.id), worst)


def _newest() -> models.Version | None:
    return models.Version.objects.order_by("-number").first()


def _published_since(terms: Terms, after: int | None) -> Published | None:
    """These very terms, if they were published right after `after`. Raises PublishedBetween if
    others were."""
    newest = _newest()
    if after is None or (0 if newest is None else newest.number) == after:
        return None
    if newest is None:
        raise PublishedBetween(number=0, begun=after)
    version = queries.version(newest.id)
    at_once = newest.effective_from == newest.published_at and terms.effective_from <= clock.now()
    is_same = replace(version.terms, effective_from=terms.effective_from) == terms
    is_then = at_once or newest.effective_from == terms.effective_from
    if newest.number == after + 1 and is_same and is_then:
        return Published(version, None)
    raise PublishedBetween(number=newest.number, begun=after)


def check_published(channel: str) -> None:
    """Refuse to divide payments at a channel under the terms that are in force, or will be: the
    guard that config.wiring registers with `platform.merchants`.

    Raises SplitTooLate, SplitAboveChannel, ChannelError.
    """
    now, versions = clock.now(), queries.schedule().versions
    later = [one for one in versions if one.terms.effective_from > now]
    present = [one for one in versions if one.terms.effective_from <= now][-1:]
    for version in [*present, *later]:
        check_at(channel, version.terms)


def _check_names(terms: Terms, *, linted: bool) -> None:
    """Refuse names of rules that are none, or that promoters may not read on their proofs; what is
    taken over was published elsewhere. Raises InvalidInput, ForbiddenWords."""
    for rule in terms.rules:
        if not is_code(rule.key):
            raise InvalidInput(field=f"rule {rule.key}", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
        if linted:
            wording.check("rule", **{f"rule {rule.key}": rule.key})


def _store_rules(version: models.Version, rules: Sequence[Rule]) -> None:
    rows, steps = [], []
    for place, rule in enumerate(rules):
        first = rule.level1
        row = models.Rule(
            id=uuid7(),
            version_id=version.id,
            cap_bps=version.max_rate_bps,
            pays_level2=version.pays_level2,
            level1_cap_bps=_left_for_level1(version, rule),
            place=place,
            key=rule.key,
            promoter_scope=rule.promoter.kind,
            promoter_value=rule.promoter.value,
            course_scope=rule.course.kind,
            course_value=rule.course.value,
            starts_at=rule.starts_at,
            ends_at=rule.ends_at,
            base=rule.base,
            level1_bps=_bps(first),
            level1_fixed=_fixed(first),
            level2_bps=_bps(rule.level2),
            level2_fixed=_fixed(rule.level2),
        )
        if isinstance(first, Tiered):
            row.tier_metric, row.tier_period = first.metric, first.period
            steps += [
                models.Step(
                    rule_id=row.id,
                    cap_bps=row.level1_cap_bps,
                    threshold=step.threshold,
                    bps=_bps(step.reward),
                    fixed=_fixed(step.reward),
                )
                for step in first.steps
            ]
        rows.append(row)
    models.Rule.objects.bulk_create(rows)
    models.Step.objects.bulk_create(steps)


def _left_for_level1(version: models.Version, rule: Rule) -> int:
    """What a percent of level 2, where it is paid, leaves of the cap."""
    return version.max_rate_bps - ((_bps(rule.level2) or 0) if version.pays_level2 else 0)


def _bps(reward: Percent | Fixed | Tiered | None) -> int | None:
    return reward.bps if isinstance(reward, Percent) else None


def _fixed(reward: Percent | Fixed | Tiered | None) -> int | None:
    return reward.amount if isinstance(reward, Fixed) else None
