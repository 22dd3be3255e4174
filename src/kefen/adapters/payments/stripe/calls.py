"""Asking Stripe, and what its refusals mean.

The SDK's own retries are off: whoever asks, asks again under the same number. It logs addresses,
parameters and answers, in which receivers stand, so that its loggers and those of its HTTP client
are kept quiet.
"""

import logging
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final, cast

import httpx
import stripe

from kefen.adapters.payments.stripe.account import NAME
from kefen.core.errors import ChannelError, ChannelRejected, ChannelUnavailable, OutcomeUnknown
from kefen.ports.merchants import Merchant

API_VERSION: Final = "2026-10-28.endive"
PAGE_LENGTH: Final = 100
_TIMEOUT: Final = httpx.Timeout(20.0, connect=5.0)
_NOT_SENT: Final = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout)
_OWN: Final = re.compile(r"on account '(acct_\w+)'")
_SECRET: Final = re.compile(r"\b(acct|sk|rk|pk|whsec)_\S+")

for _name in ("stripe", "httpx", "httpcore"):
    logging.getLogger(_name).setLevel(logging.WARNING)


class _Transport(stripe.HTTPClient):
    """The SDK's way out. Its own on httpx hands bodies over in a way that httpx gives up."""

    name = "httpx"

    def __init__(self) -> None:
        super().__init__()
        self._connections = httpx.Client(timeout=_TIMEOUT, follow_redirects=False)

    def request(
        self,
        method: str,
        url: str,
        headers: Mapping[str, str] | None,
        post_data: Any = None,
        *,
        _usage: list[str] | None = None,
    ) -> tuple[str, int, Mapping[str, str]]:
        """One request, once."""
        try:
            answer = self._connections.request(method, url, headers=headers, content=post_data)
        except httpx.HTTPError as error:
            lost = cast("Any", stripe.APIConnectionError)
            raise lost(type(error).__name__) from error
        return answer.content.decode(errors="replace"), answer.status_code, answer.headers

    def close(self) -> None:
        """Let go of the connections."""
        self._connections.close()


@cache
def _transport() -> _Transport:
    """One pool of connections for a process."""
    return _Transport()


class Calls:
    """What is asked in the name of one account."""

    def __init__(self, merchant: Merchant) -> None:
        self._client = stripe.StripeClient(
            merchant.secrets["secret_key"],
            stripe_version=API_VERSION,
            base_addresses={"api": merchant.gateway},
            max_network_retries=0,
            http_client=_transport(),
        )

    def get(self, path: str, params: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Read something. Raises ChannelUnavailable, ChannelRejected."""
        try:
            return self._request("get", path, dict(params or {}))
        except stripe.StripeError as error:
            raise _refusal(error, number="") from error

    def own_account(self) -> str:
        """Whose key this is. A restricted one may not read it, but the refusal names the account.
        Raises ChannelUnavailable, ChannelRejected."""
        try:
            return str(self._request("get", "/v1/account", {})["id"])
        except stripe.StripeError as error:
            named = _OWN.search(error.user_message or "")
            if named is None or not isinstance(error, stripe.PermissionError):
                raise _refusal(error, number="") from error
            return named[1]

    def post(
        self, path: str, params: Mapping[str, Any], *, number: str, once: str = ""
    ) -> dict[str, Any]:
        """Do something about our `number`; with the idempotency key `once`, once. Raises
        ChannelUnavailable, OutcomeUnknown, ChannelRejected."""
        known = {"idempotency_key": once} if once else {}
        try:
            return self._request("post", path, {**params, **known})
        except stripe.StripeError as error:
            raise _refusal(error, number=number) from error

    def every(self, path: str, params: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """All things of a list, newest first, page by page."""
        begin: dict[str, str] = {}
        while True:
            page = self.get(path, {**params, "limit": PAGE_LENGTH, **begin})
            yield from page["data"]
            if not page["has_more"] or not page["data"]:
                return
            begin = {"starting_after": page["data"][-1]["id"]}

    def _request(self, method: str, path: str, params: dict[str, Any]) -> dict[str, Any]:
        answer = cast("Any", self._client).raw_request(method, path, **params)
        return cast("dict[str, Any]", answer.data)


def _refusal(error: stripe.StripeError, *, number: str) -> ChannelError:
    """What an error means for the question; one without a number changes nothing at Stripe."""
    status = error.http_status
    if isinstance(error.__cause__, _NOT_SENT) or isinstance(error, stripe.RateLimitError):
        return ChannelUnavailable(channel=NAME)
    if status is None or status >= 500 or status == 409 or status < 400:
        # Lost on the way, broken on the other side, or being worked on at this moment.
        if number:
            return OutcomeUnknown(channel=NAME, number=number)
        return ChannelUnavailable(channel=NAME)
    return ChannelRejected(channel=NAME, reason=reason(error.user_message or "", error.code or ""))


def reason(message: str, code: str) -> str:
    """A refusal in Stripe's words, without the accounts and keys that it may repeat."""
    return (_SECRET.sub(r"\1_…", message).rstrip(".") or code or "it gave no reason")[:300]
