"""Refunds of charges."""

from kefen.emulators.frame.books import Document
from kefen.emulators.stripe import balance, forms
from kefen.emulators.stripe.asking import Ask
from kefen.emulators.stripe.errors import refused, wrong

_REASONS = {"", "duplicate", "fraudulent", "requested_by_customer"}


def create(ask: Ask) -> Document:
    """Give back a charge, or part of it. Of cards it is done at once; the bank may still refuse
    it (fault `refuse`)."""
    forms.only(ask.params, ("charge", "payment_intent", "amount", "reason", "metadata"))
    if forms.text(ask.params, "reason") not in _REASONS:
        raise wrong("Invalid reason.", param="reason")
    charge = _charge(ask)
    left = charge["amount"] - charge["amount_refunded"]
    amount = forms.whole(ask.params, "amount") if "amount" in ask.params else left
    if charge["status"] != "succeeded":
        raise refused("This charge has not succeeded.", code="charge_not_refundable")
    if left == 0:
        raise refused("The charge has already been refunded.", code="charge_already_refunded")
    if amount > left:
        raise refused(
            f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
            param="amount",
        )
    said = forms.metadata(ask.params)
    refund = ask.make(
        "refund",
        "refund",
        {
            "amount": amount,
            "balance_transaction": None,
            "charge": charge["id"],
            "currency": charge["currency"],
            "metadata": said,
            "payment_intent": charge["payment_intent"],
            "reason": forms.text(ask.params, "reason") or None,
            "status": "pending",
        },
    )
    if ask.faults.take("refuse", "refunds.create", " ".join(said.values())):
        return _fail(ask, refund)
    return _succeed(ask, refund, charge)


def _charge(ask: Ask) -> Document:
    intent = forms.text(ask.params, "payment_intent")
    if intent:
        key = ask.get("intent", intent, param="payment_intent", named="payment_intent")
        return ask.get("charge", str(key["latest_charge"]), param="payment_intent")
    return ask.get("charge", forms.text(ask.params, "charge", needed=True), param="charge")


def _succeed(ask: Ask, refund: Document, charge: Document) -> Document:
    before = {"amount_refunded": charge["amount_refunded"]}
    amount, currency = refund["amount"], refund["currency"]
    refund["balance_transaction"] = balance.move(ask, "refund", -amount, currency, refund["id"])
    refund["status"] = "succeeded"
    charge["amount_refunded"] += amount
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    ask.keep("charge", charge)
    ask.keep("refund", refund)
    ask.tell("charge.refunded", charge, before=before)
    ask.tell("refund.created", refund)
    return refund


def _fail(ask: Ask, refund: Document) -> Document:
    ask.tell("refund.created", refund)
    failed = {**refund, "status": "failed", "failure_reason": "lost_or_stolen_card"}
    ask.keep("refund", failed)
    ask.tell("refund.failed", failed)
    return refund
