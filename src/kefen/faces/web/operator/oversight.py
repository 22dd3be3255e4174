"""Notifications of channels in the console."""

from uuid import UUID

from kefen.core.errors import NotFound
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import screens
from kefen.faces.web.operator.orders import paging_of
from kefen.platform.inbox import queries as inbox

PAGE = 50


def notifications(entry: Entry) -> screens.NotificationsScreen:
    """What channels told us."""
    state = entry.query.get("state", "")
    found = inbox.listed()
    if state:
        found = found.filter(state=state)
    paging = paging_of(entry, found.order_by().count(), {"state": state}, PAGE)
    return screens.NotificationsScreen(
        notifications=tuple(
            screens.NotificationRow(
                id=str(row.id),
                channel=row.channel,
                kind=row.kind,
                reference=row.subject,
                state=row.state,
                received_at=row.received_at,
                attempts=row.attempts,
                reason=row.reason,
            )
            for row in found[(paging.page - 1) * PAGE : paging.page * PAGE]
        ),
        paging=paging,
        state=state,
    )


def identity_of(text: str) -> UUID:
    """The id in an address. Raises NotFound for what is none."""
    try:
        return UUID(text)
    except ValueError:
        raise NotFound(what="notification") from None
