"""The account's money: one balance transaction for each movement, and what they sum up to.

What is charged becomes available after two days, as in most countries.
"""

from kefen.emulators.frame.books import Document
from kefen.emulators.stripe.asking import Ask

AVAILABLE_AFTER = 2 * 24 * 3600
_NOUNS = {"ch": "charge", "re": "refund", "tr": "transfer", "trr": "reversal", "po": "payout"}


def fee_of(amount: int) -> int:
    """2.9 % and 30, as for domestic cards in many countries."""
    return (amount * 29 + 500) // 1000 + 30


def move(
    ask: Ask, kind: str, amount: int, currency: str, source: str, *, fee: int = 0, after: int = 0
) -> str:
    """Write one movement; answers its number."""
    details = [{"amount": fee, "currency": currency, "type": "stripe_fee", "application": None}]
    made = ask.make(
        "balance_transaction",
        "balance_transaction",
        {
            "amount": amount,
            "currency": currency,
            "fee": fee,
            "fee_details": details if fee else [],
            "net": amount - fee,
            "type": kind,
            "reporting_category": kind,
            "source": source,
            "status": "available" if after == 0 else "pending",
            "available_on": ask.now + after,
            "exchange_rate": None,
            "description": None,
            "balance_type": "payments",
        },
    )
    return str(made["id"])


def available(ask: Ask, currency: str) -> int:
    """What may be sent away now."""
    return sum(
        one["net"]
        for one in ask.find("balance_transaction", currency=currency)
        if one["available_on"] <= ask.now or one["net"] < 0
    )


def show(ask: Ask) -> Document:
    """The balance by currency."""
    moved = ask.find("balance_transaction")
    currencies = sorted({one["currency"] for one in moved})
    whole = {
        name: sum(one["net"] for one in moved if one["currency"] == name) for name in currencies
    }
    ready = {name: available(ask, name) for name in currencies}
    return {
        "object": "balance",
        "livemode": False,
        "available": [{"amount": ready[name], "currency": name} for name in currencies],
        "pending": [{"amount": whole[name] - ready[name], "currency": name} for name in currencies],
    }


def list_transactions(ask: Ask) -> Document:
    """The movements, with what caused them where that is asked for."""
    wanted = ask.params.get("expand", [])
    expands = isinstance(wanted, list) and "data.source" in wanted

    def dress(one: Document) -> Document:
        shown = {**one, "status": "available" if one["available_on"] <= ask.now else "pending"}
        noun = _NOUNS.get(str(one["source"]).split("_", maxsplit=1)[0])
        return {**shown, "source": ask.get(noun, one["source"])} if expands and noun else shown

    return ask.listed("balance_transaction", "type", "currency", "source", dress=dress)
