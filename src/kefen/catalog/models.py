"""Courses, their prices over time, their cover photos and their live sessions."""

from django.db import models
from django.db.models import Q

from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class Status(models.TextChoices):
    """Where a course stands in the shop."""

    DRAFT = "draft"
    ON_SALE = "on_sale"
    OFF_SALE = "off_sale"


class Course(InstitutionModel):
    """Something to learn that can be bought. `list_price` in minor units.

    A course marked as school-subject training for minors can't be promoted (domain.md §8).
    """

    code = models.CharField(max_length=64)
    title = models.TextField()
    category = models.TextField()
    list_price = models.BigIntegerField()
    promotable = models.BooleanField(default=True)
    for_minors = models.BooleanField(default=False)
    status = models.CharField(max_length=16, choices=Status.choices, default=Status.ON_SALE)
    teacher = models.CharField(max_length=60, default="", blank=True)
    teacher_about = models.CharField(max_length=200, default="", blank=True)
    summary = models.CharField(max_length=300, default="", blank=True)
    outline = models.TextField(default="", blank=True)
    # The trial lesson: for everybody, to read or to watch on this very site; none without a title.
    trial_title = models.CharField(max_length=120, default="", blank=True)
    trial_minutes = models.PositiveIntegerField(default=0)
    trial_text = models.TextField(default="", blank=True)
    trial_video = models.CharField(max_length=200, default="", blank=True)
    refund_days = models.PositiveIntegerField(default=7)
    cover_glyph = models.CharField(max_length=2, default="课")
    cover_tone = models.CharField(max_length=16, default="indigo")
    # What the photo is known by; empty: the sign on its tone is shown.
    cover_digest = models.CharField(max_length=32, default="", blank=True)
    created_at = models.DateTimeField()

    # In force now, on the rows that `queries` answers: the price that began last, or `list_price`
    # where none was ever planned.
    price: int

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "code"], name="course_code"),
            models.CheckConstraint(
                condition=Q(list_price__gte=0), name="course_price_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(for_minors=True, promotable=True),
                name="course_for_minors_not_promoted",
            ),
            models.CheckConstraint(condition=Q(status__in=Status.values), name="course_status"),
        ]
        indexes = [
            models.Index(fields=["institution", "created_at", "id"], name="course_newest"),
            models.Index(
                fields=["institution", "status", "created_at", "id"], name="course_by_status"
            ),
        ]


class Price(InstitutionModel):
    """What a course costs from an instant on, until the next one begins. Never changed: only one
    that has not begun may be dropped."""

    course_id = models.UUIDField()
    course = belongs_to("catalog.Course", "course_id", related_name="prices")
    amount = models.BigIntegerField()
    starts_at = models.DateTimeField()
    made_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="price_not_negative"),
        ]
        indexes = [
            models.Index(fields=["institution", "course_id", "starts_at"], name="price_course"),
        ]


class Cover(InstitutionModel):
    """A course's cover photo in the sizes that pages need, without anything but its pixels."""

    course_id = models.UUIDField()
    course = belongs_to("catalog.Course", "course_id", related_name="covers")
    digest = models.CharField(max_length=32)
    wide = models.BinaryField()
    small = models.BinaryField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "course_id"], name="cover_course"),
        ]


class Session(InstitutionModel):
    """One live lesson of a course."""

    course_id = models.UUIDField()
    course = belongs_to("catalog.Course", "course_id", related_name="sessions")
    title = models.CharField(max_length=120)
    starts_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["institution", "course_id", "starts_at"], name="session_course"),
            models.Index(fields=["institution", "starts_at"], name="session_starts"),
        ]
