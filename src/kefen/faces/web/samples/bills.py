"""Sample screens of channels' bills."""

from dataclasses import replace
from datetime import timedelta

from kefen.faces.web.operator import reconciliation_screens as screens
from kefen.faces.web.samples.words import NOW, ago, say
from kefen.faces.web.shared.screens import Form, Window

_TODAY = NOW.date()


def _row(back: int, state: str, **more: int) -> screens.BillDayRow:
    return screens.BillDayRow(
        channel="sandbox",
        on=_TODAY - timedelta(days=back),
        state=state,
        lines=more.get("lines", 1204),
        matched=more.get("matched", 1204),
        open=more.get("open", 0),
        in_transit=more.get("in_transit", 0),
        closed=more.get("closed", 0),
        fees=more.get("fees", 21_518),
        reconciled_at=None if state == "waiting" else ago(back),
    )


def days() -> screens.BillDaysScreen:
    """Every state."""
    rows = (
        _row(2, "differs", lines=1199, matched=1194, open=5, closed=1),
        _row(1, "waiting", lines=0, matched=0, fees=0),
        _row(3, "transit", matched=1203, in_transit=1),
        _row(4, "agrees"),
    )
    return screens.BillDaysScreen("CNY", rows, Window(4), 4)


def days_empty() -> screens.BillDaysScreen:
    """No channel wrote one yet."""
    return screens.BillDaysScreen("CNY", (), Window(0), 0)


def _choices(*values: str) -> tuple[screens.Choice, ...]:
    words = {
        "note": say("只记录，账目不变。", "Only noted: nothing changes in our books."),
        "book": say(
            "订单按已付 ¥299.00 入账并计返佣，如同收到了通知。",
            "The order is booked as paid with ¥299.00 and its rebates.",
        ),
        "return": say(
            "订单已取消或已由另一笔付清：¥299.00 由渠道原路退回，只退一次。",
            "The order is cancelled, or paid by another payment: ¥299.00 goes back.",
        ),
        "adjust": say(
            "渠道余额与学堂自有资金各增加 ¥299.00。",
            "¥299.00 is added to the money at the channel and to the school's own.",
        ),
    }
    return tuple(screens.Choice(value, words[value]) for value in values)


def _difference(
    nth: int, kind: str, ours: int | None, theirs: int | None, fee: int, *choices: str
) -> screens.DifferenceRow:
    number = f"ord_06e3v7ajv5t1m0x2k4c9f8h7q{nth}"
    return screens.DifferenceRow(
        id=f"00000000-0000-7000-8000-00000000000{nth}",
        kind=kind,
        subject="payment",
        number=number,
        channel_number="4200002026112200001234567890",
        at=ago(2, minutes=31),
        ours=ours,
        theirs=theirs,
        fee=fee,
        order_number="" if ours is None else number,
        choices=_choices(*choices),
    )


def _refund() -> screens.DifferenceRow:
    """Somebody refunded at the channel's console."""
    booked = say(
        "按订单 ord_06e3v7ajv5t1m0x2k4c9f8h7q2 入账退款 ¥50.00，返佣照退款规则收回。",
        "A refund of ¥50.00 is booked for order ord_06e3v7ajv5t1m0x2k4c9f8h7q2; rebates are taken"
        " back as for any refund.",
    )
    taken = say(
        "渠道余额减少 ¥50.00，由学堂承担。",
        "¥50.00 is taken off the money at the channel; the school bears it.",
    )
    note = _choices("note")[0]
    return replace(
        _difference(7, "only_theirs", None, 5_000, 0),
        subject="refund",
        number="50300806962026112200001234567",
        channel_number="50300806962026112200001234567",
        order_number="ord_06e3v7ajv5t1m0x2k4c9f8h7q2",
        choices=(note, screens.Choice("book", booked), screens.Choice("adjust", taken)),
    )


def day() -> screens.BillDayScreen:
    """Five differences, one of them a refund, one on its way, one closed."""
    closed = replace(
        _difference(5, "only_ours", 19_900, None, 0),
        resolution="adjust",
        note=say("渠道确认该笔已撤销。", "The channel says that it was reversed."),
        closed_by=say("方禾", "Fang He"),
        closed_at=ago(1),
        ledger_key="bill:bil_06e3v7ajv5t1m0x2k4c9f8h7q:corrected",
    )
    return screens.BillDayScreen(
        "CNY",
        _row(2, "differs", lines=1199, matched=1194, open=5, closed=1),
        (
            screens.GroupRow("matched", 1194, 20_418_200, 20_418_200),
            screens.GroupRow("amount_differs", 1, 19_900, 19_000),
            screens.GroupRow("fee_differs", 1, 19_900, 19_900),
            screens.GroupRow("only_ours", 1, 19_900, 0),
            screens.GroupRow("only_theirs", 3, 0, 54_800),
            screens.GroupRow("in_transit", 1, 9_900, 0),
        ),
        (
            _difference(1, "only_theirs", None, 29_900, 179, "note", "book", "adjust"),
            _difference(6, "only_theirs", None, 29_900, 179, "note", "return", "adjust"),
            _difference(2, "amount_differs", 19_900, 19_000, 114, "note", "adjust"),
            _difference(3, "fee_differs", 19_900, 19_900, 1_990, "note"),
            _refund(),
        ),
        (_difference(4, "in_transit", 9_900, None, 0),),
        (closed,),
        {"open": Window(5), "transit": Window(1), "closed": Window(1)},
        version=2,
    )


def day_refused() -> screens.BillDayScreen:
    """Closed without a note."""
    shown = day()
    note = say("请写明原因，以后查账的人要看。", "Say why: whoever looks later must see it.")
    return replace(shown, refused=shown.open[0].id, form=Form(errors={"note": note}))


def day_waiting() -> screens.BillDayScreen:
    """The channel has not written it."""
    return screens.BillDayScreen(
        "CNY",
        _row(1, "waiting", lines=0, matched=0, fees=0),
        tuple(screens.GroupRow(row.kind, 0, 0, 0) for row in day().groups),
        (),
        (),
        (),
        {"open": Window(0), "transit": Window(0), "closed": Window(0)},
        version=0,
    )
