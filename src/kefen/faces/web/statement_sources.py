"""Where a movement comes from: the order, the version of the rules and the evidence; else the
withdrawal, the day of a channel's bill, or the board whose prize it is."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from kefen.commissions import queries as commissions
from kefen.core.ids import parse_public_id, public_id
from kefen.core.postings import DIFFERENCE
from kefen.faces.web.promoter.proof import SERIAL
from kefen.orders import queries as orders
from kefen.reconciliation import queries as reconciliation
from kefen.splits import queries as splits


@dataclass(frozen=True, slots=True)
class Source:
    """What stands behind a key of the ledger; empty where nothing does."""

    order: str = ""
    versions: tuple[int, ...] = ()
    proofs: tuple[str, ...] = ()
    withdrawal: str = ""
    bill: tuple[str, date] | None = None
    board: tuple[str, str, str] | None = None

    @property
    def proof(self) -> str:
        """The one commission that it is about, empty if there are several."""
        return self.proofs[0] if len(self.proofs) == 1 else ""


def sources(keys: Iterable[str], promoter: str = "") -> dict[str, Source]:
    """The sources of some keys, in a few queries however many; of one promoter's commissions only,
    where he is named: nobody sees another's evidence."""
    wanted = {key: key.split(":") for key in keys}
    refunds = {parts[1] for parts in wanted.values() if parts[0] == "refund" and len(parts) == 2}
    refunded = orders.orders_of_refunds(refunds) if refunds else {}
    astray = {parts[1] for parts in wanted.values() if parts[0] == "stray" and len(parts) == 3}
    refunded |= orders.orders_of_strays(astray) if astray else {}
    withdrawn = {parts[1] for parts in wanted.values() if _is_withdrawal(parts)}
    divided = splits.orders_of_numbers(withdrawn) if withdrawn else {}
    corrected = [parts[1] for parts in wanted.values() if _is_correction(parts)]
    days = reconciliation.days_of(parse_public_id(DIFFERENCE, one) for one in corrected)
    order_of = {key: _order(parts, refunded, divided) for key, parts in wanted.items()}
    rows = defaultdict(list)
    numbers = {order for order in order_of.values() if order}
    for order, line, level, code, id_, version in commissions.evidence_of(numbers):
        if code == promoter or not promoter:
            rows[order].append((line, level, public_id(SERIAL, id_), version))
    found = {}
    for key, parts in wanted.items():
        order = order_of[key]
        mine = rows.get(order, [])
        if parts[0] == "commission":
            mine = [row for row in mine if [str(row[0]), str(row[1])] == parts[2:4]]
        versions = tuple(sorted({row[3] for row in mine}))
        found[key] = Source(
            order,
            versions,
            tuple(row[2] for row in mine),
            parts[1] if _is_withdrawal(parts) else "",
            _bill(parts, days),
            _board(parts),
        )
    return found


def _is_withdrawal(parts: list[str]) -> bool:
    return parts[0] == "withdrawal" and len(parts) == 3


def _is_correction(parts: list[str]) -> bool:
    return parts[0] == "bill" and parts[2:3] == ["corrected"]


def _bill(parts: list[str], days: dict[UUID, tuple[str, date]]) -> tuple[str, date] | None:
    """The day at a channel whose bill moved it: its fees, or the correction of a difference."""
    if _is_correction(parts):
        return days.get(parse_public_id(DIFFERENCE, parts[1]))
    is_fee = parts[0] == "bill" and parts[3:4] == ["fees"]
    return (parts[1], date.fromisoformat(parts[2])) if is_fee else None


def _board(parts: list[str]) -> tuple[str, str, str] | None:
    """Metric, period and first day of the board that awarded a prize."""
    is_prize = parts[0] == "board" and parts[4:5] == ["prize"]
    return (parts[1], parts[2], parts[3]) if is_prize else None


def _order(parts: list[str], refunded: dict[str, str], divided: dict[str, str]) -> str:
    if _is_withdrawal(parts):
        return divided.get(parts[1], "")
    if parts[0] in ("order", "commission") and len(parts) > 2:
        return parts[1]
    goes_back = (parts[0], len(parts)) in (("refund", 2), ("stray", 3))
    return refunded.get(parts[1], "") if goes_back else ""
