"""The same notification many times at once, many workers on one row, and racing notifications."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from django.db import connection

from kefen.faces.api.webhooks_in.work import work
from kefen.platform.inbox.models import Notification
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.contracts import InstitutionFacts
from tests.webhooks.shop import (
    PAID_BOOKS,
    PRICE,
    Seen,
    books,
    commissions,
    id_of,
    paid,
    place,
    queued,
    refunded,
    seen,
    send,
)

MANY = 50
AT_ONCE = 10


def at_once(institution: InstitutionFacts, jobs: list[Callable[[], Any]]) -> list[Any]:
    """Run jobs in threads that start together, each with a connection and a scope of its own."""
    barrier = threading.Barrier(AT_ONCE)

    def one(job: Callable[[], Any]) -> Any:
        try:
            barrier.wait(30)
            with scope.institution(institution.id):
                return job()
        finally:
            connection.close()

    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result(60) for future in [pool.submit(one, job) for job in jobs]]


def test_fifty_deliveries_of_one_payment_make_one_commission_set(
    own_shop: InstitutionFacts,
) -> None:
    place("ord-1")
    event = paid("ord-1")
    assert set(at_once(own_shop, [lambda: send(event)] * MANY)) == {200}
    assert Notification.objects.count() == 1
    assert len(queued("notifications.work")) == 1
    key = id_of(event.event)
    outcomes = at_once(own_shop, [lambda: work(key)] * AT_ONCE)
    assert sum(outcome is not None for outcome in outcomes) == 1
    assert (books(), commissions()) == (PAID_BOOKS, 1)


def test_fifty_notifications_of_one_payment_make_one_commission_set(
    own_shop: InstitutionFacts,
) -> None:
    place("ord-1")
    events = [paid("ord-1", event=f"evt-{n}") for n in range(MANY)]
    at_once(own_shop, [lambda event=event: send(event) for event in events])  # type: ignore[misc]
    assert Notification.objects.count() == MANY
    keys = [id_of(event.event) for event in events]
    at_once(own_shop, [lambda key=key: work(key) for key in keys])  # type: ignore[misc]
    assert {seen(event.event) for event in events} == {Seen("done", "")}
    assert (books(), commissions()) == (PAID_BOOKS, 1)


def test_payment_and_refund_at_the_same_moment_end_refunded(own_shop: InstitutionFacts) -> None:
    numbers = [f"ord-{n}" for n in range(AT_ONCE)]
    works: list[Callable[[], Any]] = []
    for number in numbers:
        place(number)
        for event in (refunded(number, f"rfd-{number}", PRICE), paid(number)):
            assert send(event) == 200
            works.append(partial(work, id_of(event.event)))
    at_once(own_shop, works)
    # What waited was put into the queue again by its payment.
    for job in queued("notifications.work"):
        work(Notification.objects.get(id=job["notification"]).id)
    states = {seen(f"evt-rfd-{number}") for number in numbers}
    assert states == {Seen("done", "")}
    assert books() == {}
    assert commissions() == len(numbers)
