"""Many paid orders of one promoter, for lists."""

from datetime import timedelta

from kefen.commissions.actions import book
from kefen.commissions.contracts import Payment
from kefen.orders.actions import place
from kefen.orders.contracts import LineRequest, PlaceOrder
from kefen.platform import clock
from tests.faces.school import PRICE


def orders(n: int, start: int = 0) -> None:
    """Orders L00000, L00001 and so on, a second after each other."""
    now = clock.now() - timedelta(days=2)
    wanted = [
        PlaceOrder(
            f"L{start + k:05d}",
            f"s{k % 50}",
            now + timedelta(seconds=start + k),
            [LineRequest(1, "maths", 1, PRICE)],
            code="yu",
        )
        for k in range(n)
    ]
    place(wanted)
    book([Payment(one.number, "sandbox", one.at + timedelta(seconds=1)) for one in wanted])
