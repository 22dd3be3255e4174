"""Orders of one state, as lists of the console know states, and how such a list is ordered."""

from django.db.models import BooleanField, F, Func, QuerySet

from kefen.orders.models import AskState, Line, Order, RefundAsk
from kefen.orders.queries.strays import strays_for_a_person

_PAID = ("paid", "refunded")
_TRUTH = BooleanField()


def keys_of(state: str) -> tuple[str, str]:
    """The columns by which a list of orders in this state is ordered, newest first: by payment
    where only paid ones are wanted, else by placing."""
    return ("-paid_at", "-id") if state in _PAID else ("-placed_at", "-id")


def in_state(found: "QuerySet[Order]", state: str) -> "QuerySet[Order]":
    """Those of some orders that are in a state; all of them for none. `refund_asked` are those
    whose students wait for an answer, `stray` those with a payment that did not go back,
    `refunded` those of which something went back."""
    if state == "refund_asked":
        asked = RefundAsk.objects.filter(state=AskState.ASKED).values("order_id")
        return found.filter(id__in=asked)
    if state == "stray":
        return found.filter(id__in=strays_for_a_person().values("order_id"))
    if state == "refunded":
        # Written out: plans are made without the values of parameters (config/database.py), and
        # only this lets them take the index of refunded lines.
        something = Func(F("refunded"), template="%(expressions)s > 0", output_field=_TRUTH)
        back = Line.objects.filter(something).values("order_id")
        return found.filter(id__in=back, paid_at__isnull=False)
    if state == "paid":
        return found.filter(state=state, paid_at__isnull=False)  # as the index has it
    return found.filter(state=state) if state else found
