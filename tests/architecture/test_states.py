"""The states of core are those that the database allows."""

import re
from enum import StrEnum

import pytest
from django.db import connection

from kefen.core.attribution import Reason
from kefen.core.splits import Way
from kefen.core.states import (
    CommissionState,
    InstitutionState,
    OrderState,
    PayoutWay,
    PromoterStatus,
    SplitState,
    WithdrawalState,
)
from kefen.core.tax import TaxRule
from kefen.core.terms import (
    Base,
    BoardMetric,
    CourseScopeKind,
    Model,
    PromoterKind,
    PromoterScopeKind,
    TierMetric,
    TouchScope,
)
from kefen.ledger.models import TRANSFER_KINDS
from kefen.platform.tenancy.contracts import Plan

COLUMNS: list[tuple[str, str, type[StrEnum] | tuple[str, ...]]] = [
    ("orders_order", "state", OrderState),
    ("commissions_commission", "state", CommissionState),
    ("payouts_withdrawal", "state", WithdrawalState),
    ("payouts_withdrawal", "way", PayoutWay),
    ("splits_ordersplit", "state", SplitState),
    ("splits_way", "way", Way),
    ("promoters_promoter", "status", PromoterStatus),
    ("promoters_promoter", "kind", PromoterKind),
    ("referrals_attribution", "reason", Reason),
    ("programmes_version", "model", Model),
    ("programmes_version", "touch_scope", TouchScope),
    ("programmes_rule", "base", Base),
    ("programmes_rule", "promoter_scope", PromoterScopeKind),
    ("programmes_rule", "course_scope", CourseScopeKind),
    ("programmes_rule", "tier_metric", TierMetric),
    ("programmes_board", "metric", BoardMetric),
    ("tenancy_institution", "tax_rule", TaxRule),
    ("tenancy_institution", "state", InstitutionState),
    ("tenancy_institution", "plan", Plan),
    ("ledger_transfer", "kind", TRANSFER_KINDS),
]


def allowed(table: str, column: str) -> set[str]:
    """The values that the table's CHECKs name for a column."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_get_constraintdef(oid) FROM pg_constraint"
            " WHERE conrelid = %s::regclass AND contype = 'c'",
            [table],
        )
        checks = " ".join(text for (text,) in cursor.fetchall())
    name = rf"\(?\"?{column}\"?\)?(?:::text)?"
    found: set[str] = set()
    for listed in re.findall(rf"{name} = ANY \(+(?:ARRAY)?\[([^\]]*)\]", checks):
        found |= set(re.findall(r"'([a-z0-9_]+)'", listed))
    found |= set(re.findall(rf"{name} = '([a-z0-9_]+)'", checks))
    return found


@pytest.mark.parametrize(
    ("table", "column", "kind"), COLUMNS, ids=[f"{table}.{column}" for table, column, _ in COLUMNS]
)
def test_the_database_allows_what_core_knows(
    table: str, column: str, kind: type[StrEnum] | tuple[str, ...]
) -> None:
    values = set(kind) if isinstance(kind, tuple) else {member.value for member in kind}
    assert allowed(table, column) == values
