"""Founding an institution; its limits."""

import pytest

from kefen.core.errors import InvalidInput, NumberConflict
from kefen.core.tax import TaxRule
from kefen.core.terms import PlatformLimits
from kefen.platform.tenancy import queries, scope
from kefen.platform.tenancy.actions import found_institution, set_limits
from kefen.platform.tenancy.contracts import InstitutionFacts


def test_an_institution_has_the_defaults_of_the_law(institution: InstitutionFacts) -> None:
    found = queries.by_slug("zhixing")
    assert (found.currency, str(found.zone), found.withdrawal_minimum, found.tax_rule) == (
        "CNY",
        "Asia/Shanghai",
        1000,
        TaxRule.LABOUR_2018_61,
    )
    limits = queries.limits()
    assert (limits.max_rate_bps, limits.level2_allowed) == (3000, False)


def test_a_slug_is_taken_once(institution: InstitutionFacts) -> None:
    with pytest.raises(NumberConflict):
        found_institution(slug="zhixing", name="again")
    with pytest.raises(InvalidInput):
        found_institution(slug="知行", name="no code")


def test_new_limits_count_at_once_and_old_ones_stay(institution: InstitutionFacts) -> None:
    before = queries.limits_row()
    set_limits(PlatformLimits(max_rate_bps=100, level2_allowed=True))
    after = queries.limits_row()
    assert (before.number, after.number) == (1, 2)
    assert queries.limits().max_rate_bps == 100
    assert scope.institution_id() == institution.id
