"""From which network a visit came: kept as a digest that is worth something for a day."""

from datetime import UTC, datetime

from kefen.platform.identity.personal import blind_index

_KEPT_BYTES = 8


def network_digest(network: str, at: datetime) -> bytes | None:
    """The same for one network on one day of one institution, and no other; None for none."""
    if not network:
        return None
    day = at.astimezone(UTC).date().isoformat()
    return blind_index(f"network:{day}:{network}")[:_KEPT_BYTES]
