"""Writing one export, from its start to its end.

A run takes the export over by putting its own name (`attempt`) into the row. Everything it stores
carries that name, and every step asks whether it is still there: a run that was believed dead and
is not, or a job that was queued twice, finds another name and stops. Whatever a killed run left is
removed by the next, which begins anew.
"""

import logging
from datetime import timedelta
from time import monotonic
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F
from django.utils import translation

from kefen.core.errors import DomainError, NotFound
from kefen.core.ids import uuid7
from kefen.platform import clock
from kefen.platform.exports import kinds, sealing, shelf
from kefen.platform.exports.contracts import Format, State
from kefen.platform.exports.models import Export, PlatformExport
from kefen.platform.exports.writing import written

KEPT = timedelta(hours=24)
ATTEMPTS = 5
_ROWS, _SECONDS = 500, 1.0
_OPEN = (State.QUEUED.value, State.RUNNING.value)

logger = logging.getLogger(__name__)


class _Overtaken(Exception):
    """Another run took the export over."""


def run(export: UUID) -> None:
    """Write an export that waits or was left behind; one that has its end stays as it is."""
    attempt = _take(export)
    if attempt is None:
        return
    row = shelf.exports().objects.get(id=export)
    try:
        with translation.override(row.language or None):
            _write(row, attempt)
    except _Overtaken:
        logger.warning("export %s is written by somebody else now", export)
    except DomainError as refusal:
        end_badly(export, attempt, "refused", str(refusal))
    except (OperationalError, InterfaceError):
        raise  # the database went away: the job is tried again and begins anew
    except Exception:
        logger.exception("export %s failed", export)
        end_badly(export, attempt, "broken", "")


@transaction.atomic
def _take(export: UUID) -> UUID | None:
    """Become the one who writes; None if there is nothing to write."""
    row = shelf.exports().objects.select_for_update(of=("self",)).filter(id=export).first()
    if row is None or row.state not in _OPEN:
        return None
    shelf.parts().objects.filter(export_id=export).delete()
    if row.attempts >= ATTEMPTS:
        end_badly(export, row.attempt, "left_behind", "")
        return None
    attempt, now = uuid7(), clock.now()
    shelf.exports().objects.filter(id=export).update(
        state=State.RUNNING,
        attempt=attempt,
        attempts=F("attempts") + 1,
        done=0,
        total=None,
        moved_at=now,
    )
    return attempt


def _write(row: Export | PlatformExport, attempt: UUID) -> None:
    sheet = kinds.maker(row.kind)(row.parameters)
    progress = _Progress(row.id, attempt, sheet.count)
    size, number = 0, 0
    for piece in written(sheet, Format(row.format), progress.told):
        content = sealing.seal(piece, row.id, attempt, number)
        shelf.parts()(export_id=row.id, attempt=attempt, number=number, content=content).save(
            force_insert=True
        )
        size, number = size + len(piece), number + 1
    now = clock.now()
    _still(
        row.id,
        attempt,
        state=State.READY,
        done=progress.done,
        total=progress.done,
        size=size,
        file_name=f"{sheet.file_name}.{row.format}",
        ready_at=now,
        expires_at=now + KEPT,
        moved_at=now,
    )


class _Progress:
    """How far a run is: noted every few hundred rows if they are slow, else once a second."""

    def __init__(self, export: UUID, attempt: UUID, total: int) -> None:
        self._export, self._attempt = export, attempt
        self.done, self._noted, self._at = 0, 0, monotonic()
        _still(export, attempt, total=total, moved_at=clock.now())

    def told(self, done: int) -> None:
        """Hear of one more row."""
        self.done = done
        late = monotonic() - self._at >= _SECONDS
        if late or (done - self._noted >= _ROWS and monotonic() - self._at >= _SECONDS / 4):
            self._noted, self._at = done, monotonic()
            _still(self._export, self._attempt, done=done, moved_at=clock.now())


def _still(export: UUID, attempt: UUID, **changes: object) -> None:
    """Change the export if this run is still the one that writes."""
    mine = shelf.exports().objects.filter(id=export, attempt=attempt, state=State.RUNNING)
    if mine.update(**changes) == 0:
        raise _Overtaken


def end_badly(export: UUID, attempt: UUID | None, reason: str, detail: str) -> None:
    """Say that this run failed and why, and let go what it wrote."""
    with transaction.atomic():
        mine = shelf.exports().objects.filter(id=export, attempt=attempt, state__in=_OPEN)
        if mine.update(
            state=State.FAILED, reason=reason, detail=detail[:500], moved_at=clock.now()
        ):
            shelf.parts().objects.filter(export_id=export).delete()


def ready(export: UUID) -> Export | PlatformExport:
    """An export whose file is there. Raises NotFound."""
    found = shelf.exports().objects.filter(id=export, state=State.READY)
    row: Export | PlatformExport | None = found.filter(expires_at__gt=clock.now()).first()
    if row is None:
        raise NotFound(what="export")
    return row
