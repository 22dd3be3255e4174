"""What exists not, what does not fit, and what a rule of the house refuses."""

from __future__ import annotations

from kefen.core.errors.kinds import Conflict, NotFound, NotPermitted, RuleViolation


class NotAllowed(NotPermitted):
    """A deed that a role does not include. Params: `deed`, `role` (empty for nobody of the team),
    `who` (the roles that include it)."""

    code = "not_allowed"
    sentence = (
        "Nothing was changed: your role ({role}) does not include the right to {deed}. "
        "Ask somebody with one of these roles: {who}."
    )


class LinkRefused(NotPermitted):
    """A sign-in link that is used, too old or cut off."""

    code = "link_refused"
    sentence = "This sign-in link is used, too old or cut off. Ask for a new one."


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


class NumberConflict(Conflict):
    """A number is used already with other content. Params: `number`."""

    code = "conflict"
    sentence = "{number} exists with other content. Use a new number, or send the same content."


class PublishedBetween(Conflict):
    """Somebody else published since a version was begun. Params: `number`, the newest one's, and
    `begun`, the one that it was begun from (0 for none)."""

    code = "published_between"
    sentence = (
        "Version {number} was published while you were at work on version {begun}; nothing of "
        "yours was published. Look at the difference again, then publish on top of it."
    )


class InstitutionPaused(Conflict):
    """A new order or a new promoter at a school that the platform paused. Params: `institution`
    (its name)."""

    code = "institution_paused"
    sentence = (
        "{institution} takes no new orders and no new promoters for now. What is paid stays valid: "
        "courses, refunds and payouts go on as before. Come back later."
    )


class PaidTwice(Conflict):
    """A channel took a further payment for an order that is paid. Params: `order`, `channel`,
    `number` (the channel's own of the further payment)."""

    code = "paid_twice"
    sentence = (
        "Order {order} is paid already, and {channel} took payment {number} for it as well. "
        "Nothing was booked: give that payment back at the channel."
    )


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


class SignalDecided(Conflict):
    """A second decision about a risk signal. Params: `state`."""

    code = "signal_decided"
    sentence = "Somebody decided about this already. Reload to see what, and why."


class QuestionOpen(Conflict):
    """A second question about a commission whose first is not answered."""

    code = "question_open"
    sentence = "Your question about this rebate is not answered yet. Wait for the answer first."


class MerchantInUse(Conflict):
    """Another account at a channel while something is open at the present one, which would be sent
    again there. Params: `channel`, and how many are open: `cashiers`, `refunds`, `withdrawals`,
    `splits`."""

    code = "merchant_in_use"
    sentence = (
        "At {channel} something is still open under the present account: {cashiers} cashiers, "
        "{refunds} refunds, {withdrawals} payouts, {splits} divided payments. Switch the channel "
        "off and wait until they are done, then enter the other account. Keys can be changed now."
    )


class MerchantTaken(Conflict):
    """A number at a channel that another institution entered. Params: `field`, `channel`."""

    code = "merchant_taken"
    sentence = (
        "Another school here has this {field} at {channel}, and one cannot tell the payments of "
        "two apart. Enter your own, or ask whoever runs this installation."
    )


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


class AlreadyMember(Conflict):
    """Inviting somebody who works here already. No params: nothing is told of him."""

    code = "already_member"
    sentence = "Somebody with this address works here already. Change the role in the list instead."


class OwnMembership(RuleViolation):
    """Changing one's own role, or removing oneself."""

    code = "own_membership"
    sentence = "Nobody changes or removes himself. Ask another owner to do it."


class LastOwner(RuleViolation):
    """Removing the one owner, or giving him another role."""

    code = "last_owner"
    sentence = "A school needs an owner, and this is the last one. Make somebody else owner first."


class NotOffered(RuleViolation):
    """What this installation was not set up for. Params: `what`."""

    code = "not_offered"
    sentence = "{what} is not available here. Take another way, or ask the school."


class CourseNotReady(RuleViolation):
    """A course lacks what it needs to be sold. Params: `course`, `missing`."""

    code = "course_not_ready"
    sentence = "{course} cannot be sold yet. It still lacks: {missing}. Add it and try again."


class LessonLinked(Conflict):
    """A live lesson that a promoter's link leads to is to go away. Params: `lesson`."""

    code = "lesson_linked"
    sentence = (
        "Links of promoters lead to the lesson {lesson}, so it cannot be taken out. Move it to "
        "another time instead."
    )
