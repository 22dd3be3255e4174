"""Talking to Alipay's gateway by the SDK, and what its codes mean.

Of the SDK are used: what a request consists of, signing and verifying. Its defects are wrapped: it
sends everything, names and numbers included, in the address (here: POST); it takes the machine's
local time for Beijing's; it finds the end of the signed text by counting braces, also those inside
of texts; it reads amounts as floats; its certificate mode stands on what pyOpenSSL is about to drop
(here: `certificates`); it proves the primes of a key anew for each request, which takes longer than
the rest of it.
"""

import base64
import binascii
import json
import ssl
from collections.abc import Mapping
from functools import cache, lru_cache
from typing import Any

import httpx
import structlog
from alipay import AliPay  # type: ignore[import-untyped]
from Cryptodome.PublicKey import RSA

from kefen.adapters.payments.alipay.account import certificate_numbers, private_key, public_key
from kefen.adapters.payments.alipay.wire_format import real_beijing
from kefen.core.errors import ChannelRejected, ChannelUnavailable, OutcomeUnknown
from kefen.ports.merchants import Merchant

NAME = "alipay"
SECONDS = httpx.Timeout(15, connect=5)
_DONE = "10000"
# Alipay does not know itself what became of it: the number is asked for.
_UNCLEAR_CODES = frozenset({"20000"})
_UNCLEAR = frozenset(
    {
        "ACQ.SYSTEM_ERROR",
        "SYSTEM_ERROR",
        "REQUEST_PROCESSING",
        "ACQ.REQUEST_PROCESSING",
        "aop.unknow-error",
        "isp.unknow-error",
        "isp.service-unknow-error",
    }
)
_TOO_MANY = ("app-call-limited", "method-call-limited", "isv.app-call-limited")

logger = structlog.get_logger(__name__)


class Refused(Exception):
    """A signed no of Alipay's, by its `sub_code`; whoever asked knows what it means for him."""

    def __init__(self, code: str, sub_code: str, text: str) -> None:
        super().__init__(sub_code)
        self.code, self.sub_code, self.text = code, sub_code, text

    def is_missing(self) -> bool:
        """Whether it says that there is no such thing."""
        return self.sub_code.rstrip("S").endswith("NOT_EXIST")

    def rejected(self) -> ChannelRejected:
        """For whom the no is final."""
        return ChannelRejected(channel=NAME, reason=f"{self.sub_code or self.code} {self.text}")


