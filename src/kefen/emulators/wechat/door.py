"""Who may come in: the checks of every request, in the channel's order."""

import re

from kefen.emulators.frame.books import Document
from kefen.emulators.frame.calls import Call
from kefen.emulators.frame.clock import Clock
from kefen.emulators.wechat import signing
from kefen.emulators.wechat.desk import Refusal, invalid

FRESH = 5 * 60  # seconds that a signature is good for
_FIELD = re.compile(r'(\w+)="([^"]*)"')
_FIELDS = {"mchid", "nonce_str", "signature", "timestamp", "serial_no"}


def _refused(message: str) -> Refusal:
    return Refusal(401, "SIGN_ERROR", message)


def admit(call: Call, clock: Clock) -> Document:
    """The merchant who signed the request."""
    headers = call.request.headers
    if not _accepts_json(headers.get("Accept", "")):
        raise invalid("HTTP 头 Accept 缺失或不支持，请设置为 application/json")
    if not headers.get("User-Agent"):
        raise invalid("HTTP 头 User-Agent 缺失")
    scheme, _, rest = headers.get("Authorization", "").partition(" ")
    fields = dict(_FIELD.findall(rest))
    if scheme != signing.SCHEME or not fields.keys() >= _FIELDS:
        raise _refused("HTTP 头 Authorization 缺失或格式不正确")
    timestamp = fields["timestamp"]
    if not timestamp.isdecimal() or abs(clock.real() - int(timestamp)) > FRESH:
        raise _refused("Http头Authorization中的timestamp与发起请求的时间不得超过5分钟")
    merchant = call.books.get("merchant", fields["mchid"])
    if merchant is None or merchant["certificate_serial"] != fields["serial_no"]:
        raise _refused("商户号或商户证书序列号有误")
    message = signing.lines(
        call.request.method,
        call.target,
        timestamp,
        fields["nonce_str"],
        call.request.get_data(as_text=True),
    )
    key = signing.read_public(merchant["merchant_key"])
    if not signing.is_signed(key, message, fields["signature"]):
        raise _refused("签名错误，请检查后再试")
    return merchant


def _accepts_json(accept: str) -> bool:
    kinds = {one.split(";")[0].strip() for one in accept.split(",")}
    return bool(kinds & {"application/json", "*/*", "application/*"})
