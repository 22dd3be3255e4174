"""What keeps a payout from leaving."""

from __future__ import annotations

from kefen.core.errors.kinds import Conflict, RuleViolation


class SecondPersonNeeded(RuleViolation):
    """A large withdrawal is approved by one person alone. Params: `amount`, `minimum`."""

    code = "second_person_needed"
    sentence = (
        "From {minimum} on two persons approve, and {amount} needs another one than the first. "
        "Ask a colleague with the right to decide on withdrawals."
    )


class OwnPayout(RuleViolation):
    """Somebody approves a large withdrawal that goes to himself."""

    code = "own_payout"
    sentence = (
        "Whoever receives a large payout is not one of the two persons who approve it. "
        "Ask a colleague with the right to decide on withdrawals."
    )


class PayoutBelowMinimum(RuleViolation):
    """Less than the channel pays at all. Params: `amount`, `minimum`."""

    code = "payout_below_minimum"
    sentence = (
        "The channel pays {minimum} or more, and after tax {amount} is left. Return the "
        "withdrawal, so that the promoter can ask for more at once."
    )


class PayoutAboveMaximum(RuleViolation):
    """More than the channel pays at once or in a day. Params: `amount`, `maximum`."""

    code = "payout_above_maximum"
    sentence = (
        "The channel pays at most {maximum} at once, and after tax it would be {amount}. Return "
        "the withdrawal, so that the promoter asks for smaller sums, or pay to a bank account."
    )


class RealNameNeeded(RuleViolation):
    """The channel compares names from some amount on. Params: `amount`, `minimum`."""

    code = "real_name_needed"
    sentence = (
        "From {minimum} on the channel wants the receiver's real name, and there is none for this "
        "payout of {amount}. The promoter adds the identity or the name of the account first."
    )


class PayoutAccountChanged(Conflict):
    """Money would go elsewhere than where who prepared it saw that it goes. Params: `promoter`."""

    code = "payout_account_changed"
    sentence = (
        "The payout account of {promoter} changed after this settlement was prepared. The "
        "withdrawal waits as before; look at the account and decide on it anew."
    )


class ReleasedByPreparer(RuleViolation):
    """Who prepared a settlement wants to release it, too. Params: `amount`."""

    code = "released_by_preparer"
    sentence = (
        "You prepared this settlement of {amount}, so somebody else releases it. Ask a colleague "
        "with the right to decide on withdrawals."
    )
