"""What is planted without a test's doing: whatever the product itself takes for a secret or for
personal data. Tests plant by hand what never passes through it: `planted.plant(kind, text)`."""

from functools import wraps
from typing import Any
from uuid import UUID

from kefen.platform.identity import personal
from kefen.ports.merchants import Merchant
from tests.logs.scan import planted


def plant_what_is_sealed() -> None:
    """Plant each text that is encrypted at rest and each secret of an account at a channel. Call
    it before `seal` is imported anywhere."""
    seal, make = personal.seal, Merchant.__init__

    @wraps(seal)
    def sealed(text: str, place: UUID | None = None) -> bytes:
        planted.plant("personal", text)
        return seal(text, place)

    @wraps(make)
    def made(self: Merchant, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        for name, text in self.secrets.items():
            planted.plant(name, text)

    personal.seal = sealed
    Merchant.__init__ = made  # type: ignore[method-assign]
