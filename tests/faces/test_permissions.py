"""Who may come in, who may act, and that a neighbour's things do not exist."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client, override_settings

from kefen.commissions import actions as commissions
from kefen.commissions import queries as commission_rows
from kefen.core.ids import public_id
from kefen.faces.web.policies import who_may
from kefen.faces.web.promoter.proof import serial_of
from kefen.orders.models import Refund
from kefen.payouts import actions as payouts
from kefen.payouts.contracts import RequestWithdrawal
from kefen.payouts.queries import by_number
from kefen.platform import clock
from kefen.platform.audit.models import PlatformRecord, Record
from kefen.platform.identity.actions import sign_in_token
from kefen.platform.identity.rights import MAY, PLATFORM, Deed
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.actions import found_institution
from kefen.promoters.queries import by_code
from tests.faces.school import ROLES, School

DEEDS = {
    "members": ("team/{nothing}/remove", {}),
    "refund": ("orders/{order}/refund", {"amount": "1", "reason": "why", "number": "rf-{role}"}),
    "commissions": ("rebates/{proof}/decide", {"decision": "hold", "reason": "look"}),
    "promoters": ("promoters/yu/group", {"group": "gold"}),
    "programme": ("programme/publish", {}),
    "withdrawals": ("withdrawals/w1/decide", {"decision": "reject", "reason": "why"}),
    "notifications": ("notifications/{nothing}/retry", {}),
    "channels": ("channels/wechat_pay", {}),
    "admission": ("promoters-admission", {"kind": "student"}),
    "exports": ("payouts/report", {"quarter": "2026-Q4"}),
    "payout_settings": ("payouts/settings", {"part": "tax", "rule": "none"}),
    "identities": ("payouts/report", {"quarter": "2026-Q4", "full": "1"}),
    "compliance": ("compliance/words", {"decision": "look"}),
    "courses": ("compliance/mend/course/maths/summary", {"text": "讲透真题"}),
    "licences": ("compliance/licences", {}),
    "reveal_notices": ("compliance/platform/{nothing}/noted", {}),
    "evidence": ("compliance/evidence", {"from": "2026-01-01", "to": "2026-12-31"}),
    "reconciliation": ("differences/{nothing}/close", {"decision": "note", "note": "why"}),
}


NO_PAGE_YET: set[Deed] = set()


@pytest.fixture
def busy(school: School) -> School:
    """An order, and a withdrawal that waits."""
    with clock.at(clock.now() - timedelta(days=9)):
        school.buy(phone="13700000001")
    commissions.mature(clock.now())
    school.buy(phone="13700000002")
    payouts.request(RequestWithdrawal("w1", "yu", 20_00, clock.now()))
    return school


def addresses(school: School) -> dict[str, str]:
    newest = commission_rows.of_promoter(by_code("yu").id)[0]
    return {
        "order": newest.order.number,
        "proof": serial_of(newest),
        "nothing": str(uuid4()),
    }


def test_the_table_names_every_deed_that_is_tried_here() -> None:
    of_teams = {deed for deed, roles in MAY.items() if set(roles) != {PLATFORM}}
    assert of_teams - NO_PAGE_YET == DEEDS.keys()


@pytest.mark.parametrize("deed", DEEDS)
def test_each_role_does_what_its_row_says_and_nothing_else(busy: School, deed: str) -> None:
    where = addresses(busy)
    for role in ROLES:
        path, values = DEEDS[deed]
        posted = {name: value.format(role=role) for name, value in values.items()}
        answer = busy.as_(role).post(busy.at(path.format(**where), "o"), posted)
        if role in MAY[Deed(deed)]:
            assert answer.status_code != 403, (role, deed)
        else:
            assert answer.status_code == 403, (role, deed)
            # Reports in full are exports first.
            exports = MAY[Deed.EXPORTS]
            asked = "exports" if deed == "identities" and role not in exports else deed
            assert who_may(asked) in answer.content.decode()
            noted = Record.objects.filter(verb="access.refused").latest("id")
            assert noted.actor_user == busy.users[role].id
            assert noted.details == {"deed": asked, "role": role}
    if deed == "refund":
        assert Refund.objects.count() == len(MAY[Deed(deed)])


def test_who_may_not_act_is_offered_no_form(busy: School) -> None:
    where = addresses(busy)
    reader, owner = busy.as_("read_only"), busy.as_("owner")
    for path in (f"orders/{where['order']}", "promoters/yu", "programme", "withdrawals"):
        for client, offers in ((reader, False), (owner, True)):
            html = client.get(busy.at(path, "o")).content.decode()
            assert (f'action="{busy.at("", "o")}' in html) is offers, path


@pytest.mark.parametrize(
    ("face", "door"),
    [
        ("o", "/sign-in?next=%2Fo%2Fzhixing%2Forders%3Fq%3Da"),
        ("p", "/t/zhixing/sign-in?why=promoter&next=%2Fp%2Fzhixing%2Forders%3Fq%3Da"),
    ],
)
def test_who_is_signed_out_is_led_to_the_sign_in_and_back(
    school: School, face: str, door: str
) -> None:
    path = "orders?q=a" if face == "o" else "income?q=a"
    answer = school.guest().get(school.at(path, face))
    assert (answer.status_code, answer["Location"]) == (302, door.replace("orders", path[:6]))


def test_the_platform_does_not_exist_for_others(school: School) -> None:
    assert school.as_("owner").get("/platform/").status_code == 404
    assert school.as_("owner").get("/platform/limits").status_code == 404
    log = school.as_("platform").get("/platform/audit")
    noted = [
        (row.verb, row.subject, row.actor_user) for row in PlatformRecord.objects.order_by("id")
    ]
    who = school.users["owner"].id
    assert noted == [
        ("access.refused", "page:platform_institutions", who),
        ("access.refused", "page:platform_limits", who),
    ]
    assert log.status_code == 200
    assert "platform_limits" in log.content.decode()
    assert school.as_("platform").get("/platform/").status_code == 200


def test_a_neighbour_finds_nothing_and_his_looking_is_noted(busy: School) -> None:
    where = addresses(busy)
    other = found_institution(slug="next-door", name="Next door")
    with scope.institution(other.id):
        from kefen.platform.identity.actions import add_member, make_user
        from kefen.platform.identity.models import Role

        neighbour = make_user("neighbour")
        add_member(neighbour, Role.OWNER)
    client = busy.guest()
    client.force_login(neighbour)
    pages = ("", f"orders/{where['order']}", "promoters/yu", "statements.csv", "withdrawals")
    for path in pages:
        assert client.get(busy.at(path, "o")).status_code == 404, path
        # His own console does not know our numbers either.
    assert client.get(f"/o/next-door/orders/{where['order']}").status_code == 404
    assert client.get("/o/next-door/promoters/yu").status_code == 404
    decided = client.post("/o/next-door/withdrawals/w1/decide", {"decision": "approve"})
    assert decided.status_code == 404
    assert by_number("w1").state == "requested"
    assert client.get(busy.at(f"income/{where['proof']}", "p")).status_code == 404
    assert Record.objects.filter(verb="access.refused").count() == len(pages) + 1


def test_a_promoter_sees_only_his_own(busy: School) -> None:
    where = addresses(busy)
    from kefen.core.terms import PromoterKind
    from kefen.platform.identity.actions import account_with_phone, link_user, make_user
    from kefen.promoters.actions import Enrolment, enrol

    account = account_with_phone("13600000000")
    kind, now = PromoterKind.STUDENT, clock.now()
    enrol([Enrolment("li", kind, None, account.id, now, None)])
    busy.users["li"] = make_user("li")
    link_user(account.id, busy.users["li"])
    client = busy.as_("li")
    assert client.get(busy.at("", "p")).status_code == 200
    assert client.get(busy.at(f"income/{where['proof']}", "p")).status_code == 404
    assert client.get(busy.at(f"income/{public_id('cms', uuid4())}", "p")).status_code == 404
    assert client.post(busy.at("withdraw/w1/cancel", "p")).status_code == 404
    assert by_number("w1").state == "requested"
    assert "yu" not in client.get(busy.at("statement.csv", "p")).getvalue().decode()


def test_a_sign_in_link_works_once(school: School) -> None:
    token = sign_in_token(school.users["owner"])
    browser = school.guest()
    assert browser.get(f"/sign-in/{token}").status_code == 200
    assert browser.get(school.at("", "o")).status_code == 302
    answer = browser.post(f"/sign-in/{token}")
    assert answer["Location"] == school.at("", "o")
    assert browser.get(school.at("", "o")).status_code == 200
    assert school.guest().post(f"/sign-in/{token}").status_code == 403
    assert school.guest().get(f"/sign-in/{token}x").status_code == 403
    browser.post("/sign-out")
    assert browser.get(school.at("", "o")).status_code == 302


def test_demo_links_are_links_of_the_demo_alone(school: School) -> None:
    token = sign_in_token(school.users["owner"], reusable=True)
    assert school.guest().post(f"/sign-in/{token}").status_code == 403
    with override_settings(DEMO=True):
        for _ in range(2):
            assert school.guest().get(f"/sign-in/{token}").status_code == 302
        page = school.guest().get("/").content.decode()
        assert page.count('class="role"') == 3  # promoter, operator, platform: no student yet
        assert "演示数据" in page


def test_the_demo_clock_is_the_demos_alone(school: School) -> None:
    assert school.guest().post("/demo/clock", {"seconds": "86400"}).status_code == 404


def test_forms_need_their_token(busy: School) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(busy.users["owner"])
    answer = client.post(busy.at("withdrawals/w1/decide", "o"), {"decision": "approve"})
    assert answer.status_code == 403
    assert "403" in answer.content.decode()
    assert by_number("w1").state == "requested"


def test_pages_of_persons_are_kept_by_no_cache(busy: School) -> None:
    for who, path, face in (("owner", "orders", "o"), ("promoter", "income", "p")):
        assert "no-store" in busy.as_(who).get(busy.at(path, face))["Cache-Control"]
