"""Notifications of channels in the console."""

from kefen.faces.web import keyset
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator.notification_screens import NotificationRow, NotificationsScreen
from kefen.platform.inbox import queries as inbox

PAGE = 50


def notifications(entry: Entry) -> NotificationsScreen:
    """What channels told us."""
    state = entry.query.get("state", "")
    found = inbox.listed()
    if state:
        found = found.filter(state=state)
    page, window = keyset.window(entry, found, inbox.NEWEST_FIRST, {"state": state})
    return NotificationsScreen(
        notifications=tuple(
            NotificationRow(
                id=str(row.id),
                channel=row.channel,
                kind=row.kind,
                reference=row.subject,
                state=row.state,
                received_at=row.received_at,
                attempts=row.attempts,
                reason=row.reason,
            )
            for row in page
        ),
        window=window,
        state=state,
    )
