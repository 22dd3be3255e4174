"""A small school for tests of views, and how people walk through it."""

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

from django.http import HttpResponse
from django.test import Client

from kefen.catalog.actions import NewCourse, NewSession, add_course, schedule
from kefen.commissions import actions as commissions
from kefen.commissions.contracts import Payment, RefundOrder
from kefen.core.attribution import AttributionPolicy
from kefen.core.terms import CourseScope, Percent, PromoterKind, PromoterScope, Rule, Terms
from kefen.orders.queries import by_number
from kefen.platform import clock
from kefen.platform.identity.actions import (
    account_with_phone,
    add_member,
    link_user,
    make_user,
)
from kefen.platform.identity.declare import declare_identity
from kefen.platform.identity.models import Role, User
from kefen.platform.tenancy.contracts import InstitutionFacts
from kefen.programmes.actions import publish
from kefen.promoters.actions import Enrolment, enrol
from kefen.promoters.queries import by_code
from kefen.referrals.actions import make_link

PRICE = 299_00
REBATE = 59_80
AGENT = "Mozilla/5.0 (iPhone) MicroMessenger/8.0"
ROLES = ("owner", "operator", "finance", "reviewer", "read_only")


def token_in(html: str, name: str) -> str:
    """The value of a hidden input."""
    found = re.search(rf'name="{name}" value="([^"]*)"', html)
    assert found is not None, name
    return found[1]


@dataclass
class School:
    """The school and those who come to it."""

    facts: InstitutionFacts
    users: dict[str, User] = field(default_factory=dict)
    code: str = ""

    def at(self, address: str, face: str = "t") -> str:
        """An address of the school: `c/maths` as students see it."""
        return f"/{face}/{self.facts.slug}/{address}"

    def guest(self, **headers: str) -> Client:
        """A browser that was never here."""
        return Client(headers={"User-Agent": AGENT, **headers})

    def as_(self, who: str) -> Client:
        """A browser on which somebody is signed in."""
        client = self.guest()
        client.force_login(self.users[who])
        return client

    def open_link(self, browser: Client) -> str:
        """Open the promoter's link; answers the address of the landing with its token."""
        answer = browser.get(f"/s/{self.code}")
        assert answer.status_code == 302
        return str(answer["Location"])

    def checkout(
        self, browser: Client, landing: str = "", *, phone: str = "13800000001", **typed: str
    ) -> HttpResponse:
        """From a landing (or none) through the form; answers the form's answer."""
        token = parse_qs(urlsplit(landing).query).get("r", [""])[0]
        form = self.form(browser, token)
        return self.send(browser, {**form, "phone": phone, "terms": "1", **typed})

    def form(self, browser: Client, token: str = "") -> dict[str, str]:
        """The hidden fields of the checkout."""
        page = browser.get(self.at("checkout/maths"), {"r": token})
        assert page.status_code == 200, page.status_code
        html = page.content.decode()
        return {name: token_in(html, name) for name in ("number", "attribution")}

    def send(self, browser: Client, form: dict[str, str]) -> HttpResponse:
        """Send the checkout's form."""
        return browser.post(self.at("checkout/maths"), form)  # type: ignore[return-value]

    def pay(self, cashier: str) -> str:
        """Pay at the channel's cashier, and let its word arrive; answers the way back."""
        answer = Client().post(urlsplit(cashier).path, {"outcome": "paid"})
        back = str(answer["Location"])
        number = urlsplit(back).path.rsplit("/", 1)[1]
        total = by_number(number).total
        commissions.book_one(Payment(number, "sandbox", clock.now(), total))
        return back

    def buy(self, **typed: str) -> str:
        """A guest comes by the link and buys; answers the order's number."""
        browser = self.guest()
        answer = self.checkout(browser, self.open_link(browser), **typed)
        assert answer.status_code == 302, answer.content.decode()
        back = self.pay(answer["Location"])
        return urlsplit(back).path.rsplit("/", 1)[1]

    def refund(self, number: str, order: str, amount: int) -> None:
        """A refund that took place."""
        commissions.refund(RefundOrder(number, order, clock.now(), amount=amount))


def open_school(facts: InstitutionFacts) -> School:
    """Fill the institution in scope."""
    past = clock.now() - timedelta(days=30)
    course = add_course(
        NewCourse(
            code="maths",
            title="考研数学冲刺班",
            category="exam",
            list_price=PRICE,
            teacher="陈立",
            summary="讲透真题里的十二类大题。",
            outline="30 次直播\n回放一年",
        )
    )
    schedule(course, [NewSession("导数", datetime.now(UTC) + timedelta(days=2), 90)])  # noqa: TID251
    add_course(NewCourse(code="python", title="数据分析", category="code", list_price=199_00))
    rule = Rule(key="base", promoter=PromoterScope(), course=CourseScope(), level1=Percent(2000))
    policy = AttributionPolicy()
    terms = Terms(effective_from=past, policy=policy, hold_days=7, max_rate_bps=3000, rules=(rule,))
    publish(terms, take_over=True)
    account = account_with_phone("13900000001", name="于小鱼")
    enrol(
        [
            Enrolment(
                code="yu",
                kind=PromoterKind.STUDENT,
                group="silver",
                account_id=account.id,
                active_from=past,
                active_to=None,
                inviter=None,
                nickname="小鱼",
            )
        ]
    )
    declare_identity(account.id, real_name="于小鱼", id_number="11010519491231002X")
    school = School(facts, code=make_link(by_code("yu").id, course_id=course).short_code)
    school.users["promoter"] = make_user("promoter")
    link_user(account.id, school.users["promoter"])
    for role in ROLES:
        school.users[role] = make_user(role)
        add_member(school.users[role], Role(role), display_name=f"成员 {role}")
    school.users["platform"] = make_user("platform", is_platform_staff=True)
    return school
