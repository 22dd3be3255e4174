"""A channel by its name, whichever of the two ports it serves."""

from collections.abc import Mapping

from kefen.core.errors import NotFound
from kefen.ports import registry
from kefen.ports.payments import ChannelEvent, PaymentChannel, PayoutChannel


def read(channel: str, institution: str, headers: Mapping[str, str], body: bytes) -> ChannelEvent:
    """Verify and translate what arrived. Raises BadSignature, InvalidInput, NotFound."""
    return _by_name(channel).read_notification(institution, headers, body)


def translate(channel: str, institution: str, body: bytes) -> ChannelEvent:
    """Translate what was verified and stored. Raises InvalidInput, NotFound."""
    return _by_name(channel).translate(institution, body)


def _by_name(channel: str) -> PaymentChannel | PayoutChannel:
    try:
        return registry.payments(channel)
    except NotFound:
        return registry.payouts(channel)
