"""The words in force, and the check of everything public that is saved."""

from kefen.core.compliance import FORBIDDEN, check_texts
from kefen.platform.tenancy import queries as tenancy
from kefen.platform.tenancy.scope import remembered
from kefen.platform.wording.contracts import Words
from kefen.platform.wording.models import OwnWord


def words() -> Words:
    """The words in force and whose they are; read once in a scope."""
    found: Words = remembered("forbidden words", _words)
    return found


def _words() -> Words:
    own = OwnWord.objects.order_by("word").values_list("word", flat=True)
    return Words(FORBIDDEN, tenancy.limits().forbidden_words, tuple(own))


def check(what: str, /, **texts: str) -> None:
    """Refuse to save `what` where one of its public texts, by field, has a forbidden word.

    Raises ForbiddenWords. Every action that saves what the public reads asks here.
    """
    check_texts(what, texts, words().all)
