"""What an institution's account at Stripe consists of, and what is said in its name."""

from collections.abc import Mapping
from typing import Any, Final

from kefen.core.errors import InvalidInput
from kefen.ports.merchants import Field, Merchant

NAME: Final = "stripe"
GATEWAY: Final = "https://api.stripe.com"
# A key names no account, and test and live data of one account know nothing of each other. Stripe
# is asked for the one, the key says the other.
FIELDS: Final = (
    Field("secret_key", secret=True),
    Field("webhook_secret", secret=True),
    Field("account_id", identity=True, exclusive=True, told=True),
    Field("mode", identity=True, told=True),
)

# Whose an object is, what it is and which number it has: written into its metadata, read back.
_OWNER, _KIND, _NUMBER, _ORDER = "kefen_institution", "kefen_kind", "kefen_number", "kefen_order"
PAYMENT, REFUND, PAYOUT, SHARE = "payment", "refund", "payout", "share"
SPLIT: Final = "kefen_split"


def check(merchant: Merchant) -> None:
    """Whether keys look like what they are entered for. Raises InvalidInput naming the field."""
    if not merchant.secrets.get("secret_key", "").startswith(("sk_", "rk_")):
        raise InvalidInput(field="secret_key", reason="it begins with sk_ or rk_")
    if not merchant.secrets.get("webhook_secret", "").startswith("whsec_"):
        raise InvalidInput(field="webhook_secret", reason="it begins with whsec_")


def mode_of(key: str) -> str:
    """Whether a key moves money: `live`, or `test`."""
    return "test" if key.startswith(("sk_test_", "rk_test_")) else "live"


def label(institution: str, kind: str, number: str, order: str = "", **more: str) -> dict[str, str]:
    """The metadata of something that we ask for."""
    known = {_OWNER: institution, _KIND: kind, _NUMBER: number}
    return {**known, **({_ORDER: order} if order else {}), **more}


def is_ours(found: Mapping[str, Any], institution: str, kind: str, number: str = "") -> bool:
    """Whether an object was asked for by this institution: as this kind, under this number."""
    said = found.get("metadata") or {}
    mine = said.get(_OWNER) == institution and said.get(_KIND) == kind
    return mine and (not number or said.get(_NUMBER) == number)


def number_of(found: Mapping[str, Any]) -> str:
    """Our number of an object; empty where it has none."""
    return str((found.get("metadata") or {}).get(_NUMBER, ""))


def order_of(found: Mapping[str, Any]) -> str:
    """The order that an object belongs to; empty where it names none."""
    return str((found.get("metadata") or {}).get(_ORDER, ""))
