"""Our numbers as Alipay takes them: letters, digits, `_` and `-`, at most 64.

A point is written "-d" and a hyphen "--", so that every number is read back; those that we make
ourselves have neither.
"""

import re

from kefen.core.errors import ChannelRejected

_LONGEST = 64
_THERE = {"-": "--", ".": "-d"}
_BACK = {"--": "-", "-d": "."}


def written(number: str) -> str:
    """Our number in Alipay's letters. Raises ChannelRejected if that is too long."""
    text = "".join(_THERE.get(letter, letter) for letter in number)
    if len(text) > _LONGEST:
        raise ChannelRejected(channel="alipay", reason="the number is too long with its hyphens")
    return text


def read(text: object) -> str:
    """What `written` wrote; a number of somebody else's stays as it is."""
    return re.sub(r"--|-d", lambda found: _BACK[found.group()], str(text))
