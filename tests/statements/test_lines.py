"""Statements: every movement of a party with running balances."""

from kefen.core import postings
from kefen.statements import queries
from tests.orders.school import (
    DAY,
    START,
    ask,
    come_by,
    mature,
    open_school,
    refund,
    sell,
)

ACCOUNTS = [
    build("yu")
    for build in (
        postings.pending,
        postings.available,
        postings.in_transit,
        postings.receivable,
    )
]


def lived() -> None:
    open_school()
    come_by("yu")
    sell("A", 10_000)
    mature()
    ask("W", 1500)
    refund("R", "A", 10_000, at=START + 40 * DAY)


def test_a_promoter_s_statement_runs_along(institution: object) -> None:
    lived()
    found = [
        (line.key, line.account.rsplit(":", 1)[1], line.debit, line.credit, line.balance)
        for line in queries.lines("CNY", ACCOUNTS)
    ]
    assert found == [
        ("order:A:paid", "pending", 0, 2000, 2000),
        ("commission:A:1:1:matured", "available", 0, 2000, 2000),
        ("commission:A:1:1:matured", "pending", 2000, 0, 0),
        ("withdrawal:W:requested", "available", 1500, 0, 500),
        ("withdrawal:W:requested", "in_transit", 0, 1500, 1500),
        ("refund:R", "available", 500, 0, 0),
        ("refund:R", "receivable", 1500, 0, 1500),
    ]


def test_the_institution_s_has_all_others(institution: object) -> None:
    lived()
    found = [line for line in queries.lines("CNY") if line.party == queries.INSTITUTION]
    assert [(line.key, line.account, line.balance) for line in found] == [
        ("order:A:paid", "channel:wechat", 10_000),
        ("order:A:paid", "institution:main", 8000),
        ("refund:R", "channel:wechat", 0),
        ("refund:R", "institution:main", 0),
    ]


def test_opening_movements_and_closing_fit(institution: object) -> None:
    lived()
    border = START + 30 * DAY
    opening = {postings.available("yu"): 500, postings.in_transit("yu"): 1500}
    later = list(
        queries.lines(
            "CNY", ACCOUNTS, since=START + 39 * DAY, until=START + 41 * DAY, opening=opening
        )
    )
    assert [line.balance for line in later if line.key == "refund:R"] == [0, 1500]
    earlier = list(queries.lines("CNY", ACCOUNTS, until=border))
    assert all(line.at < border for line in earlier)
