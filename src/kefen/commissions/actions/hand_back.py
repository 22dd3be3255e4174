"""Handing money back through its channel: asked for first, sent where it is unknown."""

from collections.abc import Callable

from kefen.core.errors import ChannelRejected, NotFound
from kefen.ports.payments import ChannelEvent, GiveBack, PaymentChannel


def hand_back(
    channel: PaymentChannel,
    request: GiveBack,
    *,
    heard: Callable[[ChannelEvent], None],
    refused: Callable[[str], None],
) -> None:
    """Let a channel give money back under the request's number, unless it has been asked: an
    answer that got lost is asked for, never sent again. `heard` gets what the channel knows of it,
    `refused` why it never will do it.

    Call it by one sender at a time, and outside of any transaction. Raises ChannelError where the
    channel does not say: ask again.
    """

    def known() -> ChannelEvent | None:
        return channel.query_refund(
            request.institution,
            request.refund,
            order=request.order,
            channel_number=request.channel_number,
        )

    event: ChannelEvent | None = None
    try:
        event = known()
    except NotFound:
        try:
            channel.give_back(request)
        except ChannelRejected as refusal:
            # An earlier request, given up for lost, may have come after all.
            try:
                event = known()
            except NotFound:
                refused(str(refusal.params.get("reason", refusal)))
    if event is not None:
        heard(event)
