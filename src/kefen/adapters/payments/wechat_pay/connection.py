"""Speaking with WeChat Pay through the SDK, with its gaps closed (decision 0025).

Every call has a time-out; every answer's signature and age are checked; nothing is logged; what
went wrong is said in the ports' words. An answer of failure is not signed by WeChat, so what moves
money is believed to have failed only when a query says so (`Payouts`, `Payments`, `Splits`).
"""

import json
from collections.abc import Callable, Iterator, Mapping
from copy import copy
from functools import lru_cache, partial
from types import SimpleNamespace
from typing import Any, Final

import requests
from urllib3.exceptions import ConnectTimeoutError, NewConnectionError
from wechatpayv3 import SignType, WeChatPayType  # type: ignore[import-untyped]
from wechatpayv3 import WeChatPay as Client
from wechatpayv3 import core as sdk
from wechatpayv3.type import RequestType  # type: ignore[import-untyped]

from kefen.adapters.payments.wechat_pay.account import Account
from kefen.adapters.payments.wechat_pay.numbers import CHANNEL
from kefen.adapters.payments.wechat_pay.signatures import is_signed, real_seconds
from kefen.core.errors import ChannelError, ChannelRejected, ChannelUnavailable, OutcomeUnknown

Answer = dict[str, Any]
Send = Callable[[], tuple[int, Any]]
Timeout = tuple[float, float]
TIMEOUT: Final[Timeout] = (3.05, 15.0)
_NOW_AND_THEN: Final = {"FREQUENCY_LIMITED", "RATELIMIT_EXCEEDED", "FREQUENCY_LIMIT_EXCEED"}
_NOT_THERE: Final = {
    *("ORDER_NOT_EXIST", "ORDERNOTEXIST", "RESOURCE_NOT_EXISTS", "NOT_FOUND", "NOTFOUND"),
}

# The SDK follows redirects and has no switch for it: a signed request is for the gateway alone.
sdk.requests = SimpleNamespace(
    **{
        verb: partial(getattr(requests, verb), allow_redirects=False)
        for verb in ("get", "post", "patch", "put", "delete")
    }
)


class NotThere(Exception):
    """WeChat never got the number."""


class Refused(Exception):
    """WeChat says no: its code and its words."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__()
        self.code, self.message = code, message

    def rejected(self) -> ChannelRejected:
        """The same as the ports' word."""
        return rejected(f"{self.code}: {self.message}"[:200])


class _Unsigned(Exception):
    """An answer of success that WeChat did not sign."""


@lru_cache(maxsize=64)
def _client(
    merchant_id: str,
    private_key: str,
    certificate_serial: str,
    app_id: str,
    api_v3_key: str,
    public_key: str,
    public_key_id: str,
    timeout: Timeout,
) -> Client:
    """The SDK with keys that it has read, for whoever copies it: reading them takes many times as
    long as a request's signature."""
    return Client(
        wechatpay_type=WeChatPayType.JSAPI,
        mchid=merchant_id,
        private_key=private_key,
        cert_serial_no=certificate_serial,
        appid=app_id,
        apiv3_key=api_v3_key,
        public_key=public_key,
        public_key_id=public_key_id,
        logger=None,  # its log would show names and keys in plain text
        timeout=timeout,
    )


