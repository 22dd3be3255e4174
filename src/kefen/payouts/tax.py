"""The tax of a withdrawal by the institution's rule, on top of the promoter's income of the period
so far (domain.md §5)."""

from datetime import datetime
from uuid import UUID

from django.db import connection

from kefen.core.periods import PeriodKind, period_of
from kefen.core.tax import TaxComputation, TaxRule, compute, consecutive_months
from kefen.payouts.models import TaxTerms
from kefen.platform.tenancy.contracts import InstitutionFacts

# What was approved in the period and did not come back is income of it.
_BEFORE = """
SELECT coalesce(sum(amount), 0)::bigint, coalesce(sum(tax), 0)::bigint, array_agg(approved_at)
  FROM payouts_withdrawal
 WHERE institution_id = %s AND promoter_id = %s AND approved_at >= %s AND approved_at < %s
   AND state NOT IN ('failed', 'expired', 'cancelled', 'rejected')
"""


def tax_rule_at(institution: InstitutionFacts, at: datetime) -> TaxRule:
    """The tax rule in force at an instant: of the terms that were decided by then and have begun,
    the newest; what the institution was founded with, before the first."""
    begun = TaxTerms.objects.filter(
        decided_at__lte=at, effective_on__lte=at.astimezone(institution.zone).date()
    )
    found = begun.order_by("-effective_on", "-id").values_list("rule", flat=True).first()
    return institution.tax_rule if found is None else TaxRule(found)


def tax_on(
    institution: InstitutionFacts, promoter_id: UUID, amount: int, at: datetime
) -> TaxComputation:
    """Compute the tax on `amount` (minor units) approved at `at`. The promoter's available account
    is locked, so that his approvals follow each other."""
    rule = tax_rule_at(institution, at)
    yearly = rule is TaxRule.CUMULATIVE_2025_16
    period = period_of(PeriodKind.YEAR if yearly else PeriodKind.MONTH, at, institution.zone)
    with connection.cursor() as cursor:
        cursor.execute(_BEFORE, [institution.id, promoter_id, period.start, period.end])
        income, withheld, instants = cursor.fetchone() or (0, 0, None)
    months = 1
    if yearly:
        zone = institution.zone
        earlier = {instant.astimezone(zone).month for instant in instants or ()}
        months = consecutive_months(earlier, at.astimezone(zone).month)
    return compute(
        rule,
        amount=amount,
        income_before=income,
        withheld_before=withheld,
        months=months,
    )
