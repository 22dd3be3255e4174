"""The merchants' money, and each of its movements as the fund flow bill lists it.

`balance` is all a merchant has at the channel; what paid orders keep frozen for splits is part of
it and stands in the orders.
"""

from dataclasses import dataclass

from kefen.emulators.frame.books import Books, Document
from kefen.emulators.wechat.desk import Desk

FEE_BPS = 60


def fee_of(total: int) -> int:
    """0.6 %, half a fen rounded up."""
    return (total * FEE_BPS + 5_000) // 10_000


def fee_back(order: Document, refunded: int) -> int:
    """What of the fee goes back once `refunded` of the order in all has gone back."""
    returned = (2 * order["fee"] * refunded + order["total"]) // (2 * order["total"])
    return int(returned) - int(order["fee_returned"])


@dataclass(frozen=True, slots=True)
class Movement:
    """One line of the fund flow bill: the channel's number, what it is, whose voucher."""

    merchant: str
    number: str
    name: str
    kind: str
    voucher: str
    note: str = ""


def move(desk: Desk, movement: Movement, amount: int, *, operation: bool = False) -> None:
    """Money comes (positive) or goes. `operation`: on the account that transfers are paid from."""
    if amount == 0:
        return
    purse = "operation_balance" if operation else "balance"
    merchant = desk.books.get("merchant", movement.merchant)
    if merchant is None:
        raise LookupError(movement.merchant)
    merchant[purse] += amount
    desk.books.put("merchant", movement.merchant, merchant)
    at = desk.now()
    key = desk.number("flow", "1", at)
    desk.books.put(
        "flow",
        key,
        {
            "merchant": movement.merchant,
            "account": "OPERATION" if operation else "BASIC",
            "at": at,
            "number": movement.number,
            "flow": key,
            "name": movement.name,
            "kind": movement.kind,
            "amount": amount,
            "balance": merchant[purse],
            "note": movement.note,
            "voucher": movement.voucher,
        },
    )


def frozen(books: Books, merchant: str) -> int:
    """What all orders of the merchant keep frozen."""
    return sum(one["frozen"] for one in books.find("order", purse=f"frozen:{merchant}"))


def available(books: Books, merchant: str) -> int:
    """What the merchant can spend."""
    found = books.get("merchant", merchant)
    return int(found["balance"]) - frozen(books, merchant) if found else 0
