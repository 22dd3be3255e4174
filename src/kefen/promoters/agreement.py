"""The promoter agreement, by version. A version that was agreed to is never changed: another text
is another version, and each promoter's row names the one he agreed to."""

from collections.abc import Mapping, Sequence
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

CURRENT: Final = "2026-11"

TEXTS: Final[Mapping[str, Sequence[Promise]]] = {
    "2026-11": (
        _(
            "What is paid for: an order that was paid. Sending, posting, inviting or joining "
            "earns nothing, and joining costs nothing."
        ),
        _(
            "When it is paid: a commission is expected from payment on and becomes available "
            "when the refund protection ends. If a student gets money back, the commission on"
            " it is taken back."
        ),
        _(
            "How you speak: honestly. You promise no result, no return of fees and no "
            "discount that the course does not have, and the mark “Ad” stays on everything "
            "you show."
        ),
        _(
            "To whom you speak: to people who may need the course. You send nothing to those "
            "who did not ask, and you collect nobody's personal data; students' phone numbers"
            " are never shown to you."
        ),
        _(
            "What is not allowed: orders of your own or pretended ones, other people's names,"
            " paid searches for the school's name. Such orders earn nothing, and promoting "
            "may be suspended with a reason that you see."
        ),
        _(
            "Tax: what you receive is income. The school withholds what the law asks for and "
            "shows how it was computed."
        ),
        _(
            "Age and end: you are an adult. You may leave at any time; what you earned is "
            "still paid. The school may end this with a reason; what was earned until then "
            "stays yours."
        ),
    ),
}
