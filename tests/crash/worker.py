"""What the processes of the siege do. A process of its own: `python -m tests.crash.worker …`

    prepare                       make the school
    work LIFE JOURNAL VARIANT     sell, refund, withdraw until killed
    check JOURNAL…                compare, send everything again, audit; prints what is wrong

Variants: `honest`; `hasty` does not wait for the disk (synchronous_commit off); `torn` posts the
ledger in a transaction after the order's own. The last two are the controls.
"""

import json
import os
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django

django.setup()

from django.db import Error, connection, transaction  # noqa: E402

from kefen.commissions import actions as commissions  # noqa: E402
from kefen.commissions.contracts import Payment, RefundOrder  # noqa: E402
from kefen.commissions.models import Commission  # noqa: E402
from kefen.core.errors import DomainError, InsufficientBalance  # noqa: E402
from kefen.ledger import actions as ledger  # noqa: E402
from kefen.ledger.models import Transfer  # noqa: E402
from kefen.ops.audit import audit_institution  # noqa: E402
from kefen.orders import actions as orders  # noqa: E402
from kefen.orders.contracts import LineRequest, PlaceOrder  # noqa: E402
from kefen.orders.models import Order  # noqa: E402
from kefen.payouts import actions as payouts  # noqa: E402
from kefen.payouts.contracts import RequestWithdrawal  # noqa: E402
from kefen.platform import clock  # noqa: E402
from kefen.platform.tenancy import queries, scope  # noqa: E402
from kefen.platform.tenancy.actions import found_institution  # noqa: E402
from tests.factories import (  # noqa: E402
    START,
    allow_level2,
    ladder,
    make_course,
    make_promoter,
    make_terms,
    make_version,
    percent,
)

PROMOTERS = ("yu", "li", "mo")
LINES = (LineRequest(1, "python", 1, 99_99), LineRequest(2, "guitar", 1, 33_33))
SLUG = "besieged"


def prepare() -> None:
    """A school with two levels, a ladder and no hold, so that everything happens at once."""
    founded = found_institution(slug=SLUG, name="Besieged")
    with scope.institution(founded.id):
        allow_level2()
        make_course()
        make_course(code="guitar", list_price=33_33)
        make_promoter(code="boss")
        for code in PROMOTERS:
            make_promoter(code=code, inviter="boss")
        rules = [percent(1000, level2_bps=300), ladder((1, 500), (5, 900), course="guitar")]
        make_version(terms=make_terms(rules=rules, level2=True, hold_days=0))


def deeds(life: int) -> Iterator[dict[str, Any]]:
    """What a worker does, one after the other, each under a number of its own."""
    dice = random.Random(life)
    count = 0
    while True:
        count += 1
        number, promoter = f"{life}-{count}", dice.choice(PROMOTERS)
        yield {"verb": "place", "number": number, "promoter": promoter}
        yield {"verb": "pay", "number": number}
        if dice.random() < 0.5:
            yield {"verb": "mature", "number": number}
        if dice.random() < 0.4:
            amount = dice.randint(1, 133_32)
            yield {"verb": "refund", "number": f"r{number}", "order": number, "amount": amount}
        if dice.random() < 0.4:
            amount = dice.randint(1, 20_00)
            yield {
                "verb": "withdraw",
                "number": f"w{number}",
                "promoter": promoter,
                "amount": amount,
            }


def do(deed: dict[str, Any]) -> str:
    """Do one deed through the actions; answers `done`, or the code of the refusal."""
    number = deed["number"]
    try:
        if deed["verb"] == "place":
            request = PlaceOrder(number, f"stu{number}", START, LINES, deed["promoter"])
            orders.place_one(request)
        elif deed["verb"] == "pay":
            commissions.book_one(Payment(number, "wechat", START))
        elif deed["verb"] == "mature":
            commissions.mature(START)
        elif deed["verb"] == "refund":
            commissions.refund(RefundOrder(number, deed["order"], START, None, deed["amount"]))
        else:
            wanted = RequestWithdrawal(number, deed["promoter"], deed["amount"], START)
            payouts.request(wanted)
    except DomainError as refusal:
        return refusal.code
    return "done"


