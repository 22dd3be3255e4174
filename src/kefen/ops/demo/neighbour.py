"""The demo's second school: smaller, with courses, people, orders and work of its own, so that
whoever looks from one at the other sees nothing of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from kefen.catalog import actions as catalog
from kefen.compliance import actions as compliance
from kefen.core.terms import (
    AttributionPolicy,
    CourseScope,
    CourseScopeKind,
    Fixed,
    Percent,
    PlatformLimits,
    PointsTerms,
    PromoterKind,
    PromoterScope,
    Rule,
    Terms,
)
from kefen.ops.demo import bills, buyers, history, licences, odd, people, story
from kefen.ops.demo.courses import course
from kefen.ops.demo.customers import Story
from kefen.ops.demo.people import DemoPromoter
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.platform import clock
from kefen.platform.identity import actions as identity
from kefen.platform.identity.models import Role
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.programmes.actions import publish
from kefen.promoters.queries import by_code

SLUG = "lantu"
NAME = "蓝图职业学院"
SEED = 20261124
PROMOTERS = 12

COURSES = (
    course(
        "figma",
        "界面设计从草图到交付",
        "design",
        599,
        "宋遥老师",
        "六份作业，逐份改稿。",
        "图",
        "jade",
    ),
    course(
        "brand",
        "品牌视觉与版式基础",
        "design",
        459,
        "宋遥老师",
        "字体、网格、色彩各两周。",
        "牌",
        "indigo",
    ),
    course(
        "sql", "业务人员的 SQL 入门", "it", 169, "程越老师", "四十道题，从取数到看板。", "库", "ink"
    ),
    course(
        "ops", "Linux 运维实战", "it", 429, "程越老师", "装机、监控、备份、演练。", "维", "amber"
    ),
    course(
        "ledger",
        "初级会计实务",
        "finance",
        359,
        "庄静老师",
        "分录、报表与真题讲评。",
        "账",
        "cinnabar",
    ),
    course(
        "shop",
        "电商运营基本功",
        "career",
        289,
        "阮宁老师",
        "选品、详情页、客服与复盘。",
        "店",
        "jade",
    ),
    course(
        "cut",
        "纪录短片剪辑课",
        "career",
        239,
        "韩朔老师",
        "素材整理到成片，双周交一条。",
        "剪",
        "ink",
    ),
    course(
        "electric",
        "低压电工取证辅导",
        "exam",
        319,
        "赵衡老师",
        "理论直播加实操录像。",
        "电",
        "indigo",
    ),
)

_NAMED = (
    DemoPromoter("yezi", "叶子的设计笔记", PromoterKind.STUDENT, "gold", 20),
    DemoPromoter("hanshuo", "韩朔老师", PromoterKind.LECTURER, "gold", 17),
    DemoPromoter("gongfang", "一方工坊", PromoterKind.CHANNEL, "silver", 15),
    DemoPromoter("anan", "安安职场日记", PromoterKind.STUDENT, "silver", 10, inviter="yezi"),
)
_TEAM = (
    ("demo-other", Role.OWNER, "叶舟"),
    ("demo-other-operator", Role.OPERATOR, "白芷"),
    ("demo-other-finance", Role.FINANCE, "江楠"),
    ("demo-other-reviewer", Role.REVIEWER, "苏陌"),
    ("demo-other-reader", Role.READ_ONLY, "许知"),
)
_STORY = story.School(
    COURSES,
    popular=(20, 9, 24, 10, 12, 16, 14, 8),
    visits_a_day=32,
    bought_directly=1,
    withdrawing=("yezi", "hanshuo"),
    unlucky="hanshuo",
    most_withdrawn=90,
    prefix="B",
)


def seed(now: datetime, today: datetime) -> Iterator[tuple[int, int]]:
    """Make the school; yields how many of its events happened, of how many."""
    random, since = Random(SEED), today - timedelta(days=story.DAYS)
    founded = found_institution(slug=SLUG, name=NAME, limits=PlatformLimits(max_rate_bps=2500))
    with scope.institution(founded.id):
        crowd = people.promoters(random, PROMOTERS, _NAMED)
        with clock.at(since - timedelta(days=20)):
            catalog.take_over(COURSES)
            history.crowd(random, crowd)
        history.lessons(random, today)
        publish(_terms(since), take_over=True)
    with scope.institution(founded.id):
        events = story.tell(random, crowd, since, now - timedelta(minutes=3), _STORY)
        runner = Story(events, {})
        for done, _ in enumerate(runner.run(), start=1):
            if done % 100 == 0 or done == len(events):
                yield done, len(events)
        runner.catch_up(now)
        history.landings(random)
        history.name_students(random)
        bills.write_and_reconcile(since, today)
        _people()
        _work_left(now)
        licences.leave_waiting(today.date())


def _terms(since: datetime) -> Terms:
    base = Rule("base", PromoterScope(), CourseScope(), Percent(1500))
    design = Rule(
        "design", PromoterScope(), CourseScope(CourseScopeKind.CATEGORY, "design"), Fixed(6000)
    )
    points = PointsTerms(per_order=10, per_yuan=1)
    start = since - timedelta(days=20)
    return Terms(start, AttributionPolicy(), 7, 2500, False, (base, design), points)


def _people() -> None:
    """Somebody to sign in as, on each side."""
    promoter = by_code("yezi").account_id
    assert promoter is not None, "the demo's promoters have accounts"  # noqa: S101
    identity.link_user(promoter, identity.make_user("demo-other-promoter"))
    student = identity.account_with_phone(people.phone(9100), name="陶然")
    identity.link_user(student.id, identity.make_user("demo-other-student"))
    buyers.buy("L-1", student.code, "sql")


def _work_left(now: datetime) -> None:
    """One of each of what an operator decides on."""
    actors = history.team(_TEAM)
    history.applicants((("muzi", "木子的工位", PromoterKind.STUDENT),))
    for code, amount in (("gongfang", 6_000), ("anan", 4_000)):
        payouts.request(RequestWithdrawal(f"W-open-{code}", code, amount, now))
    history.settlement(["W-open-gongfang"], now, by=actors[Role.FINANCE])
    buyers.ask_about_newest("anan", "这单为什么按固定金额算？")
    who = identity.account_with_phone(people.phone(9001), name="姚远").code
    buyers.want_money_back("R-1", who, "shop", code="yezi", reason="想换成周末班")
    compliance.complain(
        compliance.NewComplaint(
            kind="text", text="页面写的开课时间和群里通知的不一样。", about="shop"
        )
    )
    odd.burst("gongfang", "figma", now)
    history.stop(
        "p09",
        "资料里的联系方式打不通，核实后恢复",
        "hanshuo",
        "付款人与讲师同名，核实后放行",
        by=actors[Role.OWNER],
    )
