"""Saying who one is: real name and ID number, encrypted, once."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import IntegrityError, transaction

from kefen.core.compliance import check_age
from kefen.core.errors import IdentityTaken, InvalidInput
from kefen.core.id_numbers import born, normalised
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.models import Identity
from kefen.platform.identity.personal import blind_index
from kefen.platform.tenancy import queries as tenancy

_LONGEST = 60


@transaction.atomic
def declare_identity(
    account_id: UUID, *, real_name: str, id_number: str, actor: Actor = SYSTEM
) -> None:
    """Note who the person of an account is. Neither name nor number is written to the audit log.

    Raises InvalidInput, PromoterTooYoung, IdentityTaken (the account has one already, or the
    person has another account).
    """
    name = " ".join(real_name.split())
    if not 2 <= len(name) <= _LONGEST:
        raise InvalidInput(field="real_name", reason="write the name as it stands on the ID card")
    number = normalised(id_number)
    zone: ZoneInfo = tenancy.current().zone
    now = clock.now()
    check_age(born(number), now.astimezone(zone).date(), tenancy.limits())
    try:
        with transaction.atomic():
            Identity.objects.create(
                account_id=account_id,
                real_name=name,
                id_number=number,
                id_index=blind_index(number),
                declared_at=now,
            )
    except IntegrityError as error:
        raise IdentityTaken from error
    audit.record(actor, "identity.declared", f"account:{account_id}")
