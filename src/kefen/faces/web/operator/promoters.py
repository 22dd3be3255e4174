"""Promoters in the console."""

from collections.abc import Mapping, Sequence

from django.db.models import QuerySet

from kefen.core import postings
from kefen.core.terms import PromoterKind
from kefen.faces.web import keyset, names
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import bindings, promoter_timeline, screens, splits
from kefen.faces.web.operator import orders as order_pages
from kefen.faces.web.operator.around import around
from kefen.faces.web.operator.list_screens import FILTERS
from kefen.faces.web.operator.risk_flags import flags
from kefen.faces.web.promoter.build import Money
from kefen.faces.web.shared.screens import Form, Option
from kefen.ledger import queries as ledger
from kefen.orders import queries as orders
from kefen.payouts import queries as payouts
from kefen.platform.identity import queries as identity
from kefen.platform.identity.personal import masked_phone
from kefen.promoters import queries
from kefen.promoters.models import Promoter
from kefen.referrals import queries as referrals

_ORDERS = 20


def groups() -> tuple[Option, ...]:
    """Every group there is, and none."""
    return (Option("", "–"), *(Option(name, name) for name in queries.groups()))


def listed(entry: Entry) -> screens.PromotersScreen:
    """The list."""
    filters = {name: entry.query.get(name, "") for name in FILTERS["promoters"]}
    found = filtered(filters)
    page, window = keyset.window(entry, found, queries.NEWEST_FIRST, filters)
    return screens.PromotersScreen(
        currency=entry.school.currency,
        promoters=rows_of(page, entry.school.currency),
        window=window,
        filters=filters,
        groups=groups()[1:],
        admission=_admission(),
        default_way=splits.default_shown(),
        around=around(entry, "promoters", filters),
    )


def filtered(filters: Mapping[str, str]) -> "QuerySet[Promoter]":
    """The promoters that the filters of the list let through."""
    return queries.filtered(
        text=filters.get("q", "").strip(),
        status=filters.get("state", ""),
        group=filters.get("group", ""),
    )


def _admission() -> tuple[Option, ...]:
    """Every kind, marked if it begins at once."""
    automatic = queries.automatic_kinds()
    return tuple(Option(kind.value, "1" if kind in automatic else "") for kind in PromoterKind)


def rows_of(page: Sequence[Promoter], currency: str) -> tuple[screens.PromoterRow, ...]:
    """Rows of some promoters; three queries for any number."""
    ids = [row.id for row in page]
    clicks, brought = referrals.clicks(ids), orders.brought_by(ids)
    pending = {row.code: postings.pending(row.code) for row in page}
    balances = ledger.balances(pending.values(), currency)
    nothing = orders.Brought()
    return tuple(
        screens.PromoterRow(
            code=row.code,
            name=names.promoter_name(row),
            kind=row.kind,
            group_name=row.group or "",
            state=row.status,
            clicks=clicks.get(row.id, 0),
            paid_orders=brought.get(row.id, nothing).paid_orders,
            sales=brought.get(row.id, nothing).sales,
            expected=balances[pending[row.code]],
            applied_at=row.applied_at,
        )
        for row in page
    )


def promoter(entry: Entry, row: Promoter, form: Form | None = None) -> screens.PromoterScreen:
    """One promoter."""
    money = Money(row.code, entry.school.currency)
    brought = orders.brought_by([row.id]).get(row.id, orders.Brought())
    account = None if row.account_id is None else identity.account(row.account_id)
    inviter = None if row.inviter_id is None else queries.rows([row.inviter_id])[row.inviter_id]
    mine = orders.filtered(promoter=row.code)[:_ORDERS]
    return screens.PromoterScreen(
        currency=entry.school.currency,
        code=row.code,
        name=names.promoter_name(row),
        phone_masked=masked_phone(account.phone) if account and account.phone else "–",
        kind=row.kind,
        state=row.status,
        group=row.group or "",
        groups=groups(),
        inviter_name="" if inviter is None else names.promoter_name(inviter),
        agreement_at=row.agreed_at,
        agreement_version=row.agreement_version,
        about=row.about,
        expected=money.expected,
        available=money.available,
        in_transit=money.in_transit,
        paid_out=payouts.arrived(row.id),
        owed=money.owed,
        clicks=referrals.clicks([row.id]).get(row.id, 0),
        paid_orders=brought.paid_orders,
        sales=brought.sales,
        refund_rate_bps=brought.refunded * 10_000 // brought.paid if brought.paid else None,
        timeline=promoter_timeline.steps(row),
        students=bindings.students_of(row),
        orders=order_pages.rows_of(list(mine)),
        way=splits.way_shown(row.id),
        flags=flags(promoter_id=row.id),
        form=form or Form(),
    )
