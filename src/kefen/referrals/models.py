"""Links, touches, ties, bindings, attributions (domain.md §2)."""

from django.db import models
from django.db.models import F, Q

from kefen.core.attribution import Reason
from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class ShortCode(models.Model):
    """Which institution's link a short code is. Shared by all, so keyed by the code alone."""

    code = models.CharField(max_length=16, primary_key=True)
    institution_id = models.UUIDField()
    link_id = models.UUIDField()


class Link(InstitutionModel):
    """A promoter's link for one course, one live session or (both null) the whole school."""

    short_code = models.CharField(max_length=16)
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id", related_name="links")
    course_id = models.UUIDField(null=True)
    course = belongs_to("catalog.Course", "course_id", optional=True)
    session_id = models.UUIDField(null=True)
    session = belongs_to("catalog.Session", "session_id", optional=True)
    label = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "promoter_id", "course_id", "session_id", "label"],
                name="link_once",
                nulls_distinct=False,
            ),
            models.UniqueConstraint(fields=["institution", "short_code"], name="link_code"),
        ]
        indexes = [
            models.Index(
                fields=["institution", "promoter_id", "created_at", "id"], name="link_newest"
            ),
        ]


class Touch(InstitutionModel):
    """One visit through a link (`visitor_id`), or a promoter code typed at checkout: by a student
    (`student_id`), or by somebody who only typed his phone number (neither: it counts for the one
    order whose evidence names it, and nobody's history has it).

    Ids are UUIDv7, so `id` is the order of arrival. `network` is a keyed digest of where the
    visit came from, with a key of the day: enough to see that many came from one place, not to
    follow it. `automated`: the browser said that a program drives it.
    """

    append_only = True

    visitor_id = models.UUIDField(null=True)
    student_id = models.UUIDField(null=True)
    student = belongs_to("identity.Account", "student_id", optional=True)
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    course_id = models.UUIDField(null=True)
    course = belongs_to("catalog.Course", "course_id", optional=True)
    link_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    network = models.BinaryField(null=True)
    automated = models.BooleanField(db_default=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(visitor_id__isnull=True) | Q(student_id__isnull=True),
                name="touch_never_of_both",
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "visitor_id", "id"], name="touch_visitor"),
            models.Index(
                fields=["institution", "student_id", "id"],
                name="touch_student",
                condition=Q(student_id__isnull=False),
            ),
            models.Index(
                fields=["institution", "promoter_id", "at"],
                name="touch_promoter",
                include=["visitor_id"],
            ),
            models.Index(
                fields=["institution", "at"],
                name="touch_visit_at",
                condition=Q(visitor_id__isnull=False),
            ),
        ]


class Landing(InstitutionModel):
    """The first page that a visit saw. A visit that never came so far has none."""

    append_only = True

    touch_id = models.UUIDField()
    touch = belongs_to("referrals.Touch", "touch_id")
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "touch_id"], name="landing_once"),
        ]
        indexes = [
            models.Index(fields=["institution", "promoter_id", "at"], name="landing_promoter"),
            models.Index(fields=["institution", "at"], name="landing_at"),
        ]


class Tie(InstitutionModel):
    """A visitor was identified as a student; never undone."""

    append_only = True

    visitor_id = models.UUIDField()
    student_id = models.UUIDField()
    student = belongs_to("identity.Account", "student_id")
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "visitor_id", "student_id"], name="tie_once"
            ),
        ]
        indexes = [models.Index(fields=["institution", "student_id"], name="tie_student")]


class Binding(InstitutionModel):
    """A student reserved for a promoter in [starts_at, ends_at), or until it was replaced."""

    student_id = models.UUIDField()
    student = belongs_to("identity.Account", "student_id")
    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    replaced_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=F("ends_at")), name="binding_time_ascends"
            ),
        ]
        indexes = [
            models.Index(fields=["institution", "student_id", "starts_at"], name="binding_student"),
        ]


class Attribution(InstitutionModel):
    """The decision which promoter brought an order line, taken when the order was placed, with
    all its evidence and the terms it earns by. Never changed by anything later."""

    append_only = True

    at = models.DateTimeField()
    student_id = models.UUIDField()
    course_id = models.UUIDField()
    version_id = models.UUIDField(null=True)
    version = belongs_to("programmes.Version", "version_id", optional=True)
    winner_id = models.UUIDField(null=True)
    winner = belongs_to("promoters.Promoter", "winner_id", optional=True)
    reason = models.CharField(max_length=8)
    evidence = models.JSONField()
    binding_id = models.UUIDField(null=True)
    rule_id = models.UUIDField(null=True)
    rule = belongs_to("programmes.Rule", "rule_id", optional=True)
    group = models.TextField(null=True)  # noqa: DJ001
    inviter_id = models.UUIDField(null=True)
    inviter = belongs_to("promoters.Promoter", "inviter_id", optional=True)
    cap_bps = models.PositiveIntegerField()
    hold_days = models.PositiveIntegerField()
    points_per_order = models.PositiveIntegerField()
    points_per_yuan = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(reason__in=[reason.value for reason in Reason]),
                name="attribution_reason",
            ),
            models.CheckConstraint(
                condition=Q(rule_id__isnull=True) | Q(winner_id__isnull=False),
                name="attribution_rule_has_winner",
            ),
        ]
