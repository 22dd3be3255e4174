"""The console's lists as files of any length: the same filters, the columns of the page, and people
masked, or in full for whoever may see them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice
from typing import TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.utils.translation import gettext as _

from kefen.faces.web.labels import label
from kefen.faces.web.operator import money, orders, promoters, screens
from kefen.orders.models import Order
from kefen.platform.exports.contracts import Cell, Column, Sheet
from kefen.platform.identity import queries as identity
from kefen.platform.tenancy.queries import current
from kefen.promoters.models import Promoter

_BATCH = 500
_Row = TypeVar("_Row", bound=Model)
_Cells = tuple[object, ...]


def _in_batches(
    found: "QuerySet[_Row]", made: Callable[[Sequence[_Row]], Iterator[_Cells]]
) -> Iterator[_Cells]:
    """Rows in batches, each with what it needs in a few queries."""
    rows = found.iterator(chunk_size=_BATCH)
    while batch := list(islice(rows, _BATCH)):
        yield from made(batch)


def _sheet(
    name: str,
    title: str,
    columns: Sequence[Column],
    found: "QuerySet[_Row]",
    made: Callable[[Sequence[_Row]], Iterator[_Cells]],
    filters: Mapping[str, str],
) -> Sheet:
    facts = current()
    return Sheet(
        file_name=f"{facts.slug}-{name}",
        title=title,
        columns=columns,
        rows=_in_batches(found, made),
        count=found.order_by().count(),
        currency=facts.currency,
        filters={_heading(key): value for key, value in filters.items() if value},
    )


def _heading(filter_: str) -> str:
    return {
        "q": _("Text"),
        "state": _("State"),
        "promoter": _("Promoter's code"),
        "group": _("Group"),
        "from": _("From day"),
        "to": _("To day"),
        "number": _("Number"),
    }.get(filter_, filter_)


def _people(ids: Sequence[UUID | None], *, full: bool) -> dict[UUID | None, tuple[str, str]]:
    """Name and phone number of accounts in full; nothing where they stay masked."""
    if not full:
        return {}
    known = identity.accounts({one for one in ids if one is not None})
    return {key: (facts.name, facts.phone) for key, facts in known.items()}


def order_sheet(filters: Mapping[str, str], *, full: bool) -> Sheet:
    """Orders with who brought them and what they earn."""
    columns = [
        Column(_("Order")),
        Column(_("Buyer")),
        *([Column(_("Phone"))] if full else []),
        Column(_("Course")),
        Column(_("State")),
        Column(_("Paid"), Cell.AMOUNT),
        Column(_("Refunded"), Cell.AMOUNT),
        Column(_("Promoter")),
        Column(_("Promoter's code")),
        Column(_("Rebate"), Cell.AMOUNT),
        Column(_("Placed at"), Cell.INSTANT),
        Column(_("Paid at"), Cell.INSTANT),
    ]

    def made(batch: Sequence[Order]) -> Iterator[_Cells]:
        people = _people([row.student_id for row in batch], full=full)
        for row, shown in zip(batch, orders.rows_of(batch), strict=True):
            name, phone = people.get(row.student_id, ("", ""))
            yield (
                row.number,
                *((name or shown.buyer, phone) if full else (shown.buyer,)),
                shown.title,
                str(label("order", shown.state)),
                shown.paid,
                shown.refunded,
                shown.promoter_name,
                shown.promoter_code,
                shown.commission,
                row.placed_at,
                row.paid_at,
            )

    found = orders.filtered(filters, current().zone)
    return _sheet("orders", _("Orders"), columns, found, made, filters)


def promoter_sheet(filters: Mapping[str, str], *, full: bool) -> Sheet:
    """Promoters with what they brought."""
    columns = [
        Column(_("Promoter's code")),
        Column(_("Promoter")),
        *([Column(_("Name")), Column(_("Phone"))] if full else []),
        Column(_("Kind")),
        Column(_("Group")),
        Column(_("State")),
        Column(_("Clicks"), Cell.COUNT),
        Column(_("Paid orders"), Cell.COUNT),
        Column(_("Sales"), Cell.AMOUNT),
        Column(_("Expected"), Cell.AMOUNT),
        Column(_("Applied at"), Cell.INSTANT),
    ]

    def made(batch: Sequence[Promoter]) -> Iterator[_Cells]:
        people = _people([row.account_id for row in batch], full=full)
        shown_rows = promoters.rows_of(batch, current().currency)
        for row, shown in zip(batch, shown_rows, strict=True):
            yield (
                shown.code,
                shown.name,
                *(people.get(row.account_id, ("", "")) if full else ()),
                str(label("promoter_kind", shown.kind)),
                shown.group_name,
                str(label("promoter", shown.state)),
                shown.clicks,
                shown.paid_orders,
                shown.sales,
                shown.expected,
                shown.applied_at,
            )

    found = promoters.filtered(filters)
    return _sheet("promoters", _("Promoters"), columns, found, made, filters)


def withdrawal_sheet(filters: Mapping[str, str]) -> Sheet:
    """Withdrawals with their tax; where they go stays masked."""
    columns = [
        Column(_("Withdrawal")),
        Column(_("Promoter")),
        Column(_("Promoter's code")),
        Column(_("State")),
        Column(_("Channel")),
        Column(_("Account")),
        Column(_("Before tax"), Cell.AMOUNT),
        Column(_("Tax withheld"), Cell.AMOUNT),
        Column(_("Receives"), Cell.AMOUNT),
        Column(_("Requested at"), Cell.INSTANT),
        Column(_("Reason")),
    ]

    def line(shown: screens.WithdrawalRow) -> _Cells:
        return (
            shown.number,
            shown.promoter_name,
            shown.promoter_code,
            str(label("withdrawal", shown.state)),
            str(label("channel", shown.channel)),
            shown.receiver,
            shown.amount,
            shown.tax,
            shown.net,
            shown.at,
            shown.reason,
        )

    found = money.filtered(filters)
    currency = current().currency
    return _sheet(
        "withdrawals",
        _("Withdrawals"),
        columns,
        found,
        lambda batch: (line(shown) for shown in money.rows_of(list(batch), currency)),
        filters,
    )
