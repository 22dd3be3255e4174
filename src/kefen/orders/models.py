"""Orders, their lines, refunds. Amounts in minor units of the order's currency."""

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Collate

from kefen.core.states import OrderState
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

STATES = [state.value for state in OrderState]


class Order(InstitutionModel):
    """A purchase. `number` is the business's own, once per institution; `digest` is its content,
    by which a repeated delivery is told from a conflict."""

    number = models.CharField(max_length=64)
    student_id = models.UUIDField()
    student = belongs_to("identity.Account", "student_id", related_name="orders")
    state = models.CharField(max_length=16)
    currency = models.CharField(max_length=3)
    total = models.BigIntegerField()
    digest = models.BinaryField()
    # Did a promoter bring any of its lines? Like their winners it never changes.
    is_promoted = models.BooleanField(default=False, db_default=False)
    placed_at = models.DateTimeField()
    paid_at = models.DateTimeField(null=True)
    channel = models.CharField(max_length=64, null=True)  # noqa: DJ001 - null until paid
    cancelled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="order_number"),
            models.CheckConstraint(condition=Q(total__gte=0), name="order_total_not_negative"),
            models.CheckConstraint(
                condition=Q(state="placed", paid_at__isnull=True, cancelled_at__isnull=True)
                | Q(
                    state="paid",
                    paid_at__isnull=False,
                    channel__isnull=False,
                    cancelled_at__isnull=True,
                )
                | Q(state="cancelled", paid_at__isnull=True, cancelled_at__isnull=False),
                name="order_state_has_its_instant",
            ),
        ]
        indexes = [
            # Sums read nothing but these two.
            models.Index(
                fields=["institution", "paid_at", "id"], name="order_paid_at", include=["total"]
            ),
            models.Index(
                fields=["institution", "placed_at"],
                name="order_promoted",
                include=["state"],
                condition=Q(is_promoted=True),
            ),
            models.Index(fields=["institution", "student_id", "placed_at"], name="order_student"),
            models.Index(fields=["institution", "placed_at", "id"], name="order_placed_at"),
            models.Index(fields=["institution", "state", "placed_at", "id"], name="order_by_state"),
            # What is typed is how a number begins; "C" makes that a range in every database.
            models.Index(F("institution"), Collate("number", "C"), name="order_number_begins"),
        ]


