"""Connected accounts: the promoters, and what each of them has."""

from kefen.emulators.frame.books import Document
from kefen.emulators.stripe import forms
from kefen.emulators.stripe.asking import Ask
from kefen.emulators.stripe.errors import wrong


def own(ask: Ask) -> Document:
    """The account whose key asks, or the connected one in whose name it is asked."""
    forms.only(ask.params, ())
    if ask.key.startswith("rk_"):
        said = f"The provided key '{ask.key[:8]}***' does not have the required permissions"
        raise wrong(f"{said} for this endpoint on account '{ask.owner}'.", status=403)
    if ask.account:
        return ask.get("account", ask.account, param="account")
    return {
        "id": ask.owner,
        "object": "account",
        "type": "standard",
        "country": "US",
        "charges_enabled": True,
        "details_submitted": True,
        "payouts_enabled": True,
    }


def create(ask: Ask, *, active: bool = False) -> Document:
    """A connected account. It receives transfers when its owner has said who he is."""
    forms.only(ask.params, ("type", "country", "email", "capabilities", "controller", "metadata"))
    wanted = forms.group(ask.params, "capabilities")
    if not active and "transfers" not in wanted:
        raise wrong("Ask for the capability transfers.", param="capabilities")
    return ask.make(
        "account",
        "account",
        {
            "type": forms.text(ask.params, "type") or "express",
            "country": forms.text(ask.params, "country") or "US",
            "capabilities": {"transfers": "active" if active else "inactive"},
            "charges_enabled": False,
            "details_submitted": active,
            "payouts_enabled": active,
            "metadata": forms.metadata(ask.params),
        },
    )


def link(ask: Ask) -> Document:
    """Where the owner of a connected account says who he is."""
    forms.only(ask.params, ("account", "refresh_url", "return_url", "type"))
    found = ask.get("account", forms.text(ask.params, "account", needed=True), param="account")
    back = forms.text(ask.params, "return_url", needed=True)
    ask.books.put("onboarding", found["id"], {"back": back, "owner": ask.owner})
    return {
        "object": "account_link",
        "created": ask.now,
        "expires_at": ask.now + 300,
        "url": f"{ask.gateway}/connect/{found['id']}",
    }


def admit(ask: Ask, key: str) -> Document:
    """He has said it."""
    found = ask.get("account", key)
    found.update(details_submitted=True, payouts_enabled=True)
    found["capabilities"] = {"transfers": "active"}
    ask.keep("account", found)
    ask.tell("account.updated", found)
    return found


def held(ask: Ask, account: str, currency: str) -> int:
    """What a connected account has."""
    found = ask.books.get("held", f"{account}.{currency}")
    return int(found["amount"]) if found else 0


def shift(ask: Ask, account: str, currency: str, amount: int) -> None:
    """Move what it has."""
    now = held(ask, account, currency) + amount
    ask.books.put("held", f"{account}.{currency}", {"account": account, "amount": now})
