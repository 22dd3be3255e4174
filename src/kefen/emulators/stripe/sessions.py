"""Checkout Sessions, the intents and charges that come of them, and the page where one pays."""

from typing import Any

from kefen.emulators.frame.books import Document
from kefen.emulators.stripe import balance, forms
from kefen.emulators.stripe.asking import Ask
from kefen.emulators.stripe.errors import refused, wrong

_KNOWN = (
    "mode",
    "payment_method_types",
    "adaptive_pricing",
    "client_reference_id",
    "metadata",
    "payment_intent_data",
    "line_items",
    "success_url",
    "cancel_url",
    "expires_at",
    "customer_email",
    "locale",
)
_DAY = 24 * 3600
_SHORTEST = 30 * 60


def create(ask: Ask) -> Document:
    """Open a session."""
    forms.only(ask.params, _KNOWN)
    if forms.text(ask.params, "mode", needed=True) != "payment":
        raise wrong("Only mode payment is emulated.", param="mode")
    amount, currency, name = _items(ask.params)
    expires_at = _expires_at(ask)
    intent = forms.group(ask.params, "payment_intent_data")
    forms.only(intent, ("transfer_group", "metadata", "description"))
    session = ask.make(
        "session",
        "checkout.session",
        {
            "mode": "payment",
            "status": "open",
            "payment_status": "unpaid",
            "amount_subtotal": amount,
            "amount_total": amount,
            "currency": currency,
            "client_reference_id": forms.text(ask.params, "client_reference_id") or None,
            "metadata": forms.metadata(ask.params),
            "payment_intent": None,
            "payment_method_types": ask.params.get("payment_method_types", ["card"]),
            "success_url": forms.text(ask.params, "success_url", needed=True),
            "cancel_url": forms.text(ask.params, "cancel_url") or None,
            "expires_at": expires_at,
            "ui_mode": "hosted",
        },
    )
    session["url"] = f"{ask.gateway}/pay/{session['id']}"
    known = {
        "transfer_group": forms.text(intent, "transfer_group") or None,
        "description": forms.text(intent, "description") or name,
        "metadata": forms.metadata(intent),
    }
    ask.books.put("cashier", session["id"], {"name": name, "owner": ask.owner, "intent": known})
    return ask.keep("session", session)


def _items(params: dict[str, Any]) -> tuple[int, str, str]:
    """What is to be paid, and what for."""
    items = params.get("line_items")
    if not isinstance(items, list) or not items:
        raise wrong("Missing required param: line_items.", code="parameter_missing")
    amount, currencies, names = 0, set(), []
    for item in items:
        price = forms.group(item, "price_data")
        amount += forms.whole(item, "quantity") * forms.whole(price, "unit_amount")
        currencies.add(forms.currency(price))
        names.append(forms.text(forms.group(price, "product_data"), "name", needed=True))
    if len(currencies) != 1:
        raise wrong("All line items have the same currency.", param="line_items")
    return amount, currencies.pop(), ", ".join(names)


def _expires_at(ask: Ask) -> int:
    if "expires_at" not in ask.params:
        return ask.now + _DAY
    at = forms.whole(ask.params, "expires_at")
    if not ask.now + _SHORTEST <= at <= ask.now + _DAY:
        raise wrong("expires_at is between 30 minutes and 24 hours from now.", param="expires_at")
    return at


def expire(ask: Ask) -> Document:
    """Let nobody pay it any more."""
    session = ask.get("session", ask.args["id"], named="checkout.session")
    if session["status"] != "open":
        raise refused(
            "Only Checkout Sessions with a status in [open] can be expired. This Checkout Session"
            f" has a status of {session['status']}."
        )
    return end(ask, session)


def end(ask: Ask, session: Document) -> Document:
    """The session is over, unpaid."""
    session.update(status="expired", url=None)
    ask.keep("session", session)
    ask.tell("checkout.session.expired", session)
    return session


def pay(ask: Ask, session: Document, *, declined: bool = False) -> Document:
    """The student pays; who paid already, has. A declined card leaves it open."""
    if session["status"] != "open":
        return session
    cashier = ask.books.get("cashier", session["id"]) or {}
    if ask.faults.take("wrong_amount", "page", str(session["client_reference_id"])):
        session["amount_total"] += 1
    intent = _intent(ask, session, cashier["intent"])
    charge = _charge(ask, session, intent, declined=declined)
    intent["latest_charge"] = charge["id"]
    if declined:
        ask.keep("intent", intent)
        ask.keep("session", session)
        ask.tell("charge.failed", charge)
        return session
    intent.update(status="succeeded", amount_received=session["amount_total"])
    ask.keep("intent", intent)
    session.update(status="complete", payment_status="paid", url=None)
    ask.keep("session", session)
    ask.tell("charge.succeeded", charge)
    ask.tell("payment_intent.succeeded", intent)
    ask.tell("checkout.session.completed", session)
    return session


def _intent(ask: Ask, session: Document, known: Document) -> Document:
    if session["payment_intent"]:
        return ask.get("intent", session["payment_intent"])
    intent = ask.make(
        "intent",
        "payment_intent",
        {
            "amount": session["amount_total"],
            "amount_capturable": 0,
            "amount_received": 0,
            "currency": session["currency"],
            "capture_method": "automatic_async",
            "confirmation_method": "automatic",
            "status": "requires_payment_method",
            "payment_method_types": session["payment_method_types"],
            "latest_charge": None,
            **known,
        },
    )
    session["payment_intent"] = intent["id"]
    return intent


def _charge(ask: Ask, session: Document, intent: Document, *, declined: bool) -> Document:
    amount, currency = session["amount_total"], session["currency"]
    charge = ask.make(
        "charge",
        "charge",
        {
            "amount": amount,
            "amount_captured": 0 if declined else amount,
            "amount_refunded": 0,
            "balance_transaction": None,
            "captured": not declined,
            "currency": currency,
            "description": intent["description"],
            "disputed": False,
            "failure_code": "card_declined" if declined else None,
            "metadata": intent["metadata"],
            "paid": not declined,
            "payment_intent": intent["id"],
            "refunded": False,
            "status": "failed" if declined else "succeeded",
            "transfer_group": intent["transfer_group"],
            "billing_details": {"address": None, "email": None, "name": None, "phone": None},
        },
    )
    if not declined:
        charge["balance_transaction"] = balance.move(
            ask,
            "charge",
            amount,
            currency,
            charge["id"],
            fee=balance.fee_of(amount),
            after=balance.AVAILABLE_AFTER,
        )
    return ask.keep("charge", charge)


def update_charge(ask: Ask) -> Document:
    """Note something at a charge; an entry without a value goes."""
    forms.only(ask.params, ("metadata", "description"))
    charge = ask.get("charge", ask.args["id"])
    noted = {**charge["metadata"], **forms.metadata(ask.params)}
    charge["metadata"] = {name: value for name, value in noted.items() if value}
    if len(charge["metadata"]) > 50:
        raise wrong("Metadata has up to 50 keys.", param="metadata")
    charge["description"] = forms.text(ask.params, "description") or charge["description"]
    ask.keep("charge", charge)
    ask.tell("charge.updated", charge)
    return charge
