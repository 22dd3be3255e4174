"""Filling the demo: courses, people, a programme, thirty days of history, work left to do."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from django.db import connection

from kefen.catalog import actions as catalog
from kefen.catalog import queries as catalog_queries
from kefen.core.ids import public_id, uuid7
from kefen.core.periods import PeriodKind, period_of
from kefen.core.terms import (
    AttributionPolicy,
    Board,
    BoardMetric,
    CourseScope,
    CourseScopeKind,
    Fixed,
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
)
from kefen.ledger import actions as ledger
from kefen.ops.demo import (
    bills,
    buyers,
    complaints,
    history,
    licences,
    neighbour,
    odd,
    people,
    settling,
    story,
)
from kefen.ops.demo.channels import Emulated, connect, silence, speak_again
from kefen.ops.demo.courses import COURSES
from kefen.ops.demo.customers import Story
from kefen.oversight import actions as oversight
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity import actions as identity
from kefen.platform.identity import proofs
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.declare import declare_identity
from kefen.platform.identity.models import Role
from kefen.platform.jobs.declare import in_every_institution
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.programmes.actions import publish
from kefen.promoters.queries import by_code

SLUG = "zhixing"
SEED = 20261122
PROMOTERS = 40
PAID_THERE = 30
WECHAT_APP = "wx7a3c0d1e5b9f2468"
_TEAM = (
    ("demo-operator", Role.OWNER, "沈岚"),
    ("demo-desk", Role.OPERATOR, "陆川"),
    ("demo-finance", Role.FINANCE, "方禾"),
    ("demo-reviewer", Role.REVIEWER, "季晴"),
    ("demo-reader", Role.READ_ONLY, "秦越"),
)
_APPLICANTS = (
    ("xinyu", "新雨读书会", PromoterKind.CHANNEL),
    ("peiqi", "佩奇的考证路", PromoterKind.STUDENT),
    ("haitang", "海棠英语沙龙", PromoterKind.CHANNEL),
)
_REFUNDS = (
    ("周宁", "ielts7", "aze", "工作调动，上课时间对不上了"),
    ("何静", "math30", "yu", "报错班次，想换下一期"),
)


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the seeding is."""

    done: int
    total: int


def is_seeded() -> bool:
    """Is the demo's institution there?"""
    return any(one.slug == SLUG for one in tenancy.all_institutions())


def seed(emulators: Sequence[Emulated] = ()) -> Iterator[Progress]:
    """Make the demo; yields its progress. The same day gives the same figures. Some students pay
    by the channels whose `emulators` are at hand."""
    with connection.cursor() as cursor:
        # Nobody waits for any one of these: a machine that dies here begins the demo anew.
        cursor.execute("SET synchronous_commit TO off")
    random = Random(SEED)
    institution = found_institution(
        slug=SLUG,
        name="知行学堂",
        limits=PlatformLimits(max_rate_bps=3000, level2_allowed=False),
    )
    now = clock.now()
    today = period_of(PeriodKind.DAY, now, institution.zone).start
    since = today - timedelta(days=story.DAYS)
    with scope.institution(institution.id):
        crowd = people.promoters(random, PROMOTERS)
        with clock.at(since - timedelta(days=20)):
            for course in COURSES:
                catalog.add_course(course)
            history.crowd(random, crowd)
        history.lessons(random, today)
        _live_now(now)
        for terms in _programme(since):
            publish(terms, take_over=True)
    with scope.institution(institution.id):
        events = story.tell(random, crowd, since, now - timedelta(minutes=3))
        proofs.set_wechat_app(WECHAT_APP, "of-the-sandbox")
        for one in emulators:
            connect(one)
            silence(one)
        paid_there = {one.channel: PAID_THERE for one in emulators}
        events = story.through_channels(events, paid_there, SEED)
        runner = Story(events, {one.channel: one for one in emulators})
        for done, _ in enumerate(runner.run(), start=1):
            if done % 100 == 0 or done == len(events):
                yield Progress(done, len(events))
        for one in emulators:
            speak_again(one)
        runner.catch_up(now)
        history.landings(random)
        history.name_students(random)
        bills.write_and_reconcile(since, today)
        for one in emulators:
            settling.open_days(one, since, today)
            settling.leave_from_payments(one)
        _work_left(now, history.team(_TEAM))
        complaints.leave()
        licences.leave_passed(since, today.date())
        odd.click_oddly(now)
        while ledger.fold():
            pass
        _everybody_else()
    told = len(events)
    for done, total in neighbour.seed(now, today):
        yield Progress(told + done, told + total)
    in_every_institution(_gathered)


