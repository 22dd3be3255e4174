"""Orders that were sent to a channel's cashier, and who has to be asked about them."""

from django.db import models
from django.db.models import F, Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to


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
    # The channel's number of the payment that the first person named.
    named_number = models.CharField(max_length=64, default="", blank=True)
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
