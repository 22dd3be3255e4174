"""Example screens of risk."""

from dataclasses import asdict, replace

from kefen.core.risk import Kind, Limits, State
from kefen.faces.web.labels import label
from kefen.faces.web.labels.risk import REASONS
from kefen.faces.web.labels.risk_said import explained
from kefen.faces.web.operator import screens as operator_screens
from kefen.faces.web.operator.risk_screens import (
    Dispute,
    HeldRow,
    RiskChoice,
    RiskFlag,
    RiskScreen,
    SignalRow,
    SignalScreen,
)
from kefen.faces.web.promoter import screens as promoter_screens
from kefen.faces.web.samples import operator
from kefen.faces.web.samples import promoter as promoter_samples
from kefen.faces.web.samples.operator import people
from kefen.faces.web.samples.words import ago, courses, promoter_name, say
from kefen.faces.web.shared.screens import Form, Option, Window

_ORDER = "D004711"
_BURST = {"clicks": 46, "minutes": 10, "usual": 5}
_REFUNDS = {"orders": 12, "days": 30, "refunded": 8, "returners": 3, "usual": 20}


def _burst() -> SignalRow:
    return SignalRow(
        id="0193b0f0-0000-7000-8000-000000000001",
        kind="network_burst",
        state="open",
        score=100,
        said=explained("network_burst", _BURST),
        promoter_name=people()[0][1],
        promoter_code="AZE",
        happened_at=ago(hours=3),
        what=courses()[0].title,
    )


def _own() -> SignalRow:
    return SignalRow(
        id="0193b0f0-0000-7000-8000-000000000002",
        kind="same_device",
        state="watching",
        score=80,
        said=explained("same_device", {"devices": 2}),
        promoter_name=promoter_name(),
        promoter_code="XIAOYU",
        happened_at=ago(days=1),
        order_number=_ORDER,
        held=1,
        held_amount=5980,
        disputes=1,
        reason=say("已电话联系推广员", "The promoter was called"),
        decided_by=say("季晴", "Ji Qing"),
        decided_at=ago(hours=5),
    )


def queue() -> RiskScreen:
    """Clicks, a purchase that may be his own, refunds that were rejected."""
    ring = replace(
        _own(),
        id="0193b0f0-0000-7000-8000-000000000003",
        kind="refund_ring",
        state="rejected",
        score=100,
        said=explained("refund_ring", _REFUNDS),
        order_number="",
        held=0,
        disputes=0,
        reason=say("同一批人反复下单退款", "The same people bought and took it back"),
    )
    return RiskScreen(
        currency="CNY",
        signals=(_burst(), _own(), ring),
        window=Window(3),
        filters={"kind": "", "state": ""},
        kinds=tuple(Option(kind.value, str(label("risk", kind.value))) for kind in Kind),
        states=tuple(Option(state.value, str(label("signal", state.value))) for state in State),
        limits=asdict(Limits()),
    )


def queue_empty() -> RiskScreen:
    """Nothing odd."""
    return replace(queue(), signals=(), window=Window(0))


def held() -> SignalScreen:
    """A held rebate that its promoter disputes."""
    return SignalScreen(
        currency="CNY",
        signal=_own(),
        held=(HeldRow(_ORDER, 5980, "held", "cms_01k9m4x7qv8r2t6ybnd3s5w0ae"),),
        disputes=(
            Dispute(
                say("这是我妹妹买的，我们共用一台电脑。", "My sister bought it on our computer."),
                ago(hours=2),
                _ORDER,
            ),
        ),
        choices=(
            RiskChoice("release", say("返佣照常结算。", "The rebate settles as planned.")),
            RiskChoice("reject", say("返佣将被收回。", "The rebate is taken back for good.")),
            RiskChoice("watch", say("继续冻结。", "It stays held.")),
        ),
    )


def rejecting() -> SignalScreen:
    """About to be rejected, without a reason yet."""
    screen, wrong = held(), say("请写明原因", "Say why")
    form = Form({"reason": ""}, {"reason": wrong})
    return replace(screen, chosen=screen.choices[1], form=form)


def clicks() -> SignalScreen:
    """Clicks hold nothing."""
    choices = (RiskChoice("release", "–"), RiskChoice("watch", "–"))
    return replace(held(), signal=_burst(), held=(), disputes=(), choices=choices)


def decided() -> SignalScreen:
    """Nothing is left to decide."""
    row = replace(_own(), state="released", held=0, disputes=0)
    return replace(held(), signal=row, choices=())


def _flags() -> tuple[RiskFlag, ...]:
    return tuple(
        RiskFlag(row.id, row.kind, row.state, row.score, row.said) for row in (_own(), _burst())
    )


def order() -> operator_screens.OrderScreen:
    """An order with a signal."""
    return replace(operator.order(), flags=_flags()[:1], form=Form())


def promoter() -> operator_screens.PromoterScreen:
    """A promoter with two signals."""
    return replace(operator.promoter_active(), flags=_flags())


def proof_held() -> promoter_screens.ProofScreen:
    """What the promoter sees of a hold."""
    reason = str(REASONS["same_device"])
    return replace(promoter_samples.proof(), state="held", reason=reason, due_at=None)


def proof_rejected() -> promoter_screens.ProofScreen:
    """What the promoter sees of a rejection."""
    reason = say("订单由您本人购买，本人购买不计返佣。", "You bought it yourself.")
    rejected = replace(promoter_samples.proof(), state="rejected", remaining=0)
    return replace(rejected, reason=reason, due_at=None)
