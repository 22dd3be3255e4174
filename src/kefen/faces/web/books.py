"""The books of the institution in scope, as its pages show them."""

from kefen.faces.web.operator.screens import BookLine
from kefen.oversight import queries


def lines() -> tuple[BookLine, ...]:
    """Every kind of account, by what happened and in the ledger."""
    return tuple(BookLine(one.account, one.computed, one.booked) for one in queries.books())
