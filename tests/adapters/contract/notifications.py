"""Notifications of any port."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from kefen.core.errors import BadSignature, InvalidInput
from kefen.ports.payments import ChannelEvent, Notifier
from tests.adapters.contract.requests import HERE

if TYPE_CHECKING:
    from tests.adapters.contract.sides import Side


@dataclass(frozen=True)
class Message:
    """A notification as it leaves the channel; header names in lower case."""

    headers: Mapping[str, str]
    body: bytes


class NotificationContract:
    """`signs_in_headers`: the signature stands beside the body, not in it. `dates_signatures`: a
    signature grows stale. `counts_messages`: each event is told by one notification."""

    signs_in_headers = True
    dates_signatures = True

    def check_message(self, side: "Side[Any]", message: Message, wanted: ChannelEvent) -> None:
        """A genuine message says what a query says; nothing else is believed."""
        channel: Notifier = side.channel
        event = channel.read_notification(HERE, message.headers, message.body)
        assert meaning(event) == meaning(wanted)
        assert event.event
        assert channel.read_notification(HERE, message.headers, message.body) == event
        assert channel.translate(HERE, message.body) == event
        assert event.at.tzinfo is not None
        refused = [
            (HERE, message.headers, message.body + b" "),
            ("another", message.headers, message.body),
        ]
        if self.signs_in_headers:
            refused.append((HERE, {}, message.body))
        if self.dates_signatures:
            for ago in (timedelta(minutes=6), timedelta(minutes=-6), timedelta(days=365)):
                old = side.signed_before(message, ago)
                refused.append((HERE, old.headers, old.body))
            fresh = side.signed_before(message, timedelta(minutes=4))
            assert channel.read_notification(HERE, fresh.headers, fresh.body) == event
        for institution, headers, body in refused:
            with pytest.raises(BadSignature):
                channel.read_notification(institution, headers, body)
        for malformed in (b"{}", b"", b"\xff", b"[1]"):
            with pytest.raises(InvalidInput):
                channel.translate(HERE, malformed)


def meaning(event: ChannelEvent) -> ChannelEvent:
    """An event without the number of its notification, which a query does not have."""
    return replace(event, event="")
