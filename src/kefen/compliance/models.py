"""Hits of forbidden words, alarms of the inviter graph, complaints, licences, and what the platform
looked at."""

from django.db import models
from django.db.models import Q

from kefen.core.ids import uuid7
from kefen.core.licences import FileType, LicenceKind, LicenceState
from kefen.platform.identity.personal import PersonalField, SealedBytesField
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


class RevealSubject(models.TextChoices):
    """Whose personal data the platform asks to read: an order's student, or a promoter."""

    ORDER = "order"
    PROMOTER = "promoter"


class RevealKind(models.TextChoices):
    """Why the platform asks."""

    COMPLAINT = "complaint"
    REGULATOR = "regulator"
    FAULT = "fault"


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


_KINDS = [one.value for one in LicenceKind]
_STATES = [one.value for one in LicenceState]


class Licence(InstitutionModel):
    """One submission of a licence, as it was handed in; a renewal is another one.

    Number and holder are the organisation's, as public registers have them; the scan, which may
    name and show persons, is encrypted in `LicenceFile`. `digest` is the scan's SHA-256.
    """

    append_only = True

    kind = models.CharField(max_length=8)
    number = models.CharField(max_length=64)
    holder = models.CharField(max_length=120)
    valid_from = models.DateField()
    valid_until = models.DateField(null=True)
    media_type = models.CharField(max_length=16)
    size = models.PositiveIntegerField()
    digest = models.BinaryField()
    submitted_by = models.UUIDField(null=True)
    submitted_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="licence_kind"),
            models.CheckConstraint(
                condition=Q(media_type__in=[one.value for one in FileType]), name="licence_media"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="licence_ends_after_it_begins",
            ),
        ]


class LicenceFile(InstitutionModel):
    """The scan of a licence, read only when it is fetched."""

    append_only = True

    licence_id = models.UUIDField()
    licence = belongs_to("compliance.Licence", "licence_id")
    content = SealedBytesField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "licence_id"], name="licence_file_once")
        ]


class LicenceDecision(InstitutionModel):
    """What the platform said of a licence: passed, or returned with a reason."""

    append_only = True

    licence_id = models.UUIDField()
    licence = belongs_to("compliance.Licence", "licence_id", "decisions")
    state = models.CharField(max_length=12)
    reason = models.CharField(max_length=200, default="", blank=True)
    decided_by = models.UUIDField(null=True)
    decided_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "licence_id"], name="licence_decided_once"
            ),
            models.CheckConstraint(
                condition=Q(state="passed") | (Q(state="returned") & ~Q(reason="")),
                name="licence_returned_with_reason",
            ),
        ]


class FiledLicence(models.Model):
    """One row for each submission, of all schools: the platform's queue, which no school reads.

    Shared by all, so it is keyed by the licence's id alone; what it says is on the licence too.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    institution = models.ForeignKey(
        "tenancy.Institution", on_delete=models.PROTECT, related_name="+", db_index=False
    )
    kind = models.CharField(max_length=8)
    state = models.CharField(max_length=12, default=LicenceState.SUBMITTED)
    submitted_at = models.DateTimeField()
    valid_until = models.DateField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(kind__in=_KINDS), name="filed_licence_kind"),
            models.CheckConstraint(condition=Q(state__in=_STATES), name="filed_licence_state"),
        ]
        indexes = [
            models.Index(fields=["state", "submitted_at", "id"], name="filed_licence_by_age"),
            models.Index(fields=["state", "valid_until", "id"], name="filed_licence_by_end"),
            models.Index(fields=["institution", "kind", "state"], name="filed_licence_of"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Reveal(InstitutionModel):
    """One of the platform's staff may read one subject's personal data, from `opened_at` until
    `ends_at`, which does not count any more. Ends by itself."""

    append_only = True

    subject = models.CharField(max_length=8)
    key = models.CharField(max_length=64)
    kind = models.CharField(max_length=12)
    reason = models.CharField(max_length=400)
    opened_by = models.UUIDField()
    handle = models.CharField(max_length=64)
    opened_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    network = models.CharField(max_length=49, default="", blank=True)
    device = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(subject__in=[one.value for one in RevealSubject]),
                name="reveal_subject",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=[one.value for one in RevealKind]), name="reveal_kind"
            ),
            models.CheckConstraint(condition=Q(reason__regex=".{10}"), name="reveal_says_why"),
            models.CheckConstraint(
                condition=Q(ends_at__gt=models.F("opened_at")), name="reveal_ends"
            ),
        ]


class RevealView(InstitutionModel):
    """One reading under a reveal."""

    append_only = True

    reveal_id = models.UUIDField()
    reveal = belongs_to("compliance.Reveal", "reveal_id", "views")
    at = models.DateTimeField()
    network = models.CharField(max_length=49, default="", blank=True)
    device = models.CharField(max_length=40, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["institution", "reveal_id"], name="reveal_view_of")]


class RevealNoted(InstitutionModel):
    """An owner of the school read that the platform looked."""

    append_only = True

    reveal_id = models.UUIDField()
    reveal = belongs_to("compliance.Reveal", "reveal_id", "noted")
    noted_by = models.UUIDField()
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "reveal_id"], name="reveal_noted_once")
        ]
