"""Applying, deciding, suspending, grouping. Locks: the promoter's row, nothing after it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.core import postings
from kefen.core.compliance import check_inviter
from kefen.core.errors import InvalidInput, NumberConflict, UnknownPromoter
from kefen.core.ids import is_code, uuid7
from kefen.core.states import PromoterStatus, move
from kefen.core.terms import PromoterKind
from kefen.ledger.actions import open_accounts
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import acting
from kefen.platform.identity.actions import lock_accounts
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.wording import queries as wording
from kefen.promoters import agreement, queries
from kefen.promoters.contracts import PromoterRecord
from kefen.promoters.models import Admission, Promoter

_LONGEST_NAME = 20


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A promoter who comes enrolled, from another system or from a scenario."""

    code: str
    kind: PromoterKind
    group: str | None
    account_id: UUID | None
    active_from: datetime
    active_to: datetime | None
    inviter: str | None = None
    nickname: str = ""


@transaction.atomic
def apply(
    *,
    account_id: UUID,
    code: str,
    kind: PromoterKind,
    nickname: str = "",
    agreed: bool,
    adult: bool,
    inviter: str | None = None,
    about: str = "",
    actor: Actor = SYSTEM,
) -> PromoterRecord:
    """Ask to become a promoter, or ask again after leaving or a rejection. `agreed` is to the
    present version of the agreement.

    Raises InvalidInput without agreement or declaration of age (domain.md §8), NumberConflict for
    a code that is taken, UnknownPromoter, OwnInviter, IllegalTransition for somebody who is one
    already, InstitutionPaused.
    """
    tenancy.check_open()
    if not is_code(code):
        raise InvalidInput(field="code", reason="use 1 to 64 of A-Z a-z 0-9 . _ -")
    if not agreed:
        raise InvalidInput(field="agreed", reason="the agreement must be accepted")
    if not adult:
        least = tenancy.limits().minimum_age
        raise InvalidInput(field="adult", reason=f"promoters are {least} years or older")
    wording.check("nickname", name=nickname)
    check_inviter(code, inviter)
    now = clock.now()
    # An account promotes once; two applications at one moment follow each other.
    lock_accounts([account_id])
    row = Promoter.objects.select_for_update().filter(account_id=account_id).first()
    if row is not None:
        row.status = move(PromoterStatus(row.status), PromoterStatus.APPLIED)
        row.active_to = None
    else:
        row = Promoter(code=code, account_id=account_id, status=PromoterStatus.APPLIED)
        if inviter is not None:
            row.inviter_id = queries.by_code(inviter).id
    row.kind, row.nickname, row.applied_at = kind, nickname, now
    row.agreed_at, row.adult_declared, row.decision_reason = now, adult, ""
    row.about, row.agreement_version = about, agreement.CURRENT
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError as error:
        raise NumberConflict(number=code) from error
    audit.record(
        actor,
        "promoter.applied",
        f"promoter:{row.code}",
        kind=kind.value,
        agreement=agreement.CURRENT,
    )
    return queries.by_code(row.code)


@transaction.atomic
def join(
    *,
    account_id: UUID,
    code: str,
    kind: PromoterKind,
    nickname: str,
    agreed: bool,
    adult: bool,
    about: str = "",
    actor: Actor = SYSTEM,
) -> PromoterRecord:
    """Apply, and begin at once where the institution lets this kind do so.

    Only the first time: whoever was rejected, or left (perhaps while he was suspended), is decided
    on by a person. Raises as `apply` does.
    """
    known = queries.of_account(account_id) is not None
    applied = apply(
        account_id=account_id,
        code=code,
        kind=kind,
        nickname=nickname,
        agreed=agreed,
        adult=adult,
        about=about,
        actor=actor,
    )
    if known or kind not in queries.automatic_kinds():
        return applied
    with acting.as_system():  # by the school's own rule, not by the applicant
        return approve(applied.code)


@needs(Deed.ADMISSION)
@transaction.atomic
def set_automatic(kinds: Iterable[PromoterKind], *, actor: Actor = SYSTEM) -> None:
    """Decide which kinds of applicants begin at once, from now on."""
    wanted = sorted(kind.value for kind in kinds)
    before = sorted(kind.value for kind in queries.automatic_kinds())
    Admission.objects.update_or_create(defaults={"automatic": wanted})
    audit.record(actor, "promoters.admission", "promoters", before=before, after=wanted)


@needs(Deed.PROMOTERS)
@transaction.atomic
def approve(code: str, *, group: str | None = None, actor: Actor = SYSTEM) -> PromoterRecord:
    """Let an applicant promote from now on; opens his accounts in the ledger. Raises
    InstitutionPaused where nobody new promotes."""
    tenancy.check_open()
    row = _locked(code)
    before = row.status
    row.status = move(PromoterStatus(before), PromoterStatus.ACTIVE)
    row.active_from, row.decision_reason = clock.now(), ""
    if group is not None:
        row.group = group
    row.save()
    _open_accounts([code])
    _note(row, "approved", before, actor, group=row.group)
    return queries.by_code(code)


