"""What the compliance centre shows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from kefen.faces.web.operator.licence_screens import StandingRow
from kefen.faces.web.shared.limit_screens import LimitRow
from kefen.faces.web.shared.screens import Form, Option, Paging, Window

SECTIONS = ("compliance", "licences", "texts", "inviters", "complaints", "reveals")


@dataclass(frozen=True, slots=True)
class LimitsFacts:
    """The limits in force and whose they are: the platform's lock, and what the school's own
    version says; None where no version is in force. `number` and `decided_at` are the platform's
    decision."""

    number: int
    decided_at: datetime
    cap_bps: int
    levels: int
    hold_days: int
    minimum_age: int
    word_count: int
    version: int | None = None
    own_cap_bps: int | None = None
    own_levels: int | None = None
    own_hold_days: int | None = None
    locked: tuple[LimitRow, ...] = ()

    @property
    def cap_in_force(self) -> int:
        """The stricter of the two caps."""
        return self.cap_bps if self.own_cap_bps is None else min(self.cap_bps, self.own_cap_bps)

    @property
    def levels_paid(self) -> int:
        """How many levels are paid: the fewer of the two."""
        return 1 if self.own_levels is None else min(self.levels, self.own_levels)

    @property
    def hold_in_force(self) -> int:
        """The longer of the two holds."""
        return max(self.hold_days, self.own_hold_days or 0)


@dataclass(frozen=True, slots=True)
class Ratio:
    """What rebates cost of the sales in a time, against the cap; `span` is a code of the family
    `ratio_span`."""

    span: str
    sales: int
    rebates: int
    cap_bps: int

    @property
    def bps(self) -> int | None:
        """Rebates of sales, None without sales."""
        return self.rebates * 10_000 // self.sales if self.sales > 0 else None

    @property
    def over(self) -> bool:
        """Whether the cap is passed."""
        return self.bps is not None and self.bps > self.cap_bps


@dataclass(frozen=True, slots=True)
class NotAgreed:
    """An active promoter who never agreed to the present agreement; `version` empty for none."""

    code: str
    name: str
    version: str
    since: datetime | None


@dataclass(frozen=True, slots=True)
class HeldRow:
    """A commission that is held."""

    order_number: str
    promoter_name: str
    amount: int
    reason: str


@dataclass(frozen=True, slots=True)
class Frozen:
    """What does not move until a person or a day lets it."""

    commissions: int
    commissions_amount: int
    payouts: int
    payouts_amount: int
    suspended: int
    held: tuple[HeldRow, ...] = ()


@dataclass(frozen=True, slots=True)
class ComplianceScreen:
    """POST `operator_evidence` with `from`, `to`; `form` is that one's. `waiting` are counts by
    section."""

    currency: str
    limits: LimitsFacts
    ratios: tuple[Ratio, ...]
    active: int
    agreed: int
    agreement: str
    not_agreed: tuple[NotAgreed, ...]
    frozen: Frozen
    waiting: Mapping[str, int]
    first: date
    last: date
    licences: tuple[StandingRow, ...] = ()
    form: Form = field(default_factory=Form)
    section: str = "compliance"

    @property
    def coverage_bps(self) -> int | None:
        """The share of active promoters on the present agreement, None without any."""
        return self.agreed * 10_000 // self.active if self.active else None


@dataclass(frozen=True, slots=True)
class HitRow:
    """A forbidden word in a text; `kind` and `field` are codes of the families `text_place` and
    `text_field`. `mends` says whether it is mended here."""

    id: str
    kind: str
    key: str
    title: str
    field: str
    before: str
    word: str
    after: str
    found_at: datetime
    kept: bool
    note: str = ""
    who: str = ""
    mends: bool = True


@dataclass(frozen=True, slots=True)
class TextsScreen:
    """POST `operator_hit_keep` with `note` (`refused` is the hit whose `form` it is);
    POST `operator_words` with `word` and `decision` = `forbid` or `allow`, or `look`."""

    hits: tuple[HitRow, ...]
    window: Window
    waiting: Mapping[str, int]
    own: tuple[str, ...]
    platform: tuple[str, ...]
    built_in: tuple[str, ...]
    refused: str = ""
    form: Form = field(default_factory=Form)
    words_form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)
    section: str = "texts"


@dataclass(frozen=True, slots=True)
class MendScreen:
    """POST with `text`. `marked` is the text with its forbidden words marked, already HTML."""

    kind: str
    key: str
    title: str
    field: str
    marked: str
    long: bool
    form: Form
    waiting: Mapping[str, int]
    section: str = "texts"


@dataclass(frozen=True, slots=True)
class RootRow:
    """Somebody who invited others; `alarm` is empty, `open` or `seen`."""

    code: str
    name: str
    persons: int
    depth: int
    level2: int
    alarm: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class MemberRow:
    """Somebody under a root."""

    depth: int
    code: str
    name: str
    inviter_code: str
    inviter_name: str
    status: str
    applied_at: datetime


@dataclass(frozen=True, slots=True)
class InvitersScreen:
    """GET `of` (a code), `page`. POST `operator_alarm_note` with `note`."""

    currency: str
    roots: tuple[RootRow, ...]
    paging: Paging
    levels: int
    many: int
    rings: int
    waiting: Mapping[str, int]
    chosen: str = ""
    chosen_name: str = ""
    members: tuple[MemberRow, ...] = ()
    more: bool = False
    refused: str = ""
    form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)
    section: str = "inviters"


@dataclass(frozen=True, slots=True)
class ComplaintRow:
    """A complaint; texts are decrypted for whoever may decide, and empty for others; `contact` is
    masked."""

    id: str
    kind: str
    about: str
    promoter_code: str
    promoter_name: str
    text: str
    contact: str
    raised_at: datetime
    state: str
    note: str = ""
    who: str = ""
    decided_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ComplaintsScreen:
    """GET `state`. POST `operator_complaint` with `decision` and `note`; `form` belongs to the
    complaint with the id `refused`. POST `operator_complaint_contact` shows that complaint
    (`shown`) with its `contact` in full."""

    complaints: tuple[ComplaintRow, ...]
    window: Window
    state: str
    states: tuple[Option, ...]
    address: str
    waiting: Mapping[str, int]
    refused: str = ""
    form: Form = field(default_factory=Form)
    blank: Form = field(default_factory=Form)
    shown: str = ""
    contact: str = ""
    section: str = "complaints"
