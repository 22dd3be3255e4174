"""Telling a promoter what became of his withdrawal: from a job, each change once. That nobody can
be reached never keeps money from moving."""

from datetime import timedelta
from uuid import UUID

import structlog
from django.db import transaction
from django.utils import translation

from kefen.core.errors import ChannelRejected
from kefen.core.ids import uuid7
from kefen.payouts import words
from kefen.payouts.models import PayoutNotice, PayoutTelling, Withdrawal
from kefen.platform import clock, jobs
from kefen.platform.audit import actions as audit
from kefen.platform.identity import queries as identity
from kefen.platform.identity.contracts import Actor
from kefen.platform.tenancy.bulk import insert_rows
from kefen.platform.tenancy.queries import current
from kefen.ports import registry
from kefen.ports.messengers import Medium, Message

logger = structlog.get_logger(__name__)
LANGUAGES = ("zh-hans", "en")


def tell(row: Withdrawal, change: str) -> None:
    """Let a job tell the promoter, in the caller's transaction; where nobody delivers texts, there
    is nothing to do."""
    if registry.messenger(Medium.PHONE) is not None:
        jobs.enqueue("payouts.tell", withdrawal=row.number, change=change)


@transaction.atomic
def deliver(number: str, change: str) -> bool:
    """Send the text about a change, unless it was sent; answers whether this call did it.

    The row that says so is written first and goes back if the messenger cannot be reached: the
    job comes again. Raises ChannelUnavailable.
    """
    messenger = registry.messenger(Medium.PHONE)
    row = Withdrawal.objects.select_related("promoter").filter(number=number).first()
    if messenger is None or row is None or row.promoter.account_id is None:
        return False
    wish = PayoutTelling.objects.filter(promoter_id=row.promoter_id).first()
    account = identity.account(row.promoter.account_id)
    if account is None or not account.phone or (wish is not None and not wish.by_phone):
        return False
    columns = ("id", "withdrawal_id", "change", "medium", "told_at")
    values = (uuid7(), row.id, change, Medium.PHONE.value, clock.now())
    if not insert_rows(PayoutNotice, columns, [values], skip_known=True):
        return False
    with translation.override("zh-hans" if wish is None else wish.language):
        text = words.of(change, row, hours=_hours_left(row))
        school = current().name
        message = Message(Medium.PHONE, account.phone, school, words.subject(), text)
    try:
        messenger.send(message)
    except ChannelRejected:
        logger.warning("promoter_not_told", withdrawal=number, change=change)
    return True


def _hours_left(row: Withdrawal) -> int:
    if row.confirm_until is None:
        return 0
    return max(0, (row.confirm_until - clock.now()) // timedelta(hours=1))


@transaction.atomic
def set_telling(promoter_id: UUID, *, by_phone: bool, language: str, actor: Actor) -> None:
    """How a promoter wants to hear of his withdrawals."""
    language = language if language in LANGUAGES else LANGUAGES[0]
    PayoutTelling.objects.update_or_create(
        promoter_id=promoter_id, defaults={"by_phone": by_phone, "language": language}
    )
    audit.record(
        actor,
        "payout_telling.changed",
        f"promoter:{promoter_id}",
        by_phone=by_phone,
        after=language,
    )