@needs(Deed.PROMOTERS)
@transaction.atomic
def reject(code: str, *, reason: str, actor: Actor = SYSTEM) -> PromoterRecord:
    """Return an application with a reason that the applicant sees."""
    if not reason.strip():
        raise InvalidInput(field="reason", reason="say why, so that it can be mended")
    row = _locked(code)
    before = row.status
    row.status = move(PromoterStatus(before), PromoterStatus.REJECTED)
    row.decision_reason = reason.strip()
    row.save()
    _note(row, "rejected", before, actor, reason=reason)
    return queries.by_code(code)


@needs(Deed.PROMOTERS)
@transaction.atomic
def set_status(
    code: str, status: PromoterStatus, *, reason: str = "", actor: Actor = SYSTEM
) -> PromoterRecord:
    """Suspend a promoter or let him go on. The status he has already changes nothing.

    A suspended promoter brings no orders; his commissions still mature and he may withdraw.
    """
    row = _locked(code)
    if row.status != status:
        before = row.status
        row.status = move(PromoterStatus(before), status)
        row.decision_reason = reason
        row.save()
        _note(row, status.value, before, actor, reason=reason)
    return queries.by_code(code)


@transaction.atomic
def leave(code: str, *, actor: Actor = SYSTEM) -> PromoterRecord:
    """End a promoter's time; what he earned stays his."""
    row = _locked(code)
    before = row.status
    row.status = move(PromoterStatus(before), PromoterStatus.LEFT)
    row.active_to = clock.now()
    row.save()
    _note(row, "left", before, actor)
    return queries.by_code(code)


@needs(Deed.PROMOTERS)
@transaction.atomic
def set_group(code: str, group: str | None, *, actor: Actor = SYSTEM) -> PromoterRecord:
    """Move a promoter into another group; orders placed before keep the old one."""
    row = _locked(code)
    if row.group != group:
        audit.record(actor, "promoter.grouped", f"promoter:{code}", before=row.group, after=group)
        row.group = group
        row.save(update_fields=["group"])
    return queries.by_code(code)


@needs(Deed.PROMOTERS)
@transaction.atomic
def rename(code: str, nickname: str, *, actor: Actor = SYSTEM) -> None:
    """Give a promoter another public name, or none: then his code stands there. Raises
    UnknownPromoter, InvalidInput, ForbiddenWords."""
    nickname = " ".join(nickname.split())
    if len(nickname) > _LONGEST_NAME:
        raise InvalidInput(field="text", reason="at most 20 characters")
    row = _locked(code)
    wording.check("nickname", name=nickname)
    row.nickname = nickname
    row.save(update_fields=["nickname"])
    audit.record(actor, "promoter.renamed", f"promoter:{code}")


@transaction.atomic
def enrol(enrolments: Sequence[Enrolment], *, actor: Actor = SYSTEM) -> None:
    """Take over promoters who are enrolled already (migration, replay).

    Raises NumberConflict for a code that is taken, UnknownPromoter for an unknown inviter,
    InstitutionPaused.
    """
    tenancy.check_open()
    ids = {new.code: uuid7() for new in enrolments}
    if len(ids) < len(enrolments) or queries.by_codes(ids):
        raise NumberConflict(number="promoter")
    known = {
        r.code: r.id for r in queries.by_codes(n.inviter for n in enrolments if n.inviter).values()
    }
    rows = []
    for new in enrolments:
        check_inviter(new.code, new.inviter)
        inviter = None if new.inviter is None else ids.get(new.inviter) or known.get(new.inviter)
        if new.inviter is not None and inviter is None:
            raise UnknownPromoter(promoter=new.inviter)
        rows.append(
            Promoter(
                id=ids[new.code],
                code=new.code,
                kind=new.kind,
                group=new.group,
                account_id=new.account_id,
                inviter_id=inviter,
                nickname=new.nickname,
                status=PromoterStatus.ACTIVE,
                active_from=new.active_from,
                active_to=new.active_to,
                applied_at=new.active_from,
            )
        )
    # One multi-row INSERT checks its foreign keys at its end, so any order of inviters is fine.
    Promoter.objects.bulk_create(rows)
    _open_accounts(list(ids))
    audit.record(actor, "promoters.enrolled", "promoters", count=len(rows))


def _note(row: Promoter, deed: str, before: str, actor: Actor, **more: object) -> None:
    after = {"before": str(before), "after": str(row.status), **more}
    audit.record(actor, f"promoter.{deed}", f"promoter:{row.code}", **after)


def _locked(code: str) -> Promoter:
    row = Promoter.objects.select_for_update(of=("self",)).filter(code=code).first()
    if row is None:
        raise UnknownPromoter(promoter=code)
    return row


def _open_accounts(codes: list[str]) -> None:
    builders = (
        postings.pending,
        postings.available,
        postings.in_transit,
        postings.receivable,
        postings.points,
    )
    open_accounts([build(code) for code in codes for build in builders], tenancy.current().currency)
