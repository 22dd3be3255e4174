"""A channel by its name, whichever of the two ports it serves."""

from collections.abc import Mapping

from kefen.ports import registry
from kefen.ports.payments import Acknowledgement, ChannelEvent


def read(channel: str, institution: str, headers: Mapping[str, str], body: bytes) -> ChannelEvent:
    """Verify and translate what arrived. Raises BadSignature, InvalidInput, NotFound."""
    return registry.notifier(channel).read_notification(institution, headers, body)


def translate(channel: str, institution: str, body: bytes) -> ChannelEvent:
    """Translate what was verified and stored. Raises InvalidInput, NotFound."""
    return registry.notifier(channel).translate(institution, body)


def acknowledgement(channel: str) -> Acknowledgement:
    """What the channel wants to read when its notification is stored."""
    return registry.notifier(channel).acknowledgement
