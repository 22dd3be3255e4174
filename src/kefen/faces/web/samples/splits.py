"""Example screens of splits."""

from dataclasses import replace

from kefen.faces.web.labels import label
from kefen.faces.web.operator import screens as operator_screens
from kefen.faces.web.operator.split_screens import ShareRow, SplitCard
from kefen.faces.web.promoter import screens as promoter_screens
from kefen.faces.web.promoter.split_screens import WayScreen
from kefen.faces.web.samples import operator, payouts, promoter
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.words import ago, ahead, promoter_name
from kefen.faces.web.shared.screens import Form, Option, TimelineStep


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
