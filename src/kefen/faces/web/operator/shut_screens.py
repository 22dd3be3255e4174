"""What the console shows of accounts that their channel shut, and of what was begun there."""

from dataclasses import dataclass, field
from datetime import datetime

from kefen.faces.web.shared.screens import Form


@dataclass(frozen=True, slots=True)
class LeftRow:
    """A cashier at a shut account; `state` is a code of the family `left`. `owed`: its order still
    waits for its payment. `decision` is what a first person said, of the family `came`; `mine` that
    it was whoever looks."""

    id: str
    order: str
    amount: int
    state: str
    opened_at: datetime
    owed: bool
    asked_at: datetime | None = None
    ended_at: datetime | None = None
    decision: str = ""
    note: str = ""
    mine: bool = False


@dataclass(frozen=True, slots=True)
class ShutScreen:
    """POST `operator_shut` with `reason` declares the present `account` shut; `waits_since` says
    that somebody did, and a second person must. `amount` may still be paid at its cashiers. POST
    `operator_left_settle` with `decision`, `note`, `channel_number`."""

    channel: str
    state: str
    account: str = ""
    amount: int = 0
    reason: str = ""
    waits_since: datetime | None = None
    shut_at: datetime | None = None
    rows: tuple[LeftRow, ...] = ()
    form: Form = field(default_factory=Form)

    @property
    def may_be_declared(self) -> bool:
        """Is there an account in place that lives as far as we know?"""
        return self.state != "absent" and self.shut_at is None