def _gathered() -> None:
    """What the platform sees is there from the first page on; later a job gathers it."""
    oversight.gather()
    oversight.gather_months()


def _live_now(now: datetime) -> None:
    """Lessons that were given, and one that is being given."""
    course = catalog_queries.page("math30")
    begun = now.replace(minute=0, second=0, microsecond=0)
    catalog.schedule(
        course.id,
        [
            catalog.NewSession("开班第一讲", begun - timedelta(days=3), 90),
            catalog.NewSession("真题精讲 · 直播中", begun, 120),
        ],
    )


def _programme(since: datetime) -> list[Terms]:
    """Two versions: the second, a week ago, added the ladder of the gold group."""
    base = Rule("base", PromoterScope(), CourseScope(), Percent(2000))
    ielts = Rule(
        "ielts", PromoterScope(), CourseScope(CourseScopeKind.COURSE, "ielts7"), Percent(1800)
    )
    office = Rule(
        "office", PromoterScope(), CourseScope(CourseScopeKind.CATEGORY, "office"), Fixed(2500)
    )
    ladder = Rule(
        "gold-ladder",
        PromoterScope(PromoterScopeKind.GROUP, "gold"),
        CourseScope(CourseScopeKind.CATEGORY, "exam"),
        Tiered(
            TierMetric.ORDERS,
            PeriodKind.MONTH,
            (Step(1, Percent(2000)), Step(11, Percent(2200)), Step(31, Percent(2500))),
        ),
    )
    boards = (
        Board(BoardMetric.SALES, PeriodKind.WEEK, (20_000, 10_000, 5_000), 7),
        Board(BoardMetric.ORDERS, PeriodKind.MONTH, (50_000, 30_000, 20_000), 7),
        Board(BoardMetric.SALES, PeriodKind.DAY, (), 7),
    )
    points = PointsTerms(per_order=10, per_yuan=1)
    start, changed = since - timedelta(days=20), since + timedelta(days=story.DAYS - 9)
    first = Terms(start, AttributionPolicy(), 7, 3000, False, (base, ielts, office), points, boards)
    second = Terms(
        changed, AttributionPolicy(), 7, 3000, False, (base, ielts, office, ladder), points, boards
    )
    return [first, second]


def _work_left(now: datetime, team: Mapping[Role, Actor]) -> None:
    """Something for the operator to do: applications, withdrawals that wait, a settlement that a
    colleague prepared, what was stopped."""
    history.applicants(_APPLICANTS)
    for code, amount in (("aze", 15_000), ("tujing", 8_800), ("chenli", 12_600), ("mumu", 3_000)):
        payouts.request(RequestWithdrawal(f"W-open-{code}", code, amount, now))
    history.settlement(["W-open-chenli", "W-open-mumu"], now, by=team[Role.FINANCE])
    history.stop(
        "p31",
        "同一台设备上有两个推广员，核实后恢复",
        "laozhou",
        "学员留的手机号和推广员相同，核实后放行",
        by=team[Role.OWNER],
    )
    # The demo's promoter said who she is; one payout waits for her to confirm it.
    declare_identity(
        _account_of("yu"), real_name=people.REAL_NAMES["yu"], id_number=people.ID_NUMBER
    )
    if merchants.account("wechat_pay") is None:
        payouts.set_account("yu", "sandbox")
    else:
        settling.pay_by_wechat("yu")
    waiting = public_id("wdr", uuid7())
    payouts.request(RequestWithdrawal(waiting, "yu", 12_000, now))
    payouts.approve_and_send(waiting)
    buyers.ask_about_newest("aze", "这单学员用了券，返佣是按券前还是券后算的？")
    for number, (name, course, code, reason) in enumerate(_REFUNDS, start=1):
        student = identity.account_with_phone(people.phone(9000 + number), name=name).code
        buyers.want_money_back(f"R-{number}", student, course, code=code, reason=reason)


def _everybody_else() -> None:
    """Who runs the platform, and somebody to sign in as on each side."""
    staff = identity.make_user("demo-platform", is_platform_staff=True)
    proofs.set_email(staff, "platform@example.org")
    identity.link_user(_account_of("yu"), identity.make_user("demo-promoter"))
    student = identity.account_with_phone(people.phone(9000), name="李想")
    identity.link_user(student.id, identity.make_user("demo-student"))
    for number, course in enumerate(("math30", "ielts7"), start=1):
        buyers.buy(f"L-{number}", student.code, course)


def _account_of(code: str) -> UUID:
    account_id = by_code(code).account_id
    assert account_id is not None, "the demo's promoters have accounts"  # noqa: S101
    return account_id
