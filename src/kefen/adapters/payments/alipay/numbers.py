"""Our numbers as Alipay takes them: letters, digits, `_` and `-`, at most 64.

A point is written "--d" and two hyphens "--h", so that every number is read back; those that we
make ourselves have neither. An order whose trade Alipay closed is opened again as a new trade,
whose number ends in "--r2", "--r3"….
"""

import re

from kefen.core.errors import ChannelRejected

_LONGEST = 64
_THERE = {"--": "--h", ".": "--d"}
_BACK = {"--h": "--", "--d": "."}
_ROUND = re.compile(r"--r\d{1,2}\Z")


def written(number: str, opening: int = 1) -> str:
    """Our number in Alipay's letters, for the trade that was opened as the first, second… one.
    Raises ChannelRejected if that is too long."""
    text = re.sub(r"--|\.", lambda found: _THERE[found.group()], number)
    if opening > 1:
        text += f"--r{opening}"
    if len(text) > _LONGEST:
        raise ChannelRejected(channel="alipay", reason="the number is too long for Alipay")
    return text


def read(text: object) -> str:
    """What `written` wrote; a number of somebody else's stays as it is."""
    return re.sub(r"--[hd]", lambda found: _BACK[found.group()], _ROUND.sub("", str(text)))
