"""Things that tests need, made through the same actions as in production.

Every factory is keyword-only and works on the institution in scope. `START` is the first instant
of every made-up history: a Monday in Shanghai.
"""

from tests.factories.orders import (
    make_matured,
    make_paid_order,
    make_paid_out,
    make_placed_order,
    make_refund,
    make_withdrawal,
)
from tests.factories.people import make_promoter, make_student, make_visit
from tests.factories.terms import (
    START,
    allow_level2,
    ladder,
    make_course,
    make_terms,
    make_version,
    percent,
)

__all__ = [
    "START",
    "allow_level2",
    "ladder",
    "make_course",
    "make_matured",
    "make_paid_order",
    "make_paid_out",
    "make_placed_order",
    "make_promoter",
    "make_refund",
    "make_student",
    "make_terms",
    "make_version",
    "make_visit",
    "make_withdrawal",
    "percent",
]
