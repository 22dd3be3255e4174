"""Example screens of splits."""

from dataclasses import replace

from kefen.faces.web.labels import label
from kefen.faces.web.operator import screens as operator_screens
from kefen.faces.web.operator.split_screens import (
    OddShareRow,
    SettlingChoice,
    ShareRow,
    SplitCard,
    StoppedRow,
    StoppedScreen,
)
from kefen.faces.web.promoter import screens as promoter_screens
from kefen.faces.web.promoter.split_screens import WayScreen
from kefen.faces.web.samples import operator, payouts, promoter
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.words import ago, ahead, promoter_name, say
from kefen.faces.web.shared.screens import Form, Option, TimelineStep, Window


def _reason(code: str) -> str:
    return str(label("split_reason", code))


def card() -> SplitCard:
    """One share arrived, one stays in the wallet."""
    return SplitCard(
        number="div_01k9m4x7qv8r2t6y",
        state="done",
        reason="",
        next_at=None,
        sent_at=ago(1),
        released=83420,
        closed_at=ago(1),
        shares=(
            ShareRow(promoter_name(), "XIAOYU", 5980, 0, 5980, "succeeded", ""),
            ShareRow(people()[0][1], "AZE", 598, 0, 598, "", _reason("no_account")),
            ShareRow(people()[2][1], "LUCY", 400, 0, 400, "failed", "NO_RELATION"),
        ),
    )


def order() -> operator_screens.OrderScreen:
    """Divided."""
    return replace(operator.order(), split=card(), form=Form())


def order_waiting() -> operator_screens.OrderScreen:
    """Not time yet."""
    waiting = replace(
        card(),
        state="waiting",
        reason=_reason("refund_window"),
        next_at=ahead(3),
        sent_at=None,
        released=None,
        closed_at=None,
        shares=(),
    )
    return replace(operator.order(), split=waiting, form=Form())


def one_promoter() -> operator_screens.PromoterScreen:
    """On the direct way."""
    return replace(operator.promoter_active(), way="split")


def promoters() -> operator_screens.PromotersScreen:
    """A school that offers both ways."""
    return replace(operator.promoters(), default_way="wallet")


def way() -> WayScreen:
    """Both ways, nothing missing."""
    return WayScreen(
        currency="CNY",
        way="split",
        own=True,
        ways=tuple(Option(code, str(label("way", code))) for code in ("wallet", "split")),
        channels=(str(label("channel", "wechat_pay")), str(label("channel", "alipay"))),
        fits=True,
        known=True,
        tax_rule="labour_2018_61",
        minimum=1000,
        form=Form(),
    )


def way_missing() -> WayScreen:
    """Neither identity nor account."""
    return replace(way(), way="wallet", own=False, fits=False, known=False)


def way_none() -> WayScreen:
    """Nothing is divided here."""
    return replace(way(), way="wallet", channels=())


def profile() -> promoter_screens.ProfileScreen:
    """With a way."""
    return replace(payouts.profile(), way="split")


def proof() -> promoter_screens.ProofScreen:
    """Paid straight from the payment."""
    settled = promoter.proof()
    note = "¥47.84 · spl_01k9m4x7qv8r2t6y"
    steps = (*settled.timeline[:-1], TimelineStep("split", ago(0.5), "done", note))
    return replace(settled, timeline=steps)


def _choices() -> tuple[SettlingChoice, ...]:
    accept = say(
        "按渠道实付入账，并解冻该笔订单的剩余款项。¥5.00 连同对应税款回到余额。",
        "What the channel paid is booked, and the rest of the payment is released. ¥5.00 are in the"
        " wallet again, with the tax that belongs to them.",
    )
    wallet = say(
        "仅当渠道侧已把款项追回：¥59.80 全部回到余额，视为未支付，并解冻剩余款项。",
        "Only if the money was fetched back at the channel: ¥59.80 are in the wallet again, as if"
        " nothing had been paid, and the rest of the payment is released.",
    )
    return (SettlingChoice("accept", accept), SettlingChoice("wallet", wallet))


def _stopped(nth: int) -> StoppedRow:
    return StoppedRow(
        number=f"div_06e3v7ajv5t1m0x2k4c9f8h7q{nth}",
        order_number=f"ord_06e3v7ajv5t1m0x2k4c9f8h7q{nth}",
        channel="wechat_pay",
        stopped_at=ago(1, minutes=nth),
        shares=(OddShareRow(promoter_name(), "XIAOYU", f"spl_{nth}", 5_980, 0, 5_980, 5_480),),
        choices=_choices(),
    )


def stopped() -> StoppedScreen:
    """One for one person, one that waits for the second, one settled."""
    note = say("已与渠道客服核对，实付 ¥54.80。", "Checked with the channel: ¥54.80 was paid.")
    halved = replace(
        _stopped(2),
        two_persons=True,
        decision="accept",
        note=note,
        first_person=say("方禾", "Fang He"),
    )
    settled = replace(
        halved,
        number="div_06e3v7ajv5t1m0x2k4c9f8h7q3",
        second_person=say("沈岚", "Shen Lan"),
        settled_at=ago(0),
    )
    return StoppedScreen("CNY", (_stopped(1), halved), (settled,), Window(2), Window(1))


def stopped_refused() -> StoppedScreen:
    """Settled without a note."""
    shown = stopped()
    note = say("请写明原因，以后查账的人要看。", "Say why: whoever looks later must see it.")
    return replace(shown, refused=shown.waiting[0].number, form=Form(errors={"note": note}))


def stopped_none() -> StoppedScreen:
    """Nothing to decide."""
    return StoppedScreen("CNY", (), (), Window(0), Window(0))
