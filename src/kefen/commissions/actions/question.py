"""Asking about a commission, and answering. Nothing else changes: whoever finds a mistake holds,
rejects or refunds by the verbs for that."""

from uuid import UUID

from django.db import IntegrityError, transaction

from kefen.commissions.models import Question
from kefen.core.errors import InvalidInput, NotFound, QuestionOpen
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs

LONGEST = 500


@transaction.atomic
def ask_about(commission_id: UUID, text: str, *, actor: Actor = SYSTEM) -> None:
    """Note a question about a commission; one at a time. What is asked is not written to the
    audit log. Raises InvalidInput, QuestionOpen."""
    question = _checked(text, "question")
    try:
        with transaction.atomic():
            Question.objects.create(
                commission_id=commission_id, text=question, asked_at=clock.now()
            )
    except IntegrityError as error:
        raise QuestionOpen from error
    audit.record(actor, "question.asked", f"commission:{commission_id}")


@needs(Deed.COMMISSIONS)
@transaction.atomic
def answer(question_id: UUID, text: str, *, actor: Actor = SYSTEM) -> None:
    """Answer an open question, for good. Raises InvalidInput, NotFound (none is open there)."""
    said = _checked(text, "answer")
    row = Question.objects.select_for_update().filter(id=question_id).first()
    if row is None or row.answered_at is not None:
        raise NotFound(what="open question")
    row.answer, row.answered_at = said, clock.now()
    row.save(update_fields=["answer", "answered_at"])
    audit.record(actor, "question.answered", f"commission:{row.commission_id}")


def _checked(text: str, field: str) -> str:
    plain = text.strip()
    if not plain:
        raise InvalidInput(field=field, reason="write what it is about")
    if len(plain) > LONGEST:
        raise InvalidInput(field=field, reason="at most 500 characters")
    return plain
