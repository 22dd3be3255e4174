"""Two persons loosen the control of two persons: whoever may approve alone only by raising the
threshold has proposed it, and somebody else decides."""

from django.db import transaction

from kefen.core.errors import Conflict, InvalidInput
from kefen.payouts.models import PayoutPolicy
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity import rights
from kefen.platform.identity.contracts import Actor
from kefen.platform.identity.persons import same_person
from kefen.platform.identity.rights import Deed, needs

_PROPOSAL = ("proposer", "proposed_at", "proposed_from", "confirmer")


def loosens(before: int | None, wanted: int | None) -> bool:
    """Would fewer withdrawals need two persons?"""
    return before is not None and (wanted is None or wanted > before)


def propose(row: PayoutPolicy, wanted: int | None, *, actor: Actor) -> None:
    """Note on the locked policy that the threshold is to be raised, or cleared; the same again
    changes nothing. Raises NotAllowed."""
    rights.require_person(Deed.PAYOUT_SETTINGS, actor)
    if row.proposal_waits and row.proposed_from == wanted:
        return
    row.proposer, row.proposed_at, row.confirmer = actor.user, clock.now(), None
    row.proposed_from = wanted
    row.save(update_fields=_PROPOSAL)
    audit.record(
        actor,
        "payout_policy.loosening_proposed",
        "payout_policy",
        before=row.two_persons_from,
        after=wanted,
    )


@needs(Deed.PAYOUT_SETTINGS)
@transaction.atomic
def confirm_loosening(expected: int | None, *, actor: Actor) -> None:
    """Let a proposed threshold count: `expected` is what the second person read.

    Raises Conflict (nothing waits, or something else than was read), NotAllowed, InvalidInput
    (the proposer).
    """
    row = _waiting()
    if row.proposed_from != expected:
        raise Conflict
    rights.require_person(Deed.PAYOUT_SETTINGS, actor)
    if same_person(row.proposer, actor.user):
        raise InvalidInput(
            field="decision", reason="somebody else than who proposed it has to confirm"
        )
    before, row.two_persons_from = row.two_persons_from, row.proposed_from
    row.confirmer, row.changed_at = actor.user, clock.now()
    row.save(update_fields=["two_persons_from", "confirmer", "changed_at"])
    audit.record(
        actor,
        "payout_policy.loosening_confirmed",
        "payout_policy",
        before=before,
        after=row.two_persons_from,
        proposer=str(row.proposer),
    )


@needs(Deed.PAYOUT_SETTINGS)
@transaction.atomic
def withdraw_loosening(*, actor: Actor) -> None:
    """Drop a proposed threshold; whoever may propose may. Raises Conflict, NotAllowed."""
    row = _waiting()
    rights.require_person(Deed.PAYOUT_SETTINGS, actor)
    drop(row, actor=actor)


def drop(row: PayoutPolicy, *, actor: Actor) -> None:
    """Forget what waits on the locked policy, if anything does."""
    if not row.proposal_waits:
        return
    dropped = row.proposed_from
    row.proposer = row.proposed_at = row.proposed_from = row.confirmer = None
    row.save(update_fields=_PROPOSAL)
    audit.record(actor, "payout_policy.loosening_withdrawn", "payout_policy", after=dropped)


def _waiting() -> PayoutPolicy:
    row = PayoutPolicy.objects.select_for_update().first()
    if row is None or not row.proposal_waits:
        raise Conflict
    return row
