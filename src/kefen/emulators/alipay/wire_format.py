"""What Alipay's requests and answers are written in."""

import json
import re
from datetime import UTC, datetime
from typing import Any

from werkzeug.exceptions import HTTPException

from kefen.emulators.frame.clock import BEIJING

_YUAN = re.compile(r"(\d{1,9})(?:\.(\d{1,2}))?")
_OWN_NUMBER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class Refusal(HTTPException):
    """A signed no, worded as Alipay does: 40004 and the business's own code."""

    code = 200

    def __init__(self, sub_code: str, sub_msg: str, *, code: str = "40004") -> None:
        super().__init__(sub_msg)
        words = {"40004": "Business Failed", "20000": "Service Currently Unavailable"}
        self.content = {
            "code": code,
            "msg": words.get(code, "Invalid Arguments"),
            "sub_code": sub_code,
            "sub_msg": sub_msg,
        }


def invalid(sub_msg: str, sub_code: str = "ACQ.INVALID_PARAMETER") -> Refusal:
    """What is asked cannot be."""
    return Refusal(sub_code, f"参数无效：{sub_msg}")


def yuan(fen: int) -> str:
    """1234 as "12.34"."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def fen(content: dict[str, Any], name: str) -> int:
    """An amount of at least one fen, without a float on the way."""
    found = _YUAN.fullmatch(str(content.get(name, "")))
    if found is None:
        raise invalid(name)
    amount = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0"))
    if amount < 1:
        raise invalid(name)
    return amount


def number(content: dict[str, Any], name: str) -> str:
    """A number of the merchant's own."""
    text = content.get(name)
    if not isinstance(text, str) or not _OWN_NUMBER.fullmatch(text):
        raise invalid(name)
    return text


def parsed(text: str) -> dict[str, Any]:
    """`biz_content`; its numbers stay as they were written."""
    try:
        content = json.loads(text or "{}", parse_float=str, parse_int=str)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict):
        raise Refusal("isv.invalid-parameter", "biz_content", code="40002")
    return content


def beijing(seconds: float) -> str:
    """A time as Alipay writes it."""
    return datetime.fromtimestamp(seconds, BEIJING).strftime("%Y-%m-%d %H:%M:%S")


def seconds_of(text: str) -> float | None:
    """Seconds since 1970 of a time that Alipay writes, None if it is none."""
    try:
        when = datetime.strptime(text, "%Y-%m-%d %H:%M:%S").replace(tzinfo=BEIJING)
    except ValueError:
        return None
    return when.astimezone(UTC).timestamp()


def day_of(seconds: float) -> str:
    """The day in Beijing."""
    return datetime.fromtimestamp(seconds, BEIJING).date().isoformat()
