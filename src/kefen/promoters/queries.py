"""Reads of promoters."""

from collections.abc import Iterable, Iterator
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import Count, Q, QuerySet

from kefen.core.errors import NotFound, UnknownPromoter
from kefen.core.states import PromoterStatus
from kefen.core.terms import PromoterKind
from kefen.platform.tenancy.counting import counted
from kefen.platform.tenancy.scope import institution_id
from kefen.platform.wording.contracts import PublicText
from kefen.promoters import agreement
from kefen.promoters.contracts import PromoterRecord
from kefen.promoters.models import Admission, Promoter

NEWEST_FIRST = ("-applied_at", "-id")

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

_SELECT = (
    "SELECT " + ", ".join('"' + column + '"' for column in COLUMNS) + " FROM promoters_promoter"
    " WHERE institution_id = %s AND {column} = ANY(%s)"
)


def record_of(values: Iterable[Any]) -> PromoterRecord:
    """A record from values in the order of COLUMNS."""
    key, code, kind, group, account, inviter, status, since, until = values
    return PromoterRecord(
        key, code, PromoterKind(kind), group, account, inviter, PromoterStatus(status), since, until
    )


def by_codes(codes: Iterable[str]) -> dict[str, PromoterRecord]:
    """The promoters with these codes, by code; unknown ones are left out."""
    return {record.code: record for record in _named("code", list(set(codes)))}


def by_ids(ids: Iterable[UUID]) -> dict[UUID, PromoterRecord]:
    """The promoters with these ids, by id."""
    return {record.id: record for record in _named("id", list(set(ids)))}


def _named(column: str, wanted: "list[str] | list[UUID]") -> list[PromoterRecord]:
    """Promoters by one column, past the ORM: visits and orders ask for them."""
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(_SELECT.format(column=column), [institution_id(), wanted])
        return [record_of(values) for values in cursor.fetchall()]


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
    return Promoter.objects.order_by(*NEWEST_FIRST)


def rows(ids: Iterable[UUID]) -> "dict[UUID, Promoter]":
    """Promoters with everything that lists show, by id."""
    return {row.id: row for row in Promoter.objects.filter(id__in=list(set(ids)))}


def row(code: str) -> Promoter:
    """One promoter with everything that his page shows. Raises UnknownPromoter."""
    found = Promoter.objects.filter(code=code).first()
    if found is None:
        raise UnknownPromoter(promoter=code)
    return found


def with_codes(codes: Iterable[str]) -> "QuerySet[Promoter]":
    """Promoters with these codes, as lists have them."""
    return listed().filter(code__in=list(codes))


def groups() -> list[str]:
    """The groups that promoters are in, by name."""
    named = Promoter.objects.order_by("group").values_list("group", flat=True).distinct()
    return [group for group in named if group]


def automatic_kinds() -> frozenset[PromoterKind]:
    """The kinds that begin at once; students alone where the institution decided nothing."""
    row = Admission.objects.first()
    if row is None:
        return frozenset({PromoterKind.STUDENT})
    return frozenset(PromoterKind(kind) for kind in row.automatic)


def count_with(status: PromoterStatus) -> int:
    """How many promoters have this status, counted so far as pages say."""
    return counted(Promoter.objects.filter(status=status))


def counts_by_status() -> dict[str, int]:
    """How many promoters have each status."""
    return dict(Promoter.objects.values_list("status").annotate(number=Count("id")).order_by())


def of_accounts(account_ids: Iterable[UUID]) -> "dict[UUID, Promoter]":
    """Promoters by the accounts they have."""
    found = Promoter.objects.filter(account_id__in=list(account_ids))
    return {row.account_id: row for row in found if row.account_id is not None}


def filtered(*, text: str = "", status: str = "", group: str = "") -> "QuerySet[Promoter]":
    """Promoters by name or code, status and group; newest applications first."""
    found = listed()
    if text:
        found = found.filter(Q(code__icontains=text) | Q(nickname__icontains=text))
    if status:
        found = found.filter(status=status)
    if group:
        found = found.filter(group=group)
    return found


def named_like(text: str, *, limit: int) -> list[Promoter]:
    """A few promoters: whose code it is, then those with it in their codes or names, newest
    first."""
    exact = list(Promoter.objects.filter(code=text))
    others = filtered(text=text).exclude(code=text)
    return [*exact, *others[: limit - len(exact)]]


def agreement_text(version: str = "") -> tuple[str, ...]:
    """The paragraphs of a version of the promoter agreement, of the present one without a name.

    Raises NotFound.
    """
    wanted = version or agreement.CURRENT
    if wanted not in agreement.TEXTS:
        raise NotFound(what=wanted)
    return tuple(str(paragraph) for paragraph in agreement.TEXTS[wanted])


def agreement_versions() -> tuple[str, ...]:
    """Every version of the agreement that there ever was."""
    return tuple(agreement.TEXTS)


def acceptances() -> "QuerySet[Promoter]":
    """Everybody who agreed to any version, by when he did."""
    return Promoter.objects.exclude(agreement_version="").order_by("agreed_at", "code")


def present_agreement() -> str:
    """The version that applicants agree to."""
    return agreement.CURRENT


def public_texts(code: str = "") -> Iterator[PublicText]:
    """The names under which promoters are known; of one promoter only where he is named."""
    found = Promoter.objects.exclude(nickname="").order_by("code")
    found = found.filter(code=code) if code else found
    for own, name in found.values_list("code", "nickname").iterator():
        yield PublicText(f"promoter:{own}", name, "name", name)


def agreement_coverage() -> dict[str, int]:
    """How many active promoters agreed to which version; to none under an empty name."""
    active = Promoter.objects.filter(status=PromoterStatus.ACTIVE)
    found = active.values_list("agreement_version").annotate(number=Count("id"))
    return dict(found.order_by())


def not_agreed() -> "QuerySet[Promoter]":
    """Active promoters who never agreed to the present version, longest active first."""
    active = Promoter.objects.filter(status=PromoterStatus.ACTIVE)
    return active.exclude(agreement_version=agreement.CURRENT).order_by("active_from", "code")
