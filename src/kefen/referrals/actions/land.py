"""A visit saw its first page: the step between the click and the order."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from kefen.core.ids import uuid7
from kefen.platform.tenancy.bulk import insert_rows
from kefen.referrals.models import Landing, Touch
from kefen.referrals.queries import latest_touch

_COLUMNS = ("id", "touch_id", "promoter_id", "at")


@transaction.atomic
def record_landing(visitor: UUID, visited_at: datetime, *, at: datetime) -> bool:
    """Note that the visit which a visitor made at an instant saw a page at `at`; once for each
    visit, however often the page is opened. Answers whether it was new."""
    touch = latest_touch(visitor, at=visited_at)
    if touch is None:
        return False
    return _insert([(touch, at)]) == 1


@transaction.atomic
def take_over_landings(seen: Iterable[tuple[Touch, datetime]]) -> None:
    """Landings of visits that were noted elsewhere, at once."""
    _insert(list(seen))


def _insert(seen: Sequence[tuple[Touch, datetime]]) -> int:
    rows = [(uuid7(), touch.id, touch.promoter_id, at) for touch, at in seen]
    return insert_rows(Landing, _COLUMNS, rows, skip_known=True)
