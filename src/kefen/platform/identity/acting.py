"""Who acts at this moment, and from where: set once where somebody comes in, known everywhere.

Pages set the person who is signed in. Jobs, notifications of channels, commands and the replay set
nobody: they are the house itself, which may do everything and signs as the system.
"""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field

from kefen.core.errors import InvariantBroken, NotAllowed
from kefen.platform.identity.contracts import SYSTEM, Actor


@dataclass(frozen=True, slots=True)
class Origin:
    """From where somebody acts, as coarse as a log may keep it: a network, not a person's address,
    and a kind of device."""

    network: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Acting:
    """Somebody at work. `refused` fills with what he tried and may not do, so that whoever let him
    in can note it: the transaction of the deed itself is rolled back by then."""

    actor: Actor = SYSTEM
    origin: Origin = Origin()
    refused: list[NotAllowed] = field(default_factory=list)


_current: ContextVar[Acting | None] = ContextVar("kefen_acting", default=None)


def current() -> Acting:
    """Who acts; the house itself where nobody said."""
    return _current.get() or Acting()


@contextmanager
def as_(actor: Actor, origin: Origin = Origin()) -> Iterator[Acting]:
    """Run the block in somebody's name."""
    token = _current.set(Acting(actor, origin))
    try:
        yield current()
    finally:
        _current.reset(token)


def as_system() -> AbstractContextManager[Acting]:
    """Run the block as the house itself: what it does by its own rules in the course of somebody's
    deed, like admitting whom the school admits without a decision."""
    return as_(SYSTEM, current().origin)


def named(told: Actor | None) -> Actor:
    """In whose name a deed is done: of the person who acts, whoever was told; where nobody acts
    (a job that goes on with somebody's work), of whom was told.

    Raises InvariantBroken where one person's deed would be signed by another one.
    """
    here = current().actor
    if here == SYSTEM:
        return told or here
    if told is not None and told.user not in (None, here.user):
        raise InvariantBroken(invariant="a deed is signed by who does it")
    return here
