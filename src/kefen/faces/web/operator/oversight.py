"""Notifications of channels and the audit log in the console."""

import json

from kefen.faces.web import keyset, names, typed
from kefen.faces.web.entry import Entry
from kefen.faces.web.operator import screens
from kefen.faces.web.operator.notification_screens import NotificationRow, NotificationsScreen
from kefen.faces.web.operator.orders import paging_of
from kefen.faces.web.shared.screens import Option
from kefen.faces.web.templatetags.kefen import money_text
from kefen.platform.audit import queries as audit
from kefen.platform.audit.models import Record
from kefen.platform.inbox import queries as inbox

PAGE = 50
identity_of = typed.identity_of
_TEXT = 120
_AMOUNTS = frozenset({"amount", "tax", "net", "total", "list_price", "prizes"})


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


def audit_log(entry: Entry) -> screens.AuditScreen:
    """Who did what."""
    filters = {name: entry.query.get(name, "") for name in ("q", "action")}
    found = audit.listed()
    if filters["action"]:
        found = found.filter(verb=filters["action"])
    if filters["q"]:
        found = found.filter(subject__icontains=filters["q"].strip())
    paging = paging_of(entry, found.order_by().count(), filters, PAGE)
    known = names.members()
    page = found[(paging.page - 1) * PAGE : paging.page * PAGE]
    return screens.AuditScreen(
        rows=tuple(
            _row(
                row, names.actor_name(row.actor_kind, row.actor_user, known), entry.school.currency
            )
            for row in page
        ),
        paging=paging,
        filters=filters,
        actions=tuple(Option(verb, verb) for verb in audit.verbs()),
    )


def _told(name: str, value: object, currency: str) -> str:
    """One detail of a deed; amounts as money."""
    if name in _AMOUNTS and isinstance(value, int):
        return f"{name} {money_text(value, currency)}"
    return f"{name} {value}"


def _row(row: Record, who: str, currency: str) -> screens.AuditRow:
    details = dict(row.details)
    before, reason = details.pop("before", ""), details.pop("reason", "")
    after = details.pop("after", None)
    rest = (
        after if after is not None else ", ".join(_told(k, v, currency) for k, v in details.items())
    )
    return screens.AuditRow(
        at=row.at,
        who=who,
        action=row.verb,
        subject=row.subject,
        before=_short(before),
        after=_short(rest),
        reason=_short(reason),
    )


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return "" if text in ("null", '""') else text[:_TEXT]
