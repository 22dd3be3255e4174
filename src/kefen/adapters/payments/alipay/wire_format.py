"""Yuan, Beijing's time and kinds of accounts, as Alipay writes them."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

from kefen.core.errors import InvalidInput

BEIJING = timezone(timedelta(hours=8))
CURRENCY = "CNY"
WRITTEN_TIME = "%Y-%m-%d %H:%M:%S"
_YUAN = re.compile(r"(-?)([0-9]{1,12})(?:\.([0-9]{1,2}))?")
_USER_ID = re.compile(r"2088\d{12}")
_LOGON_ID = re.compile(r"[^@\s]+@[^@\s]+|\+?[\d-]{5,20}")


def yuan(fen: int) -> str:
    """1234 as "12.34"; no float comes near it."""
    sign = "-" if fen < 0 else ""
    return f"{sign}{abs(fen) // 100}.{abs(fen) % 100:02d}"


def fen(text: object) -> int:
    """ "12.34" as 1234. Raises InvalidInput for what is no amount."""
    found = _YUAN.fullmatch(str(text).strip().lstrip("+").replace(",", ""))
    if found is None:
        raise InvalidInput(field="amount", reason="it is not an amount in yuan")
    sign, whole, part = found.groups()
    amount = int(whole) * 100 + int((part or "").ljust(2, "0"))
    return -amount if sign else amount


def real_now() -> datetime:
    """The world's time, by which signatures grow stale; the demo's clock does not count here."""
    return datetime.fromtimestamp(time.time(), UTC)


def real_beijing() -> str:
    """The world's time in Beijing, whatever zone the machine lives in, as requests are dated."""
    return real_now().astimezone(BEIJING).strftime(WRITTEN_TIME)


def instant(text: object) -> datetime:
    """Beijing's time as Alipay writes it. Raises InvalidInput."""
    try:
        return datetime.strptime(str(text), WRITTEN_TIME).replace(tzinfo=BEIJING)
    except ValueError as error:
        raise InvalidInput(field="time", reason="it is not a time of Alipay") from error


def since_1970(milliseconds: str) -> datetime:
    """The other way in which Alipay writes times. Raises InvalidInput."""
    if not re.fullmatch(r"\d{12,14}", milliseconds):
        raise InvalidInput(field="time", reason="it is not a time of Alipay")
    return datetime.fromtimestamp(int(milliseconds) / 1000, UTC)


def account_kind(account: str) -> str:
    """What an account is by its looks: a user's number, the name he signs in with (e-mail or phone
    number), or an app's own number of a user."""
    if _USER_ID.fullmatch(account):
        return "userId"
    return "loginName" if _LOGON_ID.fullmatch(account) else "openId"
