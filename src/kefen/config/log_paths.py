"""What libraries log of requests, without what opens something or names somebody."""

import logging
import re

# As django.core.signing writes them. Whoever has the path of a sign-in link is signed in by it,
# also when something stands behind it that made the address a wrong one.
_SIGNED = re.compile(r"[\w-]+:[0-9A-Za-z]+:[\w-]{20,}", re.ASCII)
# Stripe's persons stand in paths.
_ACCOUNT = re.compile(r"\bacct_\w+", re.ASCII)
# WeChat's bills are fetched by a token in the query.
_QUERY = re.compile(r"\?\S+")


class WithoutTokens(logging.Filter):
    """Masks tokens and persons in the arguments of a record, where Django and urllib3 put paths."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, masked."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                _masked(part) if isinstance(part, str) else part for part in record.args
            )
        return True


def _masked(path: str) -> str:
    return _QUERY.sub("?***", _ACCOUNT.sub("acct_***", _SIGNED.sub("***", path)))