class Line(InstitutionModel):
    """One course of an order: list price for one, what was paid for the line, what came back."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="lines")
    number = models.PositiveIntegerField()
    course_id = models.UUIDField()
    course = belongs_to("catalog.Course", "course_id")
    quantity = models.PositiveIntegerField()
    list_price = models.BigIntegerField()
    paid = models.BigIntegerField()
    refunded = models.BigIntegerField(db_default=0)
    attribution_id = models.UUIDField()
    attribution = belongs_to("referrals.Attribution", "attribution_id")
    winner_id = models.UUIDField(null=True)
    winner = belongs_to("promoters.Promoter", "winner_id", optional=True)
    # As the course had it when the order was placed: a later change is for later orders.
    refund_days = models.PositiveIntegerField(default=0, db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "order_id", "number"], name="line_number"
            ),
            # Commissions refer to what was paid, so that none can claim another amount.
            models.UniqueConstraint(fields=["institution", "id", "paid"], name="line_and_paid"),
            models.CheckConstraint(condition=Q(paid__gte=0), name="line_paid_not_negative"),
            models.CheckConstraint(condition=Q(quantity__gte=1), name="line_quantity_positive"),
            models.CheckConstraint(
                condition=Q(refunded__gte=0, refunded__lte=F("paid")),
                name="line_refunded_within_paid",
            ),
        ]
        indexes = [
            # Few lines give something back.
            models.Index(
                fields=["institution", "order_id"],
                name="line_refunded",
                include=["refunded"],
                condition=Q(refunded__gt=0),
            ),
            models.Index(
                fields=["institution", "winner_id", "order_id"],
                name="line_winner",
                condition=Q(winner_id__isnull=False),
            ),
            models.Index(fields=["institution", "course_id", "order_id"], name="line_course"),
        ]


class RefundState(models.TextChoices):
    """requested: sent to the channel, money not moved yet; booked: out of the books;
    failed: the channel refused, the reason says why."""

    REQUESTED = "requested"
    BOOKED = "booked"
    FAILED = "failed"


class Refund(InstitutionModel):
    """Money going back to the student. `stuck_at`: since then the channel waits for somebody to
    settle it at its console; it is under way all the while."""

    number = models.CharField(max_length=64)
    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="refunds")
    amount = models.BigIntegerField()
    state = models.CharField(max_length=16, choices=RefundState.choices)
    reason = models.CharField(max_length=200, db_default="", blank=True)
    digest = models.BinaryField()
    requested_at = models.DateTimeField()
    booked_at = models.DateTimeField(null=True)
    stuck_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "number"], name="refund_number"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="booked", booked_at__isnull=False)
                | Q(state__in=["requested", "failed"], booked_at__isnull=True),
                name="refund_state_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "order_id"], name="refund_order"),
            models.Index(
                fields=["institution", "booked_at"],
                name="refund_booked_at",
                condition=Q(booked_at__isnull=False),
            ),
        ]


class RefundLine(InstitutionModel):
    """How a booked refund was spread over the lines."""

    append_only = True

    refund_id = models.UUIDField()
    refund = belongs_to("orders.Refund", "refund_id", related_name="lines")
    line_id = models.UUIDField()
    line = belongs_to("orders.Line", "line_id")
    amount = models.BigIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "refund_id", "line_id"], name="refund_line_once"
            ),
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_line_positive"),
        ]


class CashierVisit(InstitutionModel):
    """An order that was sent to a channel's cashier: who may have to be asked whether it was paid,
    should its notice get lost. One row for each order and channel; `opened_at` is the last time,
    `shut_at` is when the channel was told to take the money no more, `closed_at` ends the asking.
    `split`: the money was asked to stay divisible; `channel_number`: the channel's own number of
    the payment."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="cashier_visits")
    channel = models.CharField(max_length=64)
    split = models.BooleanField(db_default=False)
    channel_number = models.CharField(max_length=64, db_default="", blank=True)
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    shut_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "order_id", "channel"], name="cashier_visit_once"
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "opened_at"],
                name="cashier_visit_open",
                condition=Q(closed_at__isnull=True),
            ),
            models.Index(
                fields=["institution", "channel", "channel_number"],
                name="cashier_visit_number",
                condition=~Q(channel_number=""),
            ),
        ]


class LeftState(models.TextChoices):
    """open: nobody knows; came: the money is booked, or is a stray payment; unpaid: the channel's
    last word is that nobody paid; never: persons said that nothing came."""

    OPEN = "open"
    CAME = "came"
    UNPAID = "unpaid"
    NEVER = "never"


