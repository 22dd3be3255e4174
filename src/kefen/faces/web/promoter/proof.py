"""The proof of one commission: everything that anyone needs to recompute it."""

from dataclasses import replace
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from kefen.commissions import queries as commissions
from kefen.commissions.models import Commission, Cut
from kefen.core import postings
from kefen.core.attribution import Verdict
from kefen.core.commission import step_at
from kefen.core.errors import NotFound
from kefen.core.ids import parse_public_id, public_id
from kefen.core.refunds import remaining
from kefen.core.states import CommissionState
from kefen.core.terms import Fixed, Percent, Rule, Tiered
from kefen.faces.web import evidence, names, rules_shown
from kefen.faces.web.entry import Entry
from kefen.faces.web.labels.risk import reason_of
from kefen.faces.web.promoter import screens, ways
from kefen.faces.web.shared.screens import Candidate, Form, TimelineStep
from kefen.orders import queries as orders
from kefen.platform import clock
from kefen.programmes import queries as programmes
from kefen.referrals import queries as referrals

SERIAL = "cms"


def serial_of(row: Commission) -> str:
    """The public number of a commission."""
    return public_id(SERIAL, row.id)


def state_of(row: Commission) -> str:
    """The state as a promoter sees it: what was taken back whole is clawed back."""
    if row.reversed >= row.booked and row.state != CommissionState.REJECTED:
        return "clawed_back"
    return str(row.state)


def mine(entry: Entry, serial: str) -> Commission:
    """A commission of whoever looks. Raises NotFound for anybody else's."""
    row = commissions.by_id(parse_public_id(SERIAL, serial))
    if row.promoter_id != entry.me.id:
        raise NotFound(what="commission")
    return row


def proof(entry: Entry, row: Commission, form: Form | None = None) -> screens.ProofScreen:
    """All of it, and what was asked about it."""
    asked = tuple(
        screens.Asked(one.text, one.asked_at, one.answer, one.answered_at)
        for one in commissions.questions_about(row.id)
    )
    decision = row.line.attribution
    version = programmes.version(decision.version_id)
    rule = version.rule(row.rule_key)
    weighed = evidence.candidates(decision, mine=entry.me.code if row.level == 1 else "")
    taken, back = _clawbacks(row)
    reward = _reward(rule, row)
    cut = next((c for c in commissions.cuts_of({row.line_id}) if c.level == row.level), None)
    return screens.ProofScreen(
        currency=entry.school.currency,
        serial=serial_of(row),
        state=state_of(row),
        title=row.line.course.title,
        buyer=names.students([row.order.student_id]).get(row.order.student_id, ""),
        order_number=row.order.number,
        amount=row.booked,
        remaining=row.booked - row.reversed,
        base_kind=rule.base.value,
        base=row.base,
        quantity=row.line.quantity,
        reward_kind="percent" if isinstance(reward, Percent) else "fixed",
        rate_bps=reward.bps if isinstance(reward, Percent) else 0,
        fixed=reward.amount if isinstance(reward, Fixed) else 0,
        timeline=(*_beginning(row, weighed), *back, *_ending(row, entry.school.currency)),
        candidates=weighed,
        rule=rules_shown.rule(rule, {row.line.course.code: row.line.course.title}),
        version=version.number,
        version_from=version.terms.effective_from,
        model=version.terms.policy.model.value,
        window_days=version.terms.policy.window_days,
        level=row.level,
        before_cap=None if cut is None else cut.wanted,
        cap=None if cut is None else _cap(row, cut),
        cap_bps=None if cut is None else row.cap_bps,
        tier_position=row.tier_figure if _metric(rule) == "orders" else None,
        tier_sales=row.tier_figure if _metric(rule) == "sales" else None,
        asked=asked,
        may_ask=all(one.answered_at is not None for one in asked),
        form=form or Form(),
        check_url=reverse("web:public_proof", args=(entry.school.slug, serial_of(row))),
        clawbacks=taken,
        due_at=row.available_at if row.state == CommissionState.PENDING else None,
        keys=_keys(row),
        reason=reason_of(row.state_reason) if row.state != CommissionState.PENDING else "",
    )


def _cap(row: Commission, cut: Cut) -> int:
    """What the cap left for this level."""
    return row.line_paid * row.cap_bps // 10_000 if row.level == 1 else cut.granted


def _metric(rule: Rule) -> str:
    return rule.level1.metric.value if isinstance(rule.level1, Tiered) else ""


