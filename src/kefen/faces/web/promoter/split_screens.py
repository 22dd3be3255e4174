"""How a promoter chooses the way of his rebates."""

from dataclasses import dataclass

from kefen.faces.web.shared.screens import Form, Option


@dataclass(frozen=True, slots=True)
class WayScreen:
    """POST `way`. `channels` are the names of those that divide payments, empty where none does;
    `fits`: his payout account is at one of them; `known`: he declared who he is."""

    currency: str
    way: str
    own: bool
    ways: tuple[Option, ...]
    channels: tuple[str, ...]
    fits: bool
    known: bool
    tax_rule: str
    minimum: int
    form: Form
