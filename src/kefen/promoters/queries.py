"""Reads of promoters."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from kefen.core.errors import UnknownPromoter
from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.promoters.contracts import PromoterRecord
from kefen.promoters.models import Promoter

# The columns a PromoterRecord is made of; SQL of other rooms may join and select them.
COLUMNS = (
    "id",
    "code",
    "kind",
    "group",
    "account_id",
    "inviter_id",
    "status",
    "active_from",
    "active_to",
)


def record_of(values: Iterable[Any]) -> PromoterRecord:
    """A record from values in the order of COLUMNS."""
    key, code, kind, group, account, inviter, status, since, until = values
    return PromoterRecord(
        key, code, PromoterKind(kind), group, account, inviter, PromoterStatus(status), since, until
    )


def _records(rows: "QuerySet[Promoter]") -> list[PromoterRecord]:
    return [record_of(values) for values in rows.values_list(*COLUMNS)]


def by_codes(codes: Iterable[str]) -> dict[str, PromoterRecord]:
    """The promoters with these codes, by code; unknown ones are left out."""
    return {r.code: r for r in _records(Promoter.objects.filter(code__in=set(codes)))}


def by_ids(ids: Iterable[UUID]) -> dict[UUID, PromoterRecord]:
    """The promoters with these ids, by id."""
    wanted = set(ids)
    return {r.id: r for r in _records(Promoter.objects.filter(id__in=wanted))} if wanted else {}


def by_code(code: str) -> PromoterRecord:
    """The promoter with this code. Raises UnknownPromoter."""
    found = by_codes([code]).get(code)
    if found is None:
        raise UnknownPromoter(promoter=code)
    return found


def of_account(account_id: UUID) -> Promoter | None:
    """The promoter who has this account, or None."""
    return Promoter.objects.filter(account_id=account_id).first()


def codes() -> list[str]:
    """The codes of all promoters, in order."""
    return list(Promoter.objects.order_by("code").values_list("code", flat=True))


def listed() -> "QuerySet[Promoter]":
    """All promoters, newest applications first, for lists."""
    return Promoter.objects.order_by("-applied_at", "code")
