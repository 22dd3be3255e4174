"""What an institution decided about payouts and tax, and what promoters agreed to."""

from django.db import models
from django.db.models import F, Q

from kefen.core.tax import TaxRule
from kefen.platform.tenancy.base import InstitutionModel, belongs_to

TAX_RULES = [rule.value for rule in TaxRule]
AUTHORISATION_STATES = ["asked", "active", "ended"]


class PayoutPolicy(InstitutionModel):
    """How the institution pays out: one row, whose changes are in the audit log.

    From `two_persons_from` on two persons approve; empty: one is enough. `bank_files` offers bank
    accounts, which somebody pays from a file. A higher threshold, or none, is proposed by one
    person and confirmed by another; the last proposal stays here with both.
    """

    two_persons_from = models.BigIntegerField(null=True)
    bank_files = models.BooleanField(default=False)
    bank_encoding = models.CharField(max_length=16, default="utf-8-sig")
    bank_columns = models.JSONField(default=list)
    changed_at = models.DateTimeField()
    proposer = models.UUIDField(null=True)
    proposed_at = models.DateTimeField(null=True)
    proposed_from = models.BigIntegerField(null=True)
    confirmer = models.UUIDField(null=True)

    @property
    def proposal_waits(self) -> bool:
        """Is there a proposal that nobody confirmed?"""
        return self.proposer is not None and self.confirmer is None

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution"], name="payout_policy_one"),
            models.CheckConstraint(
                condition=Q(proposer__isnull=False, proposed_at__isnull=False)
                | Q(
                    proposer__isnull=True,
                    proposed_at__isnull=True,
                    proposed_from__isnull=True,
                    confirmer__isnull=True,
                ),
                name="payout_policy_proposal",
            ),
            models.CheckConstraint(
                condition=Q(confirmer__isnull=True) | ~Q(confirmer=F("proposer")),
                name="payout_policy_two_loosen",
            ),
            models.CheckConstraint(
                condition=Q(two_persons_from__isnull=True) | Q(two_persons_from__gt=0),
                name="payout_policy_two_persons",
            ),
            models.CheckConstraint(
                condition=Q(bank_encoding__in=["utf-8-sig", "gb18030"]),
                name="payout_policy_encoding",
            ),
        ]


class PayoutLimit(InstitutionModel):
    """The institution's own limits at one channel, in place of what the channel says of itself
    (core.payout_limits); empty: no limit. Its row is the lock of the day's count."""

    channel = models.CharField(max_length=16)
    least = models.BigIntegerField(null=True)
    most = models.BigIntegerField(null=True)
    person_day = models.BigIntegerField(null=True)
    school_day = models.BigIntegerField(null=True)
    name_from = models.BigIntegerField(default=0)
    name_needed = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["institution", "channel"], name="payout_limit_channel"),
            models.CheckConstraint(
                condition=Q(name_from__gte=0)
                & (Q(name_needed__isnull=True) | Q(name_needed__gte=F("name_from"))),
                name="payout_limit_names",
            ),
        ]


class TaxTerms(InstitutionModel):
    """Which tax rule holds from a day on; the newest that has begun is in force. Never changed and
    never dated back, so that what was withheld stays right."""

    append_only = True

    rule = models.CharField(max_length=32)
    effective_on = models.DateField()
    decided_at = models.DateTimeField()
    decided_by = models.UUIDField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(rule__in=TAX_RULES), name="tax_terms_rule"),
        ]
        indexes = [models.Index(fields=["institution", "effective_on"], name="tax_terms_day")]


class PayoutAuthorisation(InstitutionModel):
    """A promoter's word to a channel that later payouts need no confirmation of his."""

    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    channel = models.CharField(max_length=16)
    # Whose account it is for, to be compared and not to be read: another account needs his word.
    receiver_index = models.BinaryField()
    number = models.CharField(max_length=64)
    state = models.CharField(max_length=8, default="asked")
    channel_number = models.CharField(max_length=64, default="", blank=True)
    url = models.CharField(max_length=500, default="", blank=True)
    asked_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "number"], name="payout_authorisation_number"
            ),
            models.UniqueConstraint(
                fields=["institution", "promoter_id", "channel"],
                condition=~Q(state="ended"),
                name="payout_authorisation_open",
            ),
            models.CheckConstraint(
                condition=Q(state__in=AUTHORISATION_STATES), name="payout_authorisation_state"
            ),
            models.CheckConstraint(
                condition=~Q(state="active") | ~Q(channel_number=""),
                name="payout_authorisation_active_has_number",
            ),
        ]


class PayoutTelling(InstitutionModel):
    """How a promoter wants to hear of his withdrawals: by a text or not, and in which language."""

    promoter_id = models.UUIDField()
    promoter = belongs_to("promoters.Promoter", "promoter_id")
    by_phone = models.BooleanField(default=True)
    language = models.CharField(max_length=16, default="zh-hans")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["institution", "promoter_id"], name="payout_telling_of_promoter"
            ),
            models.CheckConstraint(
                condition=Q(language__in=["zh-hans", "en"]), name="payout_telling_language"
            ),
        ]
