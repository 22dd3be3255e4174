"""When a failed job is tried again."""

from procrastinate import BaseRetryStrategy, RetryDecision
from procrastinate.jobs import Job

from kefen.core.errors import BadSignature, ChannelRejected, DomainError, InvariantBroken

# A refusal stays one however often it is asked for; a broken invariant is for us to look at.
FINAL = (DomainError, ChannelRejected, BadSignature, InvariantBroken)
DELAYS_SECONDS = (1, 3, 10, 30, 60, 300, 900, 1800)
ATTEMPTS = 60  # the last delay repeats: more than a day of a channel that cannot be reached


class Patience(BaseRetryStrategy):
    """Quickly at first, then every half hour; what is final is not tried again."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Say when a failed job runs again, or None for never."""
        if isinstance(exception, FINAL) or job.attempts >= ATTEMPTS:
            return None
        delay = DELAYS_SECONDS[min(job.attempts, len(DELAYS_SECONDS) - 1)]
        return RetryDecision(retry_in={"seconds": delay})
