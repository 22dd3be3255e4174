"""The large school of the demo: told in batches, and every check of its books agrees."""

from collections import Counter

import pytest

from kefen.commissions.models import Commission, Question
from kefen.ops.audit import audit_institution
from kefen.ops.demo import large
from kefen.orders.models import Order, Refund
from kefen.payouts.models import Withdrawal
from kefen.platform.tenancy import queries, scope
from kefen.promoters.models import Promoter
from kefen.referrals.models import Landing, Touch

ORDERS = 300


@pytest.mark.usefixtures("rolled_back")
def test_its_books_agree_and_it_has_something_of_everything() -> None:
    steps = list(large.seed(ORDERS, days=21))
    assert [step.done for step in steps] == sorted(step.done for step in steps)
    assert steps[-1] == large.Progress(ORDERS, ORDERS)
    with scope.institution(queries.by_slug(large.SLUG).id):
        states = Counter(Order.objects.values_list("state", flat=True))
        assert states.total() == ORDERS
        assert states["paid"] > ORDERS * 0.8
        assert states["cancelled"] > 0
        assert states["placed"] > 0
        assert Refund.objects.exists()
        assert Question.objects.exists()
        assert Landing.objects.count() < Touch.objects.count()
        assert Promoter.objects.count() == ORDERS // 20
        assert {"pending", "available"} <= set(Commission.objects.values_list("state", flat=True))
        assert Withdrawal.objects.filter(state="succeeded").exists()
        assert audit_institution() == []
