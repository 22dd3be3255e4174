"""Numbers of Chinese resident identity cards (GB 11643-1999): 17 digits and a check character."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

from kefen.core.errors import InvalidInput

_FORM: Final = re.compile(r"[1-9]\d{16}[\dX]", re.ASCII)
_WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS: Final = "10X98765432"


def normalised(text: str) -> str:
    """The number as it is stored: no spaces, the check character in upper case.

    Raises InvalidInput for anything that no card can have: form, day of birth, check character.
    """
    number = "".join(text.split()).upper()
    if _FORM.fullmatch(number) is None:
        raise InvalidInput(field="id_number", reason="an ID number has 18 characters")
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    if number[17] != _CHECKS[total % 11]:
        raise InvalidInput(field="id_number", reason="a digit of the ID number is wrong")
    born(number)
    return number


def born(number: str) -> date:
    """The day of birth that a number carries. Raises InvalidInput for a day that never was."""
    try:
        return date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise InvalidInput(field="id_number", reason="a digit of the ID number is wrong") from error
