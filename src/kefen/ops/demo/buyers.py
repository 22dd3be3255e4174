"""Students who bought a moment ago: one learns, others want their money back. They pay at the
sandbox's cashier, so that it knows what to give back when the operator agrees."""

from urllib.parse import urlsplit

from django.conf import settings
from django.test import Client

from kefen.catalog import queries as catalog
from kefen.commissions import actions as commissions
from kefen.commissions import queries as rebates
from kefen.orders import actions as orders
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.platform import clock
from kefen.platform.identity.contracts import Actor, ActorKind
from kefen.promoters.queries import by_code

CHANNEL = "sandbox"


def buy(number: str, student: str, course: str, *, code: str | None = None) -> int:
    """One piece of a course, placed, paid at the cashier and booked; answers the price."""
    price = catalog.by_codes([course])[course].list_price
    line = LineRequest(number=1, course=course, quantity=1, paid=price)
    orders.place_one(PlaceOrder(number, student, clock.now(), [line], code))
    settings.STATIC_ROOT.mkdir(parents=True, exist_ok=True)  # whitenoise warns where it is missing
    cashier = urlsplit(orders.open_cashier(number, orders.PayBy(CHANNEL), return_url="/").url)
    Client().post(cashier.path, {"outcome": "paid"}, headers={"host": cashier.netloc})
    # Its notification comes once the demo is up, and finds the order paid.
    commissions.ask_about_payment(number, CHANNEL)
    return price


def want_money_back(number: str, student: str, course: str, *, code: str, reason: str) -> None:
    """Buy, then ask for all of it."""
    price = buy(number, student, course, code=code)
    orders.ask_refund(number, amount=price, reason=reason, actor=Actor(ActorKind.STUDENT))


def ask_about_newest(promoter: str, question: str) -> None:
    """A promoter asks the school about his newest rebate."""
    newest = rebates.of_promoter(by_code(promoter).id)[0]
    commissions.ask_about(newest.id, question, actor=Actor(ActorKind.PROMOTER))
