"""Money to connected accounts and back, and to banks."""

import secrets

from kefen.emulators.frame.books import Document
from kefen.emulators.stripe import accounts, balance, forms
from kefen.emulators.stripe.asking import Ask
from kefen.emulators.stripe.errors import refused

_KNOWN = (
    "amount",
    "currency",
    "destination",
    "description",
    "metadata",
    "source_transaction",
    "transfer_group",
)


def create(ask: Ask) -> Document:
    """Send money; it is there at once. Out of one charge: at most what was charged. Otherwise: at
    most what is available."""
    forms.only(ask.params, _KNOWN)
    amount, currency = forms.whole(ask.params, "amount"), forms.currency(ask.params)
    destination = _destination(ask)
    group = forms.text(ask.params, "transfer_group")
    source = forms.text(ask.params, "source_transaction")
    if source:
        group = _check_source(ask, source, amount, currency, group)
    elif balance.available(ask, currency) < amount:
        raise refused(
            "You have insufficient available funds in your Stripe account.",
            code="balance_insufficient",
        )
    said = forms.metadata(ask.params)
    if ask.faults.take("refuse", "transfers.create", " ".join(said.values())):
        raise refused(
            f"The account '{destination['id']}' cannot receive transfers.", code="account_invalid"
        )
    made = ask.make(
        "transfer",
        "transfer",
        {
            "amount": amount,
            "amount_reversed": 0,
            "balance_transaction": None,
            "currency": currency,
            "description": forms.text(ask.params, "description") or None,
            "destination": destination["id"],
            "destination_payment": f"py_{secrets.token_hex(12)}",
            "metadata": said,
            "reversals": {"object": "list", "data": [], "has_more": False, "url": ""},
            "reversed": False,
            "source_transaction": source or None,
            "source_type": "card",
            "transfer_group": group or None,
        },
    )
    made["reversals"]["url"] = f"/v1/transfers/{made['id']}/reversals"
    made["balance_transaction"] = balance.move(ask, "transfer", -amount, currency, made["id"])
    ask.keep("transfer", made)
    accounts.shift(ask, destination["id"], currency, amount)
    ask.tell("transfer.created", made)
    return made


def _destination(ask: Ask) -> Document:
    key = forms.text(ask.params, "destination", needed=True)
    found = ask.get("account", key, param="destination", named="destination")
    if found["capabilities"].get("transfers") != "active":
        raise refused(
            "Your destination account needs to have at least one of the following capabilities"
            " enabled: transfers",
            code="insufficient_capabilities_for_transfer",
        )
    return found


def _check_source(ask: Ask, source: str, amount: int, currency: str, group: str) -> str:
    """Whether the charge still has it; answers the group, which is the charge's."""
    charge = ask.get("charge", source, param="source_transaction")
    if charge["status"] != "succeeded" or charge["currency"] != currency:
        raise refused("The charge cannot be a source of this.", param="source_transaction")
    if group and charge["transfer_group"] not in {None, group}:
        raise refused("The charge has another transfer group.", param="transfer_group")
    sent = ask.find("transfer", source_transaction=source)
    left = charge["amount"] - sum(one["amount"] - one["amount_reversed"] for one in sent)
    if amount > left:
        raise refused(
            f"Transfer amount ({amount}) is greater than what is left of the charge ({left})",
            code="transfer_source_balance_parameters_mismatch",
            param="amount",
        )
    return charge["transfer_group"] or group


def reverse(ask: Ask) -> Document:
    """Take back a transfer or part of it, at most what the connected account has."""
    forms.only(ask.params, ("amount", "metadata", "description"))
    found = ask.get("transfer", ask.args["id"])
    left = found["amount"] - found["amount_reversed"]
    amount = forms.whole(ask.params, "amount") if "amount" in ask.params else left
    if not 0 < amount <= left:
        raise refused(f"Reversal amount is greater than what is left ({left})", param="amount")
    if accounts.held(ask, found["destination"], found["currency"]) < amount:
        raise refused("The connected account has insufficient funds.", code="balance_insufficient")
    reversal = ask.make(
        "reversal",
        "transfer_reversal",
        {
            "amount": amount,
            "currency": found["currency"],
            "metadata": forms.metadata(ask.params),
            "transfer": found["id"],
        },
    )
    reversal["balance_transaction"] = balance.move(
        ask, "transfer_refund", amount, found["currency"], reversal["id"]
    )
    ask.keep("reversal", reversal)
    found["amount_reversed"] += amount
    found["reversed"] = found["amount_reversed"] == found["amount"]
    found["reversals"]["data"].append(reversal)
    ask.keep("transfer", found)
    accounts.shift(ask, found["destination"], found["currency"], -amount)
    ask.tell("transfer.reversed", found)
    return reversal


def pay_to_bank(ask: Ask) -> Document:
    """Money to a bank account: a connected account's own, or that of whoever asks."""
    forms.only(ask.params, ("amount", "currency", "metadata", "description"))
    amount, currency = forms.whole(ask.params, "amount"), forms.currency(ask.params)
    has = (
        accounts.held(ask, ask.account, currency)
        if ask.account
        else balance.available(ask, currency)
    )
    if has < amount:
        raise refused(
            "You have insufficient funds in your Stripe account.", code="balance_insufficient"
        )
    content = {
        "amount": amount,
        "arrival_date": ask.now,
        "automatic": False,
        "currency": currency,
        "metadata": forms.metadata(ask.params),
        "method": "standard",
        "reconciliation_status": "not_applicable",
        "source_type": "card",
        "status": "paid",
        "type": "bank_account",
    }
    if ask.account:
        accounts.shift(ask, ask.account, currency, -amount)
        # The connected account's own, in none of our lists.
        return {"id": "po_connected", "object": "payout", "created": ask.now, **content}
    payout = ask.make("payout", "payout", content)
    payout["balance_transaction"] = balance.move(ask, "payout", -amount, currency, payout["id"])
    ask.keep("payout", payout)
    ask.tell("payout.created", payout)
    ask.tell("payout.paid", payout)
    return payout
