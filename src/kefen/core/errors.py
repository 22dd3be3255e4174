"""Every error of the product, in one tree.

    KefenError
    ├─ DomainError                       expected; shown to the person; never alerts
    │  ├─ InvalidInput · NotPermitted · NotFound
    │  │  └─ UnknownOrder · UnknownWithdrawal · UnknownPromoter · UnknownCourse · UnknownLink
    │  ├─ Conflict
    │  │  ├─ NumberConflict · IllegalTransition · IdentityTaken · PhoneTaken · QuestionOpen
    │  │  ├─ OrderNotPaid · OrderNotOpen · WithdrawalNotOpen · AmountMismatch
    │  └─ RuleViolation
    │     ├─ BelowMinimum · InsufficientBalance · RefundExceedsPaid · RefundTimeOver
    │     ├─ IdentityMissing · PayoutAccountMissing · CodeRefused · TooOften · NotOffered
    │     └─ ComplianceViolation
    │     ├─ RateAboveCap · VersionAbovePlatform · HoldBelowMinimum · OverlappingRules · OwnInviter
    │     └─ InvalidSteps · DuplicateRuleKey · MinorsCourse · ForbiddenWords · PromoterTooYoung
    ├─ ChannelError                      the outside world
    │  ├─ ChannelUnavailable: try again · ChannelRejected, BadSignature: final
    │  └─ OutcomeUnknown: ask again under the same number, never re-send
    └─ InvariantBroken                   our bug: stop and alert

The edge maps classes to HTTP. `sentence` says what happened, why, and what to do (`house.md`).
"""

from typing import ClassVar


class _Shown(dict[str, object]):
    """Template values; a parameter nobody gave is shown as its name, not as a crash."""

    def __missing__(self, key: str) -> str:
        return "{" + key + "}"


class KefenError(Exception):
    """Root of the tree: a stable code, named parameters and a translatable sentence."""

    code: ClassVar[str] = "error"
    sentence: ClassVar[str] = "Something went wrong. Try again, or tell the operator."

    def __init__(self, **params: object) -> None:
        """Keep the parameters that `sentence` names; they are also for machines to read."""
        super().__init__()
        self.params: dict[str, object] = params

    def __str__(self) -> str:
        return self.sentence.format_map(_Shown(self.params))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r}" for name, value in self.params.items())
        return f"{type(self).__name__}({shown})"


class DomainError(KefenError):
    """An expected refusal, shown to the person who asked."""

    code = "domain_error"


class InvalidInput(DomainError):
    """A value that cannot be what it claims to be. Params: `field`, `reason`."""

    code = "invalid_input"
    sentence = "{field} is not valid: {reason}. Correct it and try again."


class NotFound(DomainError):
    """Something named does not exist here."""

    code = "not_found"
    sentence = "This was not found. Check the number and try again."


class UnknownOrder(NotFound):
    """No order has this number. Params: `order`."""

    code = "unknown_order"
    sentence = "There is no order {order}. Check the order number."


class UnknownWithdrawal(NotFound):
    """No withdrawal has this number. Params: `withdrawal`."""

    code = "unknown_withdrawal"
    sentence = "There is no withdrawal {withdrawal}. Check the withdrawal number."


class UnknownPromoter(NotFound):
    """No promoter has this code. Params: `promoter`."""

    code = "unknown_promoter"
    sentence = "There is no promoter {promoter}. Check the code."


class UnknownCourse(NotFound):
    """No course has this code. Params: `course`."""

    code = "unknown_course"
    sentence = "There is no course {course}. Check the course code."


class UnknownLink(NotFound):
    """No link has this short code. Params: `link`."""

    code = "unknown_link"
    sentence = "The link {link} does not exist or has ended. Ask for a new one."


class NotPermitted(DomainError):
    """The person may not do this. Params: `action`."""

    code = "not_permitted"
    sentence = "You may not {action}: your role does not include it. Ask an administrator."


class Conflict(DomainError):
    """What is asked does not fit the state that something is in."""

    code = "state_conflict"
    sentence = "This does not fit the present state. Reload and try again."


class NumberConflict(Conflict):
    """A number is used already with other content. Params: `number`."""

    code = "conflict"
    sentence = "{number} exists with other content. Use a new number, or send the same content."


