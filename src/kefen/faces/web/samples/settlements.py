"""Sample screens of settlements."""

from dataclasses import replace
from datetime import date

from kefen.faces.web.operator import settlement_screens as screens
from kefen.faces.web.operator.payout_screens import BatchScreen, ReviewCard, SettlementRow
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.paying_out import batch
from kefen.faces.web.samples.words import ago, say
from kefen.faces.web.shared.screens import Form, Option


def _kinds() -> tuple[Option, ...]:
    return (Option("month", say("按月", "Month")), Option("week", say("按周", "Week")))


def _row(*, waits: bool = True) -> SettlementRow:
    found = replace(batch().batch, waits_for_release=waits)
    if waits:
        found = replace(found, waiting=300, halved=0, refused=0, on_way=0)
        found = replace(found, held=0, paid=0, came_back=0)
    return SettlementRow(
        batch=found,
        prepared_by=say("沈岚", "Shen Lan"),
        released_by="" if waits else say("方禾", "Fang He"),
        period_from=date(2026, 11, 1),
        period_to=date(2026, 11, 30),
        waits=waits,
    )


def _exceptions() -> tuple[screens.ToSettle, ...]:
    who = tuple(
        screens.Stuck(code, name, 128_60, why)
        for (code, name), why in zip(people(), ("identity", "account", "owing"), strict=False)
    )
    name = who[0].name
    held = screens.HeldRow("ord_06e3v7ajv5t1m0x2k4c9f8h7q1", name, 59_80)
    return (
        screens.ToSettle("held", 1, amount=59_80, rebates=(held,)),
        screens.ToSettle("not_payable", 2, people=who[:2]),
        screens.ToSettle("owing", 1, people=who[2:3]),
        screens.ToSettle("unclear", 3, "/o/zhixing/withdrawals?state=sent"),
        screens.ToSettle("bills", 2, "/o/zhixing/reconciliation"),
    )


def overview() -> screens.SettlementScreen:
    """A month with something of everything."""
    doubts = ("moved", "prepared", "")
    waiting = tuple(
        screens.Candidate(
            f"wdr_01k9m4x7{n}", name, code, 214_060, ago(n), say("微信 o***42", "WeChat o***42"), d
        )
        for n, ((code, name), d) in enumerate(zip(people(), doubts, strict=False))
    )
    return screens.SettlementScreen(
        currency="CNY",
        number="stl_01k9m4x7",
        kind="month",
        starts_on=date(2026, 11, 1),
        ends_on=date(2026, 11, 30),
        kinds=_kinds(),
        orders=1_204,
        gross=7_182_400,
        clawbacks=164_450,
        paid_count=300,
        paid=6_420_060,
        tax=182_010,
        net=6_238_050,
        exceptions=_exceptions(),
        candidates=waiting,
        left_out=14,
        settlements=(_row(), _row(waits=False)),
        earlier="2026-10-31",
    )


def overview_empty() -> screens.SettlementScreen:
    """Nothing waits, nothing stands in the way."""
    return replace(
        overview(), exceptions=(), candidates=(), settlements=(), left_out=0, later="2026-12-01"
    )


def review() -> BatchScreen:
    """A colleague prepared it."""
    row = _row()
    card = ReviewCard(row, 300, 9_400_050, mine=False)
    return replace(batch(), batch=row.batch, moving=False, review=card)


def review_of_own() -> BatchScreen:
    """Who prepared it came by another window and was refused."""
    said = say(
        "这笔 ¥94,000.50 的结算是你准备的，请由另一位同事复核并发放。",
        "You prepared this settlement of ¥94,000.50, so somebody else releases it.",
    )
    shown = review()
    card = ReviewCard(_row(), 300, 9_400_050, mine=True, alone=True, form=Form(problem=said))
    return replace(shown, review=card)


def released() -> BatchScreen:
    """Under way."""
    row = _row(waits=False)
    card = ReviewCard(row, 118, 3_690_000, mine=False)
    return replace(batch(), batch=row.batch, moving=False, review=card)
