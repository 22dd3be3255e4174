"""What Django logs of a request that it refused: its path, without the tokens in it."""

import logging
import re

# As django.core.signing writes them. Whoever has the path of a sign-in link is signed in by it,
# also when something stands behind it that made the address a wrong one.
_SIGNED = re.compile(r"[\w-]+:[0-9A-Za-z]+:[\w-]{20,}", re.ASCII)


class WithoutTokens(logging.Filter):
    """Masks signed tokens in the arguments of a record."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let the record pass, masked."""
        if isinstance(record.args, tuple):
            record.args = tuple(
                _SIGNED.sub("***", part) if isinstance(part, str) else part for part in record.args
            )
        return True
