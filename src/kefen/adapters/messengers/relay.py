"""Texts to phones through a relay of the operator's own, which knows his gateway.

Gateways differ in signatures, templates and contracts; what they have in common fits into one
POST: `{"to", "sender", "text"}` as JSON with a bearer token. 2xx is accepted, any other 4xx than
408 and 429 is final, everything else is tried again.
"""

import httpx

from kefen.core.errors import ChannelRejected, ChannelUnavailable
from kefen.ports.messengers import Message

_SECONDS = 10.0
_LATER = frozenset({408, 429})


class Relay:
    """Delivers texts."""

    name = "relay"
    mailbox = ""

    def __init__(self, url: str, token: str, transport: httpx.BaseTransport | None = None) -> None:
        self._url, self._token, self._transport = url, token, transport

    def send(self, message: Message) -> None:
        """Hand one text over."""
        body = {"to": message.to, "sender": message.sender, "text": message.text}
        try:
            with httpx.Client(timeout=_SECONDS, transport=self._transport) as client:
                headers = {"Authorization": f"Bearer {self._token}"}
                status = client.post(self._url, json=body, headers=headers).status_code
        except httpx.HTTPError as error:
            raise ChannelUnavailable(channel=self.name) from error
        if 400 <= status < 500 and status not in _LATER:
            raise ChannelRejected(channel=self.name, reason=f"status {status}")
        if not 200 <= status < 300:
            raise ChannelUnavailable(channel=self.name)
