"""Words for codes: every state, kind and reason that a page shows, in one vocabulary.

A label is an English msgid; the chip's tone says how a state feels: jade done, amber waiting or
taken back, indigo on its way, crimson needs a person, empty neutral.
"""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from kefen.faces.web.labels import (
    around,
    audit,
    compliance,
    courses,
    deeds,
    money,
    oversight,
    programme,
    risk,
    splits,
    todos,
)

Label = str | Promise

LABELS: Final[Mapping[str, Mapping[str, Label]]] = {
    **money.LABELS,
    **courses.LABELS,
    **programme.LABELS,
    **compliance.LABELS,
    "verb": deeds.DEEDS,
    **around.LABELS,
    **oversight.LABELS,
    "step": {
        "click": _("Link opened"),
        "code": _("Promoter code typed"),
        "binding": _("Reserved for the promoter"),
        "landing": _("Course seen"),
        "order": _("Order placed"),
        "paid": _("Paid"),
        "protection_end": _("Refund protection ends"),
        "settled": _("Settled: available"),
        "payout": pgettext_lazy("step", "Paid out"),
        "split": _("Paid straight from the order's payment"),
        "wallet": _("Kept in your wallet"),
        "refund": _("Refunded"),
        "refund_asked": _("Refund asked for"),
        "refund_declined": _("Refund declined"),
        "clawback": _("Rebate clawed back"),
        "cancelled": _("Cancelled"),
        "requested": _("Withdrawal asked for"),
        "approved": _("Approved"),
        "rejected": _("Returned"),
        "sent": _("Sent to the payment channel"),
        "confirm": _("Receipt confirmed by you"),
        "failed": _("Failed: money is back"),
        "expired": _("Expired: money is back"),
        "applied": _("Applied"),
        "suspended": _("Suspended"),
        "reactivated": _("Active again"),
        "left": _("Left"),
        "agreed": _("Agreement accepted"),
        "first_sale": _("First sale"),
        "grouped": _("Moved to another group"),
        "way": _("Way of being paid changed"),
        "payout_account": _("Payout account changed"),
        "no_payout_account": _("Payout account removed"),
        "gave_student": _("A student was moved to another promoter"),
        "got_student": _("A student was moved here"),
    },
    "order": {
        "placed": _("Waiting for payment"),
        "confirming": _("Confirming payment"),
        "paid": pgettext_lazy("order", "Paid"),
        "cancelled": _("Cancelled"),
        "refunded": _("Refunded"),
        "partly_refunded": _("Partly refunded"),
    },
    "commission": {
        "pending": _("Expected"),
        "available": _("Available"),
        "held": _("Under review"),
        "rejected": _("Not granted"),
        "clawed_back": _("Clawed back"),
        "paid_out": pgettext_lazy("step", "Paid out"),
    },
    "withdrawal": {
        "requested": _("Waiting for review"),
        "approved": _("Approved"),
        "sent": _("On its way"),
        "awaiting_confirmation": _("Waiting for the receiver"),
        "succeeded": _("Arrived"),
        "failed": _("Failed: money is back"),
        "expired": _("Expired: money is back"),
        "cancelled": _("Cancelled"),
        "rejected": _("Returned"),
    },
    "promoter": {
        "applied": _("Waiting for approval"),
        "active": _("Active"),
        "suspended": _("Suspended"),
        "left": _("Left"),
        "rejected": _("Returned"),
    },
    "promoter_kind": {
        "student": _("Former student"),
        "lecturer": _("Partner lecturer"),
        "channel": _("Outside channel"),
    },
    "why": {
        "": _("Signed in, you see your orders and courses on every device."),
        "orders": _("Signed in, you see your orders and courses on every device."),
        "promote": _(
            "Signed in, you can become a promoter, and nobody does it in your name. "
            "Looking and buying need no sign-in."
        ),
        "promoter": _("Your income is yours alone, so it is shown only when you are signed in."),
        "phone": _(
            "With a phone number you find the orders that were made with it, "
            "and can sign in without WeChat."
        ),
    },
    "verdict": {
        "winner": _("Credited"),
        "bound": _("Reserved for this promoter"),
        "expired": _("Too old: outside the attribution window"),
        "later_than_order": _("Came after the order"),
        "promoter_inactive": _("The promoter was not active when the order was placed"),
        "self_purchase": _("The promoter bought for himself, which earns nothing"),
        "out_of_scope": _("The link was for another course"),
        "course_not_promotable": _("The course takes no part in promotion"),
        "not_first": _("Another link was opened first"),
        "not_last": _("Another link was opened later"),
        "bound_to_other": _("The student was reserved for another promoter"),
    },
    "no_commission": {
        "no_rule": _("No rule pays for this course"),
        "capped": _("Cut at the cap"),
        "no_promoter": _("Nobody brought this order"),
    },
    "inbox": {
        "received": pgettext_lazy("notification", "Received"),
        "waiting": pgettext_lazy("notification", "Waiting for an earlier one"),
        "done": pgettext_lazy("notification", "Done"),
        "parked": pgettext_lazy("notification", "Needs a look"),
    },
    "refund": {
        "requested": _("With the payment channel"),
        "stuck": _("Needs you at the payment channel"),
        "booked": _("Refunded"),
        "failed": _("Refused by the channel"),
    },
    "refund_ask": {
        "asked": _("With the school"),
        "agreed": _("Agreed"),
        "declined": _("Declined"),
    },
    "learning": {
        "live": _("Live now"),
        "not_started": _("Not started"),
        "learning": _("Learning"),
        "finished": _("Finished"),
    },
    "lesson": {
        "over": pgettext_lazy("lesson", "Over"),
        "live": _("Live now"),
        "next": pgettext_lazy("lesson", "Next"),
        "later": pgettext_lazy("lesson", "Later"),
    },
    "feed": {
        "paid": _("Paid"),
        "click": _("Click"),
        "refund": _("Refund"),
        "order": _("Order"),
        "withdrawal": _("Withdrawal"),
    },
    "risk": risk.KINDS,
    "signal": risk.STATES,
    "risk_decision": risk.DECISIONS,
    "audit_detail": audit.DETAILS,
    "way": splits.WAYS,
    "split": splits.STATES,
    "split_reason": splits.REASONS,
    "settling": splits.SETTLING,
    "scope": {"any_promoter": _("Every promoter"), "any_course": _("Every course")},
    "model": {
        "first_touch": _("the first link opened"),
        "last_touch": _("the last link opened"),
    },
    "touch_scope": {
        "institution": _("any course of the school"),
        "course": _("only the course of the link"),
    },
    "reward": {
        "percent": _("a percentage"),
        "fixed": _("a fixed amount"),
        "tiered": _("by steps"),
    },
    "board_metric": {
        "sales": _("Sales"),
        "orders": _("Paid orders"),
        "commission": _("Rebates"),
    },
    "metric": {"orders": _("orders"), "sales": _("sales")},
    "settlement_period": {"month": _("Month"), "week": _("Week")},
    "tier_period": {
        "month": _("month"),
        "quarter": _("quarter"),
        "year": _("year"),
        "lifetime": _("whole time"),
    },
    "via": {
        "link": _("Link"),
        "code": _("Promoter code typed"),
        "binding": _("Reserved for the promoter"),
    },
    "base": {"paid": _("paid amount"), "list": _("list price")},
    "period": {
        "day": _("day"),
        "week": _("week"),
        "month": _("month"),
        "quarter": _("quarter"),
        "year": _("year"),
        "lifetime": _("whole time"),
    },
    "movement": {
        "paid": _("Rebate booked"),
        "matured": _("Rebate settled"),
        "refund": _("Clawed back after a refund"),
        "requested": _("Withdrawal asked for"),
        "succeeded": _("Withdrawal arrived"),
        "returned": _("Withdrawal came back"),
        "prize": _("Contest prize"),
        "adjustment": _("Manual adjustment"),
        "rejected": _("Rebate rejected"),
        "sale": _("Course sold"),
        "refunded": _("Refund to a student"),
        "commission": _("Rebate to a promoter"),
        "tax": _("Tax withheld"),
        "bill": _("Channel's fees and corrections"),
    },
    "account": {
        "channel": _("At the payment channel"),
        "institution:main": _("School's own money"),
        "institution:strays": _("Owed to payers: paid without being due"),
        "promoter:pending": _("Promoter, expected"),
        "promoter:available": _("Promoter, available"),
        "promoter:in_transit": _("Promoter, on its way"),
        "promoter:receivable": _("Promoter owes"),
        "promoter:settled": _("Promoters, available less owed"),
        "channel:payout": _("Paid out to promoters"),
        "tax:withheld": _("Tax withheld"),
    },
    "actor": {
        "system": _("The system"),
        "platform": _("Platform"),
        "operator": _("Operator"),
        "promoter": _("Promoter"),
        "student": _("Student"),
        "channel": _("Payment channel"),
    },
    "role": {
        "promoter": _("Promoter"),
        "student": _("Student"),
        "operator": _("Operator"),
        "platform": _("Platform"),
        "owner": _("Owner"),
        "finance": _("Finance"),
        "reviewer": _("Reviewer"),
        "read_only": _("Read only"),
        "none": _("none here"),
    },
    "tax_rule": {
        "none": _("no tax withheld"),
        "labour_2018_61": _("income from labour, withheld per month"),
        "cumulative_2025_16": _("platform practitioner, withheld over the year"),
    },
    "todo": todos.WORDS,
}

