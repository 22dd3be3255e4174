"""The naive variants: what the house does not do, so that its races are shown able to fail.

Each works on tables of its own or leaves nothing behind; the audit of the fixture stays clean.
"""

import time

from django.db import connection, transaction

from kefen.orders.models import Line, Order
from kefen.platform.tenancy.scope import institution_id

PAUSE = 0.2
"""Between looking and writing: on a busy machine it is there by itself."""


def deliver_naively() -> str:
    """Look for the payment's audit row, then write it: check, then insert."""
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM audit_record WHERE institution_id = %s AND verb = 'naive.paid'",
            [institution_id()],
        )
        if cursor.fetchone()[0]:
            return "known"
        time.sleep(PAUSE)
        cursor.execute(
            "INSERT INTO audit_record"
            " (institution_id, id, verb, subject, actor_kind, details, network, device, at)"
            " VALUES"
            " (%s, gen_random_uuid(), 'naive.paid', 'order:o1', 'system', '{}', '', '', now())",
            [institution_id()],
        )
        return "written"


def refund_naively(order: str, amount: int) -> bool:
    """Read what is left without a lock, decide; the money goes where we are not."""
    with transaction.atomic():
        row = Order.objects.get(number=order)
        left = sum(line.paid - line.refunded for line in Line.objects.filter(order_id=row.id))
        time.sleep(PAUSE)
        return amount <= left


def withdraw_naively(promoter_balance: int, amount: int, journal: list[int]) -> bool:
    """Read the balance without a lock, decide, write what was decided."""
    before = promoter_balance - sum(journal)
    time.sleep(PAUSE)
    if amount > before:
        return False
    journal.append(amount)
    return True