def public(currency: str, row: Commission) -> screens.PublicProofScreen:
    """The figures for anybody who holds the serial: no buyer, no promoter, no order number, no
    reason that somebody wrote."""
    version = programmes.version(row.line.attribution.version_id)
    rule = version.rule(row.rule_key)
    taken, back = _clawbacks(row)
    reward = _reward(rule, row)
    cut = next((c for c in commissions.cuts_of({row.line_id}) if c.level == row.level), None)
    steps = [TimelineStep("order", row.order.placed_at), TimelineStep("paid", row.order.paid_at)]
    steps += [*back, *_ending(row, currency)]
    return screens.PublicProofScreen(
        currency=currency,
        serial=serial_of(row),
        state=state_of(row),
        title=row.line.course.title,
        amount=row.booked,
        remaining=row.booked - row.reversed,
        base_kind=rule.base.value,
        base=row.base,
        quantity=row.line.quantity,
        reward_kind="percent" if isinstance(reward, Percent) else "fixed",
        rate_bps=reward.bps if isinstance(reward, Percent) else 0,
        fixed=reward.amount if isinstance(reward, Fixed) else 0,
        before_cap=None if cut is None else cut.wanted,
        cap=None if cut is None else _cap(row, cut),
        cap_bps=None if cut is None else row.cap_bps,
        tier_position=row.tier_figure if _metric(rule) == "orders" else None,
        tier_sales=row.tier_figure if _metric(rule) == "sales" else None,
        timeline=tuple(replace(step, note="") for step in steps),
        clawbacks=tuple(replace(one, reason="") for one in taken),
        version=version.number,
        version_from=version.terms.effective_from,
    )


def _reward(rule: Rule, row: Commission) -> Percent | Fixed:
    """What the rule paid for this very line: its step, or level 2's part."""
    if row.level == 2 and rule.level2 is not None:
        return rule.level2
    if isinstance(rule.level1, Tiered):
        return step_at(rule.level1, row.tier_figure or 0).reward
    return rule.level1


def _clawbacks(row: Commission) -> tuple[tuple[screens.Clawback, ...], list[TimelineStep]]:
    """What each refund of the line took, in order of booking, as the books took it."""
    taken, steps, so_far = [], list[TimelineStep](), 0
    for part in orders.refunds_of_line(row.line_id):
        before = remaining(row.booked, row.line_paid, so_far)
        so_far += part.amount
        amount = before - remaining(row.booked, row.line_paid, so_far)
        at, reason = part.refund.booked_at, part.refund.reason
        taken.append(screens.Clawback(at, part.amount, amount, reason))
        steps.append(TimelineStep("refund", at, "back", reason))
        steps.append(TimelineStep("clawback", at, "back"))
    return tuple(taken), steps


def _beginning(row: Commission, weighed: tuple[Candidate, ...]) -> list[TimelineStep]:
    kind, at = evidence.began(weighed, row.line.attribution)
    steps = [TimelineStep(kind, at)] if kind else []
    won = [one["touch"] for one in row.line.attribution.evidence if one["verdict"] == Verdict.WON]
    landed = referrals.landed_at(UUID(touch) for touch in won)
    if landed is not None and landed <= row.order.placed_at:
        steps.append(TimelineStep("landing", landed))
    steps.append(TimelineStep("order", row.order.placed_at))
    steps.append(TimelineStep("paid", row.order.paid_at))
    return steps


def _ending(row: Commission, currency: str) -> list[TimelineStep]:
    if row.state == CommissionState.REJECTED:
        return [TimelineStep("rejected", None, "back", reason_of(row.state_reason))]
    if row.reversed >= row.booked:
        return []
    if row.matured_at is not None:
        later = TimelineStep("payout", None, "later", _("goes out with your next withdrawals"))
        return [
            TimelineStep("protection_end", row.available_at),
            TimelineStep("settled", row.matured_at),
            ways.ending(row, currency) or later,
        ]
    passed = row.available_at <= clock.now()
    return [
        TimelineStep("protection_end", row.available_at, "done" if passed else "now"),
        TimelineStep("settled", None, "later"),
        TimelineStep("payout", None, "later"),
    ]


def _keys(row: Commission) -> tuple[str, ...]:
    """The keys of the ledger's transfers that moved this commission."""
    keys = [postings.order_paid_key(row.order.number)]
    keys += [
        postings.refund_key(part.refund.number) for part in orders.refunds_of_line(row.line_id)
    ]
    if row.matured_at is not None:
        keys.append(postings.matured_key(row.order.number, row.line.number, row.level))
    if row.state == CommissionState.REJECTED:
        keys.append(postings.rejected_key(row.order.number, row.line.number, row.level))
    return tuple(keys)
