"""The demo's clock: pushed ahead, and everything that became due happens at once."""

import time
from datetime import timedelta

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from kefen.commissions import actions as commissions
from kefen.ledger import actions as ledger
from kefen.payouts import actions as payouts
from kefen.platform import clock
from kefen.platform.inbox import actions as inbox
from kefen.platform.jobs.declare import in_every_institution
from kefen.platform.tenancy.actions import push_clock
from kefen.reconciliation import actions as reconciliation
from kefen.splits import actions as splits
from kefen.standings import actions as standings

STEPS = {"86400": timedelta(days=1), "604800": timedelta(days=7)}
# Every process reads the shift at least this often (config.wiring).
_SEEN_EVERYWHERE_SECONDS = 2.2
_SPLITS_SINCE = timedelta(days=40)


@require_POST
def advance(request: HttpRequest) -> HttpResponse:
    """Push the clock a day or a week ahead, then back to where the button was."""
    step = STEPS.get(request.POST.get("seconds", ""))
    if not settings.DEMO or step is None:
        raise Http404
    target = clock.now() + step
    push_clock(step)
    with clock.at(target):
        in_every_institution(_bring_up)
    time.sleep(_SEEN_EVERYWHERE_SECONDS)
    # Channels are asked when their emulators know the new time as well.
    in_every_institution(_ask_channels)
    wanted = request.POST.get("next", "/")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()})
    return HttpResponseRedirect(wanted if safe else "/")


def _bring_up() -> None:
    """Close boards, each after what matures before it; mature the rest; fold (domain.md §6)."""
    now = clock.now()
    standings.close_due(now)
    while commissions.mature(now):
        pass
    while ledger.fold():
        pass
    inbox.wake_open(older_than=timedelta())


def _ask_channels() -> None:
    """Let jobs divide payments whose hold is over, ask about payouts, and fetch new bills."""
    splits.gather(since=_SPLITS_SINCE)
    splits.wake()
    payouts.chase()
    reconciliation.reconcile_due()
