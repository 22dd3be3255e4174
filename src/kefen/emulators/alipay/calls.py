"""What the calls of the gateway are given, and what they share."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kefen.emulators.alipay.wire_format import beijing, yuan
from kefen.emulators.frame.books import Books, Document

if TYPE_CHECKING:
    from kefen.emulators.alipay.server import Alipay


@dataclass(frozen=True, slots=True)
class Asked:
    """A verified request: who asks, the parameters around the content, and the content."""

    emulator: "Alipay"
    books: Books
    merchant: Document
    parameters: dict[str, str]
    content: dict[str, Any]

    @property
    def now(self) -> float:
        """The business clock."""
        return self.emulator.clock.seconds()

    def fault(self, name: str, about: str) -> bool:
        """Whether this goes wrong here."""
        place = self.parameters["method"]
        return self.emulator.faults.take(name, place, about) is not None


def key_of(merchant: Document, number: str) -> str:
    """Where a document of a merchant's is kept; merchants do not see each other's."""
    return f"{merchant['app_id']} {number}"


def merchant_of(books: Books, document: Document) -> Document:
    """The merchant whose document it is."""
    found = books.get("merchant", document["app_id"])
    if found is None:
        raise LookupError(document["app_id"])
    return found


def move(
    books: Books,
    merchant: Document,
    at: float,
    *,
    kind: str,
    amount: int,
    number: str,
    trade: str,
    name: str,
) -> None:
    """Move money on the merchant's account, and note it for the account bill."""
    kept = books.get("merchant", merchant["app_id"]) or merchant
    kept["balance"] = merchant["balance"] = kept["balance"] + amount
    books.put("merchant", merchant["app_id"], kept)
    serial = f"{int(at)}{books.next('move'):010d}"
    books.put(
        "move",
        serial,
        {
            "serial": serial,
            "app_id": merchant["app_id"],
            "at": at,
            "kind": kind,
            "amount": amount,
            "number": number,
            "trade": trade,
            "name": name,
            "balance": kept["balance"],
        },
    )


def tell_trade(asked_by: "Alipay", merchant: Document, trade: Document, **more: str) -> None:
    """Post a notification of a trade's state."""
    real = asked_by.clock.real()
    content = {
        "notify_type": "trade_status_sync",
        "notify_id": f"{int(real)}{asked_by.books.next('notify'):018d}",
        # Alipay repeats a notification with the time of its first try.
        "notify_time": beijing(real),
        "charset": "utf-8",
        "version": "1.0",
        "app_id": merchant["app_id"],
        "auth_app_id": merchant["app_id"],
        "seller_id": merchant["seller_id"],
        "out_trade_no": trade["out_trade_no"],
        "trade_no": trade["trade_no"],
        "trade_status": trade["status"],
        "total_amount": yuan(trade["total"]),
        "receipt_amount": yuan(trade["total"]),
        "invoice_amount": yuan(trade["total"]),
        "buyer_pay_amount": yuan(trade["total"]),
        "point_amount": "0.00",
        "subject": trade["subject"],
        "buyer_id": trade["buyer"],
        "gmt_create": beijing(trade["created"]),
        "gmt_payment": beijing(trade["paid"]),
        **more,
    }
    mentioned = " ".join((trade["out_trade_no"], trade["trade_no"], more.get("out_biz_no", "")))
    asked_by.post_room.post(trade["notify_url"], "trade", content, mentioned=mentioned)