class LeftCashier(InstitutionModel):
    """A cashier at an account that its channel shut, without a last word: it stays with that
    account, which is asked as long as it answers, and persons may say what became of it.

    `owns`: the order's own payment came by it. `next_at` is when the channel is asked again. What
    persons decide stands in `decision` and `note`; a large one waits for a second person until
    `settled_at`."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="left_cashiers")
    channel = models.CharField(max_length=64)
    account_id = models.UUIDField()
    account = belongs_to("merchants.ShutAccount", "account_id")
    state = models.CharField(max_length=16, choices=LeftState.choices)
    owns = models.BooleanField(default=False)
    opened_at = models.DateTimeField()
    asked_at = models.DateTimeField(null=True)
    next_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    decision = models.CharField(max_length=16, default="", blank=True)
    note = models.CharField(max_length=500, default="", blank=True)
    first_person = models.UUIDField(null=True)
    first_at = models.DateTimeField(null=True)
    second_person = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "order_id", "account_id"], name="left_cashier_once"
            ),
            models.UniqueConstraint(
                fields=["institution", "order_id"],
                condition=Q(owns=True),
                name="left_cashier_one_owns",
            ),
            models.CheckConstraint(
                condition=Q(state="open", ended_at__isnull=True)
                | Q(
                    state__in=["came", "unpaid", "never"],
                    ended_at__isnull=False,
                    next_at__isnull=True,
                ),
                name="left_cashier_state_has_its_instant",
            ),
            models.CheckConstraint(
                condition=Q(owns=False) | Q(state="came"), name="left_cashier_owns_what_came"
            ),
            models.CheckConstraint(
                condition=Q(decision="", note="") | (~Q(decision="") & ~Q(note="")),
                name="left_cashier_says_why",
            ),
            models.CheckConstraint(
                # Two persons, and not one twice.
                condition=Q(second_person__isnull=True)
                | (
                    Q(first_person__isnull=False, settled_at__isnull=False)
                    & ~Q(second_person=F("first_person"))
                ),
                name="left_cashier_two_persons",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "channel", "opened_at"],
                name="left_cashier_open",
                condition=Q(state="open"),
            ),
            models.Index(
                fields=["institution", "next_at"],
                name="left_cashier_due",
                condition=Q(next_at__isnull=False),
            ),
        ]


class AskState(models.TextChoices):
    """asked: the school has to answer; agreed: a refund was sent for it; declined: with a reason
    that the student reads."""

    ASKED = "asked"
    AGREED = "agreed"
    DECLINED = "declined"


class RefundAsk(InstitutionModel):
    """A student asks for his money back. It moves none: somebody of the school decides."""

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="refund_asks")
    amount = models.BigIntegerField()
    reason = models.CharField(max_length=200, db_default="", blank=True)
    state = models.CharField(max_length=16, choices=AskState.choices)
    answer = models.CharField(max_length=200, db_default="", blank=True)
    asked_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=1), name="refund_ask_amount_positive"),
            models.CheckConstraint(
                condition=Q(state="asked", answered_at__isnull=True)
                | Q(state__in=["agreed", "declined"], answered_at__isnull=False),
                name="refund_ask_state_has_its_instant",
            ),
            models.UniqueConstraint(
                fields=["institution", "order_id"],
                condition=Q(state="asked"),
                name="refund_ask_one_open",
            ),
        ]
        indexes = [models.Index(fields=["institution", "order_id"], name="refund_ask_order")]


class StrayState(models.TextChoices):
    """asked: goes back, the channel is asked until it has a result; returned: it went back;
    failed: the channel refused, the reason says why."""

    ASKED = "asked"
    RETURNED = "returned"
    FAILED = "failed"


class StrayPayment(InstitutionModel):
    """A payment that its order does not owe: it was cancelled, or is paid by another one. It goes
    back whole, under `number`, which is made from the channel's own number of the payment and
    stands here before the channel is asked.

    `cause` is the refusal's code. `stuck_at`: the channel waits for somebody at its console.
    `settled_at`: a person gave a refused one back otherwise, and said how.
    """

    order_id = models.UUIDField()
    order = belongs_to("orders.Order", "order_id", related_name="strays")
    channel = models.CharField(max_length=64)
    channel_number = models.CharField(max_length=64)
    # The shut account that took it, where it was none that is in place.
    account_id = models.UUIDField(null=True)
    number = models.CharField(max_length=64)
    amount = models.BigIntegerField()
    currency = models.CharField(max_length=3)
    cause = models.CharField(max_length=32)
    state = models.CharField(max_length=16, choices=StrayState.choices)
    reason = models.CharField(max_length=200, db_default="", blank=True)
    paid_at = models.DateTimeField()
    received_at = models.DateTimeField()
    next_at = models.DateTimeField()
    attempts = models.PositiveIntegerField(db_default=0)
    stuck_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "channel", "channel_number"], name="stray_once"
            ),
            models.UniqueConstraint(fields=["institution", "number"], name="stray_number"),
            models.CheckConstraint(condition=Q(amount__gte=1), name="stray_amount_positive"),
            models.CheckConstraint(
                condition=~Q(channel_number=""), name="stray_has_channel_number"
            ),
            models.CheckConstraint(
                condition=Q(state="asked", ended_at__isnull=True, settled_at__isnull=True)
                | Q(state__in=["returned", "failed"], ended_at__isnull=False),
                name="stray_state_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "order_id"], name="stray_order"),
            models.Index(
                fields=["institution", "next_at"],
                name="stray_asked",
                condition=Q(state="asked"),
            ),
            models.Index(fields=["institution", "channel", "paid_at"], name="stray_paid_at"),
            models.Index(
                fields=["institution", "channel", "ended_at"],
                name="stray_ended_at",
                condition=Q(state="returned"),
            ),
        ]