class Connection:
    """One merchant's way to WeChat. `client` is the SDK; what it is asked goes through `ask` or
    `move`, `download` or `post`."""

    def __init__(self, account: Account, timeout: Timeout = TIMEOUT) -> None:
        self.account = account
        self.client = copy(
            _client(
                account.merchant_id,
                account.private_key,
                account.certificate_serial,
                account.app_id,
                account.api_v3_key,
                account.key,
                account.key_serial,
                timeout,
            )
        )
        # The SDK has no other place for the three.
        core = self.client._core = copy(self.client._core)  # noqa: SLF001
        core._gate_way = account.gateway  # noqa: SLF001
        core._verify_signature = self._verify  # noqa: SLF001
        self._core: Any = core

    def ask(self, send: Send) -> Answer:
        """Send what does no harm when it is sent twice. Raises ChannelUnavailable, NotThere,
        Refused."""
        return self._send(send, unclear=ChannelUnavailable(channel=CHANNEL))

    def move(self, number: str, send: Send) -> Answer:
        """Send what moves money under a number of ours. Raises OutcomeUnknown (it may have been
        done), ChannelUnavailable (it was not), NotThere, Refused."""
        return self._send(send, unclear=OutcomeUnknown(channel=CHANNEL, number=number))

    def get(self, path: str) -> tuple[int, Any]:
        """An address that the SDK has no function for."""
        return self._called(path, RequestType.GET, None)

    def post(self, path: str, content: Mapping[str, object]) -> tuple[int, Any]:
        """The same for something to be done."""
        return self._called(path, RequestType.POST, dict(content))

    def encrypt(self, text: str) -> str:
        """For WeChat's eyes only."""
        return str(self._core.encrypt(text))

    def decrypt(self, text: str) -> str:
        """What WeChat wrote for ours."""
        return str(self.client.decrypt(text))

    def sign(self, *lines: str) -> str:
        """The signature that an app's call needs, over these lines."""
        return str(self.client.sign(list(lines), SignType.RSA_SHA256))

    def download(self, address: str) -> bytes:
        """A bill. Its answer is not signed: compare its digest."""
        if not address.startswith(f"{self.account.gateway}/"):
            raise rejected("the bill's address is not at the gateway")
        try:
            status, content = self.client.download_bill(address)
        except requests.RequestException as error:
            # Its words hold the address, and the address a token.
            raise ChannelUnavailable(channel=CHANNEL) from RuntimeError(type(error).__name__)
        if status != requests.codes.ok:
            raise ChannelUnavailable(channel=CHANNEL)
        return content.encode() if isinstance(content, str) else bytes(content)

    def _called(
        self, path: str, method: RequestType, content: dict[str, object] | None
    ) -> tuple[int, Any]:
        status, text = self._core.request(path, method=method, data=content)
        return int(status), text

    def _verify(self, headers: Mapping[str, str], text: str) -> bool:
        lower = {name.lower(): value for name, value in headers.items()}
        if not is_signed(self.account.keys, lower, text.encode(), now=real_seconds()):
            raise _Unsigned
        return True

    def _send(self, send: Send, *, unclear: ChannelError) -> Answer:
        try:
            status, text = send()
        except _Unsigned:
            raise unclear from None
        except requests.RequestException as error:
            if _never_left(error):
                raise ChannelUnavailable(channel=CHANNEL) from error
            raise unclear from error
        content = _read(text)
        if status in range(200, 300):
            if content is None:
                raise unclear
            return content
        code = str((content or {}).get("code", f"HTTP {status}"))
        if status == requests.codes.too_many_requests or code in _NOW_AND_THEN:
            raise ChannelUnavailable(channel=CHANNEL)
        if status not in range(400, 500) or content is None:
            raise unclear
        if status == requests.codes.not_found and code in _NOT_THERE:
            raise NotThere
        raise Refused(code, str(content.get("message", "")))


def rejected(reason: str) -> ChannelRejected:
    """WeChat's no, or what it would say."""
    return ChannelRejected(channel=CHANNEL, reason=reason)


def _read(text: object) -> Answer | None:
    """The object in an answer, empty for an empty one, None for what is none."""
    if not text:
        return {}
    try:
        content = json.loads(text) if isinstance(text, str | bytes) else None
    except (ValueError, RecursionError):
        return None
    return content if isinstance(content, dict) else None


def _never_left(error: BaseException) -> bool:
    """Whether there was no connection over which anything could have been sent."""
    return any(isinstance(one, NewConnectionError | ConnectTimeoutError) for one in _causes(error))


def _causes(error: BaseException) -> Iterator[object]:
    seen: list[object] = [error]
    for one in seen:
        yield one
        if isinstance(one, BaseException) and len(seen) < 20:
            seen += [one.__cause__, one.__context__, getattr(one, "reason", None), *one.args]