class Client(AliPay):  # type: ignore[misc]
    """The SDK's client for an account, without its defects."""

    def __init__(self, merchant: Merchant) -> None:
        """Read the account's keys."""
        super().__init__(
            merchant.settings["app_id"],
            app_private_key_string=private_key(merchant),
            alipay_public_key_string=public_key(merchant),
        )
        self._gateway = merchant.gateway
        self._certificates = certificate_numbers(merchant)

    def _load_key(self) -> None:
        """Called by the SDK when it is made."""
        self._app_private_key = _key(self._app_private_key_string)
        self._alipay_public_key = _key(self._alipay_public_key_string)

    def build_body(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """What a request consists of, but for its signature."""
        body: dict[str, Any] = super().build_body(*args, **kwargs) | self._certificates
        body["timestamp"] = real_beijing()
        # As UTF-8 and not as \\u-escapes: it is what a person reads in Alipay's own records.
        body["biz_content"] = json.dumps(body["biz_content"], ensure_ascii=False)
        return {name: value for name, value in body.items() if value}

    def signed(self, method: str, content: Mapping[str, Any], **more: str) -> dict[str, str]:
        """A request's parameters with their signature."""
        body = self.build_body(method, dict(content), **more)
        text = "&".join(f"{name}={value}" for name, value in sorted(body.items()))
        return body | {"sign": self._sign(text)}

    def fits(self, text: str, signature: str) -> bool:
        """Whether Alipay signed the text."""
        try:
            base64.b64decode(signature, validate=True)
            return bool(self._verify(text, signature))
        except (ValueError, binascii.Error):
            return False


@lru_cache(maxsize=128)
def _key(pem: str) -> RSA.RsaKey:
    """A key, read once while it is in use: an account's own or Alipay's for it."""
    return RSA.import_key(pem)


@cache
def trusted() -> ssl.SSLContext:
    """Whose certificates a connection believes; reading them takes longer than a request."""
    return httpx.create_ssl_context()


def page(merchant: Merchant, method: str, content: Mapping[str, Any], **more: str) -> str:
    """The address of a page of Alipay's: a signed request that the browser makes."""
    return str(httpx.URL(merchant.gateway, params=Client(merchant).signed(method, content, **more)))


def ask(
    merchant: Merchant,
    method: str,
    content: Mapping[str, Any],
    *,
    moves: str = "",
    notify_url: str = "",
) -> dict[str, Any]:
    """Ask Alipay and answer what it signed.

    `moves` is our number of the money that the request moves: then an answer that does not come,
    or that Alipay did not sign, leaves the outcome unknown; else nothing was done. Raises Refused.
    """
    client = Client(merchant)
    parameters = client.signed(method, content, notify_url=notify_url)
    try:
        with httpx.Client(
            timeout=SECONDS,
            trust_env=not merchant.stand_in,
            verify=trusted(),
            follow_redirects=False,
        ) as http:
            answer = http.post(merchant.gateway, params={"charset": "utf-8"}, data=parameters)
    except (httpx.ConnectError, httpx.ConnectTimeout) as error:
        raise ChannelUnavailable(channel=NAME) from _named(error)
    except httpx.HTTPError as error:
        raise _unclear(moves) from _named(error)
    if answer.status_code != 200:
        logger.warning("alipay_status", method=method, status=answer.status_code)
        raise _unclear(moves)
    told = _believed(client, method, answer.content, moves)
    return _judged(told, moves)


def _believed(client: Client, method: str, body: bytes, moves: str) -> dict[str, Any]:
    """The answer, if it carries Alipay's signature; who did not sign, did not answer."""
    name = f"{method.replace('.', '_')}_response"
    try:
        parts = pieces(body.decode())
        inner = parts.get(name) or parts["error_response"]
        content = json.loads(inner, parse_float=str, parse_int=str)
        signature = json.loads(parts.get("sign", '""'))
    except (ValueError, KeyError, RecursionError) as error:
        logger.warning("alipay_unreadable", method=method)
        raise _unclear(moves) from _named(error)
    if not isinstance(content, dict) or not client.fits(inner, str(signature)):
        code = content.get("sub_code") if isinstance(content, dict) else ""
        logger.warning("alipay_unsigned", method=method, sub_code=str(code)[:64])
        raise _unclear(moves)
    return content


def _judged(told: dict[str, Any], moves: str) -> dict[str, Any]:
    code, sub_code = str(told.get("code", "")), str(told.get("sub_code", ""))
    if code == _DONE:
        return told
    if code in _UNCLEAR_CODES or sub_code in _UNCLEAR:
        raise _unclear(moves)
    if sub_code.removesuffix("-error").endswith(_TOO_MANY):
        raise ChannelUnavailable(channel=NAME)
    raise Refused(code, sub_code, str(told.get("sub_msg") or told.get("msg") or ""))


def pieces(text: str) -> dict[str, str]:
    """The values of an object's names, each exactly as it was written: that is what is signed.
    Raises ValueError."""
    decoder, found, at = json.JSONDecoder(), {}, _after(text, 0, "{")
    while True:
        name, at = decoder.raw_decode(text, _blank(text, at))
        start = _blank(text, _after(text, at, ":"))
        _, at = decoder.raw_decode(text, start)
        if name in found:
            raise ValueError("a name stands twice")
        found[name] = text[start:at]
        at = _blank(text, at)
        if text[at : at + 1] == "}":
            return found
        at = _after(text, at, ",")


def _after(text: str, at: int, sign: str) -> int:
    at = _blank(text, at)
    if text[at : at + 1] != sign:
        raise ValueError(f"{sign} is missing")
    return at + 1


def _blank(text: str, at: int) -> int:
    while text[at : at + 1] in {" ", "\t", "\r", "\n"}:
        at += 1
    return at


def _unclear(moves: str) -> ChannelUnavailable | OutcomeUnknown:
    if moves:
        return OutcomeUnknown(channel=NAME, number=moves)
    return ChannelUnavailable(channel=NAME)


def _named(error: Exception) -> Exception:
    """The error's kind alone: its text may quote what was sent."""
    return RuntimeError(type(error).__name__)