TONES: Final[Mapping[str, Mapping[str, str]]] = {
    **money.TONES,
    **courses.TONES,
    **programme.TONES,
    **compliance.TONES,
    **oversight.TONES,
    "split": splits.TONES,
    "signal": risk.TONES,
    "order": {
        "placed": "amber",
        "confirming": "amber",
        "paid": "jade",
        "refunded": "amber",
        "partly_refunded": "amber",
    },
    "commission": {
        "pending": "indigo",
        "available": "jade",
        "held": "crimson",
        "rejected": "amber",
        "clawed_back": "amber",
    },
    "withdrawal": {
        "requested": "amber",
        "approved": "indigo",
        "sent": "indigo",
        "awaiting_confirmation": "amber",
        "succeeded": "jade",
        "failed": "crimson",
        "expired": "crimson",
    },
    "promoter": {"applied": "amber", "active": "jade", "suspended": "crimson"},
    "inbox": {"received": "indigo", "waiting": "amber", "done": "jade", "parked": "crimson"},
    "refund": {"requested": "amber", "stuck": "crimson", "booked": "jade", "failed": "crimson"},
    "refund_ask": {"asked": "amber", "agreed": "jade", "declined": "crimson"},
    "learning": {"live": "crimson", "learning": "indigo", "finished": "jade"},
    "lesson": {"live": "crimson", "next": "indigo", "over": "jade"},
    "feed": {"paid": "jade", "refund": "amber", "withdrawal": "indigo", "order": "indigo"},
    "verdict": {"winner": "jade", "bound": "jade"},
    "todo": todos.TONES,
}


def label(family: str, code: str) -> Label:
    """The word for a code; an unknown code is shown as it is rather than hidden."""
    return LABELS[family].get(code, code)


def tone(family: str, code: str) -> str:
    """The CSS tone of a code, empty for neutral."""
    return TONES.get(family, {}).get(code, "")
