"""What the pages of signing in show."""

from dataclasses import dataclass, field

from kefen.faces.web.shared.screens import Form


@dataclass(frozen=True, slots=True)
class SchoolSignInScreen:
    """POST `phone`, `next`, `why`; or, for WeChat, `next` and `why` to its own address.

    `why` is a code of the family `why`. With `adding`, somebody who came by WeChat gives the
    account its phone number. `mailbox` is where a demo shows what was sent.
    """

    why: str
    next: str
    phone_offered: bool
    wechat_offered: bool
    wechat_first: bool = False
    adding: bool = False
    mailbox: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class CodeScreen:
    """POST `code`, or `again` for another one; `to` is masked, `back_url` starts anew."""

    to: str
    minutes: int
    back_url: str
    mailbox: str = ""
    form: Form = field(default_factory=Form)


@dataclass(frozen=True, slots=True)
class SnapshotScreen:
    """WeChat showed this page to nobody in particular; `retry_url` asks again."""

    retry_url: str
