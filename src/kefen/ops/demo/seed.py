"""Filling the demo: courses, people, a programme, thirty days of history, work left to do."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

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
from kefen.ops.demo import bills, buyers, complaints, licences, odd, people, settling, story
from kefen.ops.demo.channels import Emulated, connect, silence, speak_again
from kefen.ops.demo.courses import COURSES
from kefen.ops.demo.customers import Story
from kefen.oversight import actions as oversight
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity import actions as identity
from kefen.platform.identity import proofs
from kefen.platform.identity.declare import declare_identity
from kefen.platform.identity.models import Role
from kefen.platform.jobs.declare import in_every_institution
from kefen.platform.merchants import queries as merchants
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.programmes.actions import publish
from kefen.promoters import actions as promoters
from kefen.promoters.queries import by_code
from kefen.referrals.actions import take_over_landings
from kefen.referrals.queries import visits_in_order

SLUG = "zhixing"
OTHER_SLUG = "lantu"
SEED = 20261122
PROMOTERS = 42
PAID_THERE = 30
WECHAT_APP = "wx7a3c0d1e5b9f2468"
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
            _catalogue()
            _crowd(random, crowd)
        _sessions(random, today)
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
        _landings(random)
        _name_students(random)
        bills.write_and_reconcile(since, today)
        for one in emulators:
            settling.open_days(one, since, today)
            settling.leave_from_payments(one)
        _work_left(now)
        complaints.leave()
        licences.leave_passed(since, today.date())
        odd.click_oddly(now)
        while ledger.fold():
            pass
        _team()
    _other_institution(today.date())
    in_every_institution(_gathered)


def _gathered() -> None:
    """What the platform sees is there from the first page on; later a job gathers it."""
    oversight.gather()
    oversight.gather_months()


def _catalogue() -> None:
    for course in COURSES:
        catalog.add_course(course)


def _sessions(random: Random, today: datetime) -> None:
    for place, course in enumerate(catalog_queries.all_courses()):
        first = today + timedelta(hours=19, minutes=30 * (place % 3), days=place % 4)
        catalog.schedule(
            course.id,
            [
                catalog.NewSession(f"第 {n} 讲", first + timedelta(days=3 * (n - 1)), 90)
                for n in range(1, random.randint(4, 8))
            ],
        )


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


def _crowd(random: Random, crowd: list[people.DemoPromoter]) -> None:
    """Everybody applies with his own account and is approved; a few wait or were returned."""
    for number, one in enumerate(crowd):
        account = identity.account_with_phone(people.phone(number), name=people.person(random))
        promoters.apply(
            account_id=account.id,
            code=one.code,
            kind=one.kind,
            nickname=one.nickname,
            agreed=True,
            adult=True,
            inviter=one.inviter,
        )
        promoters.approve(one.code, group=one.group)


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


def _landings(random: Random) -> None:
    """Four of five visits waited for the page: the next seconds after the click."""
    take_over_landings(
        (visit, visit.at + timedelta(seconds=random.randint(1, 6)))
        for visit in visits_in_order()
        if random.random() < 0.8
    )


def _name_students(random: Random) -> None:
    """Give the story's students names and phones, encrypted like everybody's."""
    identity.name_accounts(
        (code, people.person(random), people.phone(10_000 + number))
        for number, code in enumerate(identity.unnamed_codes())
    )


def _work_left(now: datetime) -> None:
    """Something for the operator to do: applications, and withdrawals that wait."""
    for number, (code, nickname, kind) in enumerate(
        (
            ("xinyu", "新雨读书会", PromoterKind.CHANNEL),
            ("peiqi", "佩奇的考证路", PromoterKind.STUDENT),
            ("haitang", "海棠英语沙龙", PromoterKind.CHANNEL),
        )
    ):
        account = identity.account_with_phone(people.phone(5000 + number), name=nickname[:2])
        promoters.apply(
            account_id=account.id, code=code, kind=kind, nickname=nickname, agreed=True, adult=True
        )
    for code, amount in (("aze", 15_000), ("tujing", 8_800)):
        payouts.request(RequestWithdrawal(f"W-open-{code}", code, amount, now))
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


def _team() -> None:
    people_ = (
        ("demo-operator", Role.OWNER, "沈岚"),
        ("demo-finance", Role.FINANCE, "方禾"),
        ("demo-reviewer", Role.REVIEWER, "季晴"),
    )
    for handle, role, name in people_:
        identity.add_member(identity.make_user(handle), role, display_name=name)
    staff = identity.make_user("demo-platform", is_platform_staff=True)
    proofs.set_email(staff, "platform@example.org")
    proofs.set_email(identity.make_user("demo-operator"), "operator@example.org")
    identity.link_user(_account_of("yu"), identity.make_user("demo-promoter"))
    student = identity.account_with_phone(people.phone(9000), name="李想")
    identity.link_user(student.id, identity.make_user("demo-student"))
    for number, course in enumerate(("math30", "ielts7"), start=1):
        buyers.buy(f"L-{number}", student.code, course)


def _account_of(code: str) -> UUID:
    account_id = by_code(code).account_id
    assert account_id is not None, "the demo's promoters have accounts"  # noqa: S101
    return account_id


def _other_institution(today: date) -> None:
    """A second school, nearly empty: what is one's is invisible to the other."""
    other = found_institution(slug=OTHER_SLUG, name="蓝图职业学院")
    with scope.institution(other.id):
        catalog.add_course(COURSES[6])
        identity.add_member(identity.make_user("demo-other"), Role.OWNER, display_name="叶舟")
        licences.leave_waiting(today)
