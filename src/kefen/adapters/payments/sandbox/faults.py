"""What can be made to go wrong, for tests and demonstrations.

By plan, for one number (`plan`), or, where the setting `SANDBOX_FAULTS` is on, by the last two
digits of the amount (`BY_AMOUNT`). It is off by default: a net payout may end in any digits.
"""

from enum import StrEnum

from django.conf import settings

from kefen.adapters.payments.sandbox.models import PlannedFault


class Fault(StrEnum):
    """duplicate: the notification comes twice; delayed: after `SANDBOX_DELAY_SECONDS`; lost: never;
    wrong_amount: it names one minor unit more; rejected, expired: the verdict on a refund or a
    payout; outcome_unknown: the channel does it and does not answer; unavailable: it cannot be
    reached, once; confirm: a payout waits for its receiver, who has a day."""

    DUPLICATE = "duplicate"
    DELAYED = "delayed"
    LOST = "lost"
    WRONG_AMOUNT = "wrong_amount"
    REJECTED = "rejected"
    EXPIRED = "expired"
    OUTCOME_UNKNOWN = "outcome_unknown"
    UNAVAILABLE = "unavailable"
    CONFIRM = "confirm"


BY_AMOUNT = {
    91: Fault.DUPLICATE,
    92: Fault.DELAYED,
    93: Fault.WRONG_AMOUNT,
    94: Fault.REJECTED,
    95: Fault.EXPIRED,
    96: Fault.LOST,
    97: Fault.OUTCOME_UNKNOWN,
    98: Fault.CONFIRM,
}


def plan(institution: str, number: str, fault: Fault) -> None:
    """Let something go wrong with the order, refund or withdrawal of this number."""
    PlannedFault.objects.update_or_create(
        institution=institution, number=number, defaults={"fault": fault.value}
    )


def planned(institution: str, number: str, amount: int) -> Fault | None:
    """What is to go wrong with this number and amount, if anything."""
    row = PlannedFault.objects.filter(institution=institution, number=number).first()
    if row is not None:
        return Fault(row.fault)
    return BY_AMOUNT.get(amount % 100) if getattr(settings, "SANDBOX_FAULTS", False) else None


def confirms(fault: Fault | None) -> bool:
    """Whether a payout waits for its receiver: by plan, or each one that nothing else happens to
    where the setting `SANDBOX_CONFIRMS` is on (as WeChat's transfers do)."""
    every: bool = getattr(settings, "SANDBOX_CONFIRMS", False)
    return fault is Fault.CONFIRM or (fault is None and every)


def unreachable(institution: str, number: str) -> bool:
    """Whether the channel cannot be reached about this number, this once."""
    found = PlannedFault.objects.filter(
        institution=institution, number=number, fault=Fault.UNAVAILABLE
    )
    return found.delete()[0] > 0