class IllegalTransition(Conflict):
    """A state cannot follow another. Params: `machine`, `current`, `to`."""

    code = "illegal_transition"
    sentence = "{machine} cannot go from {current} to {to}. Reload to see the present state."


class OrderNotPaid(Conflict):
    """A refund for an order without payment. Params: `order`."""

    code = "order_not_paid"
    sentence = "Order {order} is not paid, so nothing can be refunded. Cancel it instead."


class OrderNotOpen(Conflict):
    """Paying or cancelling an order that is no longer open. Params: `order`."""

    code = "order_not_open"
    sentence = "Order {order} is paid or cancelled already. Reload to see its state."


class WithdrawalNotOpen(Conflict):
    """A result for a withdrawal that has one. Params: `withdrawal`."""

    code = "withdrawal_not_open"
    sentence = "Withdrawal {withdrawal} has its result already. Reload to see it."


class AmountMismatch(Conflict):
    """A channel reports another amount than was ordered. Params: `order`, `expected`, `got`."""

    code = "amount_mismatch"
    sentence = (
        "For {order} the channel reports {got}, but {expected} was ordered. Nothing was booked: "
        "check the payment at the channel."
    )


class IdentityTaken(Conflict):
    """An identity declared twice: by this account, or by another one of the same person."""

    code = "identity_taken"
    sentence = (
        "This identity is declared already, here or by another account of yours. "
        "Ask the school if something must be corrected."
    )


class PhoneTaken(Conflict):
    """A phone number that belongs to another account. No params: nothing is told of it."""

    code = "phone_taken"
    sentence = (
        "This phone number belongs to another account that is in use, so the two cannot be joined "
        "by themselves. Sign out and sign in with the phone number, or ask the school."
    )


class QuestionOpen(Conflict):
    """A second question about a commission whose first is not answered."""

    code = "question_open"
    sentence = "Your question about this rebate is not answered yet. Wait for the answer first."


class RuleViolation(DomainError):
    """A rule of the institution or the platform refuses this."""

    code = "rule_violation"
    sentence = "A rule refuses this."


class BelowMinimum(RuleViolation):
    """A withdrawal below the minimum. Params: `amount`, `minimum` (minor units)."""

    code = "below_minimum"
    sentence = "{amount} is below the minimum of {minimum}. Wait until there is more."


class InsufficientBalance(RuleViolation):
    """More is asked than is there. Params: `asked`, `available`."""

    code = "insufficient_balance"
    sentence = "{asked} was asked, but only {available} is available. Ask for less."


class RefundExceedsPaid(RuleViolation):
    """A refund above what is left. Params: `asked`, `left` (minor units), maybe `line`."""

    code = "refund_exceeds_paid"
    sentence = "{asked} is more than the {left} that is left of the payment. Refund less."


class RefundTimeOver(RuleViolation):
    """A student asks for a refund when its time has passed. Params: `order`."""

    code = "refund_time_over"
    sentence = "The refund time of order {order} is over. Ask the school what is possible."


class IdentityMissing(RuleViolation):
    """A promoter asks for money before he said who he is. Params: `promoter`."""

    code = "identity_missing"
    sentence = (
        "Tax is declared in your name, so the school must know who you are before the first "
        "withdrawal. Add your identity, then ask again."
    )


class PayoutAccountMissing(RuleViolation):
    """Money is to go to a promoter who has not said where to. Params: `promoter`."""

    code = "payout_account_missing"
    sentence = "There is no account yet for the money to go to. Enter one in the profile first."


class CodeRefused(RuleViolation):
    """A one-time code that opens nothing: wrong, used, too old, or tried too often."""

    code = "code_refused"
    sentence = (
        "This code is not right, was used already or is too old. "
        "Look at the newest message, or ask for a new code."
    )


class TooOften(RuleViolation):
    """Something is asked for more often than is good. Params: `minutes` to wait."""

    code = "too_often"
    sentence = "That was asked too often. Wait {minutes} min and try again."


class NotOffered(RuleViolation):
    """What this installation was not set up for. Params: `what`."""

    code = "not_offered"
    sentence = "{what} is not available here. Take another way, or ask the school."


class ComplianceViolation(RuleViolation):
    """A limit of `domain.md §8`; params name the `rule`, the `limit` and the `worst` case."""

    code = "compliance_violation"
    sentence = "Rule {rule} passes the limit {limit}: {worst}. Change it or ask the platform."


