"""What the outside world does not do."""

from __future__ import annotations

from kefen.core.errors.kinds import KefenError


class ChannelError(KefenError):
    """The outside world did not do what was asked. Params: `channel`."""

    code = "channel_error"
    sentence = "The channel {channel} failed."


class ChannelUnavailable(ChannelError):
    """Nothing was done; asking again is safe. Params: `channel`."""

    code = "channel_unavailable"
    sentence = "{channel} cannot be reached. It is tried again by itself; nothing is lost."


class ChannelRejected(ChannelError):
    """A final no. Params: `channel`, `reason`."""

    code = "channel_rejected"
    sentence = "{channel} refused: {reason}. Correct the details and ask again."


class OutcomeUnknown(ChannelError):
    """Done or not: nobody knows yet. Query the same number, never send again."""

    code = "outcome_unknown"
    sentence = "{channel} has not said what became of {number}. We keep asking; do not repeat it."


class BadSignature(ChannelError):
    """A message that its supposed sender did not sign. Params: `channel`."""

    code = "bad_signature"
    sentence = "The message does not carry a valid signature of {channel}. Check the keys."
