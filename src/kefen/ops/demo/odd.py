"""Two anomalies among the demo's clicks, so that the queue of risk has something to decide."""

from datetime import datetime, timedelta
from uuid import UUID, uuid5

from kefen.catalog import queries as catalog
from kefen.platform.tenancy.scope import institution_id
from kefen.promoters.queries import by_code
from kefen.referrals import actions as referrals
from kefen.referrals.contracts import Visit
from kefen.risk import actions as risk

# Of the networks that documentation uses.
_NETWORK = "203.0.113.0/24"
_WINDOW = timedelta(minutes=10)


def click_oddly(now: datetime) -> None:
    """46 clicks from one network, and 24 by browsers that a program drives; then look for both."""
    window = _window(now)
    _clicks("aze", "math30", 46, window - 18 * _WINDOW, network=_NETWORK)
    _clicks("tujing", "ielts7", 24, window - 9 * _WINDOW, automated=True)
    risk.scan()


def burst(promoter: str, course: str, now: datetime) -> None:
    """46 clicks on one promoter's link from one network; then look."""
    _clicks(promoter, course, 46, _window(now) - 6 * _WINDOW, network=_NETWORK)
    risk.scan()


def _window(now: datetime) -> datetime:
    """The beginning of the window that an instant lies in."""
    return now.replace(minute=now.minute // 10 * 10, second=0, microsecond=0)


def _clicks(
    promoter: str,
    course: str,
    number: int,
    since: datetime,
    *,
    network: str = "",
    automated: bool = False,
) -> None:
    """So many clicks on a promoter's link of a course within one window, each by a browser of its
    own."""
    link = referrals.make_link(by_code(promoter).id, course_id=catalog.page(course).id)
    step = _WINDOW / (number + 1)
    visits = [
        Visit(
            _visitor(promoter, n), promoter, course, since + n * step, link.id, network, automated
        )
        for n in range(number)
    ]
    referrals.record_visits(visits)


def _visitor(promoter: str, number: int) -> UUID:
    return uuid5(institution_id(), f"odd {promoter} {number}")
