"""The school adds words to what it forbids, and takes its own ones back."""

from django.db import IntegrityError, transaction

from kefen.core.errors import InvalidInput, NumberConflict
from kefen.platform import clock
from kefen.platform.audit import actions as audit
from kefen.platform.identity.contracts import SYSTEM, Actor
from kefen.platform.identity.rights import Deed, needs
from kefen.platform.tenancy import scope
from kefen.platform.wording.models import OwnWord

_LONGEST = 64
_MOST = 200


@needs(Deed.COMPLIANCE)
@transaction.atomic
def forbid(word: str, *, actor: Actor = SYSTEM) -> None:
    """Forbid a word from now on; what is saved already stays and is found by the next look.
    Raises InvalidInput, NumberConflict for a word that is forbidden already."""
    word = " ".join(word.split())
    if not any(character.isalnum() for character in word) or len(word) > _LONGEST:
        raise InvalidInput(field="word", reason="write a word of 1 to 64 characters")
    if OwnWord.objects.count() >= _MOST:
        raise InvalidInput(field="word", reason="you have 200 words of your own; take one back")
    try:
        with transaction.atomic():
            OwnWord.objects.create(word=word, added_at=clock.now(), added_by=actor.user)
    except IntegrityError as error:
        raise NumberConflict(number=word) from error
    scope.forget()
    audit.record(actor, "word.forbidden", "words", word=word)


@needs(Deed.COMPLIANCE)
@transaction.atomic
def allow(word: str, *, actor: Actor = SYSTEM) -> None:
    """Take back a word that the school itself forbade. Those of the product and the platform
    stay; a word that is not there changes nothing."""
    gone, _each = OwnWord.objects.filter(word=word).delete()
    if gone:
        scope.forget()
        audit.record(actor, "word.allowed", "words", word=word)
