"""Telling a person something at once: a text to a phone, a letter to a mailbox."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class Medium(StrEnum):
    """How a person is reached."""

    PHONE = "phone"
    EMAIL = "email"


@dataclass(frozen=True, slots=True)
class Message:
    """What goes to one person; `sender` is who speaks (the school), `subject` serves e-mail."""

    medium: Medium
    to: str
    sender: str
    subject: str
    text: str


class Messenger(Protocol):
    """Somebody who delivers."""

    name: str

    @property
    def mailbox(self) -> str:
        """Where a demo shows what was sent; empty for a real one."""
        ...

    def send(self, message: Message) -> None:
        """Hand a message over. Raises ChannelUnavailable (nothing was sent: try again) or
        ChannelRejected (this one never arrives)."""
        ...
