"""The channel's post room: notifications leave by HTTP, signed, again and again until answered.

At least once, never exactly once, like any channel. Real time throughout.
"""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import httpx
from django.conf import settings
from django.db import transaction

from kefen.adapters.payments.sandbox import wire_format
from kefen.adapters.payments.sandbox.faults import Fault
from kefen.adapters.payments.sandbox.models import Attempt, Notice, Posting
from kefen.adapters.payments.sandbox.signature import real_now, signed_headers
from kefen.platform import jobs
from kefen.ports.payments import ChannelEvent

# After the first seconds, the intervals of WeChat Pay: a day in all.
BACKOFF_SECONDS = (
    *(2, 5, 15, 30, 180, 600, 1200, 1800, 1800, 1800, 3600),
    *(10800, 10800, 10800, 21600, 21600),
)
TIMEOUT_SECONDS = 10.0
_DELIVER = "sandbox.deliver"


def delay(fault: Fault | None) -> timedelta:
    """How long the channel keeps a result to itself."""
    seconds = getattr(settings, "SANDBOX_DELAY_SECONDS", 60) if fault is Fault.DELAYED else 0
    return timedelta(seconds=seconds)


def announce(
    institution: str, notify_url: str, event: ChannelEvent, fault: Fault | None = None
) -> None:
    """Write a notification and let it leave; inside the transaction of what it is about."""
    if fault is Fault.LOST:
        return
    wait = delay(fault)
    notice = Notice.objects.create(
        institution=institution,
        event=event.event,
        notify_url=notify_url,
        body=wire_format.write(institution, event),
        copies=2 if fault is Fault.DUPLICATE else 1,
        due_at=real_now() + wait,
        written_at=real_now(),
    )
    jobs.enqueue(_DELIVER, after=wait, notice=str(notice.id))


@dataclass(frozen=True, slots=True)
class _Answer:
    status: int
    error: str = ""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


def deliver(notice_id: UUID) -> bool:
    """Try to deliver a notice that is due; answers whether it was taken."""
    notice = _claim(notice_id)
    if notice is None:
        return False
    answers = [_post(notice) for _ in range(notice.copies)]
    _note(notice, answers)
    return answers[-1].taken


def deliver_due(limit: int = 200) -> int:
    """Send what is overdue because its job was lost; answers how many."""
    overdue = Notice.objects.filter(
        state=Posting.WAITING, due_at__lte=real_now() - timedelta(seconds=TIMEOUT_SECONDS)
    ).order_by("due_at")
    found = list(overdue.values_list("id", flat=True)[:limit])
    for notice in found:
        jobs.enqueue(_DELIVER, once=True, notice=str(notice))
    return len(found)


@transaction.atomic
def _claim(notice_id: UUID) -> Notice | None:
    """Take a due notice for the length of one attempt: nobody else tries before the next is due."""
    notice = (
        Notice.objects.select_for_update()
        .filter(id=notice_id, state=Posting.WAITING, due_at__lte=real_now())
        .first()
    )
    if notice is None:
        return None
    place = min(notice.attempts, len(BACKOFF_SECONDS) - 1)
    wait = max(float(BACKOFF_SECONDS[place]), notice.copies * TIMEOUT_SECONDS)
    notice.attempts += 1
    notice.due_at = real_now() + timedelta(seconds=wait)
    notice.save(update_fields=["attempts", "due_at"])
    return notice


def _post(notice: Notice) -> _Answer:
    body = notice.body.encode()
    headers = {
        "content-type": "application/json",
        **signed_headers(notice.institution, notice.event, body),
    }
    try:
        with httpx.Client(timeout=TIMEOUT_SECONDS, trust_env=False) as client:
            return _Answer(
                client.post(notice.notify_url, content=body, headers=headers).status_code
            )
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return _Answer(0, f"{type(error).__name__}: {error}"[:200])


@transaction.atomic
def _note(notice: Notice, answers: list[_Answer]) -> None:
    at = real_now()
    for answer in answers:
        Attempt.objects.create(notice=notice, status=answer.status, error=answer.error, at=at)
    if answers[-1].taken:
        notice.state = Posting.DELIVERED
    elif notice.attempts > len(BACKOFF_SECONDS):
        notice.state = Posting.GIVEN_UP
    else:
        wait = timedelta(seconds=BACKOFF_SECONDS[notice.attempts - 1])
        notice.due_at = at + wait
        jobs.enqueue(_DELIVER, after=wait, notice=str(notice.id))
    notice.save(update_fields=["state", "due_at"])
