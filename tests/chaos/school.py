"""The school of the chaos run: courses at odd prices, promoters of both ways, and its people."""

from datetime import timedelta

from kefen.catalog.actions import NewCourse, take_over
from kefen.core.splits import Way
from kefen.core.terms import (
    AttributionPolicy,
    CourseScope,
    Percent,
    PromoterKind,
    PromoterScope,
    Rule,
    Terms,
)
from kefen.payouts.models import PayoutAccount
from kefen.platform import clock
from kefen.platform.identity.actions import ensure_accounts
from kefen.platform.identity.contracts import SYSTEM
from kefen.platform.identity.declare import declare_identity
from kefen.programmes.actions import publish
from kefen.promoters.actions import Enrolment, enrol
from kefen.promoters.models import Promoter
from kefen.promoters.queries import by_code
from kefen.splits.actions import choose_way
from tests.chaos.channel_side import ChannelSide
from tests.splits.school import id_number

PRICES = {"math": 29_900, "art": 9_999, "law": 1_234, "prose": 58_867}
WALLET = ("wei", "wu", "wang", "wen")
STRAIGHT = ("shi", "sun", "song", "su")
PROMOTERS = (*WALLET, *STRAIGHT)


def open_school(side: ChannelSide) -> None:
    """20 % after seven days, of at most 30 %."""
    past = clock.now() - timedelta(days=30)
    courses = [
        NewCourse(code=code, title=f"课程{code}", category="exam", list_price=price)
        for code, price in PRICES.items()
    ]
    take_over(courses)
    kind = PromoterKind.STUDENT
    people = [
        Enrolment(code, kind, None, None, active_from=past, active_to=None, inviter=None)
        for code in PROMOTERS
    ]
    enrol(people)
    rule = Rule(key="base", promoter=PromoterScope(), course=CourseScope(), level1=Percent(2000))
    terms = Terms(
        effective_from=past,
        policy=AttributionPolicy(),
        hold_days=7,
        max_rate_bps=3000,
        rules=(rule,),
    )
    publish(terms, take_over=True)
    for place, code in enumerate(PROMOTERS):
        _person(side, code, place)


def _person(side: ChannelSide, code: str, place: int) -> None:
    """He said who he is and where he is paid, and the channel knows him."""
    account = ensure_accounts([f"{code}-himself"])[f"{code}-himself"]
    name = f"王小{code}"
    payee, known_as = side.payee(code, name)
    Promoter.objects.filter(code=code).update(account_id=account)
    declare_identity(account, real_name=name, id_number=id_number(place))
    PayoutAccount.objects.create(
        promoter_id=by_code(code).id,
        kind=side.name,
        account=payee,
        name=known_as,
        changed_at=clock.now(),
    )


def divide() -> None:
    """Some promoters want what they earn straight from each payment."""
    for code in STRAIGHT:
        choose_way(code, Way.SPLIT, actor=SYSTEM)
