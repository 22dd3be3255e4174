"""Where channels' notifications arrive: verified, stored raw, answered; worked on afterwards.

200, or what else the channel wants: it is stored now or was before. 400: not what the channel
writes. 401: not signed by it. 404: no such channel or institution. 413: too long. 503: we cannot
store, or not ask the channel about it, so send it again.
"""

from uuid import UUID

import structlog
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST
from procrastinate.exceptions import ConnectorException

from kefen.core.errors import (
    BadSignature,
    ChannelUnavailable,
    InvalidInput,
    NotFound,
    NumberConflict,
)
from kefen.faces.api.webhooks_in.channels import acknowledgement, read
from kefen.platform.inbox import actions as inbox
from kefen.platform.inbox.contracts import Arrived
from kefen.platform.tenancy import scope
from kefen.platform.tenancy.queries import by_slug
from kefen.ports.payments import ChannelEvent

LIMIT_BYTES = 64 * 1024
_DATABASE_GONE = (OperationalError, InterfaceError, ConnectorException)
_KEPT_HEADERS = (
    "content-type",
    "user-agent",
    "webhook-id",
    "webhook-timestamp",
    "webhook-signature",
    "stripe-signature",
    "wechatpay-timestamp",
    "wechatpay-nonce",
    "wechatpay-serial",
    "wechatpay-signature",
    "request-id",
)

logger = structlog.get_logger(__name__)


@csrf_exempt
@require_POST
def receive(  # noqa: PLR0911 - one answer for each way it can go
    request: HttpRequest, channel: str, slug: str
) -> HttpResponse:
    """Take one notification of `channel` for the institution `slug`."""
    body = request.read(LIMIT_BYTES + 1)
    if len(body) > LIMIT_BYTES:
        return _answer(413, "too_long")
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        institution = by_slug(slug)
        with scope.institution(institution.id):
            event, account = read(channel, slug, headers, body)
            inbox.store(_arrived(channel, event, headers, body, account))
            answer = acknowledgement(channel)
    except BadSignature:
        # Nothing of it is stored: anybody can send anything.
        logger.warning("webhook_bad_signature", channel=channel, institution=slug, bytes=len(body))
        return _answer(401, "bad_signature")
    except InvalidInput as error:
        logger.warning("webhook_malformed", channel=channel, institution=slug, why=str(error))
        return _answer(400, "malformed")
    except NumberConflict:
        logger.warning("webhook_conflict", channel=channel, institution=slug)
        return _answer(409, "conflict")
    except NotFound:
        return _answer(404, "not_found")
    except ChannelUnavailable:
        # Some notifications only say that there is something to ask the channel for.
        return _later()
    except _DATABASE_GONE:
        logger.exception("webhook_not_stored", channel=channel, institution=slug)
        return _later()
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)


def _arrived(
    channel: str, event: ChannelEvent, headers: dict[str, str], body: bytes, account: UUID | None
) -> Arrived:
    return Arrived(
        channel=channel,
        event=event.event,
        kind=event.kind.value,
        subject=event.subject,
        order=event.order,
        content=f"{event.kind.value} {event.subject} {event.order} {event.amount} {event.currency}",
        body=body,
        headers={name: headers[name][:500] for name in _KEPT_HEADERS if name in headers},
        account=account,
    )


def _later() -> HttpResponse:
    later = _answer(503, "try_again")
    later["Retry-After"] = "5"
    return later


def _answer(status: int, word: str) -> HttpResponse:
    return HttpResponse(word, status=status, content_type="text/plain")
