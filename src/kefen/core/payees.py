"""Where a promoter is paid: kinds of accounts and what can be one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kefen.core.errors import InvalidInput


class AccountKind(StrEnum):
    """Where money can go; each is the name of the channel that brings it there."""

    SANDBOX = "sandbox"
    WECHAT_PAY = "wechat_pay"
    ALIPAY = "alipay"
    STRIPE = "stripe"
    BANK = "bank"


TYPED: Final = frozenset({AccountKind.ALIPAY, AccountKind.STRIPE, AccountKind.BANK})
"""Kinds whose account the promoter types; of the others we know it."""
NAMED: Final = frozenset({AccountKind.ALIPAY, AccountKind.BANK})
"""Kinds that pay nobody whose name differs from the account's."""

_CARD: Final = re.compile(r"\d{12,19}", re.ASCII)
_MOBILE: Final = re.compile(r"1[3-9]\d{9}", re.ASCII)
_ALIPAY_USER: Final = re.compile(r"2088\d{12}", re.ASCII)
_EMAIL: Final = re.compile(r"[^@\s<>,;\"]{1,64}@[^@\s<>,;\"]{1,185}\.[^@\s<>,;\".]{2,}")
_STRIPE: Final = re.compile(r"acct_[A-Za-z0-9]{8,64}", re.ASCII)
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class Payee:
    """Who is paid where: plain text, for the channel alone; `bank` is the bank's name."""

    kind: AccountKind
    account: str
    name: str = ""
    bank: str = ""


def payee(kind: AccountKind, account: str, name: str = "", bank: str = "") -> Payee:
    """What was typed, as it is stored. Raises InvalidInput, naming the field."""
    account = "".join(account.split())
    if kind is AccountKind.ALIPAY:
        account = _alipay(account)
    elif kind is AccountKind.BANK:
        account = _card(account)
    elif kind is AccountKind.STRIPE and _STRIPE.fullmatch(account) is None:
        raise InvalidInput(field="account", reason="a Stripe account begins with acct_")
    if not account:
        raise InvalidInput(field="account", reason="write the account")
    return Payee(kind, account, _name(kind, name), _bank(kind, bank))


def _name(kind: AccountKind, typed: str) -> str:
    name = " ".join(typed.split())
    if kind in NAMED and len(name) < 2:
        raise InvalidInput(field="name", reason="write the name as the account has it")
    if len(name) > _LONGEST_NAME:
        raise InvalidInput(field="name", reason="at most 60 characters")
    return name


def _bank(kind: AccountKind, typed: str) -> str:
    if kind is not AccountKind.BANK:
        return ""
    bank = " ".join(typed.split())
    if not 2 <= len(bank) <= _LONGEST_NAME:
        raise InvalidInput(field="bank_name", reason="write the name of the bank")
    return bank


def _alipay(account: str) -> str:
    """A user id, an e-mail address, or a mobile number without its country."""
    number = account.removeprefix("+86").replace("-", "")
    if _MOBILE.fullmatch(number):
        return number
    if _ALIPAY_USER.fullmatch(account):
        return account
    if _EMAIL.fullmatch(account):
        return account.lower()
    raise InvalidInput(
        field="account",
        reason="an Alipay account is a mainland mobile number, an e-mail address, "
        "or a user id of 16 digits that begins with 2088",
    )


def _card(account: str) -> str:
    number = account.replace("-", "")
    if _CARD.fullmatch(number) is None:
        raise InvalidInput(field="account", reason="a bank card number has 12 to 19 digits")
    if not _adds_up(number):
        raise InvalidInput(field="account", reason="a digit of the card number is wrong")
    return number


def _adds_up(number: str) -> bool:
    """The check digit of ISO/IEC 7812 (Luhn): every second digit from the right counts double."""
    doubled = (int(digit) * 2 for digit in number[-2::-2])
    total = sum(map(int, number[-1::-2])) + sum(d - 9 if d > 9 else d for d in doubled)
    return total % 10 == 0
