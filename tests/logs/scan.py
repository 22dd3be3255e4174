"""What must stand in no log: things known by their form, and things that tests planted.

Forms are compiled expressions. Planted texts are found by their first characters, whose windows
are looked up in a set, so that a thousand of them cost what ten cost.
"""

import base64
import logging
import re
from collections import defaultdict
from datetime import date
from urllib.parse import quote

# Each form begins with a literal where it can, because that is what the engine finds fast; numbers
# are looked for where there are digits enough.
_FORMS = [
    (kind, re.compile(form, re.ASCII))
    for kind, form in (
        ("private_key", r"-----BEGIN [A-Z ]*PRIVATE KEY"),
        ("private_key", r"MII[A-Za-z0-9+/]{60}"),
        ("secret", r"sk_(?:live|test)_[A-Za-z0-9]{6}"),  # Stripe's
        ("secret", r"rk_(?:live|test)_[A-Za-z0-9]{6}"),
        ("secret", r"whsec_[A-Za-z0-9+/=_]{6}"),
        ("secret", r"Bearer [A-Za-z0-9._~+/=-]{8}"),
        ("secret", r"secret=[^&\s*'\"]{6}"),
        ("secret", r"token=[^&\s*'\"]{6}"),
        ("secret", r"password=[^&\s*'\"]{6}"),
        ("secret", r"://[^/\s:@]+:[^/\s:@*]+@"),
        ("secret", r":[0-9A-Za-z]{6}:[\w-]{43}"),  # a token that this product signed
        ("openid", r"o(?<![\w-]o)(?=[\w-]*\d)(?=[\w-]*[A-Z])[\w-]{27}(?![\w-])"),  # WeChat's
        ("openid", r"acct_[A-Za-z0-9_]{6}"),  # Stripe's
    )
]
_DIGITS = re.compile(r"\d{3}[ -]?\d{4}", re.ASCII)
# Delimited on both sides: digests, UUIDs and channels' long numbers contain runs of digits.
_BEFORE, _AFTER = r"(?<![0-9A-Za-z.])", r"(?![0-9A-Za-z])"
# Numbers of payment cards begin with these (ISO/IEC 7812): 1 and 20 are none of them, so that
# milliseconds since 1970 and days written as 20261123… never pass for one.
_CARD = r"(?:2[2-7]|3[04-9]|[4-6]\d|[89]\d)"
_GROUPS = r"\d\d([ -])\d{4}\1\d{4}\1\d{1,4}(?:\1\d{1,3})?"
_NUMBERS = [
    (kind, re.compile(f"{_BEFORE}{form}{_AFTER}", re.ASCII))
    for kind, form in (
        ("id_number", r"[1-9]\d{16}[0-9Xx]"),
        ("phone", r"(?:\+?86[- ]?)?1[3-9]\d(?:\d{8}|[ -]\d{4}[ -]\d{4})"),
        ("card", rf"{_CARD}(?:\d{{11,17}}|{_GROUPS})"),
        ("openid", r"2088\d{12}"),  # Alipay's number of a person or a merchant
    )
]
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def _is_card(written: str) -> bool:
    """Whether the check digit of a card fits (Luhn); one run of digits in ten passes by chance."""
    digits = [int(one) for one in reversed(written) if one.isdigit()]
    doubled = (sum(divmod(2 * one, 10)) for one in digits[1::2])
    return (sum(digits[::2]) + sum(doubled)) % 10 == 0


def _is_id_number(written: str) -> bool:
    """Whether check character and day of birth fit (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(written, _WEIGHTS, strict=False))
    try:
        date(int(written[6:10]), int(written[10:12]), int(written[12:14]))
    except ValueError:
        return False
    return written[17].upper() == "10X98765432"[total % 11]


_PROOFS = {"card": _is_card, "id_number": _is_id_number}


class Planted:
    """Texts that tests made and that must stay unlogged, with what they were planted as."""

    HEAD_ASCII, HEAD_OTHER = 8, 2

    def __init__(self) -> None:
        self._by_head: dict[str, dict[str, str]] = defaultdict(dict)

    def plant(self, kind: str, text: str) -> None:
        """Remember a text and the ways in which it may be written. Too short ones are no evidence:
        they would be found in anything."""
        if "PRIVATE KEY-----" in text:
            for line in text.split()[3:-3][:3]:  # the body's first lines tell it apart
                self._keep(kind, line)
            return
        raw = text.encode()
        written = {text, raw.hex(), base64.b64encode(raw).decode(), quote(text)}
        for one in written | {text.encode("unicode_escape").decode()}:
            self._keep(kind, one)

    def _keep(self, kind: str, text: str) -> None:
        size = self.HEAD_ASCII if text.isascii() else self.HEAD_OTHER
        if len(text) >= size:
            self._by_head[text[:size]][text] = kind

    def found(self, text: str) -> list[tuple[str, str]]:
        """What of it stands in `text`."""
        sizes = [self.HEAD_ASCII] if text.isascii() else [self.HEAD_ASCII, self.HEAD_OTHER]
        heads: set[str] = set()
        for size in sizes:
            heads |= {text[at : at + size] for at in range(len(text) - size + 1)}
        return [
            (kind, one)
            for head in heads & self._by_head.keys()
            for one, kind in self._by_head[head].items()
            if one in text
        ]


planted = Planted()


def leaks(text: str, plants: Planted = planted) -> list[tuple[str, str]]:
    """The kind and the text of everything in `text` that must stand in no log."""
    found = list(plants.found(text))
    for kind, form in _FORMS + (_NUMBERS if _DIGITS.search(text) else []):
        written = (match[0] for match in form.finditer(text))
        found += [(kind, one) for one in written if kind not in _PROOFS or _PROOFS[kind](one)]
    return found


_FORMATTER = logging.Formatter()
# Django hands its whole request over, for handlers that look into it; ours do not.
_NOT_TOLD = frozenset(vars(logging.makeLogRecord({}))) | {"message", "asctime", "request"}


def told_by(record: logging.LogRecord) -> str:
    """Everything that a record can tell a handler: message, arguments, exception, stack, extras."""
    parts = [record.name, str(record.msg), record.getMessage()]
    if record.args:
        parts.append(repr(record.args))
    if record.exc_info and record.exc_info[0] is not None:
        parts.append(_FORMATTER.formatException(record.exc_info))
        parts += [repr(one) for one in _chain(record.exc_info[1])]
    if record.stack_info:
        parts.append(record.stack_info)
    parts += [str(value) for name, value in vars(record).items() if name not in _NOT_TOLD]
    return "\n".join(parts)


def _chain(error: BaseException | None) -> list[BaseException]:
    """An exception and what it came from."""
    chain: list[BaseException] = []
    while error is not None and error not in chain:
        chain.append(error)
        error = error.__cause__ or error.__context__
    return chain
