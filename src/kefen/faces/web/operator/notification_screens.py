"""What the console shows of what channels told us."""

from dataclasses import dataclass
from datetime import datetime

from kefen.faces.web.shared.screens import Window


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """A notification that a channel sent; `state` is a code of the family `inbox`."""

    id: str
    channel: str
    kind: str
    reference: str
    state: str
    received_at: datetime
    attempts: int = 1
    reason: str = ""


@dataclass(frozen=True, slots=True)
class NotificationsScreen:
    """GET `state`. POST `notification_retry` without fields."""

    notifications: tuple[NotificationRow, ...]
    window: Window
    state: str