def work(life: int, journal: Path, variant: str) -> None:
    """Until killed: note, do, note. A server that is gone comes back."""
    if variant == "torn":
        _tear()
    institution = None
    with journal.open("ab", buffering=0) as file:
        for deed in deeds(life):
            _note(file, {"next": deed})
            while True:
                try:
                    if institution is None:
                        institution = queries.by_slug(SLUG).id
                    with scope.institution(institution), clock.at(START):
                        if variant == "hasty":
                            _hurry()
                        answer = do(deed)
                except Error as error:
                    sys.stderr.write(f"{life}: {deed['verb']} {deed['number']}: {error}\n")
                    connection.close()
                    time.sleep(0.02)
                else:
                    break
            if answer == "done":
                _note(file, {"done": deed})
                os.fsync(file.fileno())


def _note(file: Any, entry: dict[str, Any]) -> None:
    file.write(json.dumps(entry).encode() + b"\n")


def _hurry() -> None:
    """The first control: do not wait for the disk."""
    with connection.cursor() as cursor:
        cursor.execute("SET synchronous_commit = off")


def _tear() -> None:
    """The second control: the order is marked as paid in one transaction, posted in another."""
    # The package shows the function of this name, so the module is asked for by its own.
    booking: Any = sys.modules["kefen.commissions.actions.book"]
    book, post = booking.book, ledger.post
    waiting: list[tuple[Any, str]] = []

    def book_torn(payments: Any) -> Any:
        booking.ledger = _Later(waiting)
        try:
            answers = book(payments)
        finally:
            booking.ledger = ledger
        time.sleep(0.03)
        with transaction.atomic():
            while waiting:
                post(*waiting.pop())
        return answers

    booking.book = book_torn


class _Later:
    """The ledger, except that posting waits."""

    def __init__(self, waiting: list[tuple[Any, str]]) -> None:
        self.waiting = waiting
        self.lock = ledger.lock
        self.open_accounts = ledger.open_accounts

    def post(self, transfers: Any, currency: str) -> None:
        self.waiting.append((transfers, currency))


def read(journals: list[str]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """(what was begun, what was acknowledged); a line that was torn by a kill was not written."""
    begun, done = [], []
    for journal in journals:
        for line in Path(journal).read_bytes().split(b"\n")[:-1]:
            entry = json.loads(line)
            if "next" in entry:
                begun.append(entry["next"])
            else:
                done.append(entry["done"])
    return begun, done


def check(journals: list[str]) -> list[str]:
    """Everything that is wrong, in words."""
    begun, done = read(journals)
    with scope.institution(queries.by_slug(SLUG).id), clock.at(START):
        problems = [f"missing: {deed}" for deed in done if not _stored(deed)]
        problems += [f"audit before: {finding}" for finding in audit_institution()]
        try:
            for deed in begun:
                do(deed)
            while commissions.mature(START):
                pass
        except InsufficientBalance as error:
            # Books with something missing may not even bear what comes next.
            return [*problems, f"books refuse: {error}"]
        # By now everything is there: a third time nothing may happen. (A withdrawal that was
        # refused may be granted once there is more, so those are not sent again.)
        before = _everything()
        for deed in begun:
            if deed["verb"] != "withdraw":
                do(deed)
        problems += [f"double: {key}" for key in _everything() - before]
        placed = {deed["number"] for deed in begun if deed["verb"] == "place"}
        stored = list(Order.objects.values_list("number", flat=True))
        if sorted(stored) != sorted(placed):
            problems.append(f"orders: {len(stored)} stored, {len(placed)} sent")
        while ledger.fold():
            pass
        problems += [f"audit after: {finding}" for finding in audit_institution()]
    return problems


_KEYS = {
    "pay": "order:{number}:paid",
    "refund": "refund:{number}",
    "withdraw": "withdrawal:{number}:requested",
}


def _stored(deed: dict[str, Any]) -> bool:
    """Is what was acknowledged in the books?"""
    if deed["verb"] == "mature":
        return True
    if deed["verb"] == "place":
        return Order.objects.filter(number=deed["number"]).exists()
    key = _KEYS[deed["verb"]].format(number=deed["number"])
    return Transfer.objects.filter(key=key).exists()


def _everything() -> Counter[str]:
    """What is in the books, by name: orders, commissions, transfers."""
    found = Counter(Order.objects.values_list("number", flat=True))
    found.update(Transfer.objects.values_list("key", flat=True))
    found.update(
        f"{number}/{line}/{level}"
        for number, line, level in Commission.objects.values_list(
            "order__number", "line__number", "level"
        )
    )
    return found


def main() -> None:
    what, arguments = sys.argv[1], sys.argv[2:]
    if what == "prepare":
        prepare()
    elif what == "work":
        work(int(arguments[0]), Path(arguments[1]), arguments[2])
    else:
        sys.stdout.write(json.dumps(check(arguments)))


if __name__ == "__main__":
    main()
