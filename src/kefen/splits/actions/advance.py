"""One divisible payment, as far as it goes now."""

import structlog
from django.db import transaction

from kefen.core.errors import ChannelRejected, ChannelUnavailable, NotFound, OutcomeUnknown
from kefen.core.states import SplitState
from kefen.orders import queries as orders
from kefen.platform.merchants import actions as merchants
from kefen.splits.actions.plan import plan
from kefen.splits.actions.release import release
from kefen.splits.actions.send import ask, send
from kefen.splits.actions.turns import pause, read, take_turn

_STEPS = {
    SplitState.WAITING: plan,
    SplitState.PLANNED: send,
    SplitState.SENT: ask,
    SplitState.RELEASING: release,
}
logger = structlog.get_logger(__name__)


def advance(number: str) -> None:
    """Take one step after the other until there is something to wait for.

    Call it outside of any transaction, because it asks the outside world. A channel that is silent
    or down, or whose account is gone or refused, is asked again later, with ever longer pauses;
    nothing is lost by that.
    """
    row = take_turn(number)
    if row is None:
        return
    with transaction.atomic():
        # Open by now, so this is the account that it is divided by until it is done.
        merchants.hold(row.channel)
        row = read(number)
        account = merchants.held_account(row.channel, orders.account_of(row.order))
    try:
        with merchants.speaking_as(account):
            while SplitState(row.state) in _STEPS:
                if not _STEPS[SplitState(row.state)](row):
                    return
                row = read(number)
    except (ChannelUnavailable, OutcomeUnknown, ChannelRejected, NotFound) as silence:
        row = read(number)
        logger.warning("split_waits", split=number, state=row.state, reason=silence.code)
        pause(row, silence.code)
