"""Hits of forbidden words, alarms of the inviter graph, complaints."""

from django.db import models
from django.db.models import Q

from kefen.platform.identity.personal import PersonalField
from kefen.platform.tenancy.base import InstitutionModel, belongs_to


class HitState(models.TextChoices):
    """open: somebody has to mend the text or keep it; kept: he looked and kept it, with a note."""

    OPEN = "open"
    KEPT = "kept"


class AlarmState(models.TextChoices):
    """open: somebody has to look; seen: he did, and it holds until the graph grows on."""

    OPEN = "open"
    SEEN = "seen"


class ComplaintKind(models.TextChoices):
    """What somebody complains of."""

    PROMOTER = "promoter"
    POSTER = "poster"
    TEXT = "text"
    OTHER = "other"


class ComplaintState(models.TextChoices):
    """open, until somebody of the school answers it or closes it with a note."""

    OPEN = "open"
    ANSWERED = "answered"
    CLOSED = "closed"


class Hit(InstitutionModel):
    """A forbidden word in a text that was saved before the word was forbidden, or was taken over.

    `place` and `field` say where, as `platform.wording.contracts.PublicText`; `digest` is the
    whole text's, so that what was kept is looked at again when the text changes. `before` and
    `after` are what stands around the word.
    """

    place = models.CharField(max_length=80)
    title = models.CharField(max_length=120)
    field = models.CharField(max_length=32)
    digest = models.BinaryField()
    start = models.PositiveIntegerField()
    before = models.CharField(max_length=24, default="", blank=True)
    word = models.CharField(max_length=200)
    after = models.CharField(max_length=24, default="", blank=True)
    found_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=HitState.OPEN)
    note = models.CharField(max_length=200, default="", blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "place", "field", "digest", "start"], name="hit_once"
            ),
            models.CheckConstraint(condition=Q(state__in=HitState.values), name="hit_state"),
            models.CheckConstraint(
                condition=~Q(state="kept") | (~Q(note="") & Q(decided_at__isnull=False)),
                name="hit_kept_with_note",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "state", "place", "field", "start", "id"],
                name="hit_by_state",
            )
        ]


class GraphAlarm(InstitutionModel):
    """Too many persons under one inviter, or invitations deeper than anybody is paid.

    `persons` and `depth` are what was counted last, `seen_persons` and `seen_depth` what they were
    when somebody looked.
    """

    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    persons = models.PositiveIntegerField()
    depth = models.PositiveIntegerField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=AlarmState.OPEN)
    seen_persons = models.PositiveIntegerField(default=0)
    seen_depth = models.PositiveIntegerField(default=0)
    note = models.CharField(max_length=200, default="", blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "promoter_id"], name="graph_alarm_once"),
            models.CheckConstraint(
                condition=Q(state__in=AlarmState.values), name="graph_alarm_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="seen") | (~Q(note="") & Q(decided_at__isnull=False)),
                name="graph_alarm_seen_with_note",
            ),
        ]


class Complaint(InstitutionModel):
    """What somebody reported about a promoter, a poster or a text, without signing in.

    Free text and contact may name persons, so they are encrypted. `about` is the link or code as
    it was written; `promoter` whose it is, where it is one of the school's. `origin` is a keyed
    digest of the network address, for the limit on how often one may send.
    """

    kind = models.CharField(max_length=16)
    about = models.CharField(max_length=120, default="", blank=True)
    promoter_id = models.UUIDField(null=True)
    promoter = belongs_to("promoters.Promoter", "promoter_id", optional=True)
    text = PersonalField()
    contact = PersonalField()
    origin = models.BinaryField()
    raised_at = models.DateTimeField()
    state = models.CharField(max_length=8, default=ComplaintState.OPEN)
    note = PersonalField()
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=ComplaintKind.values), name="complaint_kind"
            ),
            models.CheckConstraint(
                condition=Q(state__in=ComplaintState.values), name="complaint_state"
            ),
            models.CheckConstraint(
                condition=Q(state="open", decided_at__isnull=True)
                | (~Q(state="open") & Q(decided_at__isnull=False)),
                name="complaint_decided_has_its_instant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["institution", "state", "raised_at", "id"], name="complaint_by_state"
            ),
            models.Index(fields=["institution", "origin", "raised_at"], name="complaint_origin"),
        ]
