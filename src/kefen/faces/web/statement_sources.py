"""Where a movement comes from: the order, the version of the rules and the evidence."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kefen.commissions import queries as commissions
from kefen.core.ids import public_id
from kefen.faces.web.promoter.proof import SERIAL
from kefen.orders import queries as orders


@dataclass(frozen=True, slots=True)
class Source:
    """What stands behind a key of the ledger; empty where nothing does."""

    order: str = ""
    versions: tuple[int, ...] = ()
    proofs: tuple[str, ...] = ()

    @property
    def proof(self) -> str:
        """The one commission that it is about, empty if there are several."""
        return self.proofs[0] if len(self.proofs) == 1 else ""


def sources(keys: Iterable[str], promoter: str = "") -> dict[str, Source]:
    """The sources of some keys, in two queries however many; of one promoter's commissions only,
    where he is named: nobody sees another's evidence."""
    wanted = {key: key.split(":") for key in keys}
    refunds = {parts[1] for parts in wanted.values() if parts[0] == "refund" and len(parts) == 2}
    refunded = orders.orders_of_refunds(refunds) if refunds else {}
    order_of = {key: _order(parts, refunded) for key, parts in wanted.items()}
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
        found[key] = Source(order, versions, tuple(row[2] for row in mine))
    return found


def _order(parts: list[str], refunded: dict[str, str]) -> str:
    if parts[0] in ("order", "commission") and len(parts) > 2:
        return parts[1]
    return refunded.get(parts[1], "") if parts[0] == "refund" and len(parts) == 2 else ""