class RateAboveCap(ComplianceViolation):
    """Commission would be cut. Params: `rule`, `limit`, `worst` (a `WorstCase`), its fields."""

    code = "rate_above_cap"
    sentence = (
        "Rule {rule} pays {amount} ({rate_bps} bp) at worst, on course {course}; "
        "the cap is {cap} ({limit} bp). Lower the rule or raise the programme's limit."
    )


class VersionAbovePlatform(ComplianceViolation):
    """A programme's own limit above the platform's. Params: `rule`, `limit`, `worst` (bp)."""

    code = "version_above_platform"
    sentence = (
        "The programme's limit is {worst} bp; the platform allows {limit} bp. "
        "Lower it or ask the platform."
    )


class HoldBelowMinimum(ComplianceViolation):
    """Too short a hold. Params: `rule`, `limit`, `worst` (days)."""

    code = "hold_below_minimum"
    sentence = (
        "Commissions are held {worst} days; the platform asks for {limit}. Lengthen the hold."
    )


class OverlappingRules(ComplianceViolation):
    """Two rules of the same scopes at one time. Params: `rule`, `limit`, `worst` (the keys)."""

    code = "overlapping_rules"
    sentence = (
        "Rules {rule} and {worst} have the same scopes and overlap in time. "
        "Only one may apply: change the scope or the dates of one."
    )


class DuplicateRuleKey(ComplianceViolation):
    """One key twice in a version. Params: `rule`, `limit`, `worst`."""

    code = "duplicate_rule_key"
    sentence = "The rule key {rule} is used {worst} times. A key names one rule: rename the others."


class InvalidSteps(ComplianceViolation):
    """A ladder that is none. Params: `rule`, `limit` (what is asked), `worst` (what is there)."""

    code = "invalid_steps"
    sentence = "The steps of rule {rule} must {limit}, but {worst}. Correct the steps."


class MinorsCourse(ComplianceViolation):
    """School-subject training for minors in promotion. Params: `rule`, `limit`, `worst`."""

    code = "minors_course"
    sentence = (
        "Course {worst} is school-subject training for minors and cannot be promoted. "
        "Exclude it from promotion."
    )


class ForbiddenWords(ComplianceViolation):
    """A text with forbidden words. Params: `rule`, `limit`, `worst` (words), `spans`."""

    code = "forbidden_words"
    sentence = "The text of {rule} contains forbidden words: {worst}. Reword it."


class PromoterTooYoung(ComplianceViolation):
    """Below the platform's age. Params: `rule`, `limit`, `worst` (years)."""

    code = "promoter_too_young"
    sentence = "A promoter must be {limit} years old; this person is {worst}. Apply later."


class OwnInviter(ComplianceViolation):
    """Somebody as his own inviter. Params: `rule`, `limit`, `worst` (promoter)."""

    code = "own_inviter"
    sentence = "{worst} cannot be his own inviter. Name another promoter or none."


class ChannelError(KefenError):
    """The outside world did not do what was asked. Params: `channel`."""

    code = "channel_error"
    sentence = "The channel {channel} failed."


class ChannelUnavailable(ChannelError):
    """Nothing was done; asking again is safe. Params: `channel`."""

    code = "channel_unavailable"
    sentence = "{channel} cannot be reached. It is tried again by itself; nothing is lost."


class ChannelRejected(ChannelError):
    """A final no. Params: `channel`, `reason`."""

    code = "channel_rejected"
    sentence = "{channel} refused: {reason}. Correct the details and ask again."


class OutcomeUnknown(ChannelError):
    """Done or not: nobody knows yet. Query the same number, never send again."""

    code = "outcome_unknown"
    sentence = "{channel} has not said what became of {number}. We keep asking; do not repeat it."


class BadSignature(ChannelError):
    """A message that its supposed sender did not sign. Params: `channel`."""

    code = "bad_signature"
    sentence = "The message does not carry a valid signature of {channel}. Check the keys."


class InvariantBroken(KefenError):
    """What can never be, is. Our bug: stop and alert. Params: `invariant`."""

    code = "invariant_broken"
    sentence = "An internal rule is broken: {invariant}. Nothing was changed; we were alerted."
