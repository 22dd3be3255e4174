"""A channel by its name, whichever of the two ports it serves, and by whichever account wrote."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from uuid import UUID

from kefen.core.errors import BadSignature, InvalidInput, NotFound
from kefen.platform.merchants import actions as merchants
from kefen.platform.merchants import queries
from kefen.ports import registry
from kefen.ports.payments import Acknowledgement, ChannelEvent


def read(
    channel: str, institution: str, headers: Mapping[str, str], body: bytes
) -> tuple[ChannelEvent, UUID | None]:
    """Verify and translate what arrived; answers also which shut account wrote it, None for the
    one in place that is not shut. Raises BadSignature, InvalidInput, NotFound."""
    notifier = registry.notifier(channel)
    try:
        event = notifier.read_notification(institution, headers, body)
        return event, queries.shut_in_place(channel)
    except (BadSignature, InvalidInput, NotFound):
        for one in queries.shut_accounts(channel):
            if one.shut_at is None:
                continue
            with suppress(BadSignature, InvalidInput, NotFound), by_account(one.id):
                return notifier.read_notification(institution, headers, body), one.id
        raise


def translate(channel: str, institution: str, body: bytes) -> ChannelEvent:
    """Translate what was verified and stored. Raises InvalidInput, NotFound."""
    return registry.notifier(channel).translate(institution, body)


@contextmanager
def by_account(account: UUID | None) -> Iterator[None]:
    """Its channel is spoken to as this shut account inside; None for the one in place."""
    if account is None:
        yield
        return
    with merchants.speaking_as(merchants.shut_account(account)):
        yield


def acknowledgement(channel: str) -> Acknowledgement:
    """What the channel wants to read when its notification is stored."""
    return registry.notifier(channel).acknowledgement
