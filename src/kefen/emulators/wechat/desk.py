"""What every part of the channel works with, and how it words things."""

import json
import secrets
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from kefen.emulators.frame.agenda import Agenda
from kefen.emulators.frame.books import Books, Document
from kefen.emulators.frame.calls import Call
from kefen.emulators.frame.clock import BEIJING, Clock
from kefen.emulators.frame.faults import Faults
from kefen.emulators.frame.post_room import PostRoom
from kefen.emulators.wechat import signing

DAY = 24 * 60 * 60


class Refusal(HTTPException):
    """The channel says no: status, code and message as its API has them."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.code = status
        self.word = code


def invalid(message: str) -> Refusal:
    """400 INVALID_REQUEST: the rules of the business do not allow it."""
    return Refusal(400, "INVALID_REQUEST", message)


def malformed(message: str) -> Refusal:
    """400 PARAM_ERROR: a parameter is missing or wrong."""
    return Refusal(400, "PARAM_ERROR", message)


def missing(message: str) -> Refusal:
    """404: the channel has no such thing."""
    return Refusal(404, "RESOURCE_NOT_EXISTS", message)


@dataclass(slots=True)
class Desk:
    """The instruments."""

    books: Books
    clock: Clock
    agenda: Agenda
    faults: Faults
    post_room: PostRoom
    platform_key: RSAPrivateKey = field(repr=False)
    public_key_id: str = ""

    def now(self) -> float:
        """Seconds by the business clock."""
        return self.clock.seconds()

    def number(self, kind: str, prefix: str, at: float) -> str:
        """A number as the channel gives them: prefix, day, and a count of ten digits."""
        return f"{prefix}{beijing(at):%Y%m%d}{self.books.next(kind):010d}"

    def delay(self, where: str, mentioned: str) -> float:
        """For how long the fault `slow` keeps this under way."""
        struck = self.faults.take("slow", where, mentioned)
        return float(struck.get("seconds", 60)) if struck else 0.0

    def tell(self, merchant: str, url: str, event: str, kind: str, content: Document) -> None:
        """Post a notice, and before it a probe with a wrong signature where the fault says so."""
        mentioned = json.dumps(content, ensure_ascii=False)
        notice = {
            "id": secrets.token_hex(18),
            "merchant": merchant,
            "event": event,
            "original_type": kind,
            "create_time": stamp(self.now()),
            "resource": content,
        }
        if self.faults.take("sign_test", event, mentioned):
            self.post_room.post(url, event, {**notice, "probe": True}, mentioned=mentioned)
        self.post_room.post(url, event, notice, mentioned=mentioned)

    def open_name(self, call: Call, sealed: str) -> str:
        """An encrypted name of a request. Refuses one that was sealed for another key."""
        if call.request.headers.get("Wechatpay-Serial") != self.public_key_id:
            raise malformed("请求中含有敏感信息，Wechatpay-Serial 须为加密所用的公钥 ID")
        try:
            return signing.open_field(self.platform_key, sealed)
        except ValueError as wrong:
            raise malformed("敏感信息解密失败") from wrong


def beijing(at: float) -> datetime:
    """The instant in Beijing."""
    return datetime.fromtimestamp(at, BEIJING)


def stamp(at: float) -> str:
    """The instant as the API writes it."""
    return beijing(at).isoformat(timespec="seconds")


def reply(content: Document, status: int = 200) -> Response:
    """JSON as the API answers it."""
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    return Response(text, status=status, mimetype="application/json")


def body_of(call: Call) -> Document:
    """The JSON object of a request."""
    try:
        found = json.loads(call.request.get_data())
    except ValueError as wrong:
        raise malformed("请求体不是合法的 JSON") from wrong
    if not isinstance(found, dict):
        raise malformed("请求体须为 JSON 对象")
    return found


def _at(body: Any, path: str) -> Any:
    for name in path.split("."):
        body = body.get(name) if isinstance(body, dict) else None
    return body


def text(body: Document, path: str, *, longest: int = 256, required: bool = True) -> str:
    """A text of a request; empty where it is not required and not there."""
    found = _at(body, path)
    if found is None and not required:
        return ""
    if not isinstance(found, str) or not found or len(found) > longest:
        raise malformed(f"参数 {path} 缺失或不合法")
    return found


def amount(body: Document, path: str) -> int:
    """A positive amount in fen."""
    found = _at(body, path)
    if not isinstance(found, int) or isinstance(found, bool) or found < 1:
        raise malformed(f"参数 {path} 须为正整数，单位为分")
    return found


def alphanumeric(body: Document, path: str, *, also: str, longest: int) -> str:
    """A number of the merchant's: letters, digits and what is allowed also."""
    found = text(body, path, longest=longest)
    if not all((one.isascii() and one.isalnum()) or one in also for one in found):
        raise malformed(f"参数 {path} 含有不允许的字符")
    return found


def print_of(body: Document) -> str:
    """By which the same request is known again. A sealed name differs each time it is sealed."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            hidden = {"name", "user_name"}
            return {key: plain(one) for key, one in value.items() if key not in hidden}
        return [plain(one) for one in value] if isinstance(value, list) else value

    return json.dumps(plain(body), sort_keys=True, ensure_ascii=False)
