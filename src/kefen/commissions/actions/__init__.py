"""The verbs of commissions.

Lock order: orders by id, commissions by id, ledger accounts by id. Whoever decides by a
promoter's balance has locked it by `ledger.lock` before reading.
"""

from kefen.commissions.actions.book import book, book_one
from kefen.commissions.actions.hold import hold, reject, release
from kefen.commissions.actions.mature import mature
from kefen.commissions.actions.refund import refund

__all__ = ["book", "book_one", "hold", "mature", "refund", "reject", "release"]
