"""Who somebody is at WeChat: the OAuth of a service account's web pages."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class App:
    """An institution's service account; the secret never leaves the server."""

    app_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class WeChatPerson:
    """Whom WeChat vouches for. A `snapshot` is the stand-in whom WeChat shows to pages that are
    only looked at: his openid is nobody's."""

    openid: str
    nickname: str = ""
    snapshot: bool = False


class WeChat(Protocol):
    """WeChat, or its stand-in in demos and tests."""

    def authorize_url(self, app: App, *, return_url: str, state: str, silent: bool = False) -> str:
        """Where the person says yes; he comes back to `return_url` with a code and `state`. Asked
        `silent`ly he is shown nothing and tells nothing but his openid (`payer`)."""
        ...

    def person(self, app: App, code: str) -> WeChatPerson:
        """Who came back with this code. Raises ChannelRejected, ChannelUnavailable."""
        ...

    def payer(self, app: App, code: str) -> str:
        """The openid alone of who came back with this code, silently or not.

        Raises ChannelRejected (also for a snapshot's stand-in, who cannot pay), ChannelUnavailable.
        """
        ...
